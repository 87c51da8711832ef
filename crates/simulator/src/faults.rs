//! Faults on demand: what can go wrong, and which request it hits.

use std::collections::{HashMap, VecDeque};

use http::{HeaderMap, StatusCode};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// Something a provider does wrong once it would have answered.
///
/// In a stream "events" are the `data:` events (the first tells the role, the second carries the
/// first words); a plain answer counts as two, its halves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// Answers with this status.
    Status {
        /// The status, 200 to 999.
        #[serde(deserialize_with = "status")]
        status: StatusCode,
        /// The exact body; without one, an error in the OpenAI shape that fits the status.
        #[serde(default)]
        body: Option<String>,
        /// Further headers, which also replace those of the reply.
        #[serde(default, deserialize_with = "headers")]
        headers: HeaderMap,
    },
    /// Resets the connection instead of answering.
    ResetBeforeHeaders,
    /// Resets the connection after so many events.
    ResetMidStream {
        /// Events sent before.
        after_events: usize,
    },
    /// Takes the request and never answers.
    StallBeforeHeaders,
    /// Falls silent after so many events, with the connection open.
    StallMidStream {
        /// Events sent before.
        after_events: usize,
    },
    /// Waits this long before the response head, in addition to the script's latency.
    SlowHeaders {
        /// The wait in milliseconds.
        delay_ms: u64,
    },
    /// Answers 200 with an error as its JSON body.
    ErrorInOk {
        /// `error.code` of the body.
        code: String,
    },
    /// Sends an error as an event of the stream after so many events, then ends it without the end
    /// marker; 0 makes it the first event. A plain answer becomes [`Fault::ErrorInOk`].
    ErrorFrame {
        /// Events sent before.
        after_events: usize,
        /// `error.code` of the event.
        code: String,
    },
    /// Answers properly, but says nothing.
    EmptyAnswer,
    /// Ends the body cleanly after so many events and always before the end marker.
    Truncated {
        /// Events sent before.
        after_events: usize,
    },
}

impl Fault {
    /// An error reply with the body that fits its status and no further headers.
    pub fn status(status: StatusCode) -> Self {
        Self::Status { status, body: None, headers: HeaderMap::new() }
    }
}

/// Whose requests a fault hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Requests with any accepted key.
    AnyKey,
    /// Requests with this secret.
    Key(String),
}

impl Scope {
    /// Requests with `secret`.
    pub fn key(secret: impl Into<String>) -> Self {
        Self::Key(secret.into())
    }

    fn covers(&self, secret: &str) -> bool {
        match self {
            Self::AnyKey => true,
            Self::Key(own) => own == secret,
        }
    }
}

/// Faults in the order they were pushed.
#[derive(Debug, Default)]
pub(crate) struct FaultQueue {
    pending: VecDeque<Pending>,
}

#[derive(Debug)]
struct Pending {
    scope: Scope,
    fault: Fault,
    times_left: u32,
}

impl FaultQueue {
    pub(crate) fn push(&mut self, scope: Scope, fault: Fault, times: u32) {
        if times > 0 {
            self.pending.push_back(Pending { scope, fault, times_left: times });
        }
    }

    /// The oldest fault that covers `secret`, used up by one.
    pub(crate) fn take(&mut self, secret: &str) -> Option<Fault> {
        let index = self.pending.iter().position(|pending| pending.scope.covers(secret))?;
        let pending = self.pending.get_mut(index)?;
        pending.times_left -= 1;
        let fault = pending.fault.clone();
        if pending.times_left == 0 {
            self.pending.remove(index);
        }
        Some(fault)
    }

    pub(crate) fn clear(&mut self) {
        self.pending.clear();
    }
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusCode, D::Error> {
    let number = u16::deserialize(deserializer)?;
    StatusCode::from_u16(number)
        .ok()
        .filter(|status| !status.is_informational())
        .ok_or_else(|| D::Error::custom(format!("status {number} is not between 200 and 999")))
}

pub(crate) fn optional_status<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<StatusCode>, D::Error> {
    status(deserializer).map(Some)
}

fn headers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HeaderMap, D::Error> {
    let pairs = HashMap::<String, String>::deserialize(deserializer)?;
    HeaderMap::try_from(&pairs).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_in_order_to_those_they_cover_and_run_out() {
        let mut queue = FaultQueue::default();
        queue.push(Scope::key("a"), Fault::EmptyAnswer, 1);
        queue.push(Scope::AnyKey, Fault::ResetBeforeHeaders, 2);
        queue.push(Scope::AnyKey, Fault::StallBeforeHeaders, 0);
        assert_eq!(queue.take("b"), Some(Fault::ResetBeforeHeaders));
        assert_eq!(queue.take("a"), Some(Fault::EmptyAnswer));
        assert_eq!(queue.take("a"), Some(Fault::ResetBeforeHeaders));
        assert_eq!(queue.take("a"), None);
    }

    #[test]
    fn a_status_fault_reads_from_json() {
        let fault: Fault =
            serde_json::from_str(r#"{"kind":"status","status":503,"headers":{"retry-after":"7"}}"#).unwrap();
        let Fault::Status { status, headers, .. } = fault else { panic!("another fault was read") };
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(headers["retry-after"], "7");
    }

    #[test]
    fn impossible_statuses_and_headers_are_refused() {
        for text in [
            r#"{"kind":"status","status":100}"#,
            r#"{"kind":"status","status":1000}"#,
            r#"{"kind":"status","status":503,"headers":{"a b":"7"}}"#,
            r#"{"kind":"explode"}"#,
        ] {
            assert!(serde_json::from_str::<Fault>(text).is_err(), "{text}");
        }
    }
}
