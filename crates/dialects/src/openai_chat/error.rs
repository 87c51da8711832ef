//! Errors in OpenAI's shape, so that SDKs raise their typed exceptions.

use bytes::Bytes;
use serde_json::json;

/// An error body: `{"error":{message,type,param,code}}`.
#[must_use]
pub fn error_body(message: &str, kind: &str, param: Option<&str>, code: &str) -> Bytes {
    json!({ "error": { "message": message, "type": kind, "param": param, "code": code } }).to_string().into()
}

/// The event that ends a stream which can't be continued. No end marker follows it.
#[must_use]
pub fn stream_error(message: &str, code: &str) -> Bytes {
    let body = error_body(message, "upstream_error", None, code);
    [b"data: ", body.as_ref(), b"\n\n"].concat().into()
}
