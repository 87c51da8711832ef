//! One request's way through the engine, and its rows in the history.
//!
//! A journey writes its first row when it begins and its last when it ends. One that is dropped on the way is a
//! client that left: the call in flight is settled, and the row says `cancelled`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use keywheel_dialects::openai_chat::Usage;
use keywheel_rotation::{Candidate, Next, Outcome, ProviderId, Timestamp};
use keywheel_store::{AttemptRow, FinalStatus, LaneRow, RequestFinished, RequestStarted};
use uuid::Uuid;

use crate::flight::{Flight, Landing, milliseconds};
use crate::{Call, Engine, Server};

/// Names one request in headers, logs and the history. Ids sort by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(Uuid);

impl RequestId {
    /// A new id.
    #[must_use]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }

    /// A number between 0 and 1 that differs between requests, for spreading retries.
    pub(crate) fn jitter(self) -> f64 {
        let [.., byte] = self.0.into_bytes();
        f64::from(byte) / f64::from(u8::MAX)
    }
}

impl Default for RequestId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A request under way.
#[derive(Debug)]
pub(crate) struct Journey {
    engine: Arc<Engine>,
    id: RequestId,
    started_at: Timestamp,
    flight: Option<Flight>,
    attempts: Vec<AttemptRow>,
    served_by: Option<LaneRow>,
    first_token: Option<Duration>,
    usage: Option<Usage>,
    why: Vec<Candidate>,
    ended: bool,
}

impl Journey {
    pub(crate) fn begin(engine: &Arc<Engine>, call: &Call, virtual_model: Option<String>) -> Self {
        let started_at = engine.clock.now();
        engine.history.started(RequestStarted {
            id: call.id.to_string(),
            started_at_ms: started_at.unix_ms(),
            client_dialect: "openai_chat".to_owned(),
            requested_model: call.request.model().to_owned(),
            virtual_model,
            stream: call.request.stream(),
            user_agent: call.user_agent.clone(),
        });
        Self {
            engine: engine.clone(),
            id: call.id,
            started_at,
            flight: None,
            attempts: Vec::new(),
            served_by: None,
            first_token: None,
            usage: None,
            why: Vec::new(),
            ended: false,
        }
    }

    pub(crate) fn take_off(&mut self, flight: Flight) -> Server {
        let server = Server {
            lane: flight.lane().clone(),
            key_label: flight.key_label().to_owned(),
            attempts: self.attempts.len() + 1,
        };
        self.flight = Some(flight);
        server
    }

    /// The provider that is asked now.
    pub(crate) fn provider(&self) -> Option<&ProviderId> {
        self.flight.as_ref().map(|flight| &flight.lane().provider)
    }

    /// Keeps what selection said of every lane.
    pub(crate) fn explain(&mut self, why: Vec<Candidate>) {
        self.why = why;
    }

    /// What selection said of the lanes that could not serve.
    pub(crate) fn why(&self) -> &[Candidate] {
        &self.why
    }

    /// One line per call that failed.
    pub(crate) fn reasons(&self) -> Vec<String> {
        let line = |row: &AttemptRow| {
            format!("{} '{}' {}", row.lane.provider, row.lane.key_label, row.detail.as_deref().unwrap_or(""))
        };
        self.attempts.iter().map(line).collect()
    }

    pub(crate) const fn started_at(&self) -> Timestamp {
        self.started_at
    }

    pub(crate) fn flight_time(&self) -> Duration {
        self.flight.as_ref().map(Flight::elapsed).unwrap_or_default()
    }

    pub(crate) fn began_answer(&mut self) {
        self.first_token.get_or_insert(self.engine.clock.now().since(self.started_at));
    }

    pub(crate) fn used(&mut self, usage: Usage) {
        self.usage = Some(usage);
    }

    /// Ends the call in flight.
    pub(crate) fn land(&mut self, mut landing: Landing) {
        landing.used_tokens = self.usage.map(|usage| usage.input_tokens + usage.output_tokens);
        let Some(flight) = self.flight.take() else { return };
        if landing.outcome.next() != Next::Return {
            self.engine.count(|second| second.passed_on += 1);
        }
        let served = landing.outcome == Outcome::Served;
        let number = u32::try_from(self.attempts.len() + 1).unwrap_or(u32::MAX);
        let row = flight.land(number, landing);
        if served {
            self.served_by = Some(row.lane.clone());
        }
        self.attempts.push(row);
    }

    /// Ends the request.
    pub(crate) fn end(&mut self, status: FinalStatus, http_status: Option<u16>, error_code: Option<&str>) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let failed = !matches!(status, FinalStatus::Ok | FinalStatus::Cancelled);
        self.engine.count(|second| {
            second.requests += 1;
            second.failed += u32::from(failed);
        });
        let finished_at = self.engine.clock.now();
        let usage = self.usage;
        self.engine.history.finished(RequestFinished {
            id: self.id.to_string(),
            finished_at_ms: finished_at.unix_ms(),
            status,
            http_status,
            duration_ms: milliseconds(finished_at.since(self.started_at)),
            served_by: self.served_by.take(),
            first_token_ms: self.first_token.map(milliseconds),
            input_tokens: usage.map(|usage| usage.input_tokens),
            output_tokens: usage.map(|usage| usage.output_tokens),
            cached_tokens: usage.map(|usage| usage.cached_tokens),
            error_code: error_code.map(str::to_owned),
            attempts: std::mem::take(&mut self.attempts),
            why: serde_json::to_string(&self.why).ok().filter(|_| !self.why.is_empty()),
        });
    }
}

impl Drop for Journey {
    fn drop(&mut self) {
        self.land(Landing::client_gone());
        self.end(FinalStatus::Cancelled, None, None);
    }
}
