use super::fixture::{START, Scene, fleet, key, limited, provider, requests_left, seconds};
use crate::{BudgetReading, Cap, Fleet, LimitWindow, Outcome, Strategy, Timestamp, Unit};

#[test]
fn a_spent_budget_is_passed_over_before_the_429() {
    let mut scene = Scene::new();
    let booking = scene.book("g1");
    scene.settle_with(booking, Outcome::Served, vec![requests_left(1, 30, START + seconds(30))]);
    let last = scene.book("g1");
    assert_eq!(scene.wait("g1"), Some(seconds(30)), "the last one is in flight");
    scene.settle(last, Outcome::ClientGone);
    assert_eq!(scene.wait("g1"), Some(seconds(30)), "a call that was given up was counted by the provider");
    scene.pass(seconds(30));
    assert_eq!(scene.wait("g1"), None);
}

#[test]
fn token_budgets_let_small_requests_through_and_hold_large_ones() {
    let mut scene = Scene::new();
    let resets_at = Some(START + seconds(60));
    let tokens = BudgetReading {
        unit: Unit::Tokens,
        window: LimitWindow::Minute,
        limit: 6_000,
        remaining: 900,
        resets_at,
    };
    let booking = scene.book("g1");
    scene.settle_with(booking, Outcome::Served, vec![tokens]);
    scene.request.tokens = 800;
    assert_eq!(scene.pick().as_deref(), Some("g2"), "in turn");
    scene.call("g2", Outcome::KeyRejected);
    assert_eq!(scene.pick().as_deref(), Some("g1"), "800 of 900 fit");
    scene.request.tokens = 1_000;
    assert_eq!(scene.pick().as_deref(), Some("g3"), "1,000 do not");
    scene.request.tokens = 50_000;
    scene.pass(seconds(60));
    assert_eq!(scene.pick().as_deref(), Some("g1"), "more than the whole is the provider's to judge");
}

#[test]
fn a_refilling_budget_is_used_as_it_fills() {
    let mut scene = Scene::new();
    // 60 a minute, one each second: what is missing comes back at that rate, and the reset says when it is full.
    let reading = |remaining: u64, now: Timestamp| BudgetReading {
        unit: Unit::Requests,
        window: LimitWindow::Minute,
        limit: 60,
        remaining,
        resets_at: Some(now + seconds(60 - remaining)),
    };
    for remaining in [2, 1, 0] {
        let booking = scene.book("g1");
        let now = scene.now;
        scene.settle_with(booking, Outcome::Served, vec![reading(remaining, now)]);
    }
    let wait = scene.wait("g1").expect("it is empty");
    assert!(
        wait >= seconds(1) && wait < seconds(2),
        "one call fits after one second, not after a minute: {wait:?}"
    );
}

#[test]
fn a_fixed_budget_is_not_taken_for_a_refilling_one() {
    let mut scene = Scene::new();
    let window_end = START + seconds(60);
    for remaining in [2, 1, 0] {
        let booking = scene.book("g1");
        scene.pass(seconds(7));
        scene.settle_with(booking, Outcome::Served, vec![requests_left(remaining, 3, window_end)]);
    }
    assert_eq!(scene.wait("g1"), Some(seconds(60 - 21)), "nothing is there before the window ends");
}

#[test]
fn a_hidden_limit_is_found_and_kept_to() {
    let mut scene = Scene::new();
    for _ in 0..5 {
        scene.call("g1", Outcome::Served);
    }
    scene.pass(seconds(10));
    scene.call("g1", limited(None));
    let wait = scene.wait("g1").expect("it rests");
    assert!(
        wait > seconds(49) && wait < seconds(52),
        "until the first five leave the minute, not a guessed minute: {wait:?}"
    );
    scene.pass(seconds(52));
    for call in 1..=5 {
        assert_eq!(scene.wait("g1"), None, "call {call} of 5 fits");
        scene.call("g1", Outcome::Served);
    }
    assert!(scene.wait("g1").is_some(), "the sixth is not even tried");
}

#[test]
fn a_burst_over_a_hidden_limit_measures_it() {
    let mut scene = Scene::new();
    let burst: Vec<_> = (0..12).map(|_| scene.book("g1")).collect();
    for (number, booking) in burst.into_iter().enumerate() {
        scene.settle(booking, if number < 4 { Outcome::Served } else { limited(None) });
    }
    scene.pass(seconds(61));
    let mut served = 0;
    while scene.wait("g1").is_none() {
        scene.call("g1", Outcome::Served);
        served += 1;
    }
    assert_eq!(served, 4, "what went through is what is allowed");
}

#[test]
fn a_measured_limit_that_was_too_low_grows() {
    let mut scene = Scene::new();
    for _ in 0..2 {
        scene.call("g1", Outcome::Served);
    }
    scene.call("g1", limited(None));
    let mut most = 0;
    for _ in 0..40 {
        scene.pass(seconds(61));
        let mut served = 0;
        while scene.wait("g1").is_none() && served < 50 {
            scene.call("g1", Outcome::Served);
            served += 1;
        }
        most = most.max(served);
    }
    assert!(most >= 20, "tries of one more that succeed raise the limit: {most}");
}

#[test]
fn the_persons_caps_are_kept_over_all_models_and_per_model() {
    let mut capped = key("a", 1);
    let cap = |model: Option<&str>, amount| Cap {
        model: model.map(Into::into),
        unit: Unit::Requests,
        window: LimitWindow::Minute,
        amount,
    };
    capped.caps = vec![cap(None, 3), cap(Some("small"), 1)];
    let fleet = Fleet { providers: vec![provider("groq", 1, vec![capped])], ..Fleet::default() };
    let mut scene = Scene::with_models(fleet, Strategy::FillFirst, &["small", "large"]);
    let mut models = Vec::new();
    while let Some(lane) = scene.select().chosen {
        models.push(scene.state.lane(lane).expect("a lane").model.to_string());
        let booking = scene.state.dispatch(lane, 0, scene.now);
        scene.settle(booking, Outcome::Served);
    }
    assert_eq!(models, ["small", "large", "large"], "one of small, three in all");
    assert_eq!(scene.select().soonest, Some(START + seconds(60)));
}

#[test]
fn a_size_that_was_refused_is_remembered_for_its_owner() {
    let mut scene = Scene::of(fleet(), Strategy::RoundRobin);
    scene.request.tokens = 7_000;
    scene.call("g1", Outcome::TooLargeForTier { limit_tokens: Some(6_000) });
    assert_eq!(scene.pick().as_deref(), Some("g2"), "another owner may take it");
    scene.request.tokens = 5_000;
    assert_eq!(scene.wait("g1"), None, "a smaller one fits, at once");
}
