//! Waits and moments in every spelling that headers, bodies and texts use.

use std::time::Duration;

use keywheel_rotation::Timestamp;

/// No provider means more than a week; beyond it a number is taken for a mistake.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_hours(7 * 24);

/// Reads a wait: a number, a duration, an HTTP date or an RFC 3339 time. A moment that has passed is no wait at all;
/// a negative number says nothing.
pub(crate) fn wait_of(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let wait = match value.parse::<f64>() {
        Ok(number) => wait_of_number(number, now),
        Err(_) => duration(value).or_else(|| moment(value).map(|moment| moment.since(now))),
    };
    wait.map(|wait| wait.min(LONGEST_WAIT))
}

/// A wait in milliseconds.
pub(crate) fn wait_of_milliseconds(value: &str) -> Option<Duration> {
    let milliseconds: f64 = value.trim().parse().ok()?;
    Some(seconds(milliseconds / 1_000.0)?.min(LONGEST_WAIT))
}

/// Whether an unlabelled number can only be an epoch in milliseconds.
pub(crate) fn is_epoch_milliseconds(value: &str) -> bool {
    value.trim().parse::<f64>().is_ok_and(|number| number > EPOCH_MILLISECONDS_FROM && number.is_finite())
}

const EPOCH_MILLISECONDS_FROM: f64 = 1e12;
const EPOCH_SECONDS_FROM: f64 = 1e9;

/// An unlabelled number is an epoch if it is far too large for a wait, else seconds from now.
fn wait_of_number(number: f64, now: Timestamp) -> Option<Duration> {
    let since_epoch = if number > EPOCH_MILLISECONDS_FROM {
        number / 1_000.0
    } else if number > EPOCH_SECONDS_FROM {
        number
    } else {
        return seconds(number);
    };
    let moment = Timestamp::default() + seconds(since_epoch)?;
    Some(moment.since(now))
}

pub(crate) fn seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

fn moment(value: &str) -> Option<Timestamp> {
    let http_date = jiff::fmt::rfc2822::parse(value).map(|date| date.timestamp());
    let moment = http_date.or_else(|_| value.parse::<jiff::Timestamp>()).ok()?;
    u64::try_from(moment.as_millisecond()).ok().map(Timestamp::from_unix_ms)
}

/// A whole text that is a duration: `1h2m3.5s`, `644ms`.
fn duration(value: &str) -> Option<Duration> {
    let (wait, rest) = leading_duration(value)?;
    rest.is_empty().then_some(wait)
}

/// A duration at the start of a text, and what follows it: `9m38.016s. Visit …`, `37 seconds.`, `1 hour and 5 minutes`.
/// A bare number counts as seconds, but not one of something else: `3 regions`.
pub(crate) fn leading_duration(text: &str) -> Option<(Duration, &str)> {
    let mut total: Option<Duration> = None;
    let mut rest = text;
    while let Some((number, after)) = leading_number(rest) {
        let letters = after.trim_start_matches(' ');
        let unit_end = letters.find(|letter: char| !letter.is_alphabetic()).unwrap_or(letters.len());
        let (unit, after_unit) = letters.split_at(unit_end);
        match unit_seconds(unit) {
            Some(factor) => {
                total = Some(total.unwrap_or_default().checked_add(seconds(number * factor)?)?);
                rest = next_part(after_unit);
            }
            None if total.is_none() && unit.is_empty() => return seconds(number).map(|wait| (wait, after)),
            None => break,
        }
    }
    total.map(|total| (total, rest))
}

/// What joins the parts of a duration in words.
fn next_part(text: &str) -> &str {
    let joined = ["and ", ", "].iter().find_map(|word| text.trim_start_matches(' ').strip_prefix(word));
    let after = joined.unwrap_or(text).trim_start_matches(' ');
    if after.starts_with(|first: char| first.is_ascii_digit()) { after } else { text }
}

fn leading_number(text: &str) -> Option<(f64, &str)> {
    let end =
        text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    // A full stop behind a number ends the sentence.
    let number = digits.trim_end_matches('.');
    Some((number.parse().ok()?, rest))
}

fn unit_seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "d" | "day" | "days" => 86_400.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "ms" | "millisecond" | "milliseconds" => 0.001,
        "us" | "µs" => 0.000_001,
        "ns" => 0.000_000_001,
        _ => return None,
    })
}
