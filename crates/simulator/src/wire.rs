//! The exact bytes of an answer, streamed and plain.
//!
//! They are written by hand so that a proxy which parses and prints them again gives itself away:
//! unknown vendor fields, an unusual key order, stray spaces, escaped slashes, numbers that do not
//! survive a round trip through a double, characters of several bytes, an SSE comment.

use bytes::Bytes;

use crate::answer::Answer;
use crate::errors::ErrorText;
use crate::json;

/// A fixed creation time (Unix seconds), so that the same script gives the same bytes.
const CREATED: u64 = 1_763_640_000;

/// Vendor fields no client knows.
const VENDOR: &str = r#""x_simulator":{"trace":"sim\/trace\/1","weight":0.10,"serial":12345678901234567890}"#;

/// Ends a stream that is complete.
const DONE: &[u8] = b"data: [DONE]\n\n";

/// The events of a streamed answer, in order; the last is the end marker.
///
/// The first also carries the comment line, so that every piece is exactly one event.
pub(crate) fn stream_events(answer: &Answer, with_usage: bool) -> Vec<Bytes> {
    let mut events = vec![Bytes::from(format!(
        ": simulated\n\n{}",
        event(answer, r#""role":"assistant","content":"""#, "null")
    ))];
    for piece in answer.text.split_inclusive(' ') {
        let delta = format!(r#""content":{}"#, json::string(piece));
        events.push(event(answer, &delta, "null").into());
    }
    events.push(event(answer, "", r#""stop""#).into());
    if with_usage {
        events.push(usage_event(answer).into());
    }
    events.push(Bytes::from_static(DONE));
    events
}

/// The body of an answer that is not streamed.
pub(crate) fn plain_body(answer: &Answer) -> Bytes {
    let body = format!(
        r#"{{{VENDOR}, "choices":[{{"finish_reason":"stop","message":{{"content":{content},"role":"assistant","refusal":null}},"index":0,"logprobs":null}}],{usage},"object":"chat.completion",{tail}}}"#,
        content = json::string(&answer.text),
        usage = usage(answer),
        tail = tail(answer),
    );
    Bytes::from(body)
}

/// The body of `GET /v1/models`.
pub(crate) fn model_list(provider: &str, models: &[String]) -> Bytes {
    let models: Vec<_> = models
        .iter()
        .map(|id| serde_json::json!({"id": id, "object": "model", "created": CREATED, "owned_by": provider}))
        .collect();
    Bytes::from(serde_json::json!({"object": "list", "data": models}).to_string())
}

/// The event that tells of a failure inside a stream.
pub(crate) fn error_event(error: ErrorText<'_>) -> Bytes {
    let mut event = b"data: ".to_vec();
    event.extend_from_slice(&error.body());
    event.extend_from_slice(b"\n\n");
    Bytes::from(event)
}

fn event(answer: &Answer, delta: &str, finish_reason: &str) -> String {
    let tail = tail(answer);
    format!(
        "data: {{{VENDOR}, \"choices\":[{{\"delta\":{{{delta}}},\"index\":0,\"finish_reason\":{finish_reason},\"logprobs\":null}}],\"object\":\"chat.completion.chunk\",{tail}}}\n\n"
    )
}

fn usage_event(answer: &Answer) -> String {
    let (usage, tail) = (usage(answer), tail(answer));
    format!("data: {{{VENDOR}, \"choices\":[],{usage},\"object\":\"chat.completion.chunk\",{tail}}}\n\n")
}

fn tail(answer: &Answer) -> String {
    format!(
        r#""model":{model}, "created": {CREATED},"id":{id},"system_fingerprint":"fp\/simulated","provider":{provider}"#,
        model = json::string(&answer.model),
        id = json::string(&answer.id),
        provider = json::string(&answer.provider),
    )
}

fn usage(answer: &Answer) -> String {
    format!(
        r#""usage":{{"total_tokens":{},"prompt_tokens":{},"completion_tokens":{},"queue_time":0.0010}}"#,
        answer.total_tokens(),
        answer.prompt_tokens,
        answer.completion_tokens,
    )
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn answer() -> Answer {
        Answer {
            id: "chatcmpl-sim-000001".to_owned(),
            provider: "groq".to_owned(),
            model: "meta/llama".to_owned(),
            text: "Hi “漢字” either/or 🙂".to_owned(),
            prompt_tokens: 3,
            completion_tokens: 5,
        }
    }

    fn data(event: &Bytes) -> &str {
        let text = std::str::from_utf8(event).unwrap();
        assert!(text.ends_with("\n\n"), "an event ends with an empty line");
        text.trim_start_matches(": simulated\n\n").strip_prefix("data: ").unwrap().trim_end()
    }

    #[test]
    fn a_stream_has_role_words_finish_usage_and_end() {
        let events = stream_events(&answer(), true);
        let (done, events) = events.split_last().unwrap();
        assert_eq!(data(done), "[DONE]");
        let chunks: Vec<Value> =
            events.iter().map(|event| serde_json::from_str(data(event)).unwrap()).collect();
        assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
        let said: String =
            chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect();
        assert_eq!(said, answer().text);
        let [.., finish, usage] = chunks.as_slice() else { panic!("finish and usage are missing") };
        assert_eq!(finish["choices"][0]["finish_reason"], "stop");
        assert_eq!(usage["choices"], serde_json::json!([]));
        assert_eq!(usage["usage"]["total_tokens"], 8);
        assert!(chunks.iter().all(|chunk| chunk["model"] == "meta/llama"));
    }

    #[test]
    fn usage_is_an_event_only_when_asked_for() {
        let with = stream_events(&answer(), true).concat();
        let without = stream_events(&answer(), false).concat();
        assert!(String::from_utf8(with).unwrap().contains("\"usage\""));
        assert!(!String::from_utf8(without).unwrap().contains("\"usage\""));
    }

    #[test]
    fn printing_a_parsed_answer_again_gives_other_bytes() {
        let body = plain_body(&answer());
        let parsed: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(parsed["choices"][0]["message"]["content"], answer().text);
        assert_eq!(parsed["usage"]["prompt_tokens"], 3);
        assert_ne!(parsed.to_string().as_bytes(), body);
    }
}
