//! The state over a restart: what was learned outlives the process, what is in flight does not.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::latency::Latency;
use crate::measure::Measure;
use crate::scope::{ScopeName, ScopeState, Trouble};
use crate::{Budget, Hold, Lane, Provenance, RotationState, Timestamp};

/// A saved state. Its JSON form is private to Keywheel; a newer version may add fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedRotation {
    scopes: Vec<SavedScope>,
    lanes: Vec<SavedLane>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct SavedScope {
    name: ScopeName,
    #[serde(default)]
    hold: Option<Hold>,
    #[serde(default)]
    trouble: Option<Trouble>,
    #[serde(default)]
    budgets: Vec<Budget>,
    #[serde(default)]
    failures: u32,
    #[serde(default)]
    strikes: u32,
    #[serde(default)]
    size_limit_tokens: Option<u64>,
    #[serde(default)]
    measure: Measure,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct SavedLane {
    lane: Lane,
    #[serde(default)]
    served: u64,
    #[serde(default)]
    first_token_ms: Option<u64>,
}

/// No guess lasts longer: a saved one that does is a mistake, or was made under a wrong clock.
const LONGEST_GUESS: Duration = Duration::from_hours(24);
/// No provider states more than the rest of a month.
const LONGEST_STATED: Duration = Duration::from_hours(32 * 24);

impl RotationState {
    /// What is worth keeping.
    #[must_use]
    pub fn save(&self) -> SavedRotation {
        let scopes = self.scopes.iter().map(|(name, scope)| SavedScope {
            name: name.clone(),
            hold: scope.hold.clone(),
            trouble: scope.trouble.clone(),
            budgets: scope.budgets.clone(),
            failures: scope.failures,
            strikes: scope.strikes,
            size_limit_tokens: scope.size_limit_tokens,
            measure: scope.measure.clone(),
        });
        let lanes = self.lanes.iter().map(|(lane, history)| SavedLane {
            lane: lane.clone(),
            served: history.served,
            first_token_ms: history.first_token.mean_ms,
        });
        SavedRotation { scopes: scopes.filter(SavedScope::says_something).collect(), lanes: lanes.collect() }
    }

    /// Takes a saved state over. Holds that no provider would state are dropped.
    pub fn restore(&mut self, saved: SavedRotation, now: Timestamp) {
        for kept in saved.scopes {
            let index = self.scopes.enter(&kept.name);
            if let Some(scope) = self.scopes.get_mut(index) {
                kept.into_scope(scope, now);
            }
        }
        for kept in saved.lanes {
            let index = self.lanes.enter(&kept.lane);
            if let Some(history) = self.lanes.get_mut(index) {
                history.served = kept.served;
                history.first_token = Latency::known(kept.first_token_ms);
            }
        }
        self.glances.resize(self.lanes.len(), crate::state::Glance::UNKNOWN);
        self.refresh_all(now);
    }

    /// Moves every stored time by what the wall clock was corrected, so that what is left of each wait stays the same.
    pub fn shift_clock(&mut self, from: Timestamp, to: Timestamp) {
        let shift = |at: Timestamp| if to >= from { at + to.since(from) } else { at.minus(from.since(to)) };
        for scope in self.scopes.values_mut() {
            if let Some(hold) = &mut scope.hold {
                hold.since = shift(hold.since);
                hold.until = shift(hold.until);
                hold.probe_at = hold.probe_at.map(shift);
            }
            if let Some(trouble) = &mut scope.trouble {
                trouble.shift(shift);
            }
            scope.budgets.iter_mut().for_each(|budget| budget.shift(shift));
            scope.open_calls.iter_mut().for_each(|call| call.sent_at = shift(call.sent_at));
            scope.measure.shift(shift);
        }
        self.refresh_all(to);
    }
}

impl SavedScope {
    fn says_something(&self) -> bool {
        self.hold.is_some()
            || self.trouble.is_some()
            || !self.budgets.is_empty()
            || self.failures + self.strikes > 0
            || self.size_limit_tokens.is_some()
            || self.measure != Measure::default()
    }

    fn into_scope(self, scope: &mut ScopeState, now: Timestamp) {
        scope.hold = self.hold.filter(|hold| hold.is_believable(now));
        scope.trouble = self.trouble;
        scope.budgets = self.budgets;
        scope.failures = self.failures;
        scope.strikes = self.strikes;
        scope.size_limit_tokens = self.size_limit_tokens;
        scope.measure = self.measure;
    }
}

impl Hold {
    fn is_believable(&self, now: Timestamp) -> bool {
        let longest = if self.provenance == Provenance::Stated { LONGEST_STATED } else { LONGEST_GUESS };
        self.lasts(now) && self.until <= now + longest
    }
}

impl Trouble {
    fn shift(&mut self, shift: impl Fn(Timestamp) -> Timestamp) {
        match self {
            Self::Rejected { since, .. } => *since = shift(*since),
            Self::OutOfCredit { since, recheck, .. } => {
                *since = shift(*since);
                *recheck = shift(*recheck);
            }
        }
    }
}
