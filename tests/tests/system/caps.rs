//! What a person says of keys: which belong together, and how much they may be asked.

use http::StatusCode;
use keywheel_simulator::Scope;

use crate::harness::{Keywheel, Upstream, limited, script};

/// Two keys, the first of which is limited when it is asked; returns the status of the answer and the calls made.
async fn one_of_two_limited(key_line: &str) -> (StatusCode, u64) {
    let alpha = Upstream::start(script("alpha", 2)).await;
    let builder = Keywheel::builder().provider_with(&alpha, 1, key_line);
    let keywheel = builder.rotation("wait_for_capacity = false").start().await;
    alpha.push_fault(Scope::AnyKey, limited(Some(300)), 1);
    let status = keywheel.ask().await.status;
    (status, alpha.requests())
}

#[tokio::test]
async fn keys_of_one_account_rest_together() {
    assert_eq!(one_of_two_limited("").await, (StatusCode::OK, 2), "each key has limits of its own");
    let (status, calls) = one_of_two_limited("quota_group = \"acme\"").await;
    assert_eq!((status, calls), (StatusCode::TOO_MANY_REQUESTS, 1), "the other key shares the limit");
}

#[tokio::test]
async fn the_status_shows_every_key_of_a_limited_account_as_resting() {
    let alpha = Upstream::start(script("alpha", 2)).await;
    let builder = Keywheel::builder().provider_with(&alpha, 1, "quota_group = \"acme\"");
    let keywheel = builder.rotation("wait_for_capacity = false").start().await;
    alpha.push_fault(Scope::AnyKey, limited(Some(300)), 1);
    let message = keywheel.ask().await.refused(429, "rate_limit_exceeded");
    for label in ["alpha-1", "alpha-2"] {
        assert!(message.contains(label), "{label} has its reason: {message}");
        assert_eq!(keywheel.key_status(label).await["state"], "resting");
    }
}

#[tokio::test]
async fn a_cap_of_the_persons_own_is_kept_before_any_429() {
    let alpha = Upstream::start(script("alpha", 2)).await;
    let cap = "limits = [{ unit = \"requests\", per = \"minute\", amount = 2 }]";
    let builder = Keywheel::builder().provider_with(&alpha, 1, cap);
    let keywheel = builder.rotation("wait_for_capacity = false").start().await;
    let mut keys = Vec::new();
    for _ in 0..4 {
        let answer = keywheel.ask().await.served();
        assert_eq!(answer.attempts(), 1);
        keys.push(answer.key().to_owned());
    }
    assert_eq!((&keys[0], &keys[2]), (&keys[1], &keys[3]), "a conversation stays until the cap: {keys:?}");
    assert_ne!(keys[0], keys[2], "the third request goes to the other key");

    let answer = keywheel.ask().await;
    let message = answer.refused(429, "rate_limit_exceeded");
    assert!(message.contains("alpha-1") && message.contains("alpha-2"), "{message}");
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "the minute is over in at most 60 s, not {seconds} s");
    let total = alpha.counters().total();
    assert_eq!((total.requests, total.limited), (4, 0), "nothing was asked beyond the caps");
    for label in ["alpha-1", "alpha-2"] {
        let status = keywheel.key_status(label).await;
        assert_eq!((&status["state"], &status["said_by"]), (&"resting".into(), &"you".into()), "{status:#}");
    }
}
