use super::*;
use crate::Unit;

const START: Timestamp = Timestamp::from_unix_ms(1_000_000);

fn lane() -> Lane {
    Lane { provider: "groq".into(), key: "k1".into(), model: "llama".into() }
}

fn after(state: &mut RotationState, outcome: Outcome, now: Timestamp) {
    state.dispatch(&lane(), 0);
    let settlement = Settlement {
        outcome,
        reason: "as told".to_owned(),
        readings: Vec::new(),
        first_token_ms: None,
        estimated_tokens: 0,
    };
    state.apply(&lane(), &settlement, &CooldownRules::default(), now);
}

fn held_for(state: &RotationState, now: Timestamp) -> Option<Duration> {
    let hold = state.lanes.get(&lane())?.hold.as_ref()?;
    Some(hold.until.since(now))
}

#[test]
fn a_stated_time_is_obeyed_and_a_guess_never_shortens_it() {
    let mut state = RotationState::default();
    after(&mut state, Outcome::RateLimited { until: Some(START + Duration::from_mins(20)) }, START);
    after(&mut state, Outcome::RateLimited { until: None }, START);
    assert_eq!(held_for(&state, START), Some(Duration::from_mins(20)), "what the provider stated stands");
}

#[test]
fn guesses_double_once_per_burst_up_to_the_ceiling() {
    let mut state = RotationState::default();
    let mut now = START;
    for expected_s in [60, 120, 240, 480, 600, 600] {
        after(&mut state, Outcome::RateLimited { until: None }, now);
        after(&mut state, Outcome::RateLimited { until: None }, now);
        assert_eq!(held_for(&state, now), Some(Duration::from_secs(expected_s)), "a burst is one strike");
        now = now + Duration::from_secs(expected_s);
    }
    after(&mut state, Outcome::Served, now);
    after(&mut state, Outcome::RateLimited { until: None }, now);
    assert_eq!(held_for(&state, now), Some(Duration::from_mins(1)), "a success ends the escalation");
}

#[test]
fn one_failure_of_the_upstream_is_forgiven_and_two_are_not() {
    let mut state = RotationState::default();
    after(&mut state, Outcome::UpstreamFailed, START);
    assert_eq!(held_for(&state, START), None, "the first failure holds nothing");
    after(&mut state, Outcome::UpstreamFailed, START);
    assert_eq!(held_for(&state, START), Some(FAILURE_HOLD), "the second one does");
}

#[test]
fn the_request_and_the_client_change_nothing() {
    let mut state = RotationState::default();
    for outcome in [Outcome::RequestRefused, Outcome::ClientGone] {
        after(&mut state, outcome, START);
        assert_eq!(held_for(&state, START), None, "no key is to blame");
    }
    assert_eq!(state.in_flight(&lane().key), 0, "every dispatch was settled");
}

#[test]
fn reservations_end_with_the_call_and_readings_replace_the_budget() {
    let mut state = RotationState::default();
    let reading = BudgetReading {
        unit: Unit::Tokens,
        limit: 1_000,
        remaining: 900,
        resets_at: Some(START + Duration::from_mins(1)),
    };
    let settlement = Settlement {
        outcome: Outcome::Served,
        reason: String::new(),
        readings: vec![reading],
        first_token_ms: Some(200),
        estimated_tokens: 100,
    };
    state.dispatch(&lane(), 100);
    state.apply(&lane(), &settlement, &CooldownRules::default(), START);
    state.dispatch(&lane(), 300);
    let available = |state: &RotationState, now| state.lanes[&lane()].budgets[0].available(now);
    assert_eq!(available(&state, START), 600, "the request in flight is taken off");
    assert_eq!(
        available(&state, START + Duration::from_mins(1)),
        700,
        "a new window is full, less what is in flight"
    );
}
