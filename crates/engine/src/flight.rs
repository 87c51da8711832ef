//! One dispatched call: a booked lane, settled exactly once by the journey that owns it.

use std::sync::Arc;
use std::time::Duration;

use keywheel_rotation::{
    Booking, BudgetReading, CooldownRules, Lane, Outcome, SessionId, Settlement, Timestamp,
};
use keywheel_store::{AttemptRow, LaneRow};

use crate::Engine;
use crate::queue::Wanted;

/// A booked lane.
#[derive(Debug)]
pub(crate) struct Flight {
    engine: Arc<Engine>,
    rules: CooldownRules,
    booking: Booking,
    lane: Lane,
    key_label: String,
    session: Option<SessionId>,
}

/// How a call ended.
#[derive(Debug)]
pub(crate) struct Landing {
    pub(crate) outcome: Outcome,
    /// For people and the history; never contains a secret.
    pub(crate) reason: String,
    pub(crate) http_status: Option<u16>,
    pub(crate) readings: Vec<BudgetReading>,
    pub(crate) first_token: Option<Duration>,
    pub(crate) used_tokens: Option<u64>,
    /// Who the provider says the key belongs to.
    pub(crate) owner: Option<String>,
}

impl Flight {
    pub(crate) fn new(engine: Arc<Engine>, wanted: &Wanted, booking: Booking, lane: Lane) -> Self {
        let key = wanted.snapshot.fleet.key(&lane.key);
        Self {
            engine,
            rules: wanted.snapshot.cooldowns,
            booking,
            key_label: key.map_or_else(|| lane.key.to_string(), |key| key.label.clone()),
            lane,
            session: wanted.request.session.map(|(session, _)| session),
        }
    }

    pub(crate) const fn booking(&self) -> Booking {
        self.booking
    }

    pub(crate) const fn lane(&self) -> &Lane {
        &self.lane
    }

    pub(crate) fn key_label(&self) -> &str {
        &self.key_label
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.engine.clock.now().since(self.booking.sent_at)
    }

    /// Settles the lane, gives what is free now to those that wait, and says what goes into the history.
    pub(crate) fn land(self, number: u32, landing: Landing) -> AttemptRow {
        let duration_ms = milliseconds(self.elapsed());
        let Landing { outcome, reason, http_status, readings, first_token, used_tokens, owner } = landing;
        let first_token_ms = first_token.map(milliseconds);
        let session = self.session;
        let settlement = Settlement { outcome, reason, readings, first_token_ms, used_tokens, session };
        let held_until = self.settle(&settlement, owner);
        let outcome = settlement.outcome.name();
        tracing::info!(
            provider = %self.lane.provider,
            model = %self.lane.model,
            key.label = %self.key_label,
            outcome,
            status = http_status,
            duration_ms,
            reason = %settlement.reason,
            "upstream call ended"
        );
        AttemptRow {
            number,
            started_at_ms: self.booking.sent_at.unix_ms(),
            duration_ms,
            outcome: outcome.to_owned(),
            http_status,
            held_until_ms: held_until.map(Timestamp::unix_ms),
            detail: Some(settlement.reason),
            lane: self.into_row(),
        }
    }

    /// The lane under the names it has now.
    fn into_row(self) -> LaneRow {
        LaneRow {
            provider: self.lane.provider.to_string(),
            model: self.lane.model.to_string(),
            key_id: self.lane.key.to_string(),
            key_label: self.key_label,
        }
    }

    fn settle(&self, settlement: &Settlement, owner: Option<String>) -> Option<Timestamp> {
        let now = self.engine.clock.now();
        let mut rotation = self.engine.rotation.lock();
        rotation.state.apply(self.booking, settlement, &self.rules, now);
        if let Some(owner) = owner {
            rotation.evidence.note(&self.lane, owner);
        }
        let held_until = rotation.state.held_until(self.booking.lane, now);
        rotation.serve_queue(&self.engine, now);
        drop(rotation);
        self.engine.announce();
        held_until
    }
}

impl Landing {
    /// Nobody is to blame.
    pub(crate) fn client_gone() -> Self {
        Self::new(Outcome::ClientGone, "the client left")
    }

    pub(crate) fn new(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self {
            outcome,
            reason: reason.into(),
            http_status: None,
            readings: Vec::new(),
            first_token: None,
            used_tokens: None,
            owner: None,
        }
    }
}

pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
