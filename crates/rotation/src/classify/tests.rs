use std::time::Duration;

use proptest::prelude::{Strategy, any, prop_oneof, proptest};
use proptest::{collection::vec, option, sample::select};

use super::*;
use crate::{LimitScope, LimitWindow};

const NOW: Timestamp = Timestamp::from_unix_ms(1_795_176_000_000);

fn answer(status: u16, code: &str, message: &str) -> Signal {
    Signal { status: Some(status), code: code.to_owned(), message: message.to_owned(), ..Signal::default() }
}

fn limited(until: Option<Timestamp>, window: LimitWindow) -> Outcome {
    Outcome::RateLimited { until, scope: LimitScope::OwnerModel, window }
}

#[track_caller]
fn check(signal: &Signal, expected: &Outcome) {
    assert_eq!(classify(signal, NOW), *expected, "{signal:?}");
}

#[test]
fn statuses_without_an_error_code() {
    for (status, expected) in [
        (200, Outcome::Served),
        (204, Outcome::Served),
        (302, Outcome::UpstreamFailed),
        (400, Outcome::RequestRefused),
        (401, Outcome::KeyRejected),
        (402, Outcome::OutOfCredit { until: None }),
        (403, Outcome::KeyRestricted { lasting: false }),
        (404, Outcome::UpstreamFailed),
        (408, Outcome::UpstreamFailed),
        (410, Outcome::ModelGone { permanent: true }),
        (413, Outcome::ContextTooLong),
        (422, Outcome::RequestRefused),
        (429, limited(None, LimitWindow::Unknown)),
        (500, Outcome::UpstreamFailed),
        (503, Outcome::UpstreamFailed),
        (524, Outcome::UpstreamFailed),
        (529, Outcome::AtCapacity { until: None }),
        (599, Outcome::UpstreamFailed),
        (101, Outcome::UpstreamFailed),
    ] {
        check(&answer(status, "", ""), &expected);
    }
    check(&Signal::default(), &Outcome::UpstreamFailed);
}

#[test]
fn a_code_is_stronger_than_type_text_and_status() {
    check(&answer(429, "insufficient_quota", ""), &Outcome::OutOfCredit { until: None });
    check(&answer(429, "queue_exceeded", ""), &Outcome::AtCapacity { until: None });
    check(&answer(400, "api_key_invalid", "maximum context length"), &Outcome::KeyRejected);
    let both = Signal { kind: "rate_limit_error".to_owned(), ..answer(429, "insufficient_quota", "") };
    check(&both, &Outcome::OutOfCredit { until: None });
    let detail = Signal { reasons: vec!["insufficient_quota".to_owned()], ..answer(429, "", "") };
    check(&Signal { kind: "rate_limit_error".to_owned(), ..detail }, &Outcome::OutOfCredit { until: None });
}

#[test]
fn digits_in_a_text_decide_nothing() {
    check(&answer(400, "", "the prompt said: error 429, 500, 401 and 1113"), &Outcome::RequestRefused);
    let echoed = Signal { provider: Some("zai".into()), ..answer(400, "", "[1113] [1302]") };
    check(&echoed, &Outcome::RequestRefused);
}

#[test]
fn a_provider_s_own_row_is_stronger_than_the_common_one() {
    let quota = answer(429, "insufficient_quota", "");
    let dashscope = Signal { provider: Some("dashscope".into()), ..quota.clone() };
    check(&dashscope, &limited(None, LimitWindow::Minute));
    check(&Signal { provider: Some("my-own".into()), ..quota }, &Outcome::OutOfCredit { until: None });
    assert!(rule_source(&dashscope).is_some_and(|source| source.starts_with("Model Studio")));
}

#[test]
fn an_error_inside_a_success_is_judged_by_its_meaning() {
    let error = |code: &str, message: &str| Signal { error_in_success: true, ..answer(200, code, message) };
    check(&error("rate_limit_exceeded", ""), &limited(None, LimitWindow::Unknown));
    check(&error("402", ""), &Outcome::OutOfCredit { until: None });
    check(&error("429", "high demand"), &Outcome::AtCapacity { until: None });
    check(&error("", "prompt is too long"), &Outcome::ContextTooLong);
    check(&error("anything", ""), &Outcome::UpstreamFailed);
    check(&error("200", ""), &Outcome::UpstreamFailed);
    check(&answer(200, "rate_limit_exceeded", ""), &Outcome::Served);
    assert_eq!(rule_source(&answer(200, "rate_limit_exceeded", "")), None, "a success needs no rule");
}

#[test]
fn the_best_source_of_a_time_decides() {
    let stated = |source, seconds| StatedTime { source, at: NOW + Duration::from_secs(seconds) };
    let times = vec![
        stated(TimeSource::TextWait, 9),
        stated(TimeSource::RetryAfter, 58),
        stated(TimeSource::ResetHeader, 70),
    ];
    let signal = Signal { stated: times, ..answer(429, "", "") };
    check(&signal, &limited(Some(NOW + Duration::from_secs(58)), LimitWindow::Unknown));
    let busy = Signal { status: Some(503), ..signal };
    check(&busy, &Outcome::AtCapacity { until: Some(NOW + Duration::from_secs(58)) });
}

#[test]
fn headers_name_the_window_before_the_text_does() {
    check(&answer(429, "", "3 requests per day"), &limited(None, LimitWindow::Day));
    check(&answer(429, "", "2 / month"), &limited(None, LimitWindow::Month));
    check(&answer(429, "", "concurrency limit"), &limited(None, LimitWindow::Second));
    let headers = Signal { exhausted: Some(LimitWindow::Hour), ..answer(429, "", "requests per minute") };
    check(&headers, &limited(None, LimitWindow::Hour));
}

#[test]
fn a_short_hint_does_not_end_a_daily_or_monthly_limit() {
    let hint =
        |seconds| vec![StatedTime { source: TimeSource::RetryAfter, at: NOW + Duration::from_secs(seconds) }];
    let allocation = Signal { provider: Some("cloudflare".into()), ..answer(429, "3036", "") };
    let until = |signal: &Signal| match classify(signal, NOW) {
        Outcome::RateLimited { until, .. } => until.map(|until| until.since(NOW).as_secs()),
        other => panic!("{other:?}"),
    };
    assert_eq!(until(&allocation), Some(12 * 3_600), "nothing stated: 00:00 UTC");
    assert_eq!(until(&Signal { stated: hint(30), ..allocation.clone() }), Some(12 * 3_600), "a short hint");
    assert_eq!(until(&Signal { stated: hint(3_600), ..allocation }), Some(3_600), "a long one is meant");
}

#[test]
fn a_broken_transport_is_the_upstreams_fault() {
    for fault in
        [TransportFault::Connect, TransportFault::Reset, TransportFault::Timeout, TransportFault::Incomplete]
    {
        let signal = Signal { transport: Some(fault), ..answer(401, "invalid_api_key", "") };
        check(&signal, &Outcome::UpstreamFailed);
        assert_eq!(rule_source(&signal), None, "the reply is not looked at");
    }
}

#[test]
fn every_provider_has_rows_and_every_row_a_dated_source() {
    for provider in PROVIDERS {
        let table = families::table(provider);
        assert!(!table.is_empty(), "{provider} has rows");
        for rule in table {
            assert!(rule.source.contains("202"), "{provider}: '{}' has a date", rule.source);
        }
    }
    assert!(families::table("my-own").is_empty(), "an unknown provider has none");
}

const PROVIDERS: [&str; 30] = [
    "anthropic",
    "azure",
    "bedrock",
    "cerebras",
    "chutes",
    "cloudflare",
    "cohere",
    "dashscope",
    "deepseek",
    "fireworks",
    "google",
    "groq",
    "huggingface",
    "llamacpp",
    "lmstudio",
    "minimax",
    "mistral",
    "moonshot",
    "nvidia",
    "ollama",
    "ollama-cloud",
    "openai",
    "openrouter",
    "perplexity",
    "sambanova",
    "together",
    "vertex",
    "vllm",
    "xai",
    "zai",
];

fn word() -> impl Strategy<Value = String> {
    let known = select(vec![
        "",
        "429",
        "1113",
        "3036",
        "perday",
        "rate_limit_exceeded",
        "overloaded_error",
        "resource_exhausted",
        "tokens per day",
        "limit: 0",
        "insufficient_quota",
    ]);
    prop_oneof![known.prop_map(str::to_owned), "\\PC{0,40}"]
}

proptest! {
    #[test]
    fn every_answer_has_an_outcome(
        provider in option::of(select(PROVIDERS.to_vec())),
        status in option::of(any::<u16>()),
        error_in_success in any::<bool>(),
        (code, kind, message) in (word(), word(), word()),
        (reasons, quota_ids) in (vec(word(), 0..3), vec(word(), 0..3)),
        now_ms in any::<u64>(),
        stated_ms in vec(any::<u64>(), 0..3),
    ) {
        let stated = stated_ms.into_iter().map(Timestamp::from_unix_ms);
        let stated = stated.map(|at| StatedTime { source: TimeSource::RetryAfter, at }).collect();
        let provider = provider.map(Into::into);
        let signal = Signal {
            provider, status, error_in_success, code, kind, message, reasons, quota_ids, stated, ..Signal::default()
        };
        let outcome = classify(&signal, Timestamp::from_unix_ms(now_ms));
        let success = matches!(status, Some(200..=299)) && !error_in_success;
        assert_eq!(outcome == Outcome::Served, success, "served means a success that is no error");
        assert!(!outcome.name().is_empty(), "every outcome has a name");
    }
}
