//! How every lane stands.

use std::collections::HashMap;

use crate::{KeyId, Lane, ModelId, ProviderId, Timestamp};

/// Everything that outcomes change. One value, behind one short lock in the engine.
#[derive(Clone, Debug, Default)]
pub struct RotationState {
    pub(crate) lanes: HashMap<Lane, LaneState>,
    pub(crate) troubles: HashMap<KeyId, KeyTrouble>,
    /// Holds on a model at a provider, whatever the key.
    pub(crate) model_holds: HashMap<(ProviderId, ModelId), Hold>,
    /// Counts dispatches; orders lanes by last use without a clock.
    pub(crate) dispatches: u64,
}

/// One lane's history, as far as selection needs it.
#[derive(Clone, Debug, Default)]
pub(crate) struct LaneState {
    pub(crate) hold: Option<Hold>,
    pub(crate) budgets: Vec<Budget>,
    pub(crate) in_flight: u32,
    /// Dispatch number of the last use; zero means never.
    pub(crate) last_use: u64,
    pub(crate) served: u64,
    /// Smoothed time to the first token, in milliseconds.
    pub(crate) first_token_ms: Option<u64>,
    /// Failures in a row that were the upstream's own.
    pub(crate) failures: u32,
    /// Guessed rate-limit holds in a row.
    pub(crate) strikes: u32,
}

/// Not before `until`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// When it began.
    pub since: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// Who says so.
    pub provenance: Provenance,
    /// What kind of thing happened.
    pub cause: HoldCause,
    /// What happened, for people; never contains a secret.
    pub reason: String,
}

/// What kind of thing a hold is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldCause {
    /// A limit is reached.
    Limit,
    /// The model has no capacity.
    Capacity,
    /// The upstream failed.
    Failure,
    /// The model is not there for this key: waiting does not help.
    Model,
}

/// Who says how long a hold lasts or how much is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// The provider said so.
    Stated,
    /// Our own counters say so.
    Measured,
    /// Nobody said; it is a guess.
    Guessed,
}

/// A state of a key that no timer ends by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyTrouble {
    /// The provider refuses the key: the person must act.
    Rejected {
        /// When it was refused.
        since: Timestamp,
        /// What the provider said.
        reason: String,
    },
    /// The account has no credit; looked at again at `recheck`.
    OutOfCredit {
        /// When it was noticed.
        since: Timestamp,
        /// When one request may try again.
        recheck: Timestamp,
        /// What the provider said.
        reason: String,
    },
}

/// What a budget counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Calls.
    Requests,
    /// Tokens, in and out.
    Tokens,
}

/// One limit as a reply reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetReading {
    /// What is counted.
    pub unit: Unit,
    /// Allowed per window.
    pub limit: u64,
    /// Left in the window.
    pub remaining: u64,
    /// When the window is full again, where the reply says so.
    pub resets_at: Option<Timestamp>,
}

/// Requests or tokens per window of one lane, as last stated, less what is in flight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// What is counted.
    pub unit: Unit,
    /// Allowed per window.
    pub limit: u64,
    /// Left in the window when last stated.
    pub remaining: u64,
    /// When the window is full again.
    pub resets_at: Timestamp,
    /// Set aside for requests in flight.
    pub reserved: u64,
}

impl Budget {
    /// What may still be spent at `now`: a window that has passed is full again.
    #[must_use]
    pub fn available(&self, now: Timestamp) -> u64 {
        let left = if self.resets_at <= now { self.limit } else { self.remaining };
        left.saturating_sub(self.reserved)
    }
}

impl RotationState {
    /// Books a request onto `lane`: its budgets are reserved until [`RotationState::apply`] settles them.
    pub fn dispatch(&mut self, lane: &Lane, estimated_tokens: u64) {
        self.dispatches += 1;
        let dispatches = self.dispatches;
        let lane = self.lanes.entry(lane.clone()).or_default();
        lane.last_use = dispatches;
        lane.in_flight += 1;
        for budget in &mut lane.budgets {
            budget.reserved += budget.unit.cost(estimated_tokens);
        }
    }

    /// Ends every hold on a key by hand, its rejection included.
    pub fn clear_key(&mut self, key: &KeyId) {
        self.troubles.remove(key);
        for (_, lane) in self.lanes.iter_mut().filter(|(lane, _)| lane.key == *key) {
            lane.hold = None;
            lane.strikes = 0;
            lane.failures = 0;
            lane.budgets.clear();
        }
    }

    /// Requests in flight on a key, over all its models.
    #[must_use]
    pub fn in_flight(&self, key: &KeyId) -> u32 {
        self.lanes.iter().filter(|(lane, _)| lane.key == *key).map(|(_, state)| state.in_flight).sum()
    }
}

impl RotationState {
    /// Whether a request is in flight on a lane.
    #[must_use]
    pub fn is_in_flight(&self, lane: &Lane) -> bool {
        self.lanes.get(lane).is_some_and(|state| state.in_flight > 0)
    }

    /// When the hold on a lane ends, its own or that of its model; `None` while nothing holds it.
    #[must_use]
    pub fn held_until(&self, lane: &Lane, now: Timestamp) -> Option<Timestamp> {
        self.hold(lane, now).map(|hold| hold.until)
    }

    /// The longest hold that lasts at `now`.
    pub(crate) fn hold(&self, lane: &Lane, now: Timestamp) -> Option<&Hold> {
        let place = (lane.provider.clone(), lane.model.clone());
        let own = self.lanes.get(lane).and_then(|state| state.hold.as_ref());
        let holds = [own, self.model_holds.get(&place)];
        holds.into_iter().flatten().filter(|hold| hold.lasts(now)).max_by_key(|hold| hold.until)
    }
}

impl Unit {
    /// What one request of `tokens` estimated tokens takes from a budget of this unit.
    pub(crate) const fn cost(self, tokens: u64) -> u64 {
        match self {
            Self::Requests => 1,
            Self::Tokens => tokens,
        }
    }
}

impl Hold {
    pub(crate) fn lasts(&self, now: Timestamp) -> bool {
        now < self.until
    }

    /// A new hold never shortens one that the provider stated.
    pub(crate) fn or_longer(self, existing: Option<&Self>) -> Self {
        match existing {
            Some(old) if old.provenance == Provenance::Stated && old.until > self.until => old.clone(),
            _ => self,
        }
    }
}
