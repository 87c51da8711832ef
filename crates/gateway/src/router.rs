//! The routes, and what stands in front of all of them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, HeaderName,
    HeaderValue, VARY,
};
use http::{Method, StatusCode, Uri};
use keywheel_engine::{Engine, RequestId};

use crate::body::BodyBudget;
use crate::guard::Guard;
use crate::{ApiFailure, chat, models, status};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the handlers share.
#[derive(Clone, Debug)]
pub struct DataPlane {
    pub(crate) engine: Arc<Engine>,
    pub(crate) guard: Arc<Guard>,
    pub(crate) bodies: BodyBudget,
    pub(crate) instance: RequestId,
}

impl DataPlane {
    /// A data plane over `engine`.
    #[must_use]
    pub fn new(engine: Arc<Engine>, guard: Arc<Guard>) -> Self {
        Self { engine, guard, bodies: BodyBudget::default(), instance: RequestId::new() }
    }
}

/// The data plane's routes behind the guard. `beside` are routes of another plane that stand behind the same check of
/// who may call, and bring their own credential.
pub fn router(plane: DataPlane, beside: Router) -> Router {
    let keyed = Router::new()
        .route("/v1/chat/completions", post(chat::chat_completions))
        .route("/chat/completions", post(chat::chat_completions))
        .route("/v1/models", get(models::list))
        .route("/models", get(models::list))
        .route("/v1/models/{*id}", get(models::one))
        .route("/models/{*id}", get(models::one))
        .route("/status", get(status::status))
        .layer(from_fn_with_state(plane.clone(), check_access));
    Router::new()
        .merge(keyed)
        .merge(beside.with_state(()))
        .route("/", get(greeting))
        .route("/health", get(status::health))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(plane.clone(), check_caller))
        .with_state(plane)
}

/// The outermost layer: names the request, lets in who may call, answers a listed page's preflight.
async fn check_caller(State(plane): State<DataPlane>, request: Request, next: Next) -> Response {
    let id = RequestId::new();
    let (mut parts, body) = request.into_parts();
    let listed = plane.guard.listed_origin(&parts.headers);
    let mut response = match plane.guard.check_caller(&parts) {
        Err(refusal) => ApiFailure::Refused(refusal).into_response(),
        Ok(()) if parts.method == Method::OPTIONS && listed.is_some() => preflight(),
        Ok(()) => {
            parts.extensions.insert(id);
            next.run(Request::from_parts(parts, body)).await
        }
    };
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(X_REQUEST_ID, value);
    }
    if let Some(origin) = listed.and_then(|origin| HeaderValue::from_str(&origin).ok()) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.append(VARY, HeaderValue::from_static("origin"));
    }
    response
}

async fn check_access(State(plane): State<DataPlane>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match plane.guard.check_access(&parts) {
        Err(refusal) => ApiFailure::Refused(refusal).into_response(),
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
    }
}

fn preflight() -> Response {
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, x-api-key, x-keywheel-timeout-ms"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

async fn greeting() -> &'static str {
    "Keywheel is running. Clients use /v1 here as their base URL; GET /status says how the keys stand.\n"
}

async fn unknown_path(uri: Uri) -> ApiFailure {
    ApiFailure::UnknownPath(uri.path().to_owned())
}

async fn wrong_method(uri: Uri) -> ApiFailure {
    ApiFailure::WrongMethod(uri.path().to_owned())
}
