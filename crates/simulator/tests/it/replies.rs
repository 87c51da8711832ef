use http::StatusCode;
use keywheel_simulator::{KeyScript, Script};
use serde_json::Value;

use crate::support::{DEADLINE, KEY, PLAIN, STREAM, header, json, script, send, start};

#[tokio::test]
async fn a_plain_answer_is_a_chat_completion() {
    let simulator = start(script()).await;
    let response = send(&simulator, KEY, PLAIN).await;
    assert_eq!(header(&response, "content-type"), "application/json");
    let body = json(response).await;
    let said = body["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(said.starts_with("Simulated answer from test: you said “hello”."), "{said}");
    assert_eq!(body["object"], "chat.completion");
    assert_eq!(body["usage"]["prompt_tokens"], 2);
}

#[tokio::test]
async fn a_stream_arrives_exactly_as_it_was_sent() {
    let simulator = start(Script { chunk_bytes: Some(101), chunk_interval_ms: 1, ..script() }).await;
    let response = send(&simulator, KEY, STREAM).await;
    assert!(header(&response, "content-type").starts_with("text/event-stream"));
    let received = response.bytes().await.unwrap();
    assert_eq!(simulator.last_stream_bytes(), Some(received.clone()));

    let text = std::str::from_utf8(&received).unwrap();
    assert!(text.starts_with(": simulated\n\ndata: {"));
    assert!(text.ends_with("data: [DONE]\n\n"));
    let said: String = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: {"))
        .map(|rest| serde_json::from_str::<Value>(&format!("{{{rest}")).unwrap())
        .filter_map(|chunk| {
            let content = chunk["choices"][0]["delta"]["content"].as_str()?;
            Some(content.to_owned())
        })
        .collect();
    assert!(said.contains("you said “hello”") && said.contains("漢字"), "{said}");
}

#[tokio::test]
async fn what_was_exchanged_is_recorded() {
    let simulator = start(script()).await;
    let answer = send(&simulator, KEY, PLAIN).await.bytes().await.unwrap();
    let exchanges = simulator.exchanges();
    let [exchange] = exchanges.as_slice() else {
        panic!("one exchange is expected, not {}", exchanges.len())
    };
    assert_eq!(exchange.secret.as_deref(), Some(KEY));
    assert_eq!(exchange.request_body, PLAIN);
    assert_eq!(exchange.request_headers["content-type"], "application/json");
    assert_eq!(exchange.response_body, answer);
    assert!(exchange.is_complete && !exchange.is_stream);
}

#[tokio::test]
async fn an_unknown_key_is_refused_in_the_openai_shape() {
    let simulator = start(script()).await;
    let response = send(&simulator, "nobody", PLAIN).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(json(response).await["error"]["code"], "invalid_api_key");
    assert_eq!(simulator.counters().unknown_key.rejected, 1);
}

#[tokio::test]
async fn a_dead_key_is_refused_with_its_status() {
    let unpaid = KeyScript::new("unpaid").status(StatusCode::PAYMENT_REQUIRED);
    let simulator = start(script().with_key(unpaid)).await;
    let response = send(&simulator, "unpaid", STREAM).await;
    assert_eq!(response.status(), StatusCode::PAYMENT_REQUIRED);
    assert_eq!(json(response).await["error"]["code"], "insufficient_quota");
    assert_eq!(simulator.counters().key("unpaid").rejected, 1);
}

#[tokio::test]
async fn an_unknown_model_and_a_bad_body_are_refused() {
    let simulator = start(script()).await;
    let unknown = send(&simulator, KEY, r#"{"model":"other"}"#).await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    assert_eq!(json(unknown).await["error"]["code"], "model_not_found");
    let bad = send(&simulator, KEY, "{").await;
    assert_eq!(bad.status(), StatusCode::BAD_REQUEST);
    assert_eq!(simulator.counters().key(KEY).rejected, 2);
}

#[tokio::test]
async fn models_are_listed_for_an_accepted_key_only() {
    let simulator = start(script().with_models(["m1", "m2"])).await;
    let list = |key: &'static str| {
        let url = format!("{}/models", simulator.base_url());
        let client = reqwest::Client::new();
        async move {
            let request = client.get(url).bearer_auth(key).timeout(DEADLINE);
            request.send().await.unwrap()
        }
    };
    let body = json(list(KEY).await).await;
    assert_eq!(body["data"][1]["id"], "m2");
    assert_eq!(list("nobody").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(simulator.counters().total().requests, 0);
}
