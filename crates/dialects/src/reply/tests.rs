use std::time::Duration;

use http::HeaderValue;
use keywheel_rotation::TimeSource::{
    QuotaResetDelay, ResetEpoch, ResetHeader, RetryAfter, RetryAfterMs, RetryInfo, TextRegain, TextReset,
    TextWait,
};
use keywheel_rotation::{TimeSource, classify};
use proptest::prelude::{any, proptest};
use proptest::{collection::vec, sample::select};

use super::*;

/// 2026-11-20 12:00:00 UTC.
const NOW: Timestamp = Timestamp::from_unix_ms(1_795_176_000_000);

fn read(provider: &str, headers: &[(&'static str, &str)], body: &str) -> Signal {
    let pair = |(name, value): &(&'static str, &str)| {
        (http::HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header value"))
    };
    let headers: HeaderMap = headers.iter().map(pair).collect();
    signal(Some(&provider.into()), StatusCode::TOO_MANY_REQUESTS, &headers, body.as_bytes(), NOW)
}

#[track_caller]
fn check(body: &str, code: &str, kind: &str, message: &str) {
    let signal = read("any", &[], body);
    let seen = (signal.code.as_str(), signal.kind.as_str(), signal.message.as_str());
    assert_eq!(seen, (code, kind, message), "{body}");
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
    check(
        r#"{"code":"Client specified an invalid argument","error":"Bad"}"#,
        "client specified an invalid argument",
        "",
        "bad",
    );
    check(r#"{"detail":"Nope"}"#, "", "", "nope");
    check(
        r#"{"error":{"code":429,"message":"x","status":"RESOURCE_EXHAUSTED"}}"#,
        "429",
        "resource_exhausted",
        "x",
    );
    check(r#"[{"error":{"code":429,"message":"x","status":"UNAVAILABLE"}}]"#, "429", "unavailable", "x");
    check(
        r#"{"type":"error","error":{"type":"overloaded_error","message":"O"},"request_id":"r"}"#,
        "",
        "overloaded_error",
        "o",
    );
    check(r#"{"success":false,"errors":[{"code":3036,"message":"Used"}],"result":null}"#, "3036", "", "used");
    check(r#"{"errors":["Just text"]}"#, "", "", "just text");
    check(r#"{"base_resp":{"status_code":1002,"status_msg":"Limit"}}"#, "1002", "", "limit");
    check(r#"{"status":429,"title":"Too Many Requests"}"#, "", "", "too many requests");
    check(r#"{"status":404,"title":"Not Found","detail":"Function 'f'"}"#, "", "", "not found: function 'f'");
    check(r#"{"object":"error","message":{"detail":[{"type":"t"}]},"type":"invalid"}"#, "", "", "");
    check(r#""only a text""#, "", "", "only a text");
    check("event: error\ndata: {\"error\":{\"message\":\"In a stream\"}}\n\n", "", "", "in a stream");
    check("<html><title>502</title>\n<p>Bad  gateway</p></html>", "", "", "502 bad gateway");
    check("upstream connect error", "", "", "upstream connect error");
    check("a < b", "", "", "a b");
    check("", "", "", "");
    for nothing in ["null", "[]", "[[[]]]", "7", "{}", r#"{"error":null}"#, r#"{"error":[]}"#] {
        check(nothing, "", "", "");
    }
}

#[test]
fn a_complaint_names_the_field() {
    let body = r#"{"detail":[{"type":"extra_forbidden","loc":["body","logit_bias"],"msg":"Extra inputs are not permitted"}]}"#;
    let signal = read("mistral", &[], body);
    assert_eq!(signal.parameter.as_deref(), Some("logit_bias"), "the last step of the path");
    assert_eq!(signal.kind, "extra_forbidden", "and why");
    let named = |body: &str| read("any", &[], body).parameter;
    assert_eq!(
        named(r#"{"error":{"message":"m","param":"topP"}}"#).as_deref(),
        Some("topP"),
        "as it is spelled"
    );
    for (message, parameter) in [
        ("Unsupported parameter: 'max_tokens' is not", "max_tokens"),
        ("Unrecognized request argument supplied: topK", "topK"),
        (
            r#"Invalid JSON payload received. Unknown name \"exclusiveMinimum\" at 'tools[0]'"#,
            "exclusiveMinimum",
        ),
    ] {
        let body = format!(r#"{{"error":{{"message":"{message}"}}}}"#);
        assert_eq!(named(&body).as_deref(), Some(parameter), "{message}");
    }
    assert_eq!(named(r#"{"error":{"message":"all is lost"}}"#), None, "nothing is named");
}

#[test]
fn google_s_details_are_read() {
    let signal = read(
        "google",
        &[],
        r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"m","details":[
            {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RATE_LIMIT_EXCEEDED",
             "metadata":{"consumer":"projects/12345","quotaResetDelay":"156h14m36.75s"}},
            {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[
             {"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaValue":"20"},
             {"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]},
            {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":{"seconds":38,"nanos":200000000}}]}}"#,
    );
    assert_eq!(signal.reasons, ["rate_limit_exceeded"]);
    assert_eq!(signal.quota_ids.len(), 2, "both violations");
    assert_eq!(signal.owner.as_deref(), Some("projects/12345"), "the project");
    let seconds: Vec<_> =
        signal.stated.iter().map(|at| (at.source, at.at.since(NOW).as_secs_f64())).collect();
    assert_eq!(seconds, [(RetryInfo, 38.2), (QuotaResetDelay, 562_476.75)]);
}

#[test]
fn owners_are_named_by_groq_openai_and_xai() {
    let owner = |message: &str| read("any", &[], &format!(r#"{{"error":{{"message":"{message}"}}}}"#)).owner;
    assert_eq!(owner("for model `m` in organization `org_01Abc` service tier").as_deref(), Some("org_01Abc"));
    assert_eq!(owner("for gpt in organization org-AbC on tokens").as_deref(), Some("org-AbC"));
    let team = "0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f";
    assert_eq!(owner(&format!("requests for team {team} and model grok")).as_deref(), Some(team));
    assert_eq!(owner("your organization has been restricted"), None);
    assert_eq!(owner("ask your team lead"), None);
}

#[test]
fn numbers_of_a_limit_are_read() {
    let numbers = |message: &str| {
        let signal = read("any", &[], &format!(r#"{{"error":{{"message":"{message}"}}}}"#));
        (signal.limit, signal.requested)
    };
    assert_eq!(numbers("(TPM): Limit 6000, Requested 9123, please"), (Some(6_000), Some(9_123)));
    assert_eq!(numbers("Limit: 30,000, Requested: much"), (Some(30_000), None));
    assert_eq!(numbers("Current length is 9000 while limit is 8192"), (Some(8_192), Some(9_000)));
    assert_eq!(numbers("prompt is too long: 210000 tokens > 200000 maximum"), (Some(200_000), Some(210_000)));
    assert_eq!(numbers("but can only afford 120"), (Some(120), None));
    assert_eq!(numbers("Tokens per Minute (actual/limit): 65605/16000"), (Some(16_000), Some(65_605)));
    assert_eq!(numbers("rate limit reached"), (None, None));
}

/// Section 2 of the facts: each source alone, in its formats.
#[track_caller]
fn check_time(
    provider: &str,
    headers: &[(&'static str, &str)],
    body: &str,
    source: TimeSource,
    seconds: f64,
) {
    let signal = read(provider, headers, body);
    let first = signal.stated.first().map(|stated| (stated.source, stated.at.since(NOW).as_secs_f64()));
    assert_eq!(first, Some((source, seconds)), "{headers:?} {body}");
}

fn said(message: &str) -> String {
    format!(r#"{{"error":{{"message":"{message}"}}}}"#)
}

#[test]
fn every_source_of_a_time_is_read() {
    check_time("openai", &[("retry-after-ms", "1250")], "", RetryAfterMs, 1.25);
    check_time("groq", &[("retry-after", "58")], "", RetryAfter, 58.0);
    check_time("groq", &[("retry-after", "Fri, 20 Nov 2026 12:01:00 GMT")], "", RetryAfter, 60.0);
    let info = |delay: &str| format!(r#"{{"error":{{"details":[{{"retryDelay":{delay}}}]}}}}"#);
    check_time("google", &[], &info(r#""38.2s""#), RetryInfo, 38.2);
    check_time("google", &[], &info(r#""65205s""#), RetryInfo, 65_205.0);
    check_time("google", &[], &info(r#"{"seconds":"5"}"#), RetryInfo, 5.0);
    let delay = r#"{"error":{"details":[{"metadata":{"quotaResetDelay":"156h14m36.75s"}}]}}"#;
    check_time("google", &[], delay, QuotaResetDelay, 562_476.75);
    let inside = r#"{"error":{"metadata":{"headers":{"X-RateLimit-Reset":"1795219200000"}}}}"#;
    check_time("openrouter", &[], inside, ResetEpoch, 43_200.0);
    check_time("openrouter", &[("x-ratelimit-reset", "1795219200000")], "", ResetEpoch, 43_200.0);
}

#[test]
fn of_the_windows_that_are_used_up_the_latest_counts() {
    let headers = [
        ("x-ratelimit-limit-requests", "30"),
        ("x-ratelimit-remaining-requests", "0"),
        ("x-ratelimit-reset-requests", "2m59.56s"),
        ("x-ratelimit-limit-tokens", "6000"),
        ("x-ratelimit-remaining-tokens", "0"),
        ("x-ratelimit-reset-tokens", "7.66s"),
    ];
    check_time("groq", &headers, "", ResetHeader, 179.56);
    assert_eq!(read("groq", &headers, "").exhausted, Some(LimitWindow::Day), "Groq's requests are a day's");
    let left = [headers[3], ("x-ratelimit-remaining-tokens", "1"), headers[5]];
    assert!(read("groq", &left, "").stated.is_empty(), "nothing is used up");
}

#[test]
fn every_wording_of_a_time_is_read() {
    for (message, seconds) in [
        ("Please try again in 9m38.016s. Need more?", 578.016),
        ("Please try again in 644ms.", 0.644),
        ("Please retry in 25.3s.", 25.3),
        ("Please retry after 37 seconds.", 37.0),
        ("retry after 37.", 37.0),
        ("Try again in 1 hour and 5 minutes.", 3_900.0),
        ("try again in 1h2m", 3_720.0),
        ("try again in a while; retry in 3s", 3.0),
        ("try again in 900h", 604_800.0),
    ] {
        check_time("groq", &[], &said(message), TextWait, seconds);
    }
    let reset = "Your limit will reset at 2026-11-20 23:25:23";
    check_time("zai", &[], &said(reset), TextReset, 12_323.0);
    check_time("zai", &[], &said("reset at 2026-11-20 10:00:00"), TextReset, 0.0);
    check_time("any", &[], &said(&format!("{reset} UTC")), TextReset, 41_123.0);
    check_time("any", &[], &said("limit resets at 2026-11-20T12:30:00Z"), TextReset, 1_800.0);
    assert!(read("any", &[], &said(reset)).stated.is_empty(), "a time without a zone says nothing");
    let regain = "You will regain access on 2026-12-01 at 00:00 UTC.";
    check_time("anthropic", &[], &said(regain), TextRegain, 907_200.0);
    check_time("anthropic", &[], &said("regain access on 2036-12-01 at 00:00 UTC"), TextRegain, 5_356_800.0);
    for nothing in [
        "try again in a few minutes",
        "available in 3 regions",
        "try again in",
        "reset at noon",
        "regain access on 2026-13-01",
        "regain access on é2026-12",
    ] {
        assert!(read("zai", &[], &said(nothing)).stated.is_empty(), "{nothing}");
    }
}

#[test]
fn times_stand_in_the_order_of_trust() {
    let headers = [
        ("x-ratelimit-limit-requests", "30"),
        ("x-ratelimit-remaining-requests", "0"),
        ("x-ratelimit-reset-requests", "2m59.56s"),
        ("x-ratelimit-reset", "1795219200000"),
        ("retry-after", "58"),
        ("retry-after-ms", "1250"),
    ];
    let body = r#"{"error":{"message":"try again in 3s. reset at 2026-11-21 00:00:00 utc, regain access on 2026-12-01",
        "details":[{"retryDelay":"38s"},{"metadata":{"quotaResetDelay":"4s"}}]}}"#;
    let sources: Vec<_> = read("groq", &headers, body).stated.iter().map(|stated| stated.source).collect();
    let order = [
        RetryAfterMs,
        RetryAfter,
        RetryInfo,
        QuotaResetDelay,
        ResetEpoch,
        ResetHeader,
        TextWait,
        TextReset,
        TextRegain,
    ];
    assert_eq!(sources, order);
}

#[test]
fn an_error_inside_a_success_is_noticed() {
    for error in [
        r#"{"error":{"message":"no"}}"#,
        r#"[{"error":{"message":"no"}}]"#,
        r#"{"base_resp":{"status_code":1002}}"#,
        r#"{"success":false,"errors":[]}"#,
        r#"{"promptFeedback":{"blockReason":"SAFETY"}}"#,
        r#"{"candidates":[]}"#,
        r#"{"choices":[]}"#,
        r#"{"candidates":[{"finishReason":"PROHIBITED_CONTENT"}]}"#,
        r#"{"choices":[{"finish_reason":"function_call_filter: MALFORMED_FUNCTION_CALL"}]}"#,
        r#"{"choices":[{"finish_reason":"insufficient_system_resource"}]}"#,
        r#"{"type":"message","stop_reason":"refusal"}"#,
    ] {
        assert!(is_error_body(error.as_bytes()), "{error}");
        let signal = signal(None, StatusCode::OK, &HeaderMap::new(), error.as_bytes(), NOW);
        assert!(signal.error_in_success, "{error}");
    }
    for answer in [
        r#"{"id":"x","error":null,"choices":[{"finish_reason":"stop","message":{"content":"error"}}]}"#,
        r#"{"base_resp":{"status_code":0},"choices":[{"finish_reason":"length"}]}"#,
        r#"{"candidates":[{"finishReason":"STOP"}],"promptFeedback":{}}"#,
        r#"{"stop_reason":"end_turn"}"#,
        r#"{"data":[{"embedding":[]}]}"#,
        r#"[{"id":"a-model"}]"#,
        r#"{"choices":[{"finish_reason":"content_filter"}]}"#,
        "not json",
        "[",
        "",
    ] {
        assert!(!is_error_body(answer.as_bytes()), "{answer}");
    }
}

#[test]
fn a_long_message_is_cut_at_a_whole_character() {
    let signal = read("any", &[], &said(&"é".repeat(3_000)));
    assert_eq!(signal.message.len(), MAX_MESSAGE_BYTES, "two bytes each");
    let odd = read("any", &[], &said(&format!("x{}", "é".repeat(3_000))));
    assert_eq!(odd.message.len(), MAX_MESSAGE_BYTES - 1, "not within one");
}

proptest! {
    #[test]
    fn no_reply_can_break_the_reader(
        provider in select(vec!["groq", "google", "zai", "openrouter", "minimax", "my-own"]),
        status in 100_u16..=999,
        body in vec(any::<u8>(), 0..200),
        message in "\\PC{0,60}",
        marker in select(vec!["reset at ", "try again in ", "regain access on ", "organization ", "limit ", "(actual/limit): "]),
    ) {
        let status = StatusCode::from_u16(status).expect("a status");
        let said = serde_json::json!({ "error": { "message": format!("{marker}{message}"), "code": message } });
        for body in [body, said.to_string().into_bytes(), format!("data:{said}").into_bytes()] {
            let signal = signal(Some(&provider.into()), status, &HeaderMap::new(), &body, NOW);
            assert!(signal.message.len() <= 3 * MAX_MESSAGE_BYTES, "bounded, also in lower case");
            assert!(signal.stated.iter().all(|stated| stated.at >= NOW), "no time lies behind");
            let later = signal.stated.iter().map(|stated| stated.at.since(NOW)).max();
            assert!(later.is_none_or(|wait| wait <= Duration::from_hours(62 * 24)), "or too far ahead");
            let _ = classify(&signal, NOW);
        }
    }
}
