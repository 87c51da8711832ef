use http::{HeaderName, HeaderValue};
use proptest::prelude::proptest;

use super::*;

/// 2026-11-20 12:00:00 UTC.
const NOW: Timestamp = Timestamp::from_unix_ms(1_795_176_000_000);

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header value"))
    };
    pairs.iter().map(pair).collect()
}

#[track_caller]
fn check(value: &str, expected_ms: Option<u64>) {
    let wait =
        retry_at(&headers(&[("retry-after", value)]), NOW).map(|until| until.unix_ms() - NOW.unix_ms());
    assert_eq!(wait, expected_ms, "retry-after: {value}");
}

#[test]
fn retry_after_in_every_spelling() {
    check("58", Some(58_000));
    check("0.5", Some(500));
    check("0", Some(0));
    check("Fri, 20 Nov 2026 12:01:00 GMT", Some(60_000));
    check("Fri, 20 Nov 2026 11:59:00 GMT", Some(0));
    check("2m59.56s", Some(179_560));
    check("644ms", Some(644));
    check("1795176030", Some(30_000));
    check("1795176030000", Some(30_000));
    check("-1", None);
    check("soon", None);
    check("", None);
    check("99999999", Some(604_800_000));
    check("NaN", None);
}

#[test]
fn milliseconds_are_preferred() {
    let both = headers(&[("retry-after", "2"), ("retry-after-ms", "1250")]);
    assert_eq!(retry_at(&both, NOW), Some(NOW + Duration::from_millis(1_250)));
}

#[test]
fn budgets_of_both_units_are_read() {
    let stated = headers(&[
        ("x-ratelimit-limit-requests", "30"),
        ("x-ratelimit-remaining-requests", "29"),
        ("x-ratelimit-reset-requests", "2s"),
        ("x-ratelimit-limit-tokens", "6000"),
        ("x-ratelimit-remaining-tokens", "7000"),
    ]);
    let expected = [
        BudgetReading {
            unit: Unit::Requests,
            limit: 30,
            remaining: 29,
            resets_at: Some(NOW + Duration::from_secs(2)),
        },
        BudgetReading { unit: Unit::Tokens, limit: 6_000, remaining: 6_000, resets_at: None },
    ];
    assert_eq!(budget_readings(&stated, NOW), expected);
    let bare = headers(&[
        ("x-ratelimit-limit", "20"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1795176060000"),
    ]);
    assert_eq!(budget_readings(&bare, NOW)[0].resets_at, Some(NOW + Duration::from_mins(1)));
    assert!(budget_readings(&headers(&[("x-ratelimit-limit", "0")]), NOW).is_empty());
}

proptest! {
    #[test]
    fn no_header_value_can_break_the_reader(value in "[ -~]{0,24}") {
        let _ = retry_at(&headers(&[("retry-after", &value)]), NOW);
    }
}
