//! Error bodies in the OpenAI shape.

use bytes::Bytes;
use http::StatusCode;
use serde_json::json;

/// What an error body says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ErrorText<'a> {
    pub(crate) message: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) code: &'a str,
}

impl ErrorText<'_> {
    pub(crate) fn body(self) -> Bytes {
        let body = json!({
            "error": {
                "message": self.message,
                "type": self.kind,
                "param": null,
                "code": self.code,
            }
        });
        Bytes::from(body.to_string())
    }
}

/// The body a provider sends with `status` when the script gives none.
pub(crate) fn body_for(status: StatusCode) -> Bytes {
    let (kind, code) = match status.as_u16() {
        401 => ("invalid_request_error", "invalid_api_key"),
        402 => ("insufficient_quota", "insufficient_quota"),
        403 => ("permission_error", "permission_denied"),
        404 => ("invalid_request_error", "model_not_found"),
        429 => ("requests", "rate_limit_exceeded"),
        503 | 529 => ("server_error", "overloaded"),
        500.. => ("server_error", "server_error"),
        _ => ("invalid_request_error", "invalid_request"),
    };
    let message = format!("Simulated {status}.");
    ErrorText { message: &message, kind, code }.body()
}
