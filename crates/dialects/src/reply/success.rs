//! The error inside a success.
//!
//! A body with `error` (OpenRouter), `base_resp.status_code` other than 0 (MiniMax), `success: false` (Workers AI), a
//! blocked prompt or no candidates (Gemini), or a finish reason that means failure or refusal.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// Finish reasons of an answer that is none: OpenRouter, DeepSeek, Gemini, Anthropic.
const FAULTS: [&str; 9] = [
    "error",
    "insufficient_system_resource",
    "malformed_function_call",
    "unexpected_tool_call",
    "safety",
    "prohibited_content",
    "blocklist",
    "spii",
    "refusal",
];

/// The parts of a body that tell whether it is an answer.
#[derive(Default, Deserialize)]
struct Peek {
    #[serde(default)]
    error: Option<IgnoredAny>,
    #[serde(default)]
    base_resp: Option<BaseResponse>,
    #[serde(default)]
    success: Option<Value>,
    #[serde(default, rename = "promptFeedback")]
    prompt_feedback: Option<PromptFeedback>,
    #[serde(default)]
    candidates: Option<Vec<Finish>>,
    #[serde(default)]
    choices: Option<Vec<Finish>>,
    #[serde(default)]
    stop_reason: Option<Value>,
}

#[derive(Deserialize)]
struct BaseResponse {
    #[serde(default)]
    status_code: i64,
}

#[derive(Deserialize)]
struct PromptFeedback {
    #[serde(default, rename = "blockReason")]
    block_reason: Option<Value>,
}

#[derive(Deserialize)]
struct Finish {
    #[serde(default, alias = "finishReason")]
    finish_reason: Option<Value>,
}

/// Whether a success's body is an error instead of an answer.
#[must_use]
pub fn is_error_body(body: &[u8]) -> bool {
    match body.trim_ascii_start().first() {
        Some(b'[') => serde_json::from_slice::<Vec<Peek>>(body)
            .is_ok_and(|bodies| bodies.first().is_some_and(Peek::is_error)),
        _ => serde_json::from_slice::<Peek>(body).is_ok_and(|body| body.is_error()),
    }
}

/// The names under which an answer says that it is none.
pub(super) fn reasons(root: &Value) -> Vec<String> {
    Peek::deserialize(root).map(|body| body.reasons()).unwrap_or_default()
}

impl Peek {
    fn is_error(&self) -> bool {
        let refused = self.base_resp.as_ref().is_some_and(|base| base.status_code != 0);
        let failed = self.success == Some(Value::Bool(false));
        self.error.is_some() || refused || failed || !self.reasons().is_empty()
    }

    fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        let blocked = self.prompt_feedback.as_ref().and_then(|feedback| feedback.block_reason.as_ref());
        if blocked.is_some() {
            reasons.push("prompt_blocked".to_owned());
        }
        let lists = [&self.candidates, &self.choices];
        if blocked.is_none() && lists.into_iter().flatten().any(Vec::is_empty) {
            reasons.push("empty_answer".to_owned());
        }
        let finishes =
            lists.into_iter().flatten().flatten().filter_map(|finish| finish.finish_reason.as_ref());
        let words = finishes.chain(&self.stop_reason).filter_map(Value::as_str).map(plain_reason);
        reasons.extend(words.filter(|word| FAULTS.contains(&word.as_str())));
        reasons
    }
}

/// Google's compatible path writes `content_filter: SAFETY`.
fn plain_reason(reason: &str) -> String {
    reason.rsplit(": ").next().unwrap_or(reason).to_lowercase()
}
