//! One classifier: what an upstream's answer means.
//!
//! Signals, in this order: how the transport failed, the error's own code, its details, its type, its text, and last
//! the bare status. Each kind of evidence is looked for in the provider's table and then in the one that holds
//! everywhere. A success whose body is an error is judged by that error. An answer counts against whoever caused it:
//! the key, its owner, the model at this provider, the provider, or the request. A digit run in a text is never
//! evidence, since texts echo prompts.
//!
//! The tables are in `families/`, one file per provider; each row names its source. Limits of a day or a month end at
//! the provider's own boundary (`boundary.rs`); rolling ones end when the reply says. How long something is held when
//! nobody says is decided in `apply.rs`.

use crate::{Outcome, Timestamp};

mod boundary;
mod families;
mod rule;
mod signal;

pub use signal::{Signal, StatedTime, TimeSource, TransportFault};

/// Judges one answer that came at `now`.
#[must_use]
pub fn classify(signal: &Signal, now: Timestamp) -> Outcome {
    match signal.transport {
        Some(TransportFault::Empty) => return Outcome::ModelFault,
        Some(_) => return Outcome::UpstreamFailed,
        None => {}
    }
    if is_plain_success(signal) {
        return Outcome::Served;
    }
    decisive_rule(signal).map_or_else(|| by_status(signal), |rule| rule.outcome(signal, now))
}

/// Where the rule that decides about this answer comes from; `None` where no rule but the bare status does.
#[must_use]
pub fn rule_source(signal: &Signal) -> Option<&'static str> {
    let judged = signal.transport.is_none() && !is_plain_success(signal);
    judged.then(|| decisive_rule(signal)).flatten().map(|rule| rule.source)
}

fn is_plain_success(signal: &Signal) -> bool {
    matches!(signal.status, Some(200..=299)) && !signal.error_in_success
}

fn decisive_rule(signal: &Signal) -> Option<&'static rule::Rule> {
    let own = signal.provider.as_ref().map_or(&[][..], |provider| families::table(provider.as_str()));
    rule::find(&[own, families::generic::RULES], signal)
}

/// What no table knows: a 503 is about capacity if it names a time; any other is a failure that another try may mend.
fn by_status(signal: &Signal) -> Outcome {
    match signal.judged_status() {
        Some(503) if !signal.stated.is_empty() => Outcome::AtCapacity { until: signal.stated_time() },
        // A redirect is not followed: it could take a key to another host.
        Some(400..=499) => Outcome::RequestRefused,
        Some(_) | None => Outcome::UpstreamFailed,
    }
}

#[cfg(test)]
mod tests;
