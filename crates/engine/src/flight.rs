//! One dispatched call: a booked lane, settled exactly once by the journey that owns it.

use std::sync::Arc;
use std::time::Duration;

use keywheel_rotation::{Candidate, CooldownRules, Outcome, Settlement, Timestamp};
use keywheel_store::{AttemptRow, LaneRow};

use crate::Engine;

/// A booked lane.
#[derive(Debug)]
pub(crate) struct Flight {
    engine: Arc<Engine>,
    rules: CooldownRules,
    candidate: Candidate,
    estimated_tokens: u64,
    started_at: Timestamp,
}

/// How a call ended.
#[derive(Debug)]
pub(crate) struct Landing {
    pub(crate) outcome: Outcome,
    /// For people and the history; never contains a secret.
    pub(crate) reason: String,
    pub(crate) http_status: Option<u16>,
    pub(crate) readings: Vec<keywheel_rotation::BudgetReading>,
    pub(crate) first_token: Option<Duration>,
}

impl Flight {
    pub(crate) fn new(
        engine: Arc<Engine>,
        rules: CooldownRules,
        candidate: Candidate,
        estimated_tokens: u64,
    ) -> Self {
        let started_at = engine.clock.now();
        Self { engine, rules, candidate, estimated_tokens, started_at }
    }

    pub(crate) const fn candidate(&self) -> &Candidate {
        &self.candidate
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.engine.clock.now().since(self.started_at)
    }

    /// Settles the lane and says what goes into the history.
    pub(crate) fn land(self, number: u32, landing: Landing) -> AttemptRow {
        let outcome_name = landing.outcome.name();
        let settlement = Settlement {
            outcome: landing.outcome,
            reason: landing.reason,
            readings: landing.readings,
            first_token_ms: landing.first_token.map(milliseconds),
            estimated_tokens: self.estimated_tokens,
        };
        let lane = &self.candidate.lane;
        let held_until = self.engine.settle(|rotation, now| {
            rotation.apply(lane, &settlement, &self.rules, now);
            rotation.held_until(lane, now)
        });
        let duration_ms = milliseconds(self.elapsed());
        tracing::info!(
            provider = %lane.provider,
            model = %lane.model,
            key.label = %self.candidate.label,
            outcome = outcome_name,
            status = landing.http_status,
            duration_ms,
            reason = %settlement.reason,
            "upstream call ended"
        );
        AttemptRow {
            number,
            lane: lane_row(&self.candidate),
            started_at_ms: self.started_at.unix_ms(),
            duration_ms,
            outcome: outcome_name.to_owned(),
            http_status: landing.http_status,
            held_until_ms: held_until.map(Timestamp::unix_ms),
            detail: Some(settlement.reason),
        }
    }
}

/// The lane under the names it has now.
fn lane_row(candidate: &Candidate) -> LaneRow {
    LaneRow {
        provider: candidate.lane.provider.to_string(),
        model: candidate.lane.model.to_string(),
        key_id: candidate.lane.key.to_string(),
        key_label: candidate.label.clone(),
    }
}

impl Landing {
    /// Nobody is to blame.
    pub(crate) fn client_gone() -> Self {
        Self::new(Outcome::ClientGone, "the client left")
    }

    pub(crate) fn new(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self { outcome, reason: reason.into(), http_status: None, readings: Vec::new(), first_token: None }
    }
}

pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
