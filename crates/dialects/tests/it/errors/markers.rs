//! How a text says that the request does not fit, and what only looks like it.

use super::words::*;

const MARKERS: [&str; 15] = [
    "context_length_exceeded",
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
    "prompt is too long: 210000 tokens > 200000 maximum",
    "Input is too long for requested model.",
    "The input token count (70000) exceeds the maximum",
    "It exceeds the maximum number of tokens allowed (1048576).",
    "the request exceeds the available context size",
    "Current length is 9000 while limit is 8192",
    "Prompt exceeds max length",
    "Range of input length should be [1, 30720]",
    "`inputs` tokens + `max_new_tokens` must be <= 4097",
    "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
    "You passed the model's maximum context limit",
    "The prompt is longer than the model's context length",
    "Your input tokens exceed the configured limit of 100000",
];

#[test]
fn every_marker_at_any_provider() {
    for message in MARKERS {
        for provider in ["my-own", "openai", "together", "chutes"] {
            for status in [400, 413, 422] {
                let body =
                    serde_json::json!({ "error": { "message": message, "type": "invalid_request_error" } });
                row(message, provider, status, "", &body.to_string(), &ContextTooLong);
            }
        }
    }
}

#[test]
fn what_only_looks_like_it() {
    let code = r#"{"error":{"message":"Invalid 'messages[0].name': string too long. It exceeds max length 64.","code":"string_above_max_length"}}"#;
    row("a field", "openai", 400, "", code, &RequestRefused);
    let user = r#"{"error":{"message":"Invalid 'user': it exceeds max length 64","code":null}}"#;
    row("the user field", "openai", 400, "", user, &RequestRefused);
    let server = r#"{"error":{"message":"maximum context length"}}"#;
    row("a server's trouble", "my-own", 500, "", server, &UpstreamFailed);
    let limit = r#"{"error":{"message":"prompt is too long for this minute"}}"#;
    row("a limit", "my-own", 429, "", limit, &limited(OwnerModel, Unknown, no_time()));
}

#[test]
fn digits_that_a_text_echoes_decide_nothing() {
    let (_, outcome) = judge("zai", 400, "", r#"{"error":{"message":"bad: 429 1302 401 500 3036 limit"}}"#);
    assert_eq!(outcome, RequestRefused);
    let (_, outcome) = judge(
        "cloudflare",
        200,
        "",
        r#"{"choices":[{"finish_reason":"stop","message":{"content":"error 3036"}}]}"#,
    );
    assert_eq!(outcome, Outcome::Served);
}
