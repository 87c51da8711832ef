//! Nothing on the way is changed but the model's name.

use keywheel_simulator::Script;

use crate::harness::{Keywheel, Upstream, collect, script};

/// Sizes of the pieces a stream arrives in; the small ones cut inside every character of several bytes.
const PIECES: [Option<usize>; 6] = [None, Some(1), Some(2), Some(3), Some(61), Some(4_096)];

async fn upstream(chunk_bytes: Option<usize>) -> Upstream {
    Upstream::start(Script { chunk_bytes, answer_words: 200, ..script("alpha", 1) }).await
}

#[tokio::test]
async fn a_stream_arrives_byte_for_byte() {
    for chunk_bytes in PIECES {
        let alpha = upstream(chunk_bytes).await;
        let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
        for options in ["", r#","stream_options":{"include_usage":true}"#] {
            let body = format!(
                r#"{{"model":"test","stream":true,"messages":[{{"role":"user","content":"“漢字” 🙂"}}]{options}}}"#
            );
            let answer = collect(keywheel.chat(body)).await.served();
            let sent = alpha.last_stream_bytes().expect("a stream was sent");
            assert!(answer.body == sent, "pieces of {chunk_bytes:?}: {} is not {sent:?}", answer.text());
            assert!(answer.header("content-type").starts_with("text/event-stream"));
            assert_eq!(answer.header("x-model"), "demo-chat");
        }
    }
}

#[tokio::test]
async fn a_plain_answer_arrives_byte_for_byte() {
    for chunk_bytes in PIECES {
        let alpha = upstream(chunk_bytes).await;
        let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
        let answer = keywheel.ask().await.served();
        let sent = alpha.exchanges().pop().unwrap().response_body;
        assert!(answer.body == sent, "pieces of {chunk_bytes:?}: {} is not {sent:?}", answer.text());
        assert_eq!(answer.header("content-type"), "application/json");
    }
}

/// Sends `body` and returns what arrived at the provider.
async fn forwarded(body: &str) -> String {
    let alpha = upstream(None).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    collect(keywheel.chat(body.to_owned())).await.served();
    String::from_utf8(alpha.exchanges().pop().unwrap().request_body.to_vec()).unwrap()
}

#[tokio::test]
async fn a_request_arrives_byte_for_byte_but_for_the_model() {
    let body = r#"{ "x_vendor":12345678901234567890 , "temperature":0.10,"metadata":{"model":"test"},
        "model" :"MODEL", "messages":[{"role":"user","content":"caf\u00e9 🙂 \/ \"model\":\"test\""}],
        "logit_bias":{"1":-1e2}, "stream": false, "unknown":[[],{}, null] }  "#;
    let arrived = forwarded(&body.replace("MODEL", "test")).await;
    assert_eq!(arrived, body.replace("MODEL", "demo-chat"));
}

#[tokio::test]
async fn a_request_that_names_provider_and_model_goes_there() {
    let body = r#"{"model":"alpha/demo-chat","messages":[]}"#;
    assert_eq!(forwarded(body).await, r#"{"model":"demo-chat","messages":[]}"#);
}

#[tokio::test]
async fn a_large_request_arrives_whole() {
    let text = "漢字🙂".repeat(200_000);
    let body =
        |model: &str| format!(r#"{{"messages":[{{"role":"user","content":"{text}"}}],"model":"{model}"}}"#);
    assert!(forwarded(&body("test")).await == body("demo-chat"), "2 MB arrive unchanged");
}

#[tokio::test]
async fn limits_that_the_upstream_states_are_passed_on() {
    let mut script = Script { sends_rate_limit_headers: true, ..script("alpha", 1) };
    script.keys[0].requests_per_minute = Some(7);
    let alpha = Upstream::start(script).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    let (first, second) = (keywheel.ask().await.served(), keywheel.ask_stream().await.served());
    assert_eq!(first.header("x-ratelimit-remaining-requests"), "6");
    assert_eq!(second.header("x-ratelimit-remaining-requests"), "5");
    assert_ne!(first.request_id(), second.request_id());
}
