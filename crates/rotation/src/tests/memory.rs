use super::fixture::{START, Scene, limited, requests_left, seconds};
use crate::{Outcome, RotationState, Timestamp};

/// The same fleet after a restart at `now`.
fn restarted(scene: &Scene, now: Timestamp) -> Scene {
    let json = serde_json::to_string(&scene.state.save()).expect("it has a JSON form");
    let saved = serde_json::from_str(&json).expect("and can be read back");
    let mut after = Scene::new();
    after.state = RotationState::default();
    after.state.restore(saved, now);
    after.state.adopt(&after.fleet, now);
    let chain = crate::Chain {
        name: "test".to_owned(),
        strategy: crate::Strategy::RoundRobin,
        tiers: vec![vec![super::fixture::target("groq", "m"), super::fixture::target("openai", "m")]],
    };
    after.roster = crate::Roster::seat(&after.fleet, &chain, &mut after.state, now);
    after.now = now;
    after
}

#[test]
fn what_was_learned_outlives_the_process() {
    let mut scene = Scene::new();
    scene.call("g1", limited(Some(START + seconds(300))));
    scene.call("g2", Outcome::KeyRejected);
    let booking = scene.book("g3");
    scene.settle_with(booking, Outcome::Served, vec![requests_left(0, 30, START + seconds(90))]);
    scene.book("o1");
    let mut after = restarted(&scene, START + seconds(20));
    assert_eq!(after.wait("g1"), Some(seconds(280)));
    assert!(after.wait("g2").is_some(), "rejected stays rejected");
    assert_eq!(after.wait("g3"), Some(seconds(70)));
    assert_eq!(after.pick().as_deref(), Some("o1"));
    assert_eq!(after.state.in_flight(&"o1".into()), 0, "what was in flight is not");
}

#[test]
fn no_lane_is_stuck_after_the_clock_was_wrong() {
    let day = seconds(86_400);
    let mut scene = Scene::new();
    scene.call(
        "g1",
        Outcome::RateLimited { until: None, scope: crate::LimitScope::Key, window: crate::LimitWindow::Day },
    );
    // The hold was saved under a clock that was a month ahead.
    let mut after = restarted(&scene, START.minus(day * 30));
    assert_eq!(after.wait("g1"), None, "no guess lasts that long");
    // The clock is corrected by a day while Keywheel runs: what is left of the wait stays the same.
    for corrected in [START + day, START.minus(day)] {
        let mut moved = Scene::new();
        moved.call("g1", limited(Some(START + seconds(50))));
        moved.state.shift_clock(START, corrected);
        moved.now = corrected;
        assert_eq!(moved.wait("g1"), Some(seconds(50)));
    }
}
