//! The control plane's one error shape.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// Why a call was not carried out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiError {
    /// What the UI acts on.
    pub code: ErrorCode,
    /// What happened and what to do, for a person.
    pub message: String,
}

/// The kinds of errors the UI tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// There is no such thing.
    NotFound,
    /// The call is not valid.
    BadRequest,
    /// The admin token is missing or wrong.
    Unauthorized,
}

impl ApiError {
    /// There is no such thing.
    #[must_use]
    pub fn not_found(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::NotFound, message: message.into() }
    }

    /// The call is not valid.
    #[must_use]
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::BadRequest, message: message.into() }
    }

    /// The admin token is missing or wrong.
    #[must_use]
    pub fn unauthorized() -> Self {
        let message = "The admin token is missing or wrong. Keywheel prints it when it starts.";
        Self { code: ErrorCode::Unauthorized, message: message.to_owned() }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = match self.code {
            ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
            ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
        };
        (status, Json(self)).into_response()
    }
}
