//! What reply headers say about limits.
//!
//! `retry-after-ms`, `Retry-After` (seconds, fractional, or an HTTP date) and the `x-ratelimit-*` family, whose
//! reset is spelled as a Go duration (`2m59.56s`: Groq, OpenAI), seconds from now, or an epoch in seconds or
//! milliseconds (OpenRouter). Sources: provider documentation as of 2026-11-20.

use std::time::Duration;

use http::HeaderMap;
use keywheel_rotation::{BudgetReading, Timestamp, Unit};

/// No provider means more than a week; beyond it a number is taken for a mistake.
const LONGEST_WAIT: Duration = Duration::from_hours(7 * 24);

/// When the reply's headers say to come back.
#[must_use]
pub fn retry_at(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let milliseconds = text(headers, "retry-after-ms").and_then(|value| value.parse::<f64>().ok());
    let wait = match milliseconds {
        Some(milliseconds) => duration_from_seconds(milliseconds / 1_000.0),
        None => text(headers, "retry-after").and_then(|value| wait_of(value, now)),
    };
    wait.map(|wait| now + wait.min(LONGEST_WAIT))
}

/// The budgets that the reply's headers state.
#[must_use]
pub fn budget_readings(headers: &HeaderMap, now: Timestamp) -> Vec<BudgetReading> {
    let units = [(Unit::Requests, "requests"), (Unit::Tokens, "tokens")];
    let named = units.into_iter().filter_map(|(unit, name)| reading(headers, unit, &format!("-{name}"), now));
    let mut readings: Vec<_> = named.collect();
    if readings.is_empty() {
        readings.extend(reading(headers, Unit::Requests, "", now));
    }
    readings
}

fn reading(headers: &HeaderMap, unit: Unit, suffix: &str, now: Timestamp) -> Option<BudgetReading> {
    let number = |field: &str| text(headers, &format!("x-ratelimit-{field}{suffix}"))?.parse::<u64>().ok();
    let reset = text(headers, &format!("x-ratelimit-reset{suffix}")).and_then(|value| wait_of(value, now));
    let (limit, remaining) = (number("limit")?, number("remaining")?);
    (limit > 0).then(|| BudgetReading {
        unit,
        limit,
        remaining: remaining.min(limit),
        resets_at: reset.map(|wait| now + wait.min(LONGEST_WAIT)),
    })
}

fn text<'headers>(headers: &'headers HeaderMap, name: &str) -> Option<&'headers str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Reads a wait in any of the spellings in use.
fn wait_of(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(number) = value.parse::<f64>() {
        return wait_of_number(number, now);
    }
    if let Some(wait) = go_duration(value) {
        return Some(wait);
    }
    let http_date = jiff::fmt::rfc2822::parse(value).map(|date| date.timestamp());
    let moment = http_date.or_else(|_| value.parse::<jiff::Timestamp>()).ok()?;
    let unix_ms = u64::try_from(moment.as_millisecond()).ok()?;
    Some(Timestamp::from_unix_ms(unix_ms).since(now))
}

/// An unlabelled number is an epoch if it is far too large for a wait, else seconds from now.
fn wait_of_number(number: f64, now: Timestamp) -> Option<Duration> {
    const EPOCH_MILLISECONDS_FROM: f64 = 1e12;
    const EPOCH_SECONDS_FROM: f64 = 1e9;
    let since_epoch = if number > EPOCH_MILLISECONDS_FROM {
        number / 1_000.0
    } else if number > EPOCH_SECONDS_FROM {
        number
    } else {
        return duration_from_seconds(number);
    };
    let moment = Timestamp::default() + duration_from_seconds(since_epoch)?;
    Some(moment.since(now))
}

fn duration_from_seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

/// `1h2m3.5s`, `644ms`: numbers each followed by a unit.
fn go_duration(value: &str) -> Option<Duration> {
    let mut rest = value;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let number_end = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (number, tail) = rest.split_at(number_end);
        let unit_end = tail.find(|character: char| character.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let seconds = match unit {
            "d" => 86_400.0,
            "h" => 3_600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 0.001,
            "us" | "µs" => 0.000_001,
            "ns" => 0.000_000_001,
            _ => return None,
        };
        total += duration_from_seconds(number.parse::<f64>().ok()? * seconds)?;
        rest = tail;
    }
    (!value.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests;
