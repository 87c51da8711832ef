//! What can rest, run out or be full: a lane, and everything a lane is part of.
//!
//! Holds, budgets, concurrency limits and troubles all belong to a scope, and a lane can serve when none of its six
//! scopes stands in the way. That is the whole of "may this lane be used": one list, one rule.

use serde::{Deserialize, Serialize};

use crate::estimate::Estimates;
use crate::ledger::Charge;
use crate::state::{Booking, NEVER, WHEN_IDLE};
use crate::{Budget, GroupId, Hold, KeyId, Lane, LimitWindow, ModelId, ProviderId, Timestamp};

/// The scopes of a lane, from the narrowest to the widest.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum ScopeName {
    /// One key for one model.
    Lane(Lane),
    /// All keys of one owner for one model: where most providers count.
    OwnerModel(GroupId, ModelId),
    /// One key.
    Key(KeyId),
    /// All keys of one owner.
    Owner(GroupId),
    /// One model at one provider, whatever the key.
    Place(ProviderId, ModelId),
    /// A provider.
    Provider(ProviderId),
}

/// How many scopes a lane has.
pub(crate) const SCOPES_OF_A_LANE: usize = 6;

/// A scope's place in the state's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ScopeIndex(pub(crate) u32);

/// A lane's place in the state's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LaneIndex(pub(crate) u32);

/// A state that no timer ends by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Trouble {
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

/// How one scope stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct ScopeState {
    pub(crate) hold: Option<Hold>,
    pub(crate) trouble: Option<Trouble>,
    pub(crate) budgets: Vec<Budget>,
    pub(crate) in_flight: u32,
    pub(crate) max_in_flight: Option<u32>,
    pub(crate) disabled: bool,
    /// Failures in a row that were the upstream's own.
    pub(crate) failures: u32,
    /// Guessed rate-limit holds in a row.
    pub(crate) strikes: u32,
    /// Requests of more tokens than this were refused for their size.
    pub(crate) size_limit_tokens: Option<u64>,
    /// What went through lately, for measuring a limit that nobody states.
    pub(crate) measure: crate::measure::Measure,
    /// Calls in flight in the order they were sent, where replies may state a budget.
    pub(crate) open_calls: Vec<Charge>,
    /// How far estimated tokens are off.
    pub(crate) estimates: Estimates,
    /// The last limit that one of its models ran into: evidence for what is shared.
    pub(crate) limited: Option<(ScopeIndex, LimitWindow, Timestamp)>,
    /// The lanes that are part of it.
    pub(crate) lanes: Vec<LaneIndex>,
}

/// Why a scope stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle<'a> {
    Disabled,
    Rejected,
    OutOfCredit(Timestamp),
    Held(&'a Hold),
    Spent(&'a Budget, Timestamp),
    /// A limit that we measured is reached.
    Measured(u64, Timestamp),
    Busy {
        in_flight: u32,
        max: u32,
    },
    TooLarge(u64),
}

impl Obstacle<'_> {
    /// When the scope is out of the way by itself.
    pub(crate) fn free_at(&self) -> Timestamp {
        match self {
            Self::Disabled | Self::Rejected | Self::TooLarge(_) => NEVER,
            Self::Busy { .. } => WHEN_IDLE,
            Self::Held(hold) => hold.until,
            Self::OutOfCredit(until) | Self::Spent(_, until) | Self::Measured(_, until) => *until,
        }
    }

    /// When one request may try all the same.
    pub(crate) fn probe_at(&self) -> Timestamp {
        match self {
            Self::Held(hold) => hold.probe_at.unwrap_or(NEVER),
            Self::Disabled
            | Self::Rejected
            | Self::TooLarge(_)
            | Self::Busy { .. }
            | Self::OutOfCredit(_)
            | Self::Spent(..)
            | Self::Measured(..) => NEVER,
        }
    }
}

/// With this many failures in a row, a scope takes one request at a time until one succeeds.
pub(crate) const FRAGILE_FROM_FAILURES: u32 = 4;

impl ScopeState {
    /// What keeps a request of `tokens` from using this scope at `now`, and for the longest.
    pub(crate) fn obstacle(&self, tokens: u64, now: Timestamp) -> Option<Obstacle<'_>> {
        let disabled = self.disabled.then_some(Obstacle::Disabled);
        let held = self.hold.as_ref().filter(|hold| hold.lasts(now)).map(Obstacle::Held);
        let too_large = self.size_limit_tokens.filter(|limit| tokens > *limit).map(Obstacle::TooLarge);
        let obstacles = [
            disabled,
            self.troubled(now),
            too_large,
            self.busy(),
            held,
            self.spent(tokens, now),
            self.measured(now),
        ];
        obstacles
            .into_iter()
            .flatten()
            .reduce(|worst, next| if next.free_at() > worst.free_at() { next } else { worst })
    }

    fn measured(&self, now: Timestamp) -> Option<Obstacle<'_>> {
        self.measure.obstacle(now).map(|(limit, ready_at)| Obstacle::Measured(limit, ready_at))
    }

    fn troubled(&self, now: Timestamp) -> Option<Obstacle<'_>> {
        match self.trouble.as_ref()? {
            Trouble::Rejected { .. } => Some(Obstacle::Rejected),
            Trouble::OutOfCredit { recheck, .. } => {
                (now < *recheck).then_some(Obstacle::OutOfCredit(*recheck))
            }
        }
    }

    fn spent(&self, tokens: u64, now: Timestamp) -> Option<Obstacle<'_>> {
        let tokens = self.estimates.corrected(tokens);
        let hard = self.budgets.iter().filter(|budget| budget.is_hard());
        let waits = hard.map(|budget| (budget, budget.ready_at(budget.unit.cost(tokens), now)));
        let last = waits.filter(|(_, ready_at)| *ready_at > now).max_by_key(|(_, ready_at)| *ready_at);
        last.map(|(budget, ready_at)| Obstacle::Spent(budget, ready_at))
    }

    fn busy(&self) -> Option<Obstacle<'_>> {
        let fragile = (self.failures >= FRAGILE_FROM_FAILURES).then_some(1);
        let max = self.max_in_flight.into_iter().chain(fragile).min()?;
        (self.in_flight >= max).then_some(Obstacle::Busy { in_flight: self.in_flight, max })
    }

    /// A call is sent.
    pub(crate) fn reserve(&mut self, booking: Booking) {
        self.in_flight += 1;
        let Booking { number, sent_at, tokens, .. } = booking;
        let amount = self.estimates.corrected(tokens);
        for budget in &mut self.budgets {
            budget.charge(Charge { number, sent_at, amount, is_open: true });
        }
    }

    /// A call is sent to the owner's model, where limits are stated and measured.
    pub(crate) fn opened(&mut self, booking: Booking) {
        let Booking { number, sent_at, tokens, .. } = booking;
        self.measure.sent(sent_at);
        self.open_calls.push(Charge { number, sent_at, amount: tokens, is_open: true });
    }

    /// A call to the owner's model has ended.
    pub(crate) fn closed(&mut self, booking: Booking) {
        self.open_calls.retain(|call| call.number != booking.number);
    }

    /// A call has ended and took nothing.
    pub(crate) fn release(&mut self, booking: Booking) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.budgets.iter_mut().for_each(|budget| budget.refund(booking.number));
    }

    /// A call has ended and was counted; `None` is as many tokens as expected.
    pub(crate) fn settle(&mut self, booking: Booking, used_tokens: Option<u64>) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.budgets.iter_mut().for_each(|budget| budget.settle(booking.number, used_tokens));
    }

    /// The one early try that a guessed hold allows is under way.
    pub(crate) fn probed(&mut self, now: Timestamp) {
        if let Some(hold) = self.hold.as_mut().filter(|hold| hold.lasts(now)) {
            hold.probe_at = None;
        }
    }

    /// A new hold never shortens one that the provider stated.
    pub(crate) fn hold_at_least(&mut self, hold: Hold) {
        self.hold = Some(hold.or_longer(self.hold.as_ref()));
    }
}
