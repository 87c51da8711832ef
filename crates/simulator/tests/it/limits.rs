use std::time::Duration;

use axum::body::Body;
use http::{Request, StatusCode};
use keywheel_simulator::{KeyScript, Script, SimulatedProvider};
use tower::ServiceExt;

use crate::support::{PLAIN, header, json, send, start};

fn limited() -> Script {
    Script::new("test").with_key(KeyScript::new("a").requests_per_minute(2))
}

#[tokio::test]
async fn a_spent_key_is_refused_and_says_when_to_come_back() {
    let simulator = start(limited()).await;
    let first = send(&simulator, "a", PLAIN).await;
    assert_eq!(first.status(), StatusCode::OK);
    assert_eq!(header(&first, "x-ratelimit-limit-requests"), "2");
    assert_eq!(header(&first, "x-ratelimit-remaining-requests"), "1");
    assert_eq!(header(&first, "x-ratelimit-reset-requests"), "1m0s");
    send(&simulator, "a", PLAIN).await;

    let refused = send(&simulator, "a", PLAIN).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(header(&refused, "x-ratelimit-remaining-requests"), "0");
    let wait: u64 = header(&refused, "retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "retry-after is {wait}");
    let error = &json(refused).await["error"];
    assert_eq!(error["code"], "rate_limit_exceeded");
    assert_eq!(error["type"], "requests");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("Please try again in "), "{message}");

    let counters = simulator.counters().key("a");
    assert_eq!((counters.served, counters.limited), (2, 1));
    simulator.shutdown().await;
}

#[tokio::test]
async fn hidden_limits_leave_no_trace() {
    let simulator =
        start(Script { sends_retry_after: false, sends_rate_limit_headers: false, ..limited() }).await;
    send(&simulator, "a", PLAIN).await;
    send(&simulator, "a", PLAIN).await;
    let refused = send(&simulator, "a", PLAIN).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let told: Vec<_> = refused
        .headers()
        .keys()
        .map(|name| name.as_str().to_owned())
        .filter(|name| name.starts_with("x-ratelimit") || name == "retry-after")
        .collect();
    assert_eq!(told, Vec::<String>::new());
    let body = json(refused).await.to_string();
    assert!(!body.contains("try again in"), "{body}");
}

#[tokio::test]
async fn keys_have_their_own_limits() {
    let simulator = start(
        limited()
            .with_key(KeyScript::new("b").requests_per_day(1))
            .with_key(KeyScript::new("small").tokens_per_minute(5)),
    )
    .await;
    send(&simulator, "a", PLAIN).await;
    let day = send(&simulator, "b", PLAIN).await;
    assert_eq!(day.status(), StatusCode::OK);
    assert_eq!(header(&day, "x-ratelimit-reset-requests-day"), "24h0m0s");
    let spent = send(&simulator, "b", PLAIN).await;
    assert_eq!(spent.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = header(&spent, "retry-after").parse().unwrap();
    assert!(wait > 86_000, "a day's window is spent, but retry-after is {wait}");
    let large = send(&simulator, "small", PLAIN).await;
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(header(&large, "x-ratelimit-remaining-tokens"), "5");
}

#[tokio::test(start_paused = true)]
async fn in_process_a_window_ends_on_the_paused_clock() {
    let provider = SimulatedProvider::new(limited()).unwrap();
    let status = async || {
        let request = Request::post("/v1/chat/completions")
            .header("authorization", "Bearer a")
            .body(Body::from(PLAIN))
            .unwrap();
        let response = provider.router().oneshot(request).await.unwrap();
        response.status().as_u16()
    };
    assert_eq!([status().await, status().await, status().await], [200, 200, 429]);
    tokio::time::advance(Duration::from_millis(59_999)).await;
    assert_eq!(status().await, 429);
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(status().await, 200);
}
