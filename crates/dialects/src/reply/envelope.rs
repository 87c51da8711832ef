//! Where the error stands in a body.
//!
//! Shapes: `{"error":{…}}` (OpenAI, Anthropic, Google, OpenRouter, Z.ai), the same in an array (Google's compatible
//! path), `{"error":"text"}` (xAI, Hugging Face), flat (Cerebras, Mistral, Cohere, DashScope), `{"errors":[…]}`
//! (Workers AI), `{"base_resp":{…}}` (MiniMax), `{"detail":…}` (Chutes, Mistral's 422), RFC 7807 (NVIDIA), an SSE
//! event, plain text and HTML.

use keywheel_rotation::TimeSource;
use serde_json::Value;

use super::{google, success, text};

/// The parts of an error that mean something, as they are spelled in the body.
#[derive(Debug, Default)]
pub(super) struct Envelope {
    pub(super) code: String,
    pub(super) kind: String,
    pub(super) message: String,
    pub(super) parameter: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) reasons: Vec<String>,
    pub(super) quota_ids: Vec<String>,
    /// Waits and moments that the body states outside its text.
    pub(super) times: Vec<(TimeSource, String)>,
}

pub(super) fn read(body: &[u8]) -> Envelope {
    let value = serde_json::from_slice(body).ok().or_else(|| from_events(body));
    match value {
        Some(value) => of_value(&value),
        None => Envelope { message: text::plain(&String::from_utf8_lossy(body)), ..Envelope::default() },
    }
}

/// The first event of a stream that holds an object.
fn from_events(body: &[u8]) -> Option<Value> {
    let body = std::str::from_utf8(body).ok()?;
    let data = body.lines().filter_map(|line| line.strip_prefix("data:"));
    data.filter_map(|data| serde_json::from_str(data).ok()).find(Value::is_object)
}

fn of_value(value: &Value) -> Envelope {
    match value {
        Value::Array(items) => {
            items.first().filter(|item| !item.is_array()).map(of_value).unwrap_or_default()
        }
        Value::String(message) => Envelope { message: message.clone(), ..Envelope::default() },
        Value::Object(_) => of_object(value),
        Value::Null | Value::Bool(_) | Value::Number(_) => Envelope::default(),
    }
}

fn of_object(root: &Value) -> Envelope {
    let error = find_error(root);
    let mut envelope = Envelope {
        code: first_word(error, &["code", "status_code", "error_code"]),
        kind: first_word(error, &["type", "__type", "error_type"]),
        message: message(root, error),
        parameter: error.get("param").and_then(Value::as_str).map(str::to_owned),
        reasons: success::reasons(root),
        ..Envelope::default()
    };
    if envelope.kind.is_empty() {
        envelope.kind = error.get("status").and_then(Value::as_str).unwrap_or_default().to_owned();
    }
    match error.get("details") {
        Some(Value::Array(details)) => google::read(details, &mut envelope),
        Some(details) => envelope.reasons.extend(word(details.get("error_code"))),
        None => {}
    }
    if let Some(metadata) = error.get("metadata") {
        read_metadata(metadata, &mut envelope);
    }
    if let Some(complaint) = root.get("detail").and_then(Value::as_array).and_then(|list| list.first()) {
        read_complaint(complaint, &mut envelope);
    }
    envelope
}

/// The object that holds code and message; the body itself where it is flat.
fn find_error(root: &Value) -> &Value {
    let first = |list: &str| root.get(list).and_then(|list| list.get(0));
    let places = [
        root.get("error"),
        first("errors"),
        root.get("base_resp"),
        first("choices").and_then(|choice| choice.get("error")),
        root.get("message"),
    ];
    places.into_iter().flatten().find(|place| place.is_object()).unwrap_or(root)
}

fn message(root: &Value, error: &Value) -> String {
    let detail = error.get("detail").or_else(|| root.get("detail"));
    if let (Some(title), Some(detail)) = (word(root.get("title")), word(detail)) {
        return format!("{title}: {detail}");
    }
    let first = root.get("errors").and_then(|errors| errors.get(0));
    let places = [
        error.get("message"),
        error.get("status_msg"),
        root.get("error"),
        root.get("message"),
        detail,
        first,
        root.get("title"),
    ];
    places.into_iter().find_map(word).unwrap_or_default()
}

/// OpenRouter's `metadata`: which limiter, whose error, and headers inside the body.
fn read_metadata(metadata: &Value, envelope: &mut Envelope) {
    for name in ["limit_source", "reason", "error_type"] {
        envelope.reasons.extend(word(metadata.get(name)));
    }
    if metadata.get("provider_name").is_some() {
        envelope.reasons.push("upstream_provider".to_owned());
    }
    if metadata.get("reasons").is_some() || metadata.get("flagged_input").is_some() {
        envelope.reasons.push("moderation".to_owned());
    }
    if let Some(raw) = word(metadata.get("raw")) {
        envelope.message = format!("{} {raw}", envelope.message);
    }
    let headers = metadata.get("headers").and_then(Value::as_object).into_iter().flatten();
    let reset = headers.filter(|(name, _)| name.eq_ignore_ascii_case("x-ratelimit-reset"));
    envelope.times.extend(reset.filter_map(|(_, value)| Some((TimeSource::ResetEpoch, word(Some(value))?))));
}

/// One entry of `{"detail":[{"loc":["body","x"],"msg":"…","type":"extra_forbidden"}]}`.
fn read_complaint(complaint: &Value, envelope: &mut Envelope) {
    let location = complaint.get("loc").and_then(Value::as_array).and_then(|path| path.last());
    envelope.parameter = word(location).or_else(|| envelope.parameter.take());
    envelope.kind = word(complaint.get("type")).unwrap_or_default();
    envelope.message = word(complaint.get("msg")).unwrap_or_default();
}

fn first_word(value: &Value, names: &[&str]) -> String {
    names.iter().find_map(|name| word(value.get(name))).unwrap_or_default()
}

/// A text or a number, unless it is empty.
pub(super) fn word(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
