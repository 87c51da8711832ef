//! `POST /v1/chat/completions`.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use keywheel_dialects::openai_chat::ChatRequest;
use keywheel_engine::{Call, Reply, ReplyBody, RequestId};

use crate::{ApiFailure, DataPlane};

const X_PROVIDER: HeaderName = HeaderName::from_static("x-provider");
const X_MODEL: HeaderName = HeaderName::from_static("x-model");
const X_KEY: HeaderName = HeaderName::from_static("x-keywheel-key");
const X_ATTEMPTS: HeaderName = HeaderName::from_static("x-keywheel-attempts");
const X_WHY: HeaderName = HeaderName::from_static("x-keywheel-why");
const X_SESSION: HeaderName = HeaderName::from_static("x-keywheel-session");
const X_DRY_RUN: HeaderName = HeaderName::from_static("x-keywheel-dry-run");
const X_TIMEOUT_MS: HeaderName = HeaderName::from_static("x-keywheel-timeout-ms");

/// What a client says of itself or its session is kept up to this length.
const MAX_KEPT_CHARACTERS: usize = 200;

pub(crate) async fn chat_completions(
    State(plane): State<DataPlane>,
    request: Request,
) -> Result<Response, ApiFailure> {
    let id = request.extensions().get::<RequestId>().copied().unwrap_or_default();
    let (parts, body) = request.into_parts();
    let body = plane.bodies.receive_json(&parts.headers, body).await?;
    let call = Call {
        id,
        request: ChatRequest::parse(body)?,
        timeout: timeout_ms(&parts.headers),
        session: header_text(&parts.headers, &X_SESSION),
        user_agent: user_agent(&parts.headers),
    };
    if parts.headers.get(X_DRY_RUN).is_some_and(|value| value == "1") {
        return Ok(Json(plane.engine.dry_run(&call)?).into_response());
    }
    Ok(respond(plane.engine.chat(&call).await?))
}

fn respond(reply: Reply) -> Response {
    let body = match reply.body {
        ReplyBody::Whole(bytes) => Body::from(bytes),
        ReplyBody::Stream(relay) => Body::from_stream(relay.map(Ok::<_, Infallible>)),
    };
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    for (name, value) in &reply.headers {
        if *name == CONTENT_TYPE
            || name.as_str().starts_with("x-ratelimit-")
            || *name == http::header::RETRY_AFTER
        {
            headers.insert(name, value.clone());
        }
    }
    headers.insert(X_PROVIDER, text(reply.server.lane.provider.as_str()));
    headers.insert(X_MODEL, text(reply.server.lane.model.as_str()));
    headers.insert(X_KEY, text(&reply.server.key_label));
    headers.insert(X_ATTEMPTS, HeaderValue::from(reply.server.attempts));
    if !reply.why.is_empty() {
        headers.insert(X_WHY, text(&reply.why));
    }
    response
}

/// Labels and ids are a person's text: what a header can't carry is replaced.
fn text(value: &str) -> HeaderValue {
    let plain: String =
        value.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
    HeaderValue::from_str(&plain).unwrap_or(HeaderValue::from_static("?"))
}

fn timeout_ms(headers: &HeaderMap) -> Option<Duration> {
    let milliseconds = headers.get(X_TIMEOUT_MS)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_millis(milliseconds))
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    header_text(headers, &USER_AGENT)
}

fn header_text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    Some(text.chars().take(MAX_KEPT_CHARACTERS).collect())
}
