//! Every time that a reply states for coming back, in the order of trust.

use http::HeaderMap;
use keywheel_rotation::{BudgetReading, ProviderId, StatedTime, TimeSource, Timestamp};

use super::envelope::Envelope;
use super::text;
use crate::limits::{self, wait};

/// Z.ai writes Beijing time without saying so (docs.z.ai error page and public fixtures of 2026-07 to 10).
const BEIJING_HOURS: i8 = 8;

/// All of them, best source first.
pub(super) fn stated(
    provider: Option<&ProviderId>,
    headers: &HeaderMap,
    envelope: &Envelope,
    readings: &[BudgetReading],
    now: Timestamp,
) -> Vec<StatedTime> {
    let mut times = in_headers(headers, now);
    let in_body = envelope.times.iter().filter_map(|(source, value)| {
        let wait = wait::wait_of(value, now)?;
        Some(StatedTime { source: *source, at: now + wait })
    });
    times.extend(in_body);
    let empty = readings.iter().filter(|reading| reading.remaining == 0);
    let reset = empty.filter_map(|reading| reading.resets_at).max();
    times.extend(reset.map(|at| StatedTime { source: TimeSource::ResetHeader, at }));
    times.extend(in_text(provider, &envelope.message, now));
    times.sort_by_key(|stated| stated.source);
    times
}

fn in_headers(headers: &HeaderMap, now: Timestamp) -> Vec<StatedTime> {
    let milliseconds = limits::text(headers, "retry-after-ms").and_then(wait::wait_of_milliseconds);
    let seconds = limits::text(headers, "retry-after").and_then(|value| wait::wait_of(value, now));
    let epoch = limits::text(headers, "x-ratelimit-reset").filter(|value| wait::is_epoch_milliseconds(value));
    let epoch = epoch.and_then(|value| wait::wait_of(value, now));
    let found = [
        (TimeSource::RetryAfterMs, milliseconds),
        (TimeSource::RetryAfter, seconds),
        (TimeSource::ResetEpoch, epoch),
    ];
    found.into_iter().filter_map(|(source, wait)| Some(StatedTime { source, at: now + wait? })).collect()
}

fn in_text(provider: Option<&ProviderId>, message: &str, now: Timestamp) -> Vec<StatedTime> {
    let message = text::cut(message, super::MAX_MESSAGE_BYTES).to_lowercase();
    let zone_hours = provider.filter(|provider| provider.as_str() == "zai").map(|_| BEIJING_HOURS);
    let found = [
        (TimeSource::TextWait, text::wait(&message).map(|wait| now + wait)),
        (TimeSource::TextReset, text::reset(&message, zone_hours, now)),
        (TimeSource::TextRegain, text::regain(&message, now)),
    ];
    found.into_iter().filter_map(|(source, at)| Some(StatedTime { source, at: at? })).collect()
}
