//! Judging an upstream's whole reply: the [`Signal`] that `rotation::classify` decides on.

use http::{HeaderMap, StatusCode};
use keywheel_rotation::{Signal, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use crate::limits;

/// Error texts are matched and logged; a longer one is cut.
const MAX_MESSAGE_BYTES: usize = 2_048;

/// The parts of an error body that mean something, in any of the shapes in use.
#[derive(Debug, Default, Deserialize)]
struct ErrorBody {
    #[serde(default)]
    error: Value,
    #[serde(default)]
    message: Value,
    #[serde(default)]
    detail: Value,
    #[serde(default)]
    code: Value,
    #[serde(default, rename = "type")]
    kind: Value,
}

/// Reads a reply whose status is not a success, or whose body stands in for one.
#[must_use]
pub fn signal(status: StatusCode, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Signal {
    let parsed: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
    let error = &parsed.error;
    let field = |name: &str, flat: &Value| lowered(error.get(name).unwrap_or(flat));
    let message = [error.get("message"), Some(error), Some(&parsed.message), Some(&parsed.detail)];
    let message = message.into_iter().flatten().map(lowered).find(|text| !text.is_empty());
    Signal {
        status: Some(status.as_u16()),
        transport: None,
        not_before: limits::retry_at(headers, now),
        error_in_success: status.is_success() && !error.is_null(),
        code: field("code", &parsed.code),
        kind: field("type", &parsed.kind),
        message: message.unwrap_or_default(),
    }
}

/// Whether a success's body is an error instead of an answer.
#[must_use]
pub fn is_error_body(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Peek {
        #[serde(default)]
        error: Option<serde::de::IgnoredAny>,
    }
    serde_json::from_slice::<Peek>(body).is_ok_and(|peek| peek.error.is_some())
}

fn lowered(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let end = text.floor_char_boundary(MAX_MESSAGE_BYTES);
            text.get(..end).unwrap_or_default().to_lowercase()
        }
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, code: &str, kind: &str, message: &str) {
        let signal =
            signal(StatusCode::BAD_REQUEST, &HeaderMap::new(), body.as_bytes(), Timestamp::default());
        assert_eq!(
            (signal.code.as_str(), signal.kind.as_str(), signal.message.as_str()),
            (code, kind, message),
            "{body}"
        );
    }

    #[test]
    fn every_shape_of_an_error_is_read() {
        check(r#"{"error":{"message":"No","type":"T","code":"C"}}"#, "c", "t", "no");
        check(
            r#"{"message":"Slow","type":"too_many","code":"queue_exceeded"}"#,
            "queue_exceeded",
            "too_many",
            "slow",
        );
        check(r#"{"error":"plain"}"#, "", "", "plain");
        check(r#"{"detail":"Nope"}"#, "", "", "nope");
        check(r#"{"error":{"code":429,"message":"x"}}"#, "429", "", "x");
        check("<html>502</html>", "", "", "");
    }

    #[test]
    fn an_error_inside_a_success_is_noticed() {
        assert!(is_error_body(br#"{"error":{"message":"no"}}"#));
        assert!(!is_error_body(br#"{"id":"x","error":null,"choices":[]}"#));
        assert!(!is_error_body(b"not json"));
    }
}
