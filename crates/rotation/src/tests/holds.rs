use super::fixture::{START, Scene, key, limited, provider, seconds};
use crate::{Fleet, LimitScope, LimitWindow, Outcome, Strategy};

#[test]
fn a_stated_time_is_obeyed_and_a_guess_never_shortens_it() {
    let mut scene = Scene::new();
    scene.call("g1", limited(Some(START + seconds(1_200))));
    scene.call("g1", limited(None));
    assert_eq!(scene.wait("g1"), Some(seconds(1_200)), "what the provider stated stands");
    scene.call("g2", limited(Some(START)));
    assert_eq!(scene.wait("g2"), Some(seconds(1)), "retry-after: 0 is not taken by its word");
}

#[test]
fn guesses_double_once_per_burst_up_to_the_ceiling() {
    let mut scene = Scene::new();
    for expected_s in [60, 120, 240, 480, 600, 600] {
        let burst = [scene.book("g1"), scene.book("g1"), scene.book("g1")];
        for booking in burst {
            // A call that was refused leaves nothing to measure: each window is empty.
            scene.settle(booking, daily(None));
        }
        assert_eq!(scene.wait("g1"), Some(seconds(expected_s)), "a burst is one strike");
        scene.pass(seconds(expected_s));
    }
    scene.call("g1", Outcome::Served);
    scene.call("g1", daily(None));
    assert_eq!(scene.wait("g1"), Some(seconds(60)), "a success ends the escalation");
}

fn daily(until: Option<crate::Timestamp>) -> Outcome {
    Outcome::RateLimited { until, scope: LimitScope::OwnerModel, window: LimitWindow::Day }
}

#[test]
fn a_guess_is_tried_early_once_and_only_when_nothing_else_serves() {
    let mut scene = Scene::new();
    for key in ["g1", "g2", "g3"] {
        scene.call(key, daily(None));
    }
    scene.pass(seconds(30));
    assert_eq!(scene.pick().as_deref(), Some("o1"), "another lane can serve: no try");
    scene.call("o1", daily(Some(START + seconds(3_600))));
    assert_eq!(scene.pick().as_deref(), Some("g1"), "half the guess is over: one request may try");
    let probe = scene.book("g1");
    assert_eq!(scene.pick().as_deref(), Some("g2"), "never two tries on one lane");
    scene.settle(probe, Outcome::Served);
    assert_eq!(scene.wait("g1"), None, "the guess was too long");
    scene.pass(seconds(5));
    assert_eq!(scene.wait("o1"), Some(seconds(3_565)), "what is stated is never tried early");
}

#[test]
fn capacity_holds_the_model_and_no_sibling_key_is_asked() {
    let mut scene = Scene::new();
    scene.call("g1", Outcome::AtCapacity { until: None });
    assert_eq!(scene.pick().as_deref(), Some("o1"));
    scene.pass(seconds(15));
    assert_eq!(scene.pick().as_deref(), Some("g2"), "nobody was punished");
}

#[test]
fn a_provider_that_keeps_failing_rests_and_is_tried_one_by_one() {
    let mut scene = Scene::new();
    for key in ["g1", "g2", "g3", "g1"] {
        scene.call(key, Outcome::UpstreamFailed);
    }
    assert_eq!(scene.wait("g2"), Some(seconds(10)), "a sibling that failed once rests with its provider");
    assert_eq!(scene.wait("o1"), None);
    scene.pass(seconds(10));
    let first = scene.book("g2");
    assert!(scene.wait("g3").is_some(), "one request at a time until one succeeds");
    scene.settle(first, Outcome::Served);
    assert_eq!(scene.wait("g3"), None);
}

#[test]
fn two_models_limited_in_a_minute_are_one_owner() {
    let keys = vec![key("g1", 1), key("g2", 1)];
    let fleet = Fleet { providers: vec![provider("groq", 1, keys)], ..Fleet::default() };
    let mut scene = Scene::with_models(fleet, Strategy::RoundRobin, &["small", "large", "huge"]);
    let lanes: Vec<_> = scene.state.lanes_of_key(&"g1".into()).collect();
    let until = START + seconds(40);
    for lane in lanes.iter().take(2) {
        let booking = scene.state.dispatch(*lane, 0, START);
        let outcome = Outcome::RateLimited {
            until: Some(until),
            scope: LimitScope::OwnerModel,
            window: LimitWindow::Minute,
        };
        scene.settle(booking, outcome);
    }
    assert!(!scene.state.is_usable(lanes[2], 0, START), "the third model rests, too");
    assert_eq!(scene.wait("g2"), None, "another owner does not");
}

#[test]
fn keys_of_one_group_share_what_the_owner_is_limited_in() {
    let mut grouped = [key("a", 1), key("b", 1), key("c", 1)];
    grouped[0].group = Some("acme".to_owned());
    grouped[1].group = Some("acme".to_owned());
    let fleet = Fleet { providers: vec![provider("groq", 1, grouped.to_vec())], ..Fleet::default() };
    let mut scene = Scene::of(fleet, Strategy::RoundRobin);
    scene.call("a", limited(Some(START + seconds(9))));
    assert_eq!(scene.wait("b"), Some(seconds(9)));
    assert_eq!(scene.wait("c"), None);
    scene.call("c", Outcome::OutOfCredit { until: None });
    scene.call("a", Outcome::KeyRejected);
    scene.pass(seconds(9));
    assert_eq!(scene.pick().as_deref(), Some("b"), "a rejected key does not set its sibling aside");
}

#[test]
fn clearing_by_hand_ends_everything() {
    let mut scene = Scene::new();
    scene.call("g1", Outcome::KeyRejected);
    scene.call("g2", limited(Some(START + seconds(600))));
    scene.call("g3", Outcome::OutOfCredit { until: None });
    for key in ["g1", "g2", "g3"] {
        scene.state.clear_key(&key.into(), START);
        assert_eq!(scene.wait(key), None, "{key}");
    }
}

#[test]
fn what_is_nobodys_fault_changes_nothing() {
    let mut scene = Scene::new();
    for outcome in [
        Outcome::RequestRefused,
        Outcome::ContentRefused,
        Outcome::ContextTooLong,
        Outcome::ParameterRejected { parameter: None },
        Outcome::OfflineHere,
        Outcome::ClientGone,
        Outcome::ModelFault,
    ] {
        scene.call("g1", outcome);
        assert_eq!(scene.wait("g1"), None);
    }
    assert_eq!(scene.state.in_flight(&"g1".into()), 0, "every booking was settled");
}
