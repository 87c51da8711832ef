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
    /// A chunk of the answer.
    Chunk(Progress),
    /// The end marker.
    Done,
    /// An error in place of an answer; its whole data.
    Error(Bytes),
}

/// What one chunk adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The upstream's count, where the event carries one.
    pub usage: Option<Usage>,
    /// A choice is finished: the stream may end without an end marker.
    pub finished: bool,
    /// It holds something a client would miss: content, a tool call, reasoning, or an end with a reason of its own
    /// (length, content filter). A role, an empty text and a plain stop are none of that.
    pub begins: bool,
}

/// What a whole (not streamed) reply is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyShape {
    /// It says something, or is of a shape that is the client's to judge.
    Answer,
    /// It is complete and says nothing.
    Empty,
    /// It is no JSON: cut off, or something else altogether.
    Invalid,
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
    /// What a chunk calls `delta` and a whole reply `message`.
    #[serde(borrow, default, alias = "message")]
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

/// Reads one event's data. Data that is no chat chunk begins the answer: it is the client's to judge.
#[must_use]
pub fn watch_event(data: &Bytes) -> StreamEvent {
    if data.trim_ascii() == DONE {
        return StreamEvent::Done;
    }
    let Ok(chunk) = serde_json::from_slice::<Chunk<'_>>(data) else {
        return StreamEvent::Chunk(Progress { begins: true, ..Progress::default() });
    };
    if chunk.error.is_some() {
        return StreamEvent::Error(data.clone());
    }
    StreamEvent::Chunk(Progress {
        usage: chunk.usage.as_ref().map(Usage::from),
        finished: chunk.choices.iter().any(|choice| choice.finish_reason.is_some()),
        begins: chunk.choices.iter().any(Choice::says_something),
    })
}

/// What a whole reply is.
#[must_use]
pub fn reply_shape(body: &[u8]) -> ReplyShape {
    match serde_json::from_slice::<Chunk<'_>>(body) {
        Ok(reply) if reply.choices.is_empty() || reply.choices.iter().any(Choice::says_something) => {
            ReplyShape::Answer
        }
        Ok(_) => ReplyShape::Empty,
        Err(error) if error.is_data() => ReplyShape::Answer,
        Err(_) => ReplyShape::Invalid,
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
    fn says_something(&self) -> bool {
        let has_reason = self.finish_reason.is_some_and(|reason| reason.get() != "\"stop\"");
        has_reason || self.delta.as_ref().is_some_and(Delta::has_content)
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
        let chunk = |begins, finished| StreamEvent::Chunk(Progress { usage: None, finished, begins });
        check(r#"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#, &chunk(false, false));
        check(
            r#"{"choices":[{"delta":{"role":"a","content":null},"finish_reason":null}]}"#,
            &chunk(false, false),
        );
        check(r#"{"choices":[]}"#, &chunk(false, false));
        check(r#"{"choices":[{"delta":{"content":"h"}}]}"#, &chunk(true, false));
        check(r#"{"choices":[{"delta":{"reasoning_content":"h"}}]}"#, &chunk(true, false));
        check(r#"{"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}"#, &chunk(true, false));
        check(r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#, &chunk(false, true));
        check(r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#, &chunk(true, true));
        check("not json", &chunk(true, false));
        check(" [DONE] ", &StreamEvent::Done);
    }

    #[test]
    fn whole_replies_have_their_shapes() {
        for (body, shape) in [
            (r#"{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}"#, ReplyShape::Answer),
            (r#"{"choices":[{"message":{"content":"","tool_calls":[{}]}}]}"#, ReplyShape::Answer),
            (r#"{"choices":[{"message":{"content":""},"finish_reason":"length"}]}"#, ReplyShape::Answer),
            (r#"{"object":"something else"}"#, ReplyShape::Answer),
            (r#"{"choices":"odd"}"#, ReplyShape::Answer),
            (r#"{"choices":[{"message":{"content":null},"finish_reason":"stop"}]}"#, ReplyShape::Empty),
            (r#"{"choices":[{"mess"#, ReplyShape::Invalid),
            ("", ReplyShape::Invalid),
            ("<html>", ReplyShape::Invalid),
        ] {
            assert_eq!(reply_shape(body.as_bytes()), shape, "{body}");
        }
    }

    #[test]
    fn errors_and_usage_are_seen() {
        let error = r#"{"error":{"message":"no"}}"#;
        check(error, &StreamEvent::Error(Bytes::from_static(error.as_bytes())));
        let usage = Usage { input_tokens: 5, output_tokens: 7, cached_tokens: 2 };
        let chunk = r#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":2}}}"#;
        check(chunk, &StreamEvent::Chunk(Progress { usage: Some(usage), ..Progress::default() }));
        assert_eq!(reply_usage(chunk.as_bytes()), Some(usage));
        assert_eq!(reply_usage(b"{}"), None);
    }
}
