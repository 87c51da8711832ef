//! The few things a simulated provider reads from a chat request.

use serde::Deserialize;
use serde_json::Value;

/// Characters of the user's message that an answer repeats.
const ECHO_CHARACTERS: usize = 80;

#[derive(Debug, Deserialize)]
pub(crate) struct ChatRequest {
    pub(crate) model: String,
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default)]
    stream: Option<bool>,
    #[serde(default)]
    stream_options: Option<StreamOptions>,
}

#[derive(Debug, Deserialize)]
struct Message {
    #[serde(default)]
    role: String,
    #[serde(default)]
    content: Value,
}

#[derive(Debug, Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: Option<bool>,
}

impl ChatRequest {
    pub(crate) fn wants_stream(&self) -> bool {
        self.stream == Some(true)
    }

    pub(crate) fn wants_usage_event(&self) -> bool {
        self.stream_options.as_ref().is_some_and(|options| options.include_usage == Some(true))
    }

    /// All text of the conversation, for counting tokens.
    pub(crate) fn text_characters(&self) -> usize {
        self.messages.iter().map(|message| text(&message.content).chars().count()).sum()
    }

    /// The beginning of the last user message, on one line.
    pub(crate) fn echo(&self) -> String {
        let last = self.messages.iter().rfind(|message| message.role == "user");
        let words = last.map(|message| text(&message.content)).unwrap_or_default();
        let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
        line.chars().take(ECHO_CHARACTERS).collect()
    }
}

/// The text of a message: a string, or the text parts of a list.
fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            parts.iter().filter_map(|part| part.get("text")?.as_str()).collect::<Vec<_>>().join(" ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_echo(messages: &str, echo: &str) {
        let body = format!(r#"{{"model":"m","messages":{messages}}}"#);
        let request: ChatRequest = serde_json::from_str(&body).unwrap();
        assert_eq!(request.echo(), echo);
    }

    #[test]
    fn the_last_user_message_is_echoed() {
        check_echo("[]", "");
        check_echo(
            r#"[{"role":"user","content":"one"},{"role":"user","content":"two\n  lines"},{"role":"assistant","content":"x"}]"#,
            "two lines",
        );
        check_echo(
            r#"[{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url"},{"type":"text","text":"this"}]}]"#,
            "see this",
        );
        check_echo(r#"[{"role":"user","content":null}]"#, "");
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let long = "漢".repeat(200);
        check_echo(&format!(r#"[{{"role":"user","content":"{long}"}}]"#), &"漢".repeat(80));
    }
}
