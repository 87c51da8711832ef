//! Failures of an upstream: invisible before an answer has begun, told honestly after.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use keywheel_simulator::{Fault, Scope};
use tokio::time::Instant;

use crate::harness::{Keywheel, PATIENCE, PLAIN, STREAM, Upstream, collect, data_events, script, status};

/// Everything that can go wrong before the first word of an answer. The first event of a stream tells the role only.
fn faults_before_the_answer() -> Vec<Fault> {
    let html = "<html><body>Bad gateway</body></html>".to_owned();
    vec![
        status(500),
        status(408),
        Fault::Status { status: StatusCode::BAD_GATEWAY, body: Some(html), headers: HeaderMap::new() },
        Fault::Status { status: StatusCode::OK, body: Some(String::new()), headers: HeaderMap::new() },
        Fault::ErrorInOk { code: "server_error".to_owned() },
        Fault::ErrorFrame { after_events: 0, code: "server_error".to_owned() },
        Fault::ErrorFrame { after_events: 1, code: "server_error".to_owned() },
        Fault::EmptyAnswer,
        Fault::ResetBeforeHeaders,
        Fault::ResetMidStream { after_events: 0 },
        Fault::ResetMidStream { after_events: 1 },
        Fault::Truncated { after_events: 0 },
        Fault::Truncated { after_events: 1 },
    ]
}

/// Lets two calls in a row meet each fault, so that the second key must serve; collects what a client would notice.
async fn visible_faults(body: &'static str) -> Vec<String> {
    let mut visible = Vec::new();
    for fault in faults_before_the_answer() {
        let alpha = Upstream::start(script("alpha", 2)).await;
        let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
        alpha.push_fault(Scope::AnyKey, fault.clone(), 2);
        let answer = collect(keywheel.chat(body)).await;
        let sent = alpha.exchanges().pop().expect("a call was made").response_body;
        let is_invisible = answer.status == StatusCode::OK && answer.body == sent && answer.attempts() == 3;
        if !is_invisible {
            visible.push(format!(
                "{fault:?}: {} after {} calls: {}",
                answer.status,
                alpha.requests(),
                answer.text()
            ));
        }
    }
    visible
}

#[tokio::test]
async fn no_client_of_plain_answers_notices_a_fault_before_the_answer() {
    let visible = visible_faults(PLAIN).await;
    assert!(visible.is_empty(), "{}", visible.join("\n\n"));
}

#[tokio::test]
async fn no_client_of_streams_notices_a_fault_before_the_answer() {
    let visible = visible_faults(STREAM).await;
    assert!(visible.is_empty(), "{}", visible.join("\n\n"));
}

/// Asks for a stream that meets `fault` after the answer began. Returns what the upstream sent and what the client got
/// beyond it.
async fn broken_stream(fault: Fault) -> (String, String) {
    let alpha = Upstream::start(script("alpha", 2)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    alpha.push_fault(Scope::AnyKey, fault.clone(), 1);
    let answer = keywheel.ask_stream().await.served();
    let sent = alpha.exchanges().pop().expect("a call was made").response_body;
    let sent = String::from_utf8(sent.to_vec()).unwrap();
    let got = answer.text();
    let rest =
        got.strip_prefix(&sent).unwrap_or_else(|| panic!("{fault:?}: what came is not passed on: {got}"));
    assert!(!got.contains("[DONE]"), "{fault:?}: no end marker that the upstream did not send: {got}");
    assert_eq!(alpha.requests(), 1, "{fault:?}: nothing is replayed");
    let row = keywheel.row(answer.request_id()).await;
    assert_eq!((row.status.as_str(), row.attempt_count), ("failed", 1), "{fault:?}");
    (sent, rest.to_owned())
}

#[tokio::test]
async fn a_stream_that_breaks_ends_with_an_error_event() {
    for fault in [Fault::ResetMidStream { after_events: 5 }, Fault::Truncated { after_events: 5 }] {
        let (_, rest) = broken_stream(fault.clone()).await;
        let events = data_events(rest.as_bytes());
        let [event] = events.as_slice() else { panic!("{fault:?}: one event is added, not {rest:?}") };
        let event: serde_json::Value = serde_json::from_str(event).unwrap();
        assert!(event["error"]["message"].is_string(), "{fault:?}: {event}");
        assert!(event["error"]["code"].is_string(), "{fault:?}: {event}");
        assert!(rest.ends_with("\n\n"), "{fault:?}: the event is complete: {rest:?}");
    }
}

#[tokio::test]
async fn an_error_event_of_the_upstream_is_passed_on_alone() {
    let fault = Fault::ErrorFrame { after_events: 5, code: "server_error".to_owned() };
    let (sent, rest) = broken_stream(fault).await;
    assert_eq!(rest, "");
    assert!(data_events(sent.as_bytes()).last().unwrap().contains("server_error"));
}

#[tokio::test]
async fn a_stream_that_breaks_inside_an_event_ends_with_an_event_of_its_own() {
    let alpha =
        Upstream::start(keywheel_simulator::Script { chunk_bytes: Some(700), ..script("alpha", 1) }).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    alpha.push_fault(Scope::AnyKey, Fault::ResetMidStream { after_events: 6 }, 1);
    let answer = keywheel.ask_stream().await.served();
    let last = data_events(&answer.body).pop().unwrap();
    let last: serde_json::Value =
        serde_json::from_str(&last).unwrap_or_else(|error| panic!("{error}: {last}"));
    assert!(last["error"]["message"].is_string(), "{last}");
}

#[tokio::test]
async fn when_every_upstream_fails_the_client_is_told_so() {
    let alpha = Upstream::start(script("alpha", 2)).await;
    let builder = Keywheel::builder().provider(&alpha, 1).rotation("wait_for_capacity = false");
    let keywheel = builder.start().await;
    alpha.push_fault(Scope::AnyKey, status(500), 100);
    let answer = keywheel.ask().await;
    let message = answer.refused(502, "upstream_failed");
    assert!(message.contains("alpha-1") && message.contains("alpha-2"), "{message}");
    assert_eq!(alpha.requests(), 4, "each key twice");
}

#[tokio::test]
async fn a_mistake_of_the_client_is_returned_as_the_upstream_put_it() {
    let alpha = Upstream::start(script("alpha", 2)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    for code in [400, 413, 422] {
        let before = alpha.requests();
        alpha.push_fault(Scope::AnyKey, status(code), 1);
        let answer = keywheel.ask().await;
        assert_eq!(answer.status.as_u16(), code);
        assert_eq!(answer.body, alpha.exchanges().pop().unwrap().response_body);
        assert_eq!(alpha.requests() - before, 1, "another key would say the same to a {code}");
    }
}

#[tokio::test]
async fn the_deadline_of_a_request_ends_it_and_its_call() {
    for body in [PLAIN, STREAM] {
        let alpha = Upstream::start(script("alpha", 1)).await;
        let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
        alpha.push_fault(Scope::AnyKey, Fault::StallBeforeHeaders, 10);
        let start = Instant::now();
        let answer = collect(keywheel.chat(body).header("x-keywheel-timeout-ms", "400")).await;
        let message = answer.refused(504, "timeout");
        assert!(message.contains("alpha-1"), "{message}");
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(400) && took < Duration::from_secs(5), "it took {took:?}");
        alpha.wait_until(PATIENCE, |counters| counters.total().open == 0).await.expect("the call is ended");
    }
}
