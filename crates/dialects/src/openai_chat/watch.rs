//! Watching a reply pass by: is it meaningful, what did it use, did it end, is it an error?

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::DONE;

/// Tokens of one request as the upstream counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens in.
    pub input_tokens: u64,
    /// Tokens out.
    pub output_tokens: u64,
    /// Of the tokens in, those the provider had cached.
    pub cached_tokens: u64,
}

/// What one stream event tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamEvent {
    /// Nothing a client would miss: a comment, a role-only or empty chunk.
    Preamble,
    /// Content, a tool call, reasoning or a finish reason: from here on the answer has begun.
    Content(Progress),
    /// The end marker.
    Done,
    /// An error in place of an answer; its whole data.
    Error(Bytes),
}

/// What one content event adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The upstream's count, where the event carries one.
    pub usage: Option<Usage>,
    /// A choice is finished: the stream may end without an end marker.
    pub finished: bool,
}

#[derive(Deserialize)]
struct Chunk<'data> {
    #[serde(borrow, default)]
    error: Option<&'data RawValue>,
    #[serde(borrow, default)]
    choices: Vec<Choice<'data>>,
    #[serde(default)]
    usage: Option<WireUsage>,
}

#[derive(Deserialize)]
struct Choice<'data> {
    #[serde(borrow, default)]
    delta: Option<Delta<'data>>,
    #[serde(borrow, default)]
    finish_reason: Option<&'data RawValue>,
}

#[derive(Deserialize)]
struct Delta<'data> {
    #[serde(borrow, default)]
    content: Option<&'data RawValue>,
    #[serde(borrow, default)]
    tool_calls: Option<&'data RawValue>,
    #[serde(borrow, default)]
    function_call: Option<&'data RawValue>,
    #[serde(borrow, default)]
    reasoning: Option<&'data RawValue>,
    #[serde(borrow, default)]
    reasoning_content: Option<&'data RawValue>,
    #[serde(borrow, default)]
    refusal: Option<&'data RawValue>,
    #[serde(borrow, default)]
    audio: Option<&'data RawValue>,
}

#[derive(Deserialize)]
struct WireUsage {
    #[serde(default)]
    prompt_tokens: Option<u64>,
    #[serde(default)]
    completion_tokens: Option<u64>,
    #[serde(default)]
    prompt_tokens_details: Option<PromptDetails>,
}

#[derive(Deserialize)]
struct PromptDetails {
    #[serde(default)]
    cached_tokens: Option<u64>,
}

/// Reads one event's data. Data that is no chat chunk counts as content: it is the client's to judge.
#[must_use]
pub fn watch_event(data: &Bytes) -> StreamEvent {
    if data.trim_ascii() == DONE {
        return StreamEvent::Done;
    }
    let Ok(chunk) = serde_json::from_slice::<Chunk<'_>>(data) else {
        return StreamEvent::Content(Progress::default());
    };
    if chunk.error.is_some() {
        return StreamEvent::Error(data.clone());
    }
    let usage = chunk.usage.as_ref().map(Usage::from);
    let finished = chunk.choices.iter().any(|choice| choice.finish_reason.is_some());
    if usage.is_some() || finished || chunk.choices.iter().any(Choice::has_content) {
        StreamEvent::Content(Progress { usage, finished })
    } else {
        StreamEvent::Preamble
    }
}

/// The usage a whole (not streamed) reply states.
#[must_use]
pub fn reply_usage(body: &[u8]) -> Option<Usage> {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(default)]
        usage: Option<WireUsage>,
    }
    serde_json::from_slice::<Reply>(body).ok()?.usage.as_ref().map(Usage::from)
}

impl Choice<'_> {
    fn has_content(&self) -> bool {
        self.delta.as_ref().is_some_and(Delta::has_content)
    }
}

impl Delta<'_> {
    fn has_content(&self) -> bool {
        let parts = [
            self.content,
            self.tool_calls,
            self.function_call,
            self.reasoning,
            self.reasoning_content,
            self.refusal,
            self.audio,
        ];
        parts.into_iter().flatten().any(|part| !matches!(part.get(), "\"\"" | "[]" | "{}"))
    }
}

impl From<&WireUsage> for Usage {
    fn from(wire: &WireUsage) -> Self {
        let cached = wire.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens);
        Self {
            input_tokens: wire.prompt_tokens.unwrap_or(0),
            output_tokens: wire.completion_tokens.unwrap_or(0),
            cached_tokens: cached.unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(data: &'static str, expected: &StreamEvent) {
        assert_eq!(watch_event(&Bytes::from_static(data.as_bytes())), *expected, "{data}");
    }

    #[test]
    fn the_answer_begins_with_the_first_thing_a_client_would_miss() {
        let content = StreamEvent::Content(Progress::default());
        let finished = StreamEvent::Content(Progress { usage: None, finished: true });
        check(r#"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#, &StreamEvent::Preamble);
        check(
            r#"{"choices":[{"delta":{"role":"assistant","content":null},"finish_reason":null}]}"#,
            &StreamEvent::Preamble,
        );
        check(r#"{"choices":[]}"#, &StreamEvent::Preamble);
        check(r#"{"choices":[{"delta":{"content":"h"}}]}"#, &content);
        check(r#"{"choices":[{"delta":{"reasoning_content":"h"}}]}"#, &content);
        check(r#"{"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}"#, &content);
        check(r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#, &finished);
        check("not json", &content);
        check(" [DONE] ", &StreamEvent::Done);
    }

    #[test]
    fn errors_and_usage_are_seen() {
        let error = r#"{"error":{"message":"no"}}"#;
        check(error, &StreamEvent::Error(Bytes::from_static(error.as_bytes())));
        let usage = Usage { input_tokens: 5, output_tokens: 7, cached_tokens: 2 };
        let chunk = r#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":2}}}"#;
        check(chunk, &StreamEvent::Content(Progress { usage: Some(usage), finished: false }));
        assert_eq!(reply_usage(chunk.as_bytes()), Some(usage));
        assert_eq!(reply_usage(b"{}"), None);
    }
}
