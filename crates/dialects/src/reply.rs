//! Judging an upstream's whole reply: the [`Signal`] that `rotation::classify` decides on.
//!
//! `envelope.rs` finds the error in any of the shapes in use, `success.rs` the error inside a success, `text.rs` what
//! a text says in words, and `times.rs` puts every stated time in the order of trust.

use http::{HeaderMap, StatusCode};
use keywheel_rotation::{BudgetReading, LimitWindow, ProviderId, Signal, Timestamp};

use crate::limits;
use envelope::Envelope;

mod envelope;
mod google;
mod success;
mod text;
mod times;

pub use success::is_error_body;

/// Error texts are matched; a longer one is cut.
const MAX_MESSAGE_BYTES: usize = 2_048;

/// Reads a reply whose status is not a success, or whose body stands in for one.
#[must_use]
pub fn signal(
    provider: Option<&ProviderId>,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Signal {
    let envelope = envelope::read(body);
    let readings = limits::budget_readings(provider, headers, now);
    let message = text::cut(&envelope.message, MAX_MESSAGE_BYTES);
    let mut signal = Signal {
        provider: provider.cloned(),
        status: Some(status.as_u16()),
        transport: None,
        error_in_success: status.is_success() && is_error_body(body),
        stated: times::stated(provider, headers, &envelope, &readings, now),
        exhausted: exhausted(&readings).filter(|window| *window != LimitWindow::Unknown),
        code: envelope.code.to_lowercase(),
        kind: kind(headers, &envelope).to_lowercase(),
        reasons: lowered(&envelope.reasons),
        quota_ids: lowered(&envelope.quota_ids),
        parameter: envelope.parameter.clone().or_else(|| text::parameter(message)),
        owner: envelope.owner.clone().or_else(|| text::owner(message)),
        limit: None,
        requested: None,
        message: message.to_lowercase(),
    };
    (signal.limit, signal.requested) = (text::limit(&signal.message), text::requested(&signal.message));
    signal
}

/// AWS names the error's type in a header: `ThrottlingException:http://…`.
fn kind<'reply>(headers: &'reply HeaderMap, envelope: &'reply Envelope) -> &'reply str {
    let header = limits::text(headers, "x-amzn-errortype").and_then(|value| value.split(':').next());
    header.unwrap_or(&envelope.kind)
}

fn exhausted(readings: &[BudgetReading]) -> Option<LimitWindow> {
    let empty = readings.iter().filter(|reading| reading.remaining == 0);
    empty.max_by_key(|reading| reading.resets_at).map(|reading| reading.window)
}

fn lowered(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| text.to_lowercase()).collect()
}

#[cfg(test)]
mod tests;
