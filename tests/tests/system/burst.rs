//! A burst over two providers with eleven and five keys, each with limits of its own.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use keywheel_simulator::{KeyCounters, KeyScript, Script};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::harness::{Attempt, Keywheel, Request, Upstream, collect, script};

const REQUESTS: usize = 2_000;
const CLIENTS: usize = 64;
/// What was sent this soon after a refusal may have been on its way already.
const ON_THE_WAY_MS: i64 = 50;

/// `n_keys` keys for `per_minute` requests; what the first keys may do in a day is less than that.
fn limited_script(
    provider: &str,
    n_keys: usize,
    per_minute: u32,
    per_day: &[u32],
    states_limits: bool,
) -> Script {
    let mut script = Script { answer_words: 2, recorded_exchanges: 0, ..script(provider, n_keys) };
    script.sends_rate_limit_headers = states_limits;
    for (index, key) in script.keys.iter_mut().enumerate() {
        let per_day = per_day.get(index).copied().unwrap_or(10 * per_minute);
        *key = KeyScript::new(key.secret.clone()).requests_per_minute(per_minute).requests_per_day(per_day);
    }
    script
}

/// 3 × 90 + 8 × 140 and 100 + 4 × 160 requests: 2,130 within a minute.
async fn providers(states_limits: bool) -> [Upstream; 2] {
    [
        Upstream::start(limited_script("alpha", 11, 140, &[90, 90, 90], states_limits)).await,
        Upstream::start(limited_script("beta", 5, 160, &[100], states_limits)).await,
    ]
}

/// Asks for streams, each in a conversation of its own, until there were enough.
async fn client(keywheel: Arc<Keywheel>, asked: Arc<AtomicUsize>) {
    loop {
        let number = asked.fetch_add(1, Ordering::Relaxed);
        if number >= REQUESTS {
            return;
        }
        let body = format!(
            r#"{{"model":"test","stream":true,"messages":[{{"role":"user","content":"question {number}"}}]}}"#
        );
        let answer = collect(keywheel.chat(body)).await.served();
        assert!(answer.text().ends_with("data: [DONE]\n\n"), "the stream is complete: {answer:?}");
    }
}

/// Plays the burst; returns what the providers counted.
async fn burst(keywheel: Keywheel, providers: &[Upstream]) -> (Arc<Keywheel>, KeyCounters) {
    let (keywheel, asked) = (Arc::new(keywheel), Arc::new(AtomicUsize::new(0)));
    let start = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(client(keywheel.clone(), asked.clone()));
    }
    while let Some(joined) = clients.join_next().await {
        joined.expect("no client met an error");
    }
    let totals = providers.iter().map(|provider| provider.counters().total());
    let total = totals.fold(KeyCounters::default(), |sum, one| KeyCounters {
        requests: sum.requests + one.requests,
        served: sum.served + one.served,
        limited: sum.limited + one.limited,
        ..sum
    });
    println!("{REQUESTS} streams took {:?}, {} calls were limited", start.elapsed(), total.limited);
    (keywheel, total)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_over_stated_limits_hardly_meets_them() {
    let providers = providers(true).await;
    let [alpha, beta] = &providers;
    let builder =
        Keywheel::builder().provider(alpha, 1).provider(beta, 2).rotation("wait_for_capacity = true");
    let (keywheel, total) = burst(builder.start().await, &providers).await;
    let refused = refused_attempts(&keywheel).await;
    assert_eq!(total.served, REQUESTS as u64, "every request is answered: {refused:#?}");
    // Calls overtake each other on the way, so that a reading may be of an earlier moment than it seems.
    assert!(total.limited * 200 <= total.requests, "more than 0.5 % were in vain: {total:?} {refused:#?}");
    assert_eq!(total.requests, total.served + total.limited, "nothing else is asked twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_over_hidden_limits_calls_no_key_while_it_rests() {
    let providers = providers(false).await;
    let [alpha, beta] = &providers;
    let builder =
        Keywheel::builder().provider(alpha, 1).provider(beta, 2).rotation("wait_for_capacity = true");
    let (keywheel, total) = burst(builder.start().await, &providers).await;
    assert_eq!(total.served, REQUESTS as u64, "{total:?}");
    assert!(total.limited * 100 <= total.requests * 3, "more than 3 % were in vain: {total:?}");
    let attempts = attempts(&keywheel).await;
    let early = calls_while_held(&attempts);
    assert!(early.is_empty(), "{early:#?}");
}

/// Every call, once every request is over.
async fn attempts(keywheel: &Keywheel) -> Vec<Attempt> {
    let are_over = |rows: &[Request]| rows.iter().filter(|row| row.status == "ok").count() == REQUESTS;
    keywheel.history_when(are_over).await.into_iter().flat_map(|row| row.attempts).collect()
}

async fn refused_attempts(keywheel: &Keywheel) -> Vec<Attempt> {
    attempts(keywheel).await.into_iter().filter(|attempt| attempt.outcome != "ok").collect()
}

/// Calls that were begun after a hold was and before it ended, in milliseconds after its beginning.
fn calls_while_held(attempts: &[Attempt]) -> Vec<(&str, i64)> {
    let mut holds: HashMap<&str, Vec<(i64, i64)>> = HashMap::new();
    for attempt in attempts {
        if let (Some(until), "rate_limited") = (attempt.held_until_ms, attempt.outcome.as_str()) {
            let since = attempt.started_at_ms + attempt.duration_ms;
            holds.entry(&attempt.key_label).or_default().push((since, until));
        }
    }
    assert!(!holds.is_empty(), "no key was limited");
    let mut early = Vec::new();
    for attempt in attempts {
        let at = attempt.started_at_ms;
        let own = holds.get(attempt.key_label.as_str()).into_iter().flatten();
        let began = own
            .filter(|(since, until)| at > since + ON_THE_WAY_MS && at < *until)
            .map(|(since, _)| at - since);
        early.extend(began.map(|after| (attempt.key_label.as_str(), after)));
    }
    early
}
