//! What an outcome changes.
//!
//! - *Served* ends strikes, failures and holds of the lane, and takes over the budgets that the reply stated.
//! - *Rate limited* holds what the reply names: until the stated time; else until our own measurement says a call fits
//!   again (see `measure.rs`) or a stated budget is there again; else a guess that starts at [`CooldownRules::default_cooldown`] and doubles with each
//!   strike up to [`CooldownRules::max_guessed_cooldown`]. Requests of one burst that all come back limited are one
//!   strike: what was sent before a hold began adds none to it.
//! - Two different models of one owner limited within a minute for the same window: the owner is what is limited.
//! - *At capacity* holds the model at this provider, so that no sibling key is asked and none is punished.
//! - *Upstream failed* holds the lane from the second failure in a row on, and the provider from the fourth; a
//!   provider that failed so often takes one request at a time until one succeeds.
//! - *Key rejected* sets the key aside, *out of credit* its owner, *key restricted* the lane, *model gone* the model.
//! - *Too large for tier* remembers the size and holds nothing.
//! - What is the request's, the model's or the client's own doing changes nothing but the count in flight.
//!
//! A guess never shortens what a provider stated.

mod scopes;

use std::time::Duration;

use crate::scope::{FRAGILE_FROM_FAILURES, ScopeIndex, ScopeState, Trouble};
use crate::state::Booking;
use crate::{
    Hold, HoldCause, LimitScope, LimitWindow, Outcome, Provenance, RotationState, Settlement, Timestamp,
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
/// A provider that failed four times in a row rests this long, doubling with each further failure.
const OUTAGE_HOLD: Duration = Duration::from_secs(10);
/// What a key may not do is asked again after a day, in case access was granted.
const RESTRICTION_HOLD: Duration = Duration::from_hours(24);
/// Credit is looked at again daily, where the provider names no day.
const CREDIT_RECHECK: Duration = Duration::from_hours(24);
/// Two models of one owner limited within this are one limit.
const WIDENING_WINDOW: Duration = Duration::from_mins(1);
/// Doubling stops being meaningful long before it overflows.
const MAX_DOUBLINGS: u32 = 10;

/// The scopes of one lane by name.
#[derive(Clone, Copy)]
struct Places {
    lane: ScopeIndex,
    owner_model: ScopeIndex,
    key: ScopeIndex,
    owner: ScopeIndex,
    place: ScopeIndex,
    provider: ScopeIndex,
}

impl RotationState {
    /// Settles one booked call.
    pub fn apply(
        &mut self,
        booking: Booking,
        settlement: &Settlement,
        rules: &CooldownRules,
        now: Timestamp,
    ) {
        self.touching(booking.lane, now, |state| {
            let [lane, owner_model, key, owner, place, provider] = state.scopes_of(booking.lane);
            let places = Places { lane, owner_model, key, owner, place, provider };
            state.settle_budgets(places, booking, settlement);
            Settling { state, places, booking, rules, reason: &settlement.reason, now }.settle(settlement);
        });
        if settlement.outcome == Outcome::Served
            && let Some(session) = settlement.session
        {
            self.affinity.remember(session, booking.lane, now);
        }
    }

    /// Takes a booking back: nothing was sent.
    pub fn unbook(&mut self, booking: Booking, now: Timestamp) {
        self.touching(booking.lane, now, |state| {
            for scope in state.scopes_of(booking.lane) {
                if let Some(scope) = state.scopes.get_mut(scope.0) {
                    scope.release(booking);
                }
            }
            if let Some(scope) = state.owner_model_mut(booking.lane) {
                scope.closed(booking);
                scope.measure.unsent(booking.sent_at);
            }
        });
    }

    /// Ends every hold on a key by hand, its rejection included.
    pub fn clear_key(&mut self, key: &crate::KeyId, now: Timestamp) {
        let lanes: Vec<_> = self.lanes_of_key(key).collect();
        for lane in lanes {
            self.touching(lane, now, |state| {
                for scope in state.scopes_of(lane) {
                    if let Some(scope) = state.scopes.get_mut(scope.0) {
                        scope.clear();
                    }
                }
            });
        }
    }

    fn settle_budgets(&mut self, places: Places, booking: Booking, settlement: &Settlement) {
        let counts = settlement.outcome.counts_against_budgets();
        for scope in self.scopes_of(booking.lane) {
            let Some(scope) = self.scopes.get_mut(scope.0) else { continue };
            if counts {
                scope.settle(booking, settlement.used_tokens);
            } else {
                scope.release(booking);
            }
        }
        if let Some(scope) = self.scopes.get_mut(places.owner_model.0) {
            scope.closed(booking);
            if let Some(used) = settlement.used_tokens {
                scope.estimates.learn(booking.tokens, used);
            }
            for reading in &settlement.readings {
                scope.take_reading(*reading, booking);
            }
        }
    }
}

/// One outcome being settled.
struct Settling<'a> {
    state: &'a mut RotationState,
    places: Places,
    booking: Booking,
    rules: &'a CooldownRules,
    reason: &'a str,
    now: Timestamp,
}

impl Settling<'_> {
    fn settle(&mut self, settlement: &Settlement) {
        match &settlement.outcome {
            Outcome::Served => self.served(settlement.first_token_ms),
            Outcome::RateLimited { until, scope, window } => self.rate_limited(*until, *scope, *window),
            Outcome::AtCapacity { until } => self.at_capacity(*until),
            Outcome::UpstreamFailed => self.upstream_failed(),
            Outcome::KeyRejected => {
                let trouble = Trouble::Rejected { since: self.now, reason: self.reason.to_owned() };
                self.on(self.places.key, |scope| scope.trouble = Some(trouble));
            }
            Outcome::OutOfCredit { until } => {
                let recheck = until.unwrap_or(self.now + CREDIT_RECHECK);
                let trouble =
                    Trouble::OutOfCredit { since: self.now, recheck, reason: self.reason.to_owned() };
                self.on(self.places.owner, |scope| scope.trouble = Some(trouble));
            }
            Outcome::KeyRestricted { .. } => self.hold(self.places.lane, HoldCause::Model, RESTRICTION_HOLD),
            Outcome::ModelGone { .. } => self.hold(self.places.place, HoldCause::Model, RESTRICTION_HOLD),
            Outcome::TooLargeForTier { limit_tokens } => {
                let limit = limit_tokens.unwrap_or_else(|| self.booking.tokens.saturating_sub(1));
                self.on(self.places.owner_model, |scope| {
                    scope.size_limit_tokens =
                        Some(scope.size_limit_tokens.map_or(limit, |known| known.min(limit)));
                });
            }
            Outcome::ModelFault
            | Outcome::ContextTooLong
            | Outcome::ParameterRejected { .. }
            | Outcome::RequestRefused
            | Outcome::ContentRefused
            | Outcome::OfflineHere
            | Outcome::ClientGone => {}
        }
    }

    fn served(&mut self, first_token_ms: Option<u64>) {
        let (sent_at, now) = (self.booking.sent_at, self.now);
        let Places { lane, owner_model, key, owner, place, provider } = self.places;
        for scope in [lane, owner_model, key, owner, place, provider] {
            self.on(scope, |scope| scope.served(sent_at, now));
        }
        if let Some(history) = self.state.lanes.get_mut(self.booking.lane.0) {
            history.served += 1;
            if let Some(sample) = first_token_ms {
                history.first_token.learn(sample);
            }
        }
    }

    fn rate_limited(&mut self, until: Option<Timestamp>, scope: LimitScope, window: LimitWindow) {
        let scope = match scope {
            LimitScope::OwnerModel => self.places.owner_model,
            LimitScope::Owner => self.places.owner,
            LimitScope::Key => self.places.key,
        };
        let (sent_at, now) = (self.booking.sent_at, self.now);
        let is_short = matches!(window, LimitWindow::Second | LimitWindow::Minute | LimitWindow::Unknown);
        let mut measured = None;
        self.on(self.places.owner_model, |owner_model| {
            if is_short {
                measured = match owner_model.stated_requests_ready_at(now) {
                    Some(ready_at) if ready_at > now => Some(ready_at),
                    stated => owner_model.measure.refused(sent_at, stated.is_some(), now),
                };
            }
        });
        let hold = match (until, measured) {
            (Some(until), _) => self.stated(until, HoldCause::Limit),
            (None, Some(until)) => Hold::limit(now, until, Provenance::Measured, self.reason.to_owned()),
            (None, None) => match self.guess(scope) {
                Some(hold) => hold,
                None => return,
            },
        };
        self.widen(&hold, window);
        self.on(scope, |scope| scope.hold_at_least(hold));
    }

    fn stated(&self, until: Timestamp, cause: HoldCause) -> Hold {
        let until = until.max(self.now + SHORTEST_STATED_HOLD);
        Hold { cause, ..Hold::limit(self.now, until, Provenance::Stated, self.reason.to_owned()) }
    }

    /// A guess, unless the call was sent before the last one was made: then it belongs to the same burst.
    fn guess(&mut self, scope: ScopeIndex) -> Option<Hold> {
        let state = self.state.scopes.get_mut(scope.0)?;
        if state.hold.as_ref().is_some_and(|hold| self.booking.sent_at <= hold.since) {
            return None;
        }
        let length = doubled(self.rules.default_cooldown, state.strikes).min(self.rules.max_guessed_cooldown);
        state.strikes += 1;
        Some(Hold::guessed(self.now, length, HoldCause::Limit, self.reason.to_owned()))
    }

    /// Evidence that the owner is limited, not one of its models.
    fn widen(&mut self, hold: &Hold, window: LimitWindow) {
        let (model, now) = (self.places.owner_model, self.now);
        self.on(self.places.owner, |owner| {
            let evidence = owner.limited.replace((model, window, now));
            let widens = evidence.is_some_and(|(other, same, at)| {
                other != model && same == window && now.since(at) < WIDENING_WINDOW
            });
            if widens {
                owner.hold_at_least(hold.clone());
            }
        });
    }

    fn at_capacity(&mut self, until: Option<Timestamp>) {
        match until {
            Some(until) => {
                let hold = self.stated(until, HoldCause::Capacity);
                self.on(self.places.place, |place| place.hold_at_least(hold));
            }
            None => self.hold(self.places.place, HoldCause::Capacity, CAPACITY_HOLD),
        }
    }

    fn upstream_failed(&mut self) {
        let failures_of = |state: &mut RotationState, scope: ScopeIndex| {
            let scope = state.scopes.get_mut(scope.0)?;
            scope.failures += 1;
            Some(scope.failures)
        };
        let lane_failures = failures_of(self.state, self.places.lane).unwrap_or(0);
        let provider_failures = failures_of(self.state, self.places.provider).unwrap_or(0);
        if lane_failures >= 2 {
            let length = doubled(FAILURE_HOLD, lane_failures - 2).min(self.rules.max_guessed_cooldown);
            self.hold(self.places.lane, HoldCause::Failure, length);
        }
        if provider_failures >= FRAGILE_FROM_FAILURES {
            let length = doubled(OUTAGE_HOLD, provider_failures - FRAGILE_FROM_FAILURES);
            self.hold(self.places.provider, HoldCause::Failure, length.min(self.rules.max_guessed_cooldown));
        }
    }

    fn hold(&mut self, scope: ScopeIndex, cause: HoldCause, length: Duration) {
        let hold = Hold::guessed(self.now, length, cause, self.reason.to_owned());
        self.on(scope, |scope| scope.hold_at_least(hold));
    }

    fn on(&mut self, scope: ScopeIndex, change: impl FnOnce(&mut ScopeState)) {
        if let Some(scope) = self.state.scopes.get_mut(scope.0) {
            change(scope);
        }
    }
}

fn doubled(base: Duration, times: u32) -> Duration {
    base.saturating_mul(1 << times.min(MAX_DOUBLINGS))
}
