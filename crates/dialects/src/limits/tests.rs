use std::time::Duration;

use http::{HeaderName, HeaderValue};
use keywheel_rotation::LimitWindow::{Day, Hour, Minute, Second, Unknown};
use proptest::prelude::proptest;

use super::*;

/// 2026-11-20 12:00:00 UTC.
const NOW: Timestamp = Timestamp::from_unix_ms(1_795_176_000_000);

fn headers(text: &str) -> HeaderMap {
    let lines = text.lines().filter_map(|line| line.trim().split_once(": "));
    let pair = |(name, value): (&str, &str)| {
        (name.parse::<HeaderName>().expect("a name"), HeaderValue::from_str(value).expect("a value"))
    };
    lines.map(pair).collect()
}

type Expected = (Unit, LimitWindow, u64, u64, Option<f64>);

/// Headers as a provider sends them, and unit, window, limit, remaining and seconds until the reset.
#[track_caller]
fn check(provider: &str, text: &str, expected: &[Expected]) {
    let readings = budget_readings(Some(&provider.into()), &headers(text), NOW);
    let seen: Vec<Expected> = readings
        .iter()
        .map(|reading| {
            let wait = reading.resets_at.map(|at| at.since(NOW).as_secs_f64());
            (reading.unit, reading.window, reading.limit, reading.remaining, wait)
        })
        .collect();
    assert_eq!(seen, expected, "{provider}: {text}");
}

use Unit::{Requests, Tokens};

#[test]
fn groq_counts_requests_per_day_and_tokens_per_minute() {
    check(
        "groq",
        "x-ratelimit-limit-requests: 14400
         x-ratelimit-remaining-requests: 14370
         x-ratelimit-reset-requests: 2m59.56s
         x-ratelimit-limit-tokens: 18000
         x-ratelimit-remaining-tokens: 17997
         x-ratelimit-reset-tokens: 7.66s",
        &[(Requests, Day, 14_400, 14_370, Some(179.56)), (Tokens, Minute, 18_000, 17_997, Some(7.66))],
    );
}

#[test]
fn openai_s_window_is_a_minute_unless_its_reset_is_too_far() {
    check(
        "openai",
        "x-ratelimit-limit-requests: 60
         x-ratelimit-remaining-requests: 59
         x-ratelimit-reset-requests: 1s
         x-ratelimit-limit-tokens: 150000
         x-ratelimit-remaining-tokens: 149984
         x-ratelimit-reset-tokens: 644ms",
        &[(Requests, Minute, 60, 59, Some(1.0)), (Tokens, Minute, 150_000, 149_984, Some(0.644))],
    );
    check(
        "openai",
        "x-ratelimit-limit-requests: 200
         x-ratelimit-remaining-requests: 199
         x-ratelimit-reset-requests: 7m12s",
        &[(Requests, Unknown, 200, 199, Some(432.0))],
    );
}

#[test]
fn cerebras_names_the_window_and_counts_float_seconds() {
    check(
        "cerebras",
        "x-ratelimit-limit-requests-day: 14400
         x-ratelimit-remaining-requests-day: 14000
         x-ratelimit-reset-requests-day: 33011.382867
         x-ratelimit-limit-requests-hour: 900
         x-ratelimit-remaining-requests-hour: 899
         x-ratelimit-reset-requests-hour: 411.382867
         x-ratelimit-limit-tokens-minute: 60000
         x-ratelimit-remaining-tokens-minute: 0
         x-ratelimit-reset-tokens-minute: 11.382867",
        &[
            (Requests, Hour, 900, 899, Some(411.382)),
            (Requests, Day, 14_400, 14_000, Some(33_011.382)),
            (Tokens, Minute, 60_000, 0, Some(11.382)),
        ],
    );
}

#[test]
fn anthropic_states_rfc_3339_times_and_the_input_budget_counts() {
    check(
        "anthropic",
        "anthropic-ratelimit-requests-limit: 50
         anthropic-ratelimit-requests-remaining: 49
         anthropic-ratelimit-requests-reset: 2026-11-20T12:00:02Z
         anthropic-ratelimit-tokens-limit: 8000
         anthropic-ratelimit-tokens-remaining: 8000
         anthropic-ratelimit-tokens-reset: 2026-11-20T12:00:00Z
         anthropic-ratelimit-input-tokens-limit: 40000
         anthropic-ratelimit-input-tokens-remaining: 39000
         anthropic-ratelimit-input-tokens-reset: 2026-11-20T12:00:03Z
         anthropic-ratelimit-output-tokens-limit: 8000
         anthropic-ratelimit-output-tokens-remaining: 8000
         anthropic-ratelimit-output-tokens-reset: 2026-11-20T12:00:00Z
         anthropic-ratelimit-unified-5h-reset: 1795190400",
        &[(Requests, Minute, 50, 49, Some(2.0)), (Tokens, Minute, 40_000, 39_000, Some(3.0))],
    );
    check(
        "anthropic",
        "anthropic-ratelimit-tokens-limit: 8000
         anthropic-ratelimit-tokens-remaining: 7000
         anthropic-ratelimit-tokens-reset: 2026-11-20T12:00:08Z",
        &[(Tokens, Minute, 8_000, 7_000, Some(8.0))],
    );
}

#[test]
fn openrouter_states_an_epoch_in_milliseconds() {
    check(
        "openrouter",
        "X-RateLimit-Limit: 50
         X-RateLimit-Remaining: 0
         X-RateLimit-Reset: 1795219200000",
        &[(Requests, Unknown, 50, 0, Some(43_200.0))],
    );
}

#[test]
fn together_counts_seconds_and_tokens_under_a_name_of_its_own() {
    check(
        "together",
        "x-ratelimit-limit: 10
         x-ratelimit-remaining: 9
         x-ratelimit-reset: 1
         x-tokenlimit-limit: 3000
         x-tokenlimit-remaining: 2900",
        &[(Requests, Second, 10, 9, Some(1.0)), (Tokens, Second, 3_000, 2_900, None)],
    );
}

#[test]
fn sambanova_states_a_minute_and_a_day_in_either_format() {
    check(
        "sambanova",
        "x-ratelimit-limit-requests: 40
         x-ratelimit-remaining-requests: 39
         x-ratelimit-reset-requests: 1795176030
         x-ratelimit-limit-requests-day: 4000
         x-ratelimit-remaining-requests-day: 0
         x-ratelimit-reset-requests-day: 11h59m",
        &[(Requests, Minute, 40, 39, Some(30.0)), (Requests, Day, 4_000, 0, Some(43_140.0))],
    );
}

#[test]
fn mistral_states_no_reset() {
    check(
        "mistral",
        "x-ratelimit-limit-req-minute: 720
         x-ratelimit-remaining-req-minute: 719
         x-ratelimit-limit-tokens-minute: 5000000
         x-ratelimit-remaining-tokens-minute: 4999000
         x-ratelimit-tokens-query-cost: 1000",
        &[(Requests, Minute, 720, 719, None), (Tokens, Minute, 5_000_000, 4_999_000, None)],
    );
}

#[test]
fn fireworks_prompt_budget_counts() {
    check(
        "fireworks",
        "x-ratelimit-limit-tokens-prompt: 3600000
         x-ratelimit-remaining-tokens-prompt: 3590000
         x-ratelimit-limit-tokens-generated: 36000
         x-ratelimit-remaining-tokens-generated: 35000
         x-ratelimit-limit-tokens-cache-adjusted-prompt: 900000
         x-ratelimit-remaining-tokens-cache-adjusted-prompt: 890000
         x-ratelimit-over-limit: yes",
        &[(Tokens, Minute, 3_600_000, 3_590_000, None)],
    );
}

#[test]
fn azure_s_minus_one_says_nothing() {
    check(
        "azure",
        "x-ratelimit-limit-requests: 10
         x-ratelimit-remaining-requests: -1
         x-ratelimit-reset-requests: -1
         x-ratelimit-limit-tokens: 100000
         x-ratelimit-remaining-tokens: 90000
         x-ratelimit-reset-tokens: -1",
        &[(Tokens, Minute, 100_000, 90_000, None)],
    );
    check(
        "azure",
        "x-ratelimit-limit-requests: 10
         x-ratelimit-remaining-requests: 9
         x-ratelimit-reset-requests: 0",
        &[(Requests, Minute, 10, 9, Some(0.0))],
    );
}

#[test]
fn xai_and_moonshot_by_their_unverified_names() {
    check(
        "xai",
        "x-ratelimit-limit-requests: 150
         x-ratelimit-remaining-requests: 149
         x-ratelimit-limit-tokens: 50000000
         x-ratelimit-remaining-tokens: 49999000",
        &[(Requests, Second, 150, 149, None), (Tokens, Minute, 50_000_000, 49_999_000, None)],
    );
    check(
        "moonshot",
        "X-RateLimit-Limit: 3
         X-RateLimit-Remaining: 2
         X-RateLimit-Reset: 20",
        &[(Requests, Unknown, 3, 2, Some(20.0))],
    );
}

#[test]
fn structured_fields_and_their_drafts() {
    check(
        "huggingface",
        r#"RateLimit: "api";r=50;t=30
           RateLimit-Policy: "fixed window";"api";q=100;w=300"#,
        &[(Requests, Hour, 100, 50, Some(30.0))],
    );
    check(
        "my-own",
        "RateLimit-Limit: 100, 100;w=60
         RateLimit-Remaining: 99
         RateLimit-Reset: 12",
        &[(Requests, Minute, 100, 99, Some(12.0))],
    );
    check("my-own", "RateLimit-Policy: 100;w=60", &[]);
}

#[test]
fn half_a_statement_is_none() {
    check("groq", "x-ratelimit-limit-requests: 0\nx-ratelimit-remaining-requests: 0", &[]);
    check("groq", "x-ratelimit-limit-requests: 30", &[]);
    check("groq", "x-ratelimit-limit-requests: many\nx-ratelimit-remaining-requests: 1", &[]);
    check(
        "groq",
        "x-ratelimit-limit-tokens: 6000\nx-ratelimit-remaining-tokens: 7000",
        &[(Tokens, Minute, 6_000, 6_000, None)],
    );
    check(
        "groq",
        "x-ratelimit-limit-neurons: 6\nx-ratelimit-limitless: 6\nx-ratelimit-limit-requests-year: 5",
        &[],
    );
}

#[track_caller]
fn check_wait(value: &str, expected_ms: Option<u64>) {
    let wait = wait::wait_of(value, NOW).map(|wait| u64::try_from(wait.as_millis()).expect("a week at most"));
    assert_eq!(wait, expected_ms, "{value}");
}

#[test]
fn a_wait_in_every_spelling() {
    check_wait("58", Some(58_000));
    check_wait("0.5", Some(500));
    check_wait("0", Some(0));
    check_wait("33011.382867", Some(33_011_382));
    check_wait("Fri, 20 Nov 2026 12:01:00 GMT", Some(60_000));
    check_wait("Fri, 20 Nov 2026 11:59:00 GMT", Some(0));
    check_wait("2m59.56s", Some(179_560));
    check_wait("6m0s", Some(360_000));
    check_wait("644ms", Some(644));
    check_wait("156h14m36.75s", Some(562_476_750));
    check_wait("65205s", Some(65_205_000));
    check_wait("1d2h", Some(93_600_000));
    check_wait("1795176030", Some(30_000));
    check_wait("1795176030000", Some(30_000));
    check_wait("1795176030.5", Some(30_500));
    check_wait("2026-11-20T12:00:30Z", Some(30_000));
    check_wait("2026-11-20T13:00:30+01:00", Some(30_000));
    check_wait("99999999", Some(604_800_000));
    check_wait("1795176000000000", Some(604_800_000));
    for nothing in ["-1", "-30s", "soon", "", "NaN", "inf", "s", "5x", "5s later", "1m-2s"] {
        check_wait(nothing, None);
    }
}

#[test]
fn the_numbers_that_tell_a_wait_from_an_epoch() {
    check_wait("1000000000", Some(604_800_000));
    check_wait("1000000001", Some(0));
    check_wait("1000000000000", Some(604_800_000));
    check_wait("1000000000001", Some(0));
    let wait = wait::wait_of_milliseconds("1250.5");
    assert_eq!(wait, Some(Duration::from_micros(1_250_500)), "fractions of a millisecond");
    assert_eq!(wait::wait_of_milliseconds("-1"), None, "negative");
}

proptest! {
    #[test]
    fn no_header_can_break_the_reader(
        name in "(x-|anthropic-)?(rate|token)?limit-(limit|remaining|reset|requests|-|day){0,4}",
        value in "[ -~]{0,24}",
    ) {
        let text = format!("{name}: {value}\nx-ratelimit-limit: {value}\nx-ratelimit-remaining: {value}\nratelimit: {value}\nratelimit-policy: {value}");
        for reading in budget_readings(None, &headers(&text), NOW) {
            assert!(reading.remaining <= reading.limit, "never more left than allowed: {text}");
        }
    }

    #[test]
    fn a_wait_is_at_most_a_week(value in "\\PC{0,24}") {
        assert!(wait::wait_of(&value, NOW).is_none_or(|wait| wait <= wait::LONGEST_WAIT), "{value}");
    }
}
