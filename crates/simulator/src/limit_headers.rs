//! How limits are told to clients: headers, and the words of a refusal.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::limits::{Meter, Standing};

const REQUESTS: [HeaderName; 3] = [
    HeaderName::from_static("x-ratelimit-limit-requests"),
    HeaderName::from_static("x-ratelimit-remaining-requests"),
    HeaderName::from_static("x-ratelimit-reset-requests"),
];
const REQUESTS_DAY: [HeaderName; 3] = [
    HeaderName::from_static("x-ratelimit-limit-requests-day"),
    HeaderName::from_static("x-ratelimit-remaining-requests-day"),
    HeaderName::from_static("x-ratelimit-reset-requests-day"),
];
const TOKENS: [HeaderName; 3] = [
    HeaderName::from_static("x-ratelimit-limit-tokens"),
    HeaderName::from_static("x-ratelimit-remaining-tokens"),
    HeaderName::from_static("x-ratelimit-reset-tokens"),
];

/// Adds limit, remaining and reset of every window, unless a fault already states them.
pub(crate) fn add_standings(headers: &mut HeaderMap, standings: &[Standing]) {
    for standing in standings {
        let [limit, remaining, reset] = match standing.meter {
            Meter::RequestsPerMinute => REQUESTS,
            Meter::RequestsPerDay => REQUESTS_DAY,
            Meter::TokensPerMinute => TOKENS,
        };
        headers.entry(limit).or_insert_with(|| standing.limit.into());
        headers.entry(remaining).or_insert_with(|| standing.remaining.into());
        if let Ok(value) = HeaderValue::from_str(&go_duration(standing.resets_in)) {
            headers.entry(reset).or_insert(value);
        }
    }
}

/// Adds `retry-after` in whole seconds, never early.
pub(crate) fn add_retry_after(headers: &mut HeaderMap, wait: Duration) {
    let seconds = wait.as_millis().div_ceil(1000);
    let seconds = u64::try_from(seconds).unwrap_or(u64::MAX).max(1);
    headers.insert(header::RETRY_AFTER, seconds.into());
}

/// The message of a 429 that states its limit.
pub(crate) fn refusal(standing: &Standing) -> String {
    let what = match standing.meter {
        Meter::RequestsPerMinute => "requests per minute (RPM)",
        Meter::RequestsPerDay => "requests per day (RPD)",
        Meter::TokensPerMinute => "tokens per minute (TPM)",
    };
    format!(
        "Rate limit reached on {what}: Limit {}, Remaining {}. Please try again in {}.",
        standing.limit,
        standing.remaining,
        go_duration(standing.resets_in)
    )
}

/// What a 429 names in `error.type`.
pub(crate) fn refusal_type(meter: Meter) -> &'static str {
    match meter {
        Meter::RequestsPerMinute | Meter::RequestsPerDay => "requests",
        Meter::TokensPerMinute => "tokens",
    }
}

/// A duration as Go prints it (`1m2.5s`, `644ms`), rounded up to the millisecond.
fn go_duration(duration: Duration) -> String {
    let total_ms = duration.as_nanos().div_ceil(1_000_000);
    if total_ms == 0 {
        return "0s".to_owned();
    }
    if total_ms < 1000 {
        return format!("{total_ms}ms");
    }
    let (total_seconds, ms) = (total_ms / 1000, total_ms % 1000);
    let (hours, minutes) = (total_seconds / 3600, total_seconds / 60 % 60);
    let seconds = format!("{}.{ms:03}", total_seconds % 60);
    let seconds = seconds.trim_end_matches('0').trim_end_matches('.');
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        _ => format!("{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_go_prints_them() {
        let cases = [
            (0, "0s"),
            (644, "644ms"),
            (1_000, "1s"),
            (7_660, "7.66s"),
            (10_000, "10s"),
            (60_000, "1m0s"),
            (62_500, "1m2.5s"),
            (3_600_000, "1h0m0s"),
            (86_399_900, "23h59m59.9s"),
        ];
        for (ms, text) in cases {
            assert_eq!(go_duration(Duration::from_millis(ms)), text);
        }
        assert_eq!(go_duration(Duration::from_nanos(1)), "1ms");
    }

    #[test]
    fn retry_after_is_never_early_and_never_zero() {
        let seconds = |ms| {
            let mut headers = HeaderMap::new();
            add_retry_after(&mut headers, Duration::from_millis(ms));
            headers["retry-after"].to_str().unwrap().to_owned()
        };
        assert_eq!(seconds(0), "1");
        assert_eq!(seconds(58_000), "58");
        assert_eq!(seconds(58_001), "59");
    }
}
