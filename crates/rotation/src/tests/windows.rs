//! Limits that replies state: which reading counts, and what kind of window it speaks of.

use super::fixture::{START, Scene, limited, seconds};
use crate::{Booking, BudgetReading, LimitWindow, Outcome, Settlement, Timestamp, Unit};

/// A reading per minute of `limit` requests.
fn minutely(remaining: u64, limit: u64, resets_at: Timestamp) -> BudgetReading {
    let window = LimitWindow::Minute;
    BudgetReading { unit: Unit::Requests, window, limit, remaining, resets_at: Some(resets_at) }
}

fn served(scene: &mut Scene, booking: Booking, reading: BudgetReading) {
    scene.settle_with(booking, Outcome::Served, vec![reading]);
}

/// How many calls on g1 are let through now.
fn calls_that_fit(scene: &mut Scene) -> usize {
    (0..100).take_while(|_| scene.wait("g1").is_none() && scene.book("g1").tokens == 0).count()
}

#[test]
fn the_reading_of_the_latest_call_counts_whatever_ends_first() {
    let mut scene = Scene::new();
    let [early, late] = [scene.book("g1"), scene.book("g1")];
    served(&mut scene, late, minutely(0, 30, START + seconds(60)));
    scene.pass(seconds(5));
    served(&mut scene, early, minutely(1, 30, START + seconds(60)));
    assert_eq!(scene.wait("g1"), Some(seconds(55)), "the earlier call's answer only took longer");
}

#[test]
fn what_was_sent_after_the_readings_call_is_taken_off_once() {
    let mut scene = Scene::new();
    let first = scene.book("g1");
    let second = scene.book("g1");
    served(&mut scene, first, minutely(2, 30, START + seconds(60)));
    assert_eq!(calls_that_fit(&mut scene), 1, "one of the two left is in flight");
    served(&mut scene, second, minutely(1, 30, START + seconds(60)));
    assert!(scene.wait("g1").is_some(), "the reading contains its own call, not the last one");
}

#[test]
fn a_sliding_window_gives_back_what_leaves_it() {
    let mut scene = Scene::new();
    for remaining in [2, 1, 0] {
        let booking = scene.book("g1");
        served(&mut scene, booking, minutely(remaining, 3, START + seconds(60)));
        scene.pass(seconds(10));
    }
    scene.pass(seconds(31));
    assert_eq!(calls_that_fit(&mut scene), 1, "only the first of three has left the minute");
}

#[test]
fn a_reset_is_tried_once_and_used_in_full_when_it_was_seen() {
    let mut scene = Scene::new();
    scene.pass(seconds(50));
    for remaining in (0..10).rev() {
        let booking = scene.book("g1");
        served(&mut scene, booking, minutely(remaining, 10, START + seconds(60)));
    }
    scene.pass(seconds(10));
    let tried = scene.book("g1");
    assert!(scene.wait("g1").is_some(), "a sliding window would hold nothing yet: one try is enough");
    served(&mut scene, tried, minutely(9, 10, START + seconds(120)));
    assert_eq!(calls_that_fit(&mut scene), 9, "the provider has forgotten: the window is fixed");
    scene.pass(seconds(60));
    assert_eq!(calls_that_fit(&mut scene), 10, "the next reset needs no try");
}

#[test]
fn what_others_take_from_the_limit_stays_taken_off() {
    let mut scene = Scene::new();
    let booking = scene.book("g1");
    served(&mut scene, booking, minutely(2, 10, START + seconds(60)));
    assert_eq!(calls_that_fit(&mut scene), 2, "seven were somebody else's");
}

#[test]
fn a_fixed_window_that_looks_like_a_bucket_now_and_then_is_none() {
    let mut scene = Scene::new();
    // One call a second: around the 30th what is missing happens to fit what is left of the minute.
    for sent in 1..=40_u64 {
        let booking = scene.book("g1");
        served(&mut scene, booking, minutely(40 - sent, 40, START + seconds(60)));
        scene.pass(seconds(1));
    }
    assert_eq!(scene.wait("g1"), Some(seconds(20)));
}

#[test]
fn tokens_are_set_aside_as_estimates_turn_out() {
    let mut scene = Scene::new();
    scene.request.tokens = 1_000;
    let booking = scene.book("g1");
    let tokens = BudgetReading { unit: Unit::Tokens, ..minutely(1_150, 60_000, START + seconds(60)) };
    let settlement = Settlement {
        readings: vec![tokens],
        used_tokens: Some(1_200),
        ..Settlement::of(Outcome::Served, "as told")
    };
    scene.state.apply(booking, &settlement, &crate::CooldownRules::default(), scene.now);
    assert_ne!(scene.wait("g1"), None, "1,000 estimated take up to 1,200");
    scene.request.tokens = 950;
    assert_eq!(scene.wait("g1"), None, "950 take up to 1,140");
}

#[test]
fn a_refusal_that_the_stated_minute_does_not_explain_is_a_limit_per_second() {
    let mut scene = Scene::new();
    let first = scene.book("g1");
    served(&mut scene, first, minutely(59, 60, START + seconds(60)));
    scene.pass(seconds(2));
    let second = scene.book("g1");
    served(&mut scene, second, minutely(58, 60, START + seconds(60)));
    scene.call("g1", limited(None));
    let wait = scene.wait("g1").expect("it rests");
    assert!(wait > seconds(1) && wait < seconds(2), "one a second, not a guessed minute: {wait:?}");
    scene.pass(seconds(2));
    scene.call("g1", Outcome::Served);
    assert!(scene.wait("g1").is_some_and(|wait| wait < seconds(2)), "and it is kept to");
}

#[test]
fn a_refusal_far_below_the_measured_minute_is_a_limit_per_second() {
    let mut scene = Scene::new();
    for _ in 0..10 {
        scene.call("g1", Outcome::Served);
    }
    scene.call("g1", limited(None));
    scene.pass(seconds(120));
    scene.call("g1", Outcome::Served);
    scene.call("g1", limited(None));
    let wait = scene.wait("g1").expect("it rests");
    assert!(wait < seconds(2), "the minute carried ten: {wait:?}");
}

#[test]
fn a_refusal_at_the_end_of_a_stated_budget_waits_for_its_reset() {
    let mut scene = Scene::new();
    let booking = scene.book("g1");
    let reading = minutely(0, 30, START + seconds(20));
    scene.settle_with(booking, limited(None), vec![reading]);
    assert_eq!(scene.wait("g1"), Some(seconds(20)), "not a guessed minute");
}
