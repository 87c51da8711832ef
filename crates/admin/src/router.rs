//! The control plane's routes.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State as Shared};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::any;
use axum::{Json, Router};
use futures_util::{Stream, StreamExt};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, Presenter, State, state_events};

/// Longest pause that ends by itself: a week.
const MAX_PAUSE_MINUTES: u32 = 7 * 24 * 60;

/// The control plane over `presenter`, under `/api`.
pub fn router(presenter: Presenter) -> Router {
    let (router, _) = described().split_for_parts();
    router.route("/api/{*path}", any(unknown_path)).with_state(presenter)
}

/// The description of the control plane.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (_, mut description) = described().split_for_parts();
    description.info = utoipa::openapi::Info::new("Keywheel control plane", env!("CARGO_PKG_VERSION"));
    description
}

fn described() -> OpenApiRouter<Presenter> {
    OpenApiRouter::new()
        .routes(routes!(state))
        .routes(routes!(events))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(clear_hold))
}

/// How everything stands.
#[utoipa::path(get, path = "/api/state", responses((status = 200, body = State)))]
async fn state(Shared(presenter): Shared<Presenter>) -> Json<State> {
    Json(presenter.state())
}

/// How everything stands, again whenever it changes. Every event is named `state`.
#[utoipa::path(get, path = "/api/events", responses((status = 200, content_type = "text/event-stream", body = State)))]
async fn events(Shared(presenter): Shared<Presenter>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let events = state_events(presenter).map(|state| Ok(Event::default().event("state").data(json(&state))));
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

/// How long to pause.
#[derive(Debug, Deserialize, ToSchema)]
struct PauseRequest {
    /// Minutes; `null` is until resumed.
    minutes: Option<u32>,
}

/// Answers no request for a while.
#[utoipa::path(post, path = "/api/pause", request_body = PauseRequest,
    responses((status = 204), (status = 400, body = ApiError)))]
async fn pause(
    Shared(presenter): Shared<Presenter>,
    body: Result<Json<PauseRequest>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    let Json(request) = body.map_err(|rejection| ApiError::bad_request(rejection.body_text()))?;
    let engine = presenter.engine();
    let until = match request.minutes {
        Some(minutes @ 1..=MAX_PAUSE_MINUTES) => {
            Some(engine.clock().now() + Duration::from_secs(u64::from(minutes) * 60))
        }
        Some(_) => return Err(ApiError::bad_request("A pause lasts between one minute and a week.")),
        None => None,
    };
    engine.pause(until);
    Ok(StatusCode::NO_CONTENT)
}

/// Answers requests again.
#[utoipa::path(post, path = "/api/resume", responses((status = 204)))]
async fn resume(Shared(presenter): Shared<Presenter>) -> StatusCode {
    presenter.engine().resume();
    StatusCode::NO_CONTENT
}

/// Ends every hold on a key.
#[utoipa::path(post, path = "/api/keys/{id}/hold:clear", params(("id" = String, Path, description = "The key's id")),
    responses((status = 204), (status = 404, body = ApiError)))]
async fn clear_hold(
    Shared(presenter): Shared<Presenter>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let engine = presenter.engine();
    let snapshot = engine.snapshot();
    let mut keys = snapshot.fleet.providers.iter().flat_map(|provider| &provider.keys);
    let Some(key) = keys.find(|key| key.id.as_str() == id) else {
        return Err(ApiError::not_found(format!(
            "There is no key '{id}'. It may have been removed; reload the view."
        )));
    };
    engine.clear_key(&key.id);
    Ok(StatusCode::NO_CONTENT)
}

async fn unknown_path() -> ApiError {
    ApiError::not_found("The control plane has no such path. This view may be of another version; reload it.")
}

/// A state is plain data: it has a JSON form.
fn json(state: &State) -> String {
    serde_json::to_string(state).unwrap_or_default()
}
