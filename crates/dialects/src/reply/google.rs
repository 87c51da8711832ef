//! Google's `details`: reasons, quotas and waits.

use keywheel_rotation::TimeSource;
use serde_json::Value;

use super::envelope::{Envelope, word};

/// Takes over `ErrorInfo`, `QuotaFailure` and `RetryInfo`.
pub(super) fn read(details: &[Value], envelope: &mut Envelope) {
    for detail in details {
        envelope.reasons.extend(word(detail.get("reason")));
        if let Some(delay) = detail.get("retryDelay").and_then(delay) {
            envelope.times.push((TimeSource::RetryInfo, delay));
        }
        let metadata = detail.get("metadata");
        let named = |name: &str| word(metadata.and_then(|metadata| metadata.get(name)));
        envelope.times.extend(named("quotaResetDelay").map(|delay| (TimeSource::QuotaResetDelay, delay)));
        envelope.owner = named("consumer").or_else(|| envelope.owner.take());
        let violations = detail.get("violations").and_then(Value::as_array).into_iter().flatten();
        envelope.quota_ids.extend(violations.filter_map(|violation| word(violation.get("quotaId"))));
    }
}

/// `"38.2s"`, or `{"seconds":38,"nanos":200000000}` where the JSON was made by hand.
fn delay(value: &Value) -> Option<String> {
    let seconds = || {
        let nanos = value.get("nanos").and_then(Value::as_u64).unwrap_or(0).min(999_999_999);
        Some(format!("{}.{nanos:09}s", word(value.get("seconds"))?))
    };
    word(Some(value)).or_else(seconds)
}
