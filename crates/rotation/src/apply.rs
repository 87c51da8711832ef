//! What an outcome changes.
//!
//! - *Served* ends strikes and failures, and takes over the budgets that the reply stated.
//! - *Rate limited* holds the lane: until the stated time, else a guess that starts at
//!   [`CooldownRules::default_cooldown`] and doubles with each strike up to [`CooldownRules::max_guessed_cooldown`].
//!   Requests of one burst that all come back limited count as one strike: while a hold lasts, no strike is added.
//! - *At capacity* holds the model at this provider, so that no sibling key is asked and none is punished.
//! - *Upstream failed* holds the lane only from the second failure in a row on, briefly.
//! - *Key rejected* and *out of credit* set the whole key aside; *model refused* the lane for half a day.
//! - *Model fault*, *request refused* and *client gone* change nothing but the count in flight.
//!
//! A guess never shortens what a provider stated.

use std::time::Duration;

use crate::state::{Budget, LaneState};
use crate::{
    BudgetReading, Hold, HoldCause, KeyTrouble, Lane, Outcome, Provenance, RotationState, Settlement,
    Timestamp,
};

/// How long guessed holds last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CooldownRules {
    /// The first guess after a 429 that says nothing.
    pub default_cooldown: Duration,
    /// The ceiling of the escalation. What a provider states is not capped by it.
    pub max_guessed_cooldown: Duration,
}

impl Default for CooldownRules {
    fn default() -> Self {
        Self { default_cooldown: Duration::from_secs(60), max_guessed_cooldown: Duration::from_mins(10) }
    }
}

/// `retry-after: 0` beside a 429 is an invitation to be limited again at once.
const SHORTEST_STATED_HOLD: Duration = Duration::from_secs(1);
/// A model without capacity often has some again within seconds.
const CAPACITY_HOLD: Duration = Duration::from_secs(15);
/// A lane whose upstream fails twice in a row rests this long, doubling with each further failure.
const FAILURE_HOLD: Duration = Duration::from_secs(5);
/// A refused model is asked again twice a day, in case access was granted.
const REFUSED_MODEL_HOLD: Duration = Duration::from_hours(12);
/// Credit is looked at again daily.
const CREDIT_RECHECK: Duration = Duration::from_hours(24);
/// A window whose reset nobody stated is taken for a minute, the usual one.
const UNSTATED_WINDOW: Duration = Duration::from_mins(1);
/// Doubling stops being meaningful long before it overflows.
const MAX_DOUBLINGS: u32 = 10;

impl RotationState {
    /// Settles one dispatched call on `lane`.
    pub fn apply(&mut self, lane: &Lane, settlement: &Settlement, rules: &CooldownRules, now: Timestamp) {
        let reason = settlement.reason.clone();
        let state = self.lanes.entry(lane.clone()).or_default();
        state.in_flight = state.in_flight.saturating_sub(1);
        state.settle_budgets(settlement, now);
        match settlement.outcome {
            Outcome::Served => state.served(settlement.first_token_ms),
            Outcome::RateLimited { until } => state.rate_limited(until, reason, rules, now),
            Outcome::UpstreamFailed => state.upstream_failed(reason, rules, now),
            Outcome::ModelRefused => state.hold(Hold {
                since: now,
                until: now + REFUSED_MODEL_HOLD,
                provenance: Provenance::Guessed,
                cause: HoldCause::Model,
                reason,
            }),
            Outcome::AtCapacity { until } => self.at_capacity(lane, until, reason, now),
            Outcome::KeyRejected => {
                self.troubles.insert(lane.key.clone(), KeyTrouble::Rejected { since: now, reason });
            }
            Outcome::OutOfCredit => {
                let trouble = KeyTrouble::OutOfCredit { since: now, recheck: now + CREDIT_RECHECK, reason };
                self.troubles.insert(lane.key.clone(), trouble);
            }
            Outcome::ModelFault | Outcome::RequestRefused | Outcome::ClientGone => {}
        }
        if settlement.outcome == Outcome::Served {
            self.troubles.remove(&lane.key);
        }
    }

    fn at_capacity(&mut self, lane: &Lane, until: Option<Timestamp>, reason: String, now: Timestamp) {
        let provenance = if until.is_some() { Provenance::Stated } else { Provenance::Guessed };
        let until = until.unwrap_or(now + CAPACITY_HOLD).max(now + SHORTEST_STATED_HOLD);
        let hold = Hold { since: now, until, provenance, cause: HoldCause::Capacity, reason };
        let place = (lane.provider.clone(), lane.model.clone());
        let hold = hold.or_longer(self.model_holds.get(&place));
        self.model_holds.insert(place, hold);
    }
}

impl LaneState {
    fn served(&mut self, first_token_ms: Option<u64>) {
        self.served += 1;
        self.strikes = 0;
        self.failures = 0;
        self.hold = None;
        if let Some(sample) = first_token_ms {
            self.first_token_ms = Some(self.first_token_ms.map_or(sample, |mean| (mean * 3 + sample) / 4));
        }
    }

    fn rate_limited(
        &mut self,
        until: Option<Timestamp>,
        reason: String,
        rules: &CooldownRules,
        now: Timestamp,
    ) {
        if let Some(until) = until {
            let until = until.max(now + SHORTEST_STATED_HOLD);
            self.hold(Hold {
                since: now,
                until,
                provenance: Provenance::Stated,
                cause: HoldCause::Limit,
                reason,
            });
        } else if !self.hold.as_ref().is_some_and(|hold| hold.lasts(now)) {
            let guess = doubled(rules.default_cooldown, self.strikes).min(rules.max_guessed_cooldown);
            self.strikes += 1;
            self.hold(Hold {
                since: now,
                until: now + guess,
                provenance: Provenance::Guessed,
                cause: HoldCause::Limit,
                reason,
            });
        }
    }

    fn upstream_failed(&mut self, reason: String, rules: &CooldownRules, now: Timestamp) {
        self.failures += 1;
        if self.failures >= 2 {
            let guess = doubled(FAILURE_HOLD, self.failures - 2).min(rules.max_guessed_cooldown);
            self.hold(Hold {
                since: now,
                until: now + guess,
                provenance: Provenance::Guessed,
                cause: HoldCause::Failure,
                reason,
            });
        }
    }

    fn hold(&mut self, hold: Hold) {
        self.hold = Some(hold.or_longer(self.hold.as_ref()));
    }

    fn settle_budgets(&mut self, settlement: &Settlement, now: Timestamp) {
        for budget in &mut self.budgets {
            budget.reserved = budget.reserved.saturating_sub(budget.unit.cost(settlement.estimated_tokens));
        }
        for reading in &settlement.readings {
            self.take_reading(*reading, now);
        }
    }

    fn take_reading(&mut self, reading: BudgetReading, now: Timestamp) {
        let resets_at = reading.resets_at.unwrap_or(now + UNSTATED_WINDOW);
        let stated = |reserved| Budget {
            unit: reading.unit,
            limit: reading.limit,
            remaining: reading.remaining,
            resets_at,
            reserved,
        };
        let known = self.budgets.iter_mut().find(|budget| budget.unit == reading.unit);
        match known {
            Some(budget) => *budget = stated(budget.reserved),
            None => self.budgets.push(stated(u64::from(self.in_flight) * reading.unit.cost(0))),
        }
    }
}

fn doubled(base: Duration, times: u32) -> Duration {
    base.saturating_mul(1 << times.min(MAX_DOUBLINGS))
}

#[cfg(test)]
mod tests;
