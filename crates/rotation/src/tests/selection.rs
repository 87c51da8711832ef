use super::fixture::{START, Scene, fleet, key, limited, provider, requests_left, seconds, target};
use crate::{
    Abilities, BudgetReading, Chain, CooldownRules, Fleet, Lack, LimitWindow, Needs, Outcome, Roster,
    SessionId, Settlement, Strategy, Unit, Verdict,
};

#[test]
fn priority_decides_before_the_strategy() {
    let mut scene = Scene::new();
    assert_eq!(scene.pick().as_deref(), Some("g1"), "lowest numbers first");
    scene.call("g1", limited(None));
    scene.call("g2", limited(None));
    assert_eq!(scene.pick().as_deref(), Some("g3"), "then the second rank");
    scene.call("g3", Outcome::KeyRejected);
    assert_eq!(scene.pick().as_deref(), Some("o1"), "then the next provider");
}

#[test]
fn a_lower_tier_serves_only_while_the_higher_can_not() {
    let fleet = fleet();
    let mut scene = Scene::of(fleet.clone(), Strategy::RoundRobin);
    let tiers = vec![vec![target("openai", "m")], vec![target("groq", "m")]];
    let chain = Chain { name: "t".to_owned(), strategy: Strategy::RoundRobin, tiers };
    scene.roster = Roster::seat(&fleet, &chain, &mut scene.state, START);
    assert_eq!(scene.pick().as_deref(), Some("o1"), "the first tier, whatever the provider's priority");
    scene.call("o1", limited(Some(START + seconds(5))));
    assert_eq!(scene.pick().as_deref(), Some("g1"));
    scene.pass(seconds(5));
    assert_eq!(scene.pick().as_deref(), Some("o1"), "back on time");
}

#[test]
fn strategies_choose_among_equals() {
    let equals = || vec![provider("groq", 1, vec![key("a", 1), key("b", 1), key("c", 1)])];
    let scene = |strategy| Scene::of(Fleet { providers: equals(), ..Fleet::default() }, strategy);

    let mut turns = scene(Strategy::RoundRobin);
    for expected in ["a", "b", "c", "a"] {
        assert_eq!(turns.pick().as_deref(), Some(expected));
        turns.call(expected, Outcome::Served);
    }
    let mut filling = scene(Strategy::FillFirst);
    filling.call("a", Outcome::Served);
    assert_eq!(filling.pick().as_deref(), Some("a"), "the first until it can't");

    let mut least = scene(Strategy::LeastUsed);
    for used in ["a", "a", "b", "c", "c"] {
        least.call(used, Outcome::Served);
    }
    assert_eq!(least.pick().as_deref(), Some("b"));

    let mut fastest = scene(Strategy::Fastest);
    for (key, first_token_ms) in [("a", 300), ("b", 900), ("c", 200)] {
        let booking = fastest.book(key);
        let settlement =
            Settlement { first_token_ms: Some(first_token_ms), ..Settlement::of(Outcome::Served, "") };
        fastest.state.apply(booking, &settlement, &CooldownRules::default(), START);
    }
    assert_eq!(fastest.pick().as_deref(), Some("c"));

    let mut headroom = scene(Strategy::Headroom);
    for (key, left) in [("a", 6), ("b", 8), ("c", 2)] {
        let booking = headroom.book(key);
        headroom.settle_with(booking, Outcome::Served, vec![requests_left(left, 10, START + seconds(60))]);
    }
    assert_eq!(headroom.pick().as_deref(), Some("b"), "the largest share left");
    for _ in 0..3 {
        headroom.book("b");
    }
    assert_eq!(headroom.pick().as_deref(), Some("a"), "8 - 3 in flight < 6");
}

#[test]
fn a_session_stays_with_its_lane_while_that_is_no_reason_to_wait() {
    let mut scene = Scene::new();
    let (session, keep) = (SessionId(7), seconds(1_800));
    scene.request.session = Some((session, keep));
    let booking = scene.book("g2");
    let settlement = Settlement { session: Some(session), ..Settlement::of(Outcome::Served, "") };
    scene.state.apply(booking, &settlement, &CooldownRules::default(), START);
    assert_eq!(scene.pick().as_deref(), Some("g2"), "although g1 was used less recently");
    scene.call("g2", limited(Some(START + seconds(60))));
    assert_eq!(scene.pick().as_deref(), Some("g1"), "a held lane is left");
    scene.pass(keep);
    assert_eq!(scene.pick().as_deref(), Some("g1"), "the memory fades");
}

#[test]
fn what_a_request_needs_is_asked_of_the_target() {
    let mut fleet = fleet();
    let small = Abilities {
        context_tokens: Some(8_000),
        tools: Some(false),
        free: Some(true),
        ..Abilities::default()
    };
    fleet.abilities.insert(("groq".into(), "m".into()), small);
    let mut scene = Scene::of(fleet.clone(), Strategy::RoundRobin);
    for (needs, lack) in [
        (Needs { context_tokens: 8_001, ..Needs::default() }, Lack::Context),
        (Needs { tools: true, ..Needs::default() }, Lack::Tools),
    ] {
        scene.request.needs = needs;
        assert_eq!(scene.pick().as_deref(), Some("o1"), "{lack:?}: what is not known is taken to be there");
        let why = scene.state.explain(&fleet, &scene.roster, &scene.request, START);
        assert_eq!(why[0].verdict, Verdict::Unsuitable(lack));
    }
    scene.request.needs = Needs { vision: true, ..Needs::default() };
    assert_eq!(scene.pick().as_deref(), Some("g1"));
    scene.request.free_only = true;
    scene.call("g1", Outcome::KeyRejected);
    assert_eq!(scene.pick().as_deref(), Some("g2"), "free ones only");
    scene.request.tried.extend([scene.lane("g2"), scene.lane("g3")]);
    assert_eq!(scene.pick(), None, "openai may cost money");
}

#[test]
fn every_lane_gets_its_verdict() {
    let mut fleet = fleet();
    fleet.providers[0].keys[0].max_concurrent = Some(1);
    fleet.providers[0].keys[1].enabled = false;
    let mut scene = Scene::of(fleet.clone(), Strategy::RoundRobin);
    scene.book("g1");
    scene.request.tried.insert(scene.lane("g3"));
    scene.call("o1", Outcome::OutOfCredit { until: None });
    let why = scene.state.explain(&fleet, &scene.roster, &scene.request, START);
    let verdicts: Vec<_> = why.iter().map(|candidate| &candidate.verdict).collect();
    let day = START + seconds(86_400);
    let busy = Verdict::Busy { in_flight: 1, max: 1 };
    assert_eq!(verdicts, [&busy, &Verdict::Disabled, &Verdict::AlreadyTried, &Verdict::OutOfCredit(day)]);
    let selection = scene.select();
    assert_eq!((selection.chosen, selection.busy, selection.soonest), (None, true, Some(day)));
}

#[test]
fn a_second_chance_goes_to_the_same_lane_while_it_is_usable() {
    let mut scene = Scene::new();
    scene.call("g1", Outcome::UpstreamFailed);
    scene.request.again = Some(scene.lane("g1"));
    assert_eq!(scene.pick().as_deref(), Some("g1"), "one failure holds nothing");
    scene.call("g1", Outcome::UpstreamFailed);
    assert_eq!(scene.pick().as_deref(), Some("g2"), "two failures do");
}

#[test]
fn a_lane_that_answers_too_late_is_left_to_others() {
    let mut scene = Scene::new();
    for _ in 0..8 {
        let booking = scene.book("g1");
        let settlement =
            Settlement { first_token_ms: Some(4_000), ..Settlement::of(Outcome::Served, "as told") };
        scene.state.apply(booking, &settlement, &CooldownRules::default(), scene.now);
    }
    for key in ["g2", "g3", "o1"] {
        scene.call(key, Outcome::KeyRejected);
    }
    scene.request.answer_by = Some(START + seconds(60));
    assert_eq!(scene.pick().as_deref(), Some("g1"));
    scene.request.answer_by = Some(START + seconds(3));
    assert_eq!(scene.select(), crate::Selection::default(), "three seconds do not suffice, now or later");
    scene.request.answer_by = None;
    assert_eq!(scene.pick().as_deref(), Some("g1"), "who can wait is served");
}

#[test]
fn scarce_tokens_are_left_to_a_longer_waiting_request_of_that_size() {
    let mut scene = Scene::new();
    for key in ["g2", "g3", "o1"] {
        scene.call(key, Outcome::KeyRejected);
    }
    let booking = scene.book("g1");
    let tokens = BudgetReading {
        unit: Unit::Tokens,
        window: LimitWindow::Minute,
        limit: 60_000,
        remaining: 1_000,
        resets_at: Some(START + seconds(60)),
    };
    scene.settle_with(booking, Outcome::Served, vec![tokens]);
    scene.request.tokens = 950;
    assert_eq!(scene.pick().as_deref(), Some("g1"));
    scene.request.waits_behind_tokens = Some(1_100);
    assert_eq!(scene.pick(), None, "the other came first and needs about as much");
    assert!(scene.select().soonest.is_some());
    scene.request.waits_behind_tokens = Some(5_000);
    assert_eq!(scene.pick().as_deref(), Some("g1"), "a small one may pass a large one");
}
