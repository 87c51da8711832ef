use std::net::Ipv4Addr;

use http::StatusCode;
use keywheel_simulator::{ControlRoutes, Simulator};

use crate::support::{DEADLINE, KEY, PLAIN, json, script, send, start};

async fn post(simulator: &Simulator, path: &str, body: &'static str) -> reqwest::Response {
    reqwest::Client::new()
        .post(format!("http://{}{path}", simulator.address()))
        .header("content-type", "application/json")
        .timeout(DEADLINE)
        .body(body)
        .send()
        .await
        .unwrap()
}

async fn counters(simulator: &Simulator) -> serde_json::Value {
    let url = format!("http://{}/_simulator/counters", simulator.address());
    json(reqwest::get(url).await.unwrap()).await
}

#[tokio::test]
async fn faults_counters_and_reset_work_over_http() {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let simulator = Simulator::serve(listener.unwrap(), script(), ControlRoutes::Served).unwrap();
    let order = r#"{"key":"canary-a","fault":{"kind":"status","status":500},"times":2}"#;
    let ordered = post(&simulator, "/_simulator/faults", order).await;
    assert_eq!(ordered.status(), StatusCode::NO_CONTENT);
    assert_eq!(send(&simulator, KEY, PLAIN).await.status().as_u16(), 500);
    assert_eq!(counters(&simulator).await["keys"][KEY]["faulted"], 1);

    post(&simulator, "/_simulator/reset", "").await;
    assert_eq!(send(&simulator, KEY, PLAIN).await.status().as_u16(), 200);
    assert_eq!(counters(&simulator).await["keys"][KEY]["requests"], 1);
}

#[tokio::test]
async fn a_misspelt_order_is_refused() {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let simulator = Simulator::serve(listener.unwrap(), script(), ControlRoutes::Served).unwrap();
    let order = r#"{"fault":{"kind":"explode"}}"#;
    let refused = post(&simulator, "/_simulator/faults", order).await;
    assert!(refused.status().is_client_error());
}

#[tokio::test]
async fn a_simulator_in_this_process_takes_no_orders_over_http() {
    let simulator = start(script()).await;
    let reset = post(&simulator, "/_simulator/reset", "").await;
    assert_eq!(reset.status(), StatusCode::NOT_FOUND);
}
