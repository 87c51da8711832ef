use std::time::Duration;

use proptest::prelude::{Just, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::strategy::Strategy as _;

use super::*;
use crate::{BudgetReading, CooldownRules, Outcome, Settlement, Strategy, Unit};

const START: Timestamp = Timestamp::from_unix_ms(1_000_000);

fn key(id: &str, priority: u32) -> Key {
    Key { id: id.into(), label: id.to_owned(), hint: None, priority, enabled: true, max_concurrent: None }
}

fn provider(id: &str, priority: u32, keys: Vec<Key>) -> Provider {
    Provider {
        id: id.into(),
        name: id.to_owned(),
        priority,
        enabled: true,
        simulated: false,
        models: vec![],
        keys,
    }
}

fn fleet() -> Fleet {
    let providers = vec![
        provider("groq", 1, vec![key("g1", 1), key("g2", 1), key("g3", 2)]),
        provider("openai", 2, vec![key("o1", 1)]),
    ];
    Fleet { providers, ..Fleet::default() }
}

fn chain(strategy: Strategy) -> Chain {
    let target = |provider: &str| Target { provider: provider.into(), model: "m".into() };
    Chain { name: "test".to_owned(), strategy, tiers: vec![vec![target("groq"), target("openai")]] }
}

fn lane(key: &str) -> Lane {
    let provider = if key.starts_with('g') { "groq" } else { "openai" };
    Lane { provider: provider.into(), key: key.into(), model: "m".into() }
}

fn settle(state: &mut RotationState, key: &str, outcome: Outcome, readings: Vec<BudgetReading>) {
    let settlement = Settlement {
        outcome,
        reason: "test".to_owned(),
        readings,
        first_token_ms: None,
        estimated_tokens: 0,
    };
    state.apply(&lane(key), &settlement, &CooldownRules::default(), START);
}

fn pick(fleet: &Fleet, state: &RotationState, strategy: Strategy, now: Timestamp) -> Option<String> {
    let selection = select(fleet, state, &chain(strategy), &HashSet::new(), 10, now);
    selection.winner().map(|candidate| candidate.lane.key.to_string())
}

#[test]
fn priority_decides_before_the_strategy() {
    let mut state = RotationState::default();
    assert_eq!(
        pick(&fleet(), &state, Strategy::Headroom, START).as_deref(),
        Some("g1"),
        "lowest numbers first"
    );
    for held in ["g1", "g2"] {
        settle(&mut state, held, Outcome::RateLimited { until: None }, vec![]);
    }
    assert_eq!(
        pick(&fleet(), &state, Strategy::Headroom, START).as_deref(),
        Some("g3"),
        "then the second rank"
    );
    settle(&mut state, "g3", Outcome::KeyRejected, vec![]);
    assert_eq!(
        pick(&fleet(), &state, Strategy::Headroom, START).as_deref(),
        Some("o1"),
        "then the next provider"
    );
}

#[test]
fn nothing_usable_says_when_the_first_lane_is_back() {
    let mut state = RotationState::default();
    let until = START + Duration::from_secs(7);
    for held in ["g1", "g2", "g3"] {
        settle(&mut state, held, Outcome::RateLimited { until: None }, vec![]);
    }
    settle(&mut state, "o1", Outcome::RateLimited { until: Some(until) }, vec![]);
    let selection = select(&fleet(), &state, &chain(Strategy::Headroom), &HashSet::new(), 0, START);
    assert_eq!((selection.chosen, selection.soonest), (None, Some(until)));
    assert_eq!(
        pick(&fleet(), &state, Strategy::Headroom, until).as_deref(),
        Some("o1"),
        "the lane returns on time"
    );
}

#[test]
fn a_spent_budget_is_passed_over_before_the_429() {
    let mut state = RotationState::default();
    let resets_at = Some(START + Duration::from_secs(30));
    let empty = BudgetReading { unit: Unit::Requests, limit: 30, remaining: 0, resets_at };
    settle(&mut state, "g1", Outcome::Served, vec![empty]);
    let selection = select(&fleet(), &state, &chain(Strategy::FillFirst), &HashSet::new(), 0, START);
    assert_eq!(selection.candidates[0].verdict, Verdict::Spent(START + Duration::from_secs(30)));
    assert_eq!(selection.winner().map(|winner| winner.lane.key.as_str()), Some("g2"));
}

#[test]
fn headroom_prefers_the_fuller_lane_and_counts_requests_in_flight() {
    let mut state = RotationState::default();
    let resets_at = Some(START + Duration::from_mins(1));
    let left = |remaining| BudgetReading { unit: Unit::Requests, limit: 10, remaining, resets_at };
    settle(&mut state, "g1", Outcome::Served, vec![left(6)]);
    settle(&mut state, "g2", Outcome::Served, vec![left(8)]);
    assert_eq!(pick(&fleet(), &state, Strategy::Headroom, START).as_deref(), Some("g2"));
    for _ in 0..3 {
        state.dispatch(&lane("g2"), 0);
    }
    assert_eq!(
        pick(&fleet(), &state, Strategy::Headroom, START).as_deref(),
        Some("g1"),
        "8 - 3 in flight < 6"
    );
}

#[test]
fn a_busy_or_disabled_key_is_named_as_such() {
    let mut fleet = fleet();
    fleet.providers[0].keys[0].max_concurrent = Some(1);
    fleet.providers[0].keys[1].enabled = false;
    let mut state = RotationState::default();
    state.dispatch(&lane("g1"), 0);
    let selection = select(&fleet, &state, &chain(Strategy::Headroom), &HashSet::new(), 0, START);
    let verdicts: Vec<_> = selection.candidates.iter().map(|candidate| &candidate.verdict).collect();
    let busy = Verdict::Busy { in_flight: 1, max: 1 };
    assert_eq!(verdicts, [&busy, &Verdict::Disabled, &Verdict::Usable, &Verdict::Usable]);
}

#[test]
fn capacity_holds_the_model_and_no_sibling_key_is_asked() {
    let mut state = RotationState::default();
    settle(&mut state, "g1", Outcome::AtCapacity { until: None }, vec![]);
    assert_eq!(pick(&fleet(), &state, Strategy::Headroom, START).as_deref(), Some("o1"));
}

fn any_outcome() -> impl proptest::strategy::Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Served),
        (0_u64..200_000)
            .prop_map(|ms| Outcome::RateLimited { until: Some(START + Duration::from_millis(ms)) }),
        Just(Outcome::RateLimited { until: None }),
        Just(Outcome::KeyRejected),
        Just(Outcome::OutOfCredit),
        Just(Outcome::ModelRefused),
        Just(Outcome::AtCapacity { until: None }),
        Just(Outcome::UpstreamFailed),
        Just(Outcome::RequestRefused),
    ]
}

proptest! {
    #[test]
    fn the_winner_is_usable_untried_and_of_the_best_rank(
        outcomes in proptest::collection::vec((0_usize..4, any_outcome()), 0..12),
        tried in proptest::collection::hash_set(0_usize..4, 0..4),
        after_ms in 0_u64..300_000,
    ) {
        let keys = ["g1", "g2", "g3", "o1"];
        let mut state = RotationState::default();
        for (index, outcome) in outcomes {
            state.dispatch(&lane(keys[index]), 5);
            settle(&mut state, keys[index], outcome, vec![]);
        }
        let tried: HashSet<_> = tried.into_iter().map(|index| lane(keys[index])).collect();
        let now = START + Duration::from_millis(after_ms);
        let selection = select(&fleet(), &state, &chain(Strategy::RoundRobin), &tried, 5, now);
        let usable = |candidate: &Candidate| candidate.verdict == Verdict::Usable;
        prop_assert_eq!(selection.chosen.is_some(), selection.candidates.iter().any(usable));
        if let Some(winner) = selection.winner() {
            prop_assert_eq!(&winner.verdict, &Verdict::Usable);
            prop_assert!(!tried.contains(&winner.lane));
            let rank = |lane: &Lane| match lane.key.as_str() { "g1" | "g2" => 0, "g3" => 1, _ => 2 };
            let best = selection.candidates.iter().filter(|c| usable(c)).map(|c| rank(&c.lane)).min();
            prop_assert_eq!(Some(rank(&winner.lane)), best);
        }
        if let Some(soonest) = selection.soonest {
            prop_assert!(soonest > now, "a lane that is back is usable");
        }
    }

    #[test]
    fn equals_are_served_in_turn(rounds in 1_usize..20) {
        let fleet = Fleet { providers: vec![provider("groq", 1, vec![key("g1", 1), key("g2", 1), key("g3", 1)])], ..Fleet::default() };
        let mut state = RotationState::default();
        let mut served = std::collections::HashMap::new();
        for _ in 0..rounds {
            let selection = select(&fleet, &state, &chain(Strategy::RoundRobin), &HashSet::new(), 0, START);
            let lane = selection.winner().expect("all are usable").lane.clone();
            state.dispatch(&lane, 0);
            *served.entry(lane.key).or_insert(0_usize) += 1;
        }
        let most = served.values().max().copied().unwrap_or(0);
        prop_assert!(most <= rounds.div_ceil(3), "no key is ahead by more than one");
    }
}
