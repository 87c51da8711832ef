//! Errors as clients see them. [`ApiFailure::into_response`] is the one place that makes an error response.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use keywheel_dialects::openai_chat::{RequestError, error_body};
use keywheel_engine::Failure;
use thiserror::Error;

use crate::guard::Refusal;

/// Everything that keeps a client from its answer.
#[derive(Debug, Error)]
pub enum ApiFailure {
    /// The guard turned the caller away.
    #[error("{}", refusal_text(*.0))]
    Refused(Refusal),
    /// The body is no valid request.
    #[error(transparent)]
    BadRequest(#[from] RequestError),
    /// The body is not declared as JSON.
    #[error("The content type must be application/json. Set the Content-Type header.")]
    NotJson,
    /// The body is too large.
    #[error("The body is larger than {} MiB. Send a smaller request.", .limit_bytes >> 20)]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// The body did not arrive.
    #[error("The body did not arrive completely. Send the request again.")]
    BodyLost,
    /// Too much is being received at once.
    #[error("Keywheel is receiving too many large requests at once. Try again in a second.")]
    Overloaded,
    /// There is no such path.
    #[error(
        "There is no {0} here. The endpoint is POST /v1/chat/completions; GET /v1/models lists the models."
    )]
    UnknownPath(String),
    /// The path exists for another method.
    #[error("{0} does not accept this method.")]
    WrongMethod(String),
    /// The engine has no answer.
    #[error(transparent)]
    Engine(#[from] Failure),
}

impl ApiFailure {
    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(Refusal::Host | Refusal::Origin) => StatusCode::FORBIDDEN,
            Self::Refused(Refusal::AccessKey) => StatusCode::UNAUTHORIZED,
            Self::BadRequest(_) | Self::BodyLost => StatusCode::BAD_REQUEST,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Self::UnknownPath(_) => StatusCode::NOT_FOUND,
            Self::WrongMethod(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Engine(failure) => failure.http_status(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Refused(Refusal::Host) => "forbidden_host",
            Self::Refused(Refusal::Origin) => "forbidden_origin",
            Self::Refused(Refusal::AccessKey) => "invalid_api_key",
            Self::BadRequest(_) => "invalid_request",
            Self::BodyLost => "incomplete_body",
            Self::NotJson => "unsupported_media_type",
            Self::TooLarge { .. } => "request_too_large",
            Self::Overloaded => "overloaded",
            Self::UnknownPath(_) => "unknown_url",
            Self::WrongMethod(_) => "method_not_allowed",
            Self::Engine(failure) => failure.code(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Engine(failure) => failure.retry_after(),
            Self::Overloaded => Some(Duration::from_secs(1)),
            Self::Refused(_)
            | Self::BadRequest(_)
            | Self::NotJson
            | Self::TooLarge { .. }
            | Self::BodyLost
            | Self::UnknownPath(_)
            | Self::WrongMethod(_) => None,
        }
    }

    /// The type OpenAI's SDKs expect beside a status.
    fn kind(&self) -> &'static str {
        match self.status() {
            StatusCode::UNAUTHORIZED => "authentication_error",
            StatusCode::FORBIDDEN => "permission_error",
            StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
            status if status.is_server_error() => "server_error",
            _ => "invalid_request_error",
        }
    }
}

impl IntoResponse for ApiFailure {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(wait) = self.retry_after() {
            // Rounded up: a client that comes a moment too early would fail again.
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_millis().div_ceil(1_000).max(1) as u64));
        }
        let param = matches!(self, Self::Engine(Failure::UnknownModel(_))).then_some("model");
        let body = error_body(&self.to_string(), self.kind(), param, self.code());
        (self.status(), headers, body).into_response()
    }
}

const fn refusal_text(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Host => {
            "The Host of this request is not one of Keywheel's names. Use the address Keywheel shows, or add the name to allowed_hosts."
        }
        Refusal::Origin => {
            "Web pages may not call Keywheel unless their origin is listed. Add it to allowed_origins if you trust the page."
        }
        Refusal::AccessKey => {
            "The access key is missing or wrong. Send the key that PROXY_API_KEY holds as 'Authorization: Bearer …'."
        }
    }
}
