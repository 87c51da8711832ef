//! One classifier: what an upstream's answer means.
//!
//! Signals, in this order: how the transport failed, the error's own code and type, its text, and last the bare
//! status. A 2xx whose body is an error is judged by that error. An answer counts against whoever caused it:
//! the key (401), its account (402), the model at this provider (capacity), the upstream (5xx, timeouts), or the
//! request (4xx otherwise). A digit run in a text is never evidence, since texts echo prompts.
//!
//! What is held and for how long is decided in `apply.rs`.

use crate::{Outcome, Timestamp};

/// One upstream answer, reduced to what the decision needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signal {
    /// The HTTP status, where one came.
    pub status: Option<u16>,
    /// How the transport failed, where it did.
    pub transport: Option<TransportFault>,
    /// The provider's own "not before", from headers or body.
    pub not_before: Option<Timestamp>,
    /// Whether the body is an error although the status says success.
    pub error_in_success: bool,
    /// The error's `code`, lower case.
    pub code: String,
    /// The error's `type`, lower case.
    pub kind: String,
    /// The error's text, lower case.
    pub message: String,
}

/// A call that brought no usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportFault {
    /// No connection: refused, unreachable, no such host, TLS failed.
    Connect,
    /// The connection broke.
    Reset,
    /// Nothing came in time.
    Timeout,
    /// The answer ended before its end marker, or is no valid answer at all.
    Incomplete,
    /// The answer is complete and says nothing.
    Empty,
}

/// Codes that mean the key itself is refused, whatever the status.
const KEY_REJECTED_CODES: [&str; 3] = ["invalid_api_key", "api_key_invalid", "authentication_error"];
/// Codes that mean there is no credit, whatever the status (OpenAI sends them with 429).
const NO_CREDIT_CODES: [&str; 4] =
    ["insufficient_quota", "credit_balance_exhausted", "billing_error", "exceeded_current_quota_error"];
/// Codes of a model without capacity: no key is at fault (Cerebras, Moonshot, OpenAI, Anthropic).
const CAPACITY_CODES: [&str; 4] =
    ["queue_exceeded", "engine_overloaded_error", "server_is_overloaded", "overloaded_error"];
/// Codes of a model that is not there for this key.
const MODEL_CODES: [&str; 3] = ["model_not_found", "model_decommissioned", "not_found_error"];

/// Judges one answer.
#[must_use]
pub fn classify(signal: &Signal) -> Outcome {
    match signal.transport {
        Some(TransportFault::Empty) => return Outcome::ModelFault,
        Some(_) => return Outcome::UpstreamFailed,
        None => {}
    }
    if let Some(outcome) = by_code(signal) {
        return outcome;
    }
    match signal.status {
        Some(200..=299) if signal.error_in_success => Outcome::UpstreamFailed,
        Some(200..=299) => Outcome::Served,
        Some(401) => Outcome::KeyRejected,
        Some(402) => Outcome::OutOfCredit,
        Some(403) => Outcome::ModelRefused,
        Some(404 | 410) => by_missing(signal),
        Some(429) => Outcome::RateLimited { until: signal.not_before },
        Some(503) => by_unavailable(signal),
        Some(529) => Outcome::AtCapacity { until: signal.not_before },
        // A redirect is not followed: it could take a key to another host.
        Some(300..=399 | 408) | None => Outcome::UpstreamFailed,
        Some(status) if !(200..500).contains(&status) => Outcome::UpstreamFailed,
        Some(_) => Outcome::RequestRefused,
    }
}

fn by_code(signal: &Signal) -> Option<Outcome> {
    if matches!(signal.status, Some(200..=299)) && !signal.error_in_success {
        return None;
    }
    let names = |codes: &[&str]| codes.iter().any(|code| signal.code == *code || signal.kind == *code);
    if names(&KEY_REJECTED_CODES) {
        Some(Outcome::KeyRejected)
    } else if names(&NO_CREDIT_CODES) {
        Some(Outcome::OutOfCredit)
    } else if names(&CAPACITY_CODES) {
        Some(Outcome::AtCapacity { until: signal.not_before })
    } else if names(&MODEL_CODES) {
        Some(Outcome::ModelRefused)
    } else if names(&["rate_limit_exceeded", "rate_limit_error"]) {
        Some(Outcome::RateLimited { until: signal.not_before })
    } else {
        None
    }
}

/// A 404 is about the model only if it says so; any other is a wrong path, which is the upstream's fault.
fn by_missing(signal: &Signal) -> Outcome {
    if signal.message.contains("model") { Outcome::ModelRefused } else { Outcome::UpstreamFailed }
}

/// A 503 is about capacity if it says so or names a time; any other is a failure that another try may mend.
fn by_unavailable(signal: &Signal) -> Outcome {
    let says_so = ["overloaded", "capacity", "high demand", "high traffic"]
        .iter()
        .any(|text| signal.message.contains(text));
    if says_so || signal.not_before.is_some() {
        Outcome::AtCapacity { until: signal.not_before }
    } else {
        Outcome::UpstreamFailed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, code: &str, message: &str) -> Signal {
        Signal {
            status: Some(status),
            code: code.to_owned(),
            message: message.to_owned(),
            ..Signal::default()
        }
    }

    #[track_caller]
    fn check(signal: &Signal, expected: &Outcome) {
        assert_eq!(classify(signal), *expected, "{signal:?}");
    }

    #[test]
    fn statuses_without_an_error_code() {
        let not_stated = Outcome::RateLimited { until: None };
        for (status, expected) in [
            (200, Outcome::Served),
            (400, Outcome::RequestRefused),
            (401, Outcome::KeyRejected),
            (402, Outcome::OutOfCredit),
            (403, Outcome::ModelRefused),
            (404, Outcome::UpstreamFailed),
            (408, Outcome::UpstreamFailed),
            (422, Outcome::RequestRefused),
            (429, not_stated),
            (500, Outcome::UpstreamFailed),
            (503, Outcome::UpstreamFailed),
            (529, Outcome::AtCapacity { until: None }),
            (302, Outcome::UpstreamFailed),
        ] {
            check(&answer(status, "", ""), &expected);
        }
    }

    #[test]
    fn a_code_is_stronger_than_its_status() {
        check(&answer(429, "insufficient_quota", ""), &Outcome::OutOfCredit);
        check(&answer(429, "queue_exceeded", ""), &Outcome::AtCapacity { until: None });
        check(&answer(400, "api_key_invalid", ""), &Outcome::KeyRejected);
        check(&answer(503, "", "the model is overloaded"), &Outcome::AtCapacity { until: None });
        check(&answer(404, "", "the model `x` does not exist"), &Outcome::ModelRefused);
    }

    #[test]
    fn an_error_inside_a_success_is_judged_by_its_meaning() {
        let error = |code: &str| Signal { error_in_success: true, ..answer(200, code, "") };
        check(&error("rate_limit_exceeded"), &Outcome::RateLimited { until: None });
        check(&error("anything"), &Outcome::UpstreamFailed);
        check(&answer(200, "rate_limit_exceeded", ""), &Outcome::Served);
    }

    #[test]
    fn a_stated_time_is_kept() {
        let until = Some(Timestamp::from_unix_ms(5_000));
        check(&Signal { not_before: until, ..answer(429, "", "") }, &Outcome::RateLimited { until });
    }

    #[test]
    fn a_broken_transport_is_the_upstreams_fault() {
        let signal = Signal { transport: Some(TransportFault::Reset), ..answer(200, "", "") };
        check(&signal, &Outcome::UpstreamFailed);
    }
}
