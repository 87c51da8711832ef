//! Requests or tokens per window, and when enough of them is there.
//!
//! A budget is either *stated* (a reply said limit, what is left, and when it is full again; see `stated.rs`) or
//! *counted* (we count against a limit that a person set or the documentation names). Both answer the same two
//! questions: how much may be spent now, and when will a given amount be there. Both count every call from the moment
//! it is sent (see `ledger.rs`).
//!
//! Counted windows slide. A provider whose window is fixed, sliding or a bucket never sees more in any window than a
//! sliding count of the same length and limit lets through, so that one rule fits all.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ledger::{Charge, Ledger};
use crate::state::Booking;
use crate::stated::Stated;
use crate::{LimitWindow, Timestamp};

/// What a budget counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Calls.
    Requests,
    /// Tokens, in and out.
    Tokens,
}

impl Unit {
    /// What one request of `tokens` tokens takes from a budget of this unit.
    pub(crate) const fn cost(self, tokens: u64) -> u64 {
        match self {
            Self::Requests => 1,
            Self::Tokens => tokens,
        }
    }
}

/// Who says how much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetSource {
    /// Reply headers.
    Stated,
    /// The person's own cap.
    Configured,
    /// What we could spend before the provider refused.
    Measured,
    /// The provider's documentation.
    Catalogue,
}

/// One limit as a reply reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetReading {
    /// What is counted.
    pub unit: Unit,
    /// The window it is counted over, where known.
    pub window: LimitWindow,
    /// Allowed per window.
    pub limit: u64,
    /// Left in the window.
    pub remaining: u64,
    /// When the window is full again, where the reply says so.
    pub resets_at: Option<Timestamp>,
}

/// Requests or tokens per window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    pub(crate) unit: Unit,
    pub(crate) window: LimitWindow,
    pub(crate) source: BudgetSource,
    pub(crate) limit: u64,
    level: Level,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Level {
    Stated(Stated),
    Counted(Counted),
}

/// Our own count over a sliding window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    length: Duration,
    calls: Ledger,
}

/// A share of one, in thousandths.
pub(crate) const FULL_SHARE: u64 = 1_000;
/// A window whose length nobody knows is taken for a minute, the usual one.
const UNKNOWN_WINDOW: Duration = Duration::from_secs(60);

impl Budget {
    /// A budget that we count ourselves.
    pub(crate) fn counted(unit: Unit, source: BudgetSource, limit: u64, window: LimitWindow) -> Self {
        let length = window.length().unwrap_or(UNKNOWN_WINDOW);
        Self {
            unit,
            window,
            source,
            limit,
            level: Level::Counted(Counted { length, calls: Ledger::default() }),
        }
    }

    /// A budget as the reply to `booking` states it. `open` are the calls in flight, in the order they were sent.
    pub(crate) fn stated(reading: BudgetReading, booking: Booking, open: &[Charge]) -> Self {
        let BudgetReading { unit, window, limit, .. } = reading;
        let open = open.iter().map(|call| Charge { amount: unit.cost(call.amount), ..*call });
        let stated = Stated::new(reading, booking.number, booking.sent_at, open);
        Self { unit, window, source: BudgetSource::Stated, limit, level: Level::Stated(stated) }
    }

    /// Takes over what the reply to `booking` says of the same budget, unless a later call's reply is known.
    pub(crate) fn restate(&mut self, reading: BudgetReading, booking: Booking) {
        if let Level::Stated(stated) = &mut self.level {
            stated.restate(reading, booking.number, booking.sent_at);
            self.limit = stated.limit();
        }
    }

    /// What may be spent at `now`; what was sent counts as spent.
    #[must_use]
    pub fn available(&self, now: Timestamp) -> u64 {
        match &self.level {
            Level::Stated(stated) => stated.left(now),
            Level::Counted(counted) => self.limit.saturating_sub(counted.calls.within(counted.length, now)),
        }
    }

    /// The first moment from `now` on at which `cost` may be spent, if nothing else is. A cost larger than the whole
    /// budget counts as the whole: only the provider can say how it takes it.
    #[must_use]
    pub fn ready_at(&self, cost: u64, now: Timestamp) -> Timestamp {
        let cost = cost.min(self.limit).max(1);
        if self.available(now) >= cost {
            return now;
        }
        match &self.level {
            Level::Stated(stated) => stated.ready_at(cost, now),
            Level::Counted(counted) => {
                counted.calls.falls_to(self.limit.saturating_sub(cost), counted.length, now)
            }
        }
    }

    /// Counts a call that is sent, with what it is expected to take.
    pub(crate) fn charge(&mut self, charge: Charge) {
        let charge = Charge { amount: self.unit.cost(charge.amount), ..charge };
        match &mut self.level {
            Level::Stated(stated) => stated.charge(charge),
            Level::Counted(counted) => {
                counted.calls.forget_before(charge.sent_at.minus(counted.length));
                counted.calls.add(charge);
            }
        }
    }

    /// Counts what an answered call took; `None` is what was expected.
    pub(crate) fn settle(&mut self, number: u64, tokens: Option<u64>) {
        let unit = self.unit;
        self.calls_mut().settle(number, tokens.map(|tokens| unit.cost(tokens)));
    }

    /// A call took nothing.
    pub(crate) fn refund(&mut self, number: u64) {
        self.calls_mut().remove(number);
    }

    fn calls_mut(&mut self) -> &mut Ledger {
        match &mut self.level {
            Level::Stated(stated) => stated.calls_mut(),
            Level::Counted(counted) => &mut counted.calls,
        }
    }

    /// Documented limits only rank lanes: a person may have a larger plan than the documentation assumes.
    pub(crate) fn is_hard(&self) -> bool {
        self.source != BudgetSource::Catalogue
    }

    /// The share that may be spent at `now`, in thousandths.
    pub(crate) fn share(&self, now: Timestamp) -> u64 {
        self.available(now).saturating_mul(FULL_SHARE) / self.limit.max(1)
    }

    /// When more may be spent without anything happening; `None` while the budget is full.
    pub(crate) fn grows_at(&self, now: Timestamp) -> Option<Timestamp> {
        match &self.level {
            Level::Stated(stated) => stated.grows_at(now),
            Level::Counted(counted) => counted.calls.next_leaves(counted.length, now),
        }
    }

    /// Moves every stored time by what the wall clock was corrected.
    pub(crate) fn shift(&mut self, shift: impl Fn(Timestamp) -> Timestamp) {
        match &mut self.level {
            Level::Stated(stated) => stated.shift(shift),
            Level::Counted(counted) => counted.calls.shift(shift),
        }
    }
}

impl LimitWindow {
    /// How long the window is; `None` where it is not known. A month is taken as its longest.
    #[must_use]
    pub const fn length(self) -> Option<Duration> {
        match self {
            Self::Second => Some(Duration::from_secs(1)),
            Self::Minute => Some(Duration::from_mins(1)),
            Self::Hour => Some(Duration::from_hours(1)),
            Self::Day => Some(Duration::from_hours(24)),
            Self::Month => Some(Duration::from_hours(31 * 24)),
            Self::Unknown => None,
        }
    }
}
