//! Which key serves, who rests and for how long.

use std::time::Duration;

use keywheel_simulator::{KeyScript, Scope, Script};
use tokio::time::Instant;

use crate::harness::{Attempt, Keywheel, Upstream, limited, script, status};

const REQUESTS: u64 = 12;

/// Three keys, two of which take one request per minute.
fn two_of_three_limited() -> Script {
    let mut script = script("alpha", 3);
    for key in &mut script.keys[..2] {
        *key = KeyScript::new(key.secret.clone()).requests_per_minute(1);
    }
    script
}

/// Plays [`REQUESTS`] requests over three keys of which two run into their limit; returns the refused attempts.
async fn play_limited(script: Script) -> Vec<Attempt> {
    let alpha = Upstream::start(script).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    let mut attempts = 0;
    for _ in 0..REQUESTS {
        attempts += keywheel.ask().await.served().attempts();
    }
    let counters = alpha.counters();
    for label in ["alpha-1", "alpha-2"] {
        let key = counters.key(alpha.secret(label));
        assert_eq!((key.served, key.limited), (1, 1), "{label} is asked once too often and then left alone");
    }
    assert_eq!(counters.key(alpha.secret("alpha-3")).served, REQUESTS - 2);
    assert_eq!(attempts, counters.total().requests, "the headers tell of every call");

    let rows = keywheel.history_when(|rows| rows.iter().filter(|row| row.status == "ok").count() == 12).await;
    for row in &rows {
        let (last, passed_on) =
            row.outcomes().split_last().map(|(last, rest)| (*last, rest.to_vec())).unwrap();
        assert_eq!(last, "ok", "{row:#?}");
        assert!(passed_on.iter().all(|outcome| *outcome == "rate_limited"), "{row:#?}");
        assert_eq!(row.key_label.as_deref(), row.keys().last().copied(), "the row names who served");
        assert_eq!(row.attempt_count, row.attempts.len() as i64);
    }
    let refused = rows.into_iter().flat_map(|row| row.attempts).filter(|attempt| attempt.outcome != "ok");
    let refused: Vec<_> = refused.collect();
    let mut labels: Vec<_> = refused.iter().map(|attempt| attempt.key_label.as_str()).collect();
    labels.sort_unstable();
    assert_eq!(labels, ["alpha-1", "alpha-2"]);
    assert!(refused.iter().all(|attempt| attempt.http_status == Some(429)), "{refused:#?}");
    refused
}

fn rest_ms(attempt: &Attempt) -> i64 {
    attempt.held_until_ms.expect("a limited key rests") - attempt.started_at_ms
}

#[tokio::test]
async fn limited_keys_are_stepped_over_and_rest_as_long_as_they_said() {
    for attempt in play_limited(two_of_three_limited()).await {
        let rest_ms = rest_ms(&attempt);
        assert!((50_000..=61_000).contains(&rest_ms), "retry-after is obeyed: {attempt:#?}");
        assert!(attempt.detail.as_deref().is_some_and(|text| text.contains("retry-after")), "{attempt:#?}");
    }
}

#[tokio::test]
async fn a_key_that_does_not_say_how_long_rests_for_the_default() {
    let script = Script { sends_retry_after: false, ..two_of_three_limited() };
    for attempt in play_limited(script).await {
        let rest_ms = rest_ms(&attempt);
        assert!((60_000..=62_000).contains(&rest_ms), "60 s is the default: {attempt:#?}");
    }
}

#[tokio::test]
async fn stated_budgets_keep_a_spent_key_from_being_asked_at_all() {
    let script = Script { sends_rate_limit_headers: true, ..two_of_three_limited() };
    let alpha = Upstream::start(script).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    for _ in 0..REQUESTS {
        assert_eq!(keywheel.ask().await.served().attempts(), 1);
    }
    assert_eq!(alpha.counters().total().limited, 0);
    // What is back within the hour is a rest to people.
    assert_eq!(keywheel.key_status("alpha-1").await["state"], "resting");
}

#[tokio::test]
async fn the_status_says_who_rests_and_who_said_so() {
    let alpha = Upstream::start(script("alpha", 2)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    alpha.push_fault(Scope::AnyKey, limited(Some(58)), 1);
    let answer = keywheel.ask().await.served();
    let row = keywheel.row(answer.request_id()).await;
    let status = keywheel.key_status(row.keys()[0]).await;
    assert_eq!(status["state"], "resting", "{status:#}");
    assert_eq!(status["said_by"], "provider", "{status:#}");
    let seconds = status["seconds_until_back"].as_u64().unwrap();
    assert!((38..=58).contains(&seconds), "{status:#}");
    assert_eq!(keywheel.key_status(answer.key()).await["state"], "usable");
}

#[tokio::test]
async fn a_request_waits_for_the_only_key_and_does_not_ask_it_early() {
    let alpha = Upstream::start(script("alpha", 1)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    alpha.push_fault(Scope::AnyKey, limited(Some(1)), 1);
    let start = Instant::now();
    let answer = keywheel.ask().await.served();
    assert!(start.elapsed() >= Duration::from_secs(1), "the stated second is over");
    assert_eq!(answer.attempts(), 2);
    assert_eq!(alpha.requests(), 2);
}

#[tokio::test]
async fn an_upstream_failure_is_tried_once_more_on_the_same_key() {
    let alpha = Upstream::start(script("alpha", 2)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    alpha.push_fault(Scope::AnyKey, status(500), 1);
    let answer = keywheel.ask().await.served();
    let row = keywheel.row(answer.request_id()).await;
    assert_eq!(row.keys(), [answer.key(), answer.key()]);
    assert_eq!(row.outcomes(), ["upstream_failed", "ok"]);
}

#[tokio::test]
async fn a_second_upstream_failure_hands_the_request_to_the_next_key() {
    let alpha = Upstream::start(script("alpha", 2)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    alpha.push_fault(Scope::AnyKey, status(502), 2);
    let answer = keywheel.ask().await.served();
    let row = keywheel.row(answer.request_id()).await;
    let keys = row.keys();
    assert_eq!(row.outcomes(), ["upstream_failed", "upstream_failed", "ok"]);
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[1], keys[2]);
    assert_eq!(answer.attempts(), 3);
}

#[tokio::test]
async fn a_rejected_key_is_set_aside_and_never_asked_again() {
    let mut script = script("alpha", 3);
    script.keys[0].status = Some(http::StatusCode::UNAUTHORIZED);
    let alpha = Upstream::start(script).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    for _ in 0..6 {
        keywheel.ask().await.served();
    }
    assert_eq!(alpha.requests_of("alpha-1"), 1);
    assert_eq!(keywheel.key_status("alpha-1").await["state"], "rejected");
    assert_eq!(keywheel.key_status("alpha-2").await["state"], "usable");
}

#[tokio::test]
async fn an_unpaid_key_is_set_aside() {
    let mut script = script("alpha", 2);
    script.keys[0].status = Some(http::StatusCode::PAYMENT_REQUIRED);
    let alpha = Upstream::start(script).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    for _ in 0..4 {
        assert_eq!(keywheel.ask().await.served().key(), "alpha-2");
    }
    assert_eq!(alpha.requests_of("alpha-1"), 1);
    assert_eq!(keywheel.key_status("alpha-1").await["state"], "out_of_credit");
}

#[tokio::test]
async fn the_provider_of_the_best_priority_serves_until_all_its_keys_rest() {
    let (alpha, beta) = (Upstream::start(script("alpha", 2)).await, Upstream::start(script("beta", 1)).await);
    // The order of the file must not matter.
    let keywheel = Keywheel::builder().provider(&beta, 2).provider(&alpha, 1).start().await;
    for _ in 0..4 {
        assert_eq!(keywheel.ask().await.served().header("x-provider"), "alpha");
    }
    assert_eq!(beta.requests(), 0);
    alpha.push_fault(Scope::AnyKey, limited(Some(600)), 2);
    for expected_attempts in [3, 1, 1] {
        let answer = keywheel.ask().await.served();
        assert_eq!((answer.header("x-provider"), answer.attempts()), ("beta", expected_attempts));
    }
}

#[tokio::test]
async fn with_every_key_limited_and_no_waiting_one_429_says_why_and_until_when() {
    let alpha = Upstream::start(script("alpha", 3)).await;
    let builder = Keywheel::builder().provider(&alpha, 1).rotation("wait_for_capacity = false");
    let keywheel = builder.start().await;
    for (label, seconds) in [("alpha-1", 300), ("alpha-2", 30), ("alpha-3", 900)] {
        alpha.push_fault(Scope::key(alpha.secret(label)), limited(Some(seconds)), 1);
    }
    for calls_in_all in [3, 3] {
        let answer = keywheel.ask().await;
        let message = answer.refused(429, "rate_limit_exceeded");
        for label in ["alpha-1", "alpha-2", "alpha-3"] {
            assert!(message.contains(label), "every key has its reason: {message}");
        }
        let seconds: u64 = answer.header("retry-after").parse().unwrap();
        assert!((10..=30).contains(&seconds), "the soonest key is back in at most 30 s, not {seconds} s");
        assert_eq!(alpha.requests(), calls_in_all, "a resting key is not asked");
    }
}

#[tokio::test]
async fn a_wait_that_can_not_end_in_time_is_not_begun() {
    let alpha = Upstream::start(script("alpha", 1)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    alpha.push_fault(Scope::AnyKey, limited(Some(3_600)), 1);
    let start = Instant::now();
    keywheel.ask().await.refused(429, "rate_limit_exceeded");
    assert!(start.elapsed() < Duration::from_secs(10), "it took {:?}", start.elapsed());
}

#[tokio::test]
async fn keys_found_in_the_environment_join_a_known_provider() {
    let groq = Upstream::start(script("groq", 3)).await;
    let builder = Keywheel::builder().rotation("session_affinity = \"0s\"");
    let mut builder = builder.provider_without_keys(&groq, 1);
    for (variable, _, secret) in groq.keys() {
        builder = builder.variable(&variable, secret);
    }
    let keywheel = builder.start().await;
    for _ in 0..6 {
        keywheel.ask().await.served();
    }
    for label in ["groq-1", "groq-2", "groq-3"] {
        assert_eq!(groq.requests_of(label), 2, "{label} takes its turn");
    }
}
