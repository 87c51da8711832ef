//! The two ways to the control plane: in process, and on TCP behind the admin token.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http_body_util::BodyExt;
use keywheel_admin::ApiError;
use keywheel_secrets::Secret;
use serde_json::Value;
use tower::ServiceExt;

/// What the control plane answered.
#[derive(Clone, Debug, PartialEq)]
pub struct ControlReply {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body; null where there is none.
    pub body: Value,
}

/// The control plane for TCP: every call carries the token as a bearer.
pub(crate) fn behind_token(control_plane: Router, token: Secret) -> Router {
    control_plane.layer(from_fn_with_state(Arc::new(token), check_token))
}

async fn check_token(State(token): State<Arc<Secret>>, request: Request, next: Next) -> Response {
    let presented = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let presented = presented.and_then(|value| value.strip_prefix("Bearer "));
    match presented {
        Some(presented) if token.matches(presented) => next.run(request).await,
        Some(_) | None => ApiError::unauthorized().into_response(),
    }
}

/// One call in process.
pub(crate) async fn call(
    control_plane: Router,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> ControlReply {
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let request =
        http::Request::builder().method(method).uri(path).header(CONTENT_TYPE, "application/json").body(body);
    let Ok(request) = request else {
        return bad_call(method, path);
    };
    let response = control_plane.oneshot(request).await.unwrap_or_else(|never| match never {});
    let status = response.status().as_u16();
    let bytes =
        response.into_body().collect().await.map(|collected| collected.to_bytes()).unwrap_or_default();
    ControlReply { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
}

fn bad_call(method: &str, path: &str) -> ControlReply {
    let error = ApiError::bad_request(format!("'{method} {path}' is no valid call. Reload the window."));
    ControlReply { status: 400, body: serde_json::to_value(error).unwrap_or(Value::Null) }
}
