//! A client that leaves ends the upstream call at once, in every phase: what nobody reads shall cost nothing.

use std::time::Duration;

use keywheel_simulator::{Fault, Scope, Script};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::harness::{Keywheel, PATIENCE, PLAIN, STREAM, Upstream, script};

/// From the moment the client is gone to the moment the upstream sees it.
const BOUND: Duration = Duration::from_millis(250);
/// Once could be luck.
const TIMES: usize = 5;

async fn open_calls(alpha: &Upstream, expected: u64, deadline: Duration) -> Result<(), String> {
    let reached = alpha.wait_until(deadline, |counters| counters.total().open == expected).await;
    reached.map(drop).map_err(|expired| expired.to_string())
}

/// Lets a client leave while it waits for the head of an answer.
async fn leave_before_the_head(body: &'static str, fault: Fault) {
    let alpha = Upstream::start(script("alpha", 1)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    for _ in 0..TIMES {
        alpha.push_fault(Scope::AnyKey, fault.clone(), 1);
        let mut client = JoinSet::new();
        client.spawn(keywheel.chat(body).send());
        open_calls(&alpha, 1, PATIENCE).await.expect("the call arrives");
        let start = Instant::now();
        client.shutdown().await;
        let closed = open_calls(&alpha, 0, BOUND).await;
        assert!(closed.is_ok(), "{fault:?}: still open {:?} after the client left", start.elapsed());
    }
    let n_cancelled = |status: &str| status == "cancelled";
    let rows = keywheel.history_when(|rows| rows.iter().all(|row| row.finished_at_ms.is_some())).await;
    assert_eq!(rows.iter().filter(|row| n_cancelled(&row.status)).count(), TIMES, "{rows:#?}");
    assert_eq!(keywheel.key_status("alpha-1").await["state"], "usable", "no key is to blame");
    assert_eq!(keywheel.key_status("alpha-1").await["in_flight"], 0);
}

#[tokio::test]
async fn leaving_before_a_stream_begins_closes_the_upstream() {
    leave_before_the_head(STREAM, Fault::StallBeforeHeaders).await;
}

#[tokio::test]
async fn leaving_before_a_plain_answer_closes_the_upstream() {
    leave_before_the_head(PLAIN, Fault::StallBeforeHeaders).await;
}

#[tokio::test]
async fn leaving_before_the_first_word_closes_the_upstream() {
    leave_before_the_head(STREAM, Fault::StallMidStream { after_events: 1 }).await;
}

#[tokio::test]
async fn leaving_in_the_middle_of_a_plain_answer_closes_the_upstream() {
    leave_before_the_head(PLAIN, Fault::StallMidStream { after_events: 1 }).await;
}

/// Lets a client leave after the first bytes of a stream.
async fn leave_mid_stream(script: Script, fault: Option<Fault>) {
    let alpha = Upstream::start(script).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    for _ in 0..TIMES {
        if let Some(fault) = &fault {
            alpha.push_fault(Scope::AnyKey, fault.clone(), 1);
        }
        let mut response = keywheel.chat(STREAM).send().await.expect("a stream begins");
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert!(response.chunk().await.expect("the stream lasts").is_some());
        assert_eq!(alpha.counters().total().open, 1, "the upstream is still sending");
        let start = Instant::now();
        drop(response);
        let closed = open_calls(&alpha, 0, BOUND).await;
        assert!(closed.is_ok(), "still open {:?} after the client left", start.elapsed());
        let row = keywheel.row(&id).await;
        assert_eq!((row.status.as_str(), row.outcomes()), ("cancelled", vec!["cancelled"]));
    }
    assert_eq!(alpha.counters().total().cancelled, TIMES as u64);
}

#[tokio::test]
async fn leaving_a_stream_that_goes_on_closes_the_upstream() {
    leave_mid_stream(Script { chunk_interval_ms: 20, answer_words: 2_000, ..script("alpha", 1) }, None).await;
}

#[tokio::test]
async fn leaving_a_stream_that_fell_silent_closes_the_upstream() {
    leave_mid_stream(script("alpha", 1), Some(Fault::StallMidStream { after_events: 6 })).await;
}
