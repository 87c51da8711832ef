use std::io::ErrorKind;
use std::time::Duration;

use http::StatusCode;
use keywheel_simulator::{Fault, KeyScript, Scope, Script, Simulator};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{DEADLINE, KEY, PLAIN, STREAM, chat, header, json, script, send, start};

async fn faulty(fault: Fault) -> Simulator {
    let simulator = start(script()).await;
    simulator.push_fault(Scope::AnyKey, fault, 1);
    simulator
}

/// Whatever arrives before the body fails or ends, and whether it ended properly.
async fn received(response: reqwest::Response) -> (String, bool) {
    let mut response = response;
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return (String::from_utf8(bytes).unwrap(), true),
            Err(_) => return (String::from_utf8_lossy(&bytes).into_owned(), false),
        }
    }
}

#[tokio::test]
async fn a_status_comes_as_often_as_ordered_and_only_to_its_key() {
    let simulator = start(script().with_key(KeyScript::new("b"))).await;
    let unavailable = Fault::status(StatusCode::SERVICE_UNAVAILABLE);
    simulator.push_fault(Scope::key(KEY), unavailable, 2);
    let mut statuses = Vec::new();
    for key in ["b", KEY, KEY, KEY] {
        statuses.push(send(&simulator, key, STREAM).await.status().as_u16());
    }
    assert_eq!(statuses, [200, 503, 503, 200]);
    assert_eq!(simulator.counters().key(KEY).faulted, 2);
}

#[tokio::test]
async fn a_reset_before_the_head_is_a_transport_error() {
    let simulator = faulty(Fault::ResetBeforeHeaders).await;
    let error = chat(&simulator, KEY, PLAIN).send().await.unwrap_err();
    assert!(!error.is_timeout() && !error.is_connect(), "{error:?}");
    let counters = simulator.counters().key(KEY);
    assert_eq!((counters.faulted, counters.open, counters.cancelled), (1, 0, 0));
    assert_eq!(send(&simulator, KEY, PLAIN).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_reset_is_one_on_the_wire_too() {
    for fault in [Fault::ResetBeforeHeaders, Fault::ResetMidStream { after_events: 1 }] {
        let simulator = faulty(fault.clone()).await;
        let mut stream = TcpStream::connect(simulator.address()).await.unwrap();
        let head = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: test\r\nauthorization: Bearer {KEY}\r\ncontent-length: {}\r\n\r\n{STREAM}",
            STREAM.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let error = stream.read_to_end(&mut Vec::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{fault:?}");
    }
}

#[tokio::test]
async fn a_fault_may_state_limits_of_its_own() {
    let simulator = start(Script::new("test").with_key(KeyScript::new(KEY).requests_per_minute(9))).await;
    let order = r#"{"kind":"status","status":429,"headers":{"x-ratelimit-remaining-requests":"0"}}"#;
    simulator.push_fault(Scope::AnyKey, serde_json::from_str(order).unwrap(), 1);
    let response = send(&simulator, KEY, PLAIN).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(header(&response, "x-ratelimit-remaining-requests"), "0");
    assert_eq!(header(&response, "x-ratelimit-limit-requests"), "9");
}

#[tokio::test]
async fn a_reset_in_a_stream_comes_after_the_events_were_delivered() {
    let simulator = faulty(Fault::ResetMidStream { after_events: 3 }).await;
    let (text, ended) = received(send(&simulator, KEY, STREAM).await).await;
    assert_eq!(text.matches("data: ").count(), 3);
    assert!(!ended, "the body must fail, not end");
    assert_eq!(simulator.last_stream_bytes(), None);
}

#[tokio::test]
async fn a_plain_answer_can_be_reset_in_its_middle() {
    let simulator = faulty(Fault::ResetMidStream { after_events: 1 }).await;
    let (text, ended) = received(send(&simulator, KEY, PLAIN).await).await;
    assert!(!text.is_empty() && !ended);
}

#[tokio::test]
async fn a_stall_before_the_head_lasts_until_the_client_gives_up() {
    let simulator = faulty(Fault::StallBeforeHeaders).await;
    let request = chat(&simulator, KEY, STREAM).timeout(Duration::from_millis(100));
    assert!(request.send().await.unwrap_err().is_timeout());
    let left = simulator.wait_until(DEADLINE, |counters| counters.key(KEY).cancelled == 1);
    assert_eq!(left.await.unwrap().key(KEY).open, 0);
}

#[tokio::test]
async fn a_stall_in_a_stream_keeps_the_connection_open() {
    let simulator = faulty(Fault::StallMidStream { after_events: 1 }).await;
    let mut response = send(&simulator, KEY, STREAM).await;
    let first = response.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b": simulated"));
    let silence = tokio::time::timeout(Duration::from_millis(100), response.chunk());
    assert!(silence.await.is_err(), "nothing may follow");
    assert_eq!(simulator.counters().key(KEY).open, 1);
}

#[tokio::test]
async fn an_error_can_hide_in_a_200() {
    let code = "overloaded".to_owned();
    let simulator = faulty(Fault::ErrorInOk { code }).await;
    let response = send(&simulator, KEY, STREAM).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(header(&response, "content-type"), "application/json");
    assert_eq!(json(response).await["error"]["code"], "overloaded");
}

#[tokio::test]
async fn an_error_can_be_the_first_event() {
    let simulator = faulty(Fault::ErrorFrame { after_events: 0, code: "overloaded".to_owned() }).await;
    let (text, ended) = received(send(&simulator, KEY, STREAM).await).await;
    assert!(text.starts_with("data: {\"error\":") && ended, "{text}");
}

#[tokio::test]
async fn a_truncated_stream_ends_cleanly_without_its_end_marker() {
    let simulator = faulty(Fault::Truncated { after_events: 2 }).await;
    let (text, ended) = received(send(&simulator, KEY, STREAM).await).await;
    assert_eq!(text.matches("data: ").count(), 2);
    assert!(ended && !text.contains("[DONE]"));
}

#[tokio::test]
async fn a_stream_can_be_truncated_to_nothing() {
    let simulator = faulty(Fault::Truncated { after_events: 0 }).await;
    let response = send(&simulator, KEY, STREAM).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(received(response).await, (String::new(), true));
    assert_eq!(simulator.counters().key(KEY).open, 0);
}

#[tokio::test]
async fn a_truncated_plain_answer_ends_cleanly_in_its_middle() {
    let simulator = faulty(Fault::Truncated { after_events: 1 }).await;
    let (text, ended) = received(send(&simulator, KEY, PLAIN).await).await;
    assert!(ended && !text.is_empty());
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_err());
}

#[tokio::test]
async fn an_empty_answer_is_complete_but_says_nothing() {
    let simulator = faulty(Fault::EmptyAnswer).await;
    let body = json(send(&simulator, KEY, PLAIN).await).await;
    assert_eq!(body["choices"][0]["message"]["content"], "");
    assert_eq!(body["usage"]["completion_tokens"], 0);
}

#[tokio::test]
async fn a_slow_head_outlasts_an_impatient_client() {
    let simulator = faulty(Fault::SlowHeaders { delay_ms: 60_000 }).await;
    let request = chat(&simulator, KEY, PLAIN).timeout(Duration::from_millis(100));
    assert!(request.send().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn faults_can_be_taken_back() {
    let simulator = faulty(Fault::ResetBeforeHeaders).await;
    simulator.clear_faults();
    assert_eq!(send(&simulator, KEY, PLAIN).await.status(), StatusCode::OK);
}
