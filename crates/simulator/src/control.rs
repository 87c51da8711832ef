//! Orders over HTTP, for a simulator in another process.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;

use crate::counters::Counters;
use crate::faults::{Fault, Scope};
use crate::provider::SimulatedProvider;

impl SimulatedProvider {
    /// The control routes: `POST /_simulator/faults` with
    /// `{"key": "…", "fault": {"kind": "…"}, "times": 1}` (no key means any, times is 1 if left
    /// out), `GET /_simulator/counters`, `POST /_simulator/reset`.
    pub fn control_router(&self) -> Router {
        Router::new()
            .route("/_simulator/faults", post(push_fault))
            .route("/_simulator/counters", get(counters))
            .route("/_simulator/reset", post(reset))
            .with_state(self.clone())
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultOrder {
    #[serde(default)]
    key: Option<String>,
    fault: Fault,
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

async fn push_fault(State(provider): State<SimulatedProvider>, Json(order): Json<FaultOrder>) -> StatusCode {
    let scope = order.key.map_or(Scope::AnyKey, Scope::Key);
    provider.push_fault(scope, order.fault, order.times);
    StatusCode::NO_CONTENT
}

async fn counters(State(provider): State<SimulatedProvider>) -> Json<Counters> {
    Json(provider.counters())
}

async fn reset(State(provider): State<SimulatedProvider>) -> StatusCode {
    provider.reset();
    StatusCode::NO_CONTENT
}
