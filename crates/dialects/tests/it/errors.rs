//! The table of upstream errors, row by row: provider, status, headers and body in; outcome, scope and time out.
//!
//! Bodies are made from what the providers document and from public reports (compiled 2026-11-20); no row holds a
//! key. A row's name says which line of the table it is.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use keywheel_dialects::reply;
use keywheel_rotation::{LimitScope, LimitWindow, Outcome, Signal, Timestamp, classify};

mod any;
mod asia;
mod google;
mod hosts;
mod makers;
mod markers;
mod openrouter;
mod small;

/// 2026-11-20 12:00:00 UTC, 04:00 in Los Angeles.
const NOW: Timestamp = Timestamp::from_unix_ms(1_795_176_000_000);

/// Words of the rows.
mod words {
    pub(super) use keywheel_rotation::LimitScope::{Owner, OwnerModel};
    pub(super) use keywheel_rotation::LimitWindow::{Day, Hour, Minute, Month, Second, Unknown};
    pub(super) use keywheel_rotation::Outcome;
    pub(super) use keywheel_rotation::Outcome::{
        ClientGone, ContentRefused, ContextTooLong, KeyRejected, ModelFault, RequestRefused, UpstreamFailed,
    };

    pub(super) use super::{after, at, busy, judge, limited, no_credit, no_time, rejected, row, too_large};

    pub(super) const RESTRICTED: Outcome = Outcome::KeyRestricted { lasting: false };
    pub(super) const RESTRICTED_FOR_GOOD: Outcome = Outcome::KeyRestricted { lasting: true };
    pub(super) const MODEL_GONE: Outcome = Outcome::ModelGone { permanent: false };
    pub(super) const MODEL_RETIRED: Outcome = Outcome::ModelGone { permanent: true };
}

/// What the engine does with a reply.
fn judge(provider: &str, status: u16, headers: &str, body: &str) -> (Signal, Outcome) {
    let status = StatusCode::from_u16(status).expect("a status");
    let lines = headers.lines().filter_map(|line| line.trim().split_once(": "));
    let pair = |(name, value): (&str, &str)| {
        (name.parse::<HeaderName>().expect("a name"), HeaderValue::from_str(value).expect("a value"))
    };
    let headers: HeaderMap = lines.map(pair).collect();
    let signal = if status.is_success() && !reply::is_error_body(body.as_bytes()) {
        Signal { status: Some(status.as_u16()), ..Signal::default() }
    } else {
        reply::signal(Some(&provider.into()), status, &headers, body.as_bytes(), NOW)
    };
    let outcome = classify(&signal, NOW);
    (signal, outcome)
}

/// One row of the table.
#[track_caller]
fn row(name: &str, provider: &str, status: u16, headers: &str, body: &str, expected: &Outcome) {
    let (signal, outcome) = judge(provider, status, headers, body);
    assert_eq!(outcome, *expected, "{provider} {status} {name}: {signal:#?}");
}

fn limited(scope: LimitScope, window: LimitWindow, until: Option<Timestamp>) -> Outcome {
    Outcome::RateLimited { until, scope, window }
}

fn busy(until: Option<Timestamp>) -> Outcome {
    Outcome::AtCapacity { until }
}

fn no_credit(until: Option<Timestamp>) -> Outcome {
    Outcome::OutOfCredit { until }
}

fn rejected(part: &str) -> Outcome {
    Outcome::ParameterRejected { parameter: Some(part.to_owned()) }
}

fn too_large(limit_tokens: u64) -> Outcome {
    Outcome::TooLargeForTier { limit_tokens: Some(limit_tokens) }
}

/// Nobody says until when.
fn no_time() -> Option<Timestamp> {
    None
}

fn after(milliseconds: u64) -> Option<Timestamp> {
    Some(Timestamp::from_unix_ms(NOW.unix_ms() + milliseconds))
}

fn at(text: &str) -> Option<Timestamp> {
    let moment: jiff::Timestamp = text.parse().expect("a time");
    u64::try_from(moment.as_millisecond()).ok().map(Timestamp::from_unix_ms)
}
