//! A limit as replies state it, made current by what was sent since.
//!
//! A reading is true as of the moment its call was admitted, which is long past when the answer has ended. So only
//! the reading of the latest call counts, and what was sent after that call is taken off.
//!
//! Headers do not say what kind of window they speak of; replies give it away:
//!
//! - A **sliding** window forgets each call one window length after it was sent. No kind of window ever remembers
//!   longer, so what a sliding count leaves is always safe to use, whatever the kind. What others on the same key
//!   took is known from the reading and stays taken off for one window length.
//! - A **fixed** window is full at its reset. It is taken for one when a reply shows that the provider has forgotten
//!   calls which a sliding window would still count; until then, a reset that has passed is worth one try.
//! - A **bucket** is refilled all the time and its reset is the moment it would be full, so that what is missing, as a
//!   share of the limit, is the same share of the window as the time until the reset. Readings that agree make it
//!   one, readings that don't weigh twice; a fixed window agrees now and then by chance.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::budget::BudgetReading;
use crate::ledger::{Charge, Ledger};
use crate::measure::WINDOW_MARGIN;
use crate::state::NEVER;
use crate::{Timestamp, Unit};

/// The latest reading, and our own calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stated {
    unit: Unit,
    limit: u64,
    remaining: u64,
    at: Timestamp,
    resets_at: Timestamp,
    /// The call that the reading belongs to.
    #[serde(skip)]
    number: u64,
    length: Duration,
    /// Whether the window's length is known and short enough to count over.
    is_counted: bool,
    /// Taken by somebody else in the window, as of the reading.
    foreign: u64,
    is_fixed: bool,
    bucket_evidence: i8,
    calls: Ledger,
}

/// A window whose length nobody knows is taken for a minute, the usual one.
const UNKNOWN_WINDOW: Duration = Duration::from_secs(60);
/// Longer windows are not counted call by call.
const LONGEST_COUNTED: Duration = Duration::from_hours(1);
/// A reading looks like a bucket if the stated time is this close to the expected one.
const BUCKET_TOLERANCE: f64 = 0.05;
const BUCKET_ROUNDING: Duration = Duration::from_millis(250);
/// So much evidence makes a bucket, and more than the most is not collected.
const BUCKET_FROM: i8 = 3;
const MOST_EVIDENCE: i8 = 8;
/// Headers round to milliseconds or seconds; a refill is counted on a little late rather than early.
const REFILL_MARGIN: Duration = Duration::from_millis(60);
/// How often a bucket of tokens is looked at, and a budget whose next growth nobody can tell.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

impl Stated {
    /// The first reading. `open` are the calls in flight, in the order they were sent.
    pub(crate) fn new(
        reading: BudgetReading,
        number: u64,
        at: Timestamp,
        open: impl Iterator<Item = Charge>,
    ) -> Self {
        let mut stated = Self {
            unit: reading.unit,
            limit: reading.limit,
            remaining: reading.remaining,
            at,
            resets_at: at,
            number: 0,
            length: reading.window.length().unwrap_or(UNKNOWN_WINDOW),
            is_counted: reading.window.length().is_some_and(|length| length <= LONGEST_COUNTED),
            foreign: 0,
            is_fixed: false,
            bucket_evidence: 0,
            calls: Ledger::default(),
        };
        open.for_each(|charge| stated.calls.add(charge));
        stated.anchor(reading, number, at);
        stated
    }

    /// A call was sent.
    pub(crate) fn charge(&mut self, charge: Charge) {
        let counted_from = charge.sent_at.minus(self.length + WINDOW_MARGIN);
        self.calls.forget_before(if self.is_counted { counted_from } else { counted_from.max(self.at) });
        self.calls.add(charge);
    }

    pub(crate) const fn limit(&self) -> u64 {
        self.limit
    }

    pub(crate) fn calls_mut(&mut self) -> &mut Ledger {
        &mut self.calls
    }

    /// Takes over the reading of the call with that number, unless a later call's is known.
    pub(crate) fn restate(&mut self, reading: BudgetReading, number: u64, at: Timestamp) {
        if number > self.number {
            self.judge_window(reading, number, at);
            self.anchor(reading, number, at);
        }
    }

    fn anchor(&mut self, reading: BudgetReading, number: u64, at: Timestamp) {
        self.limit = reading.limit;
        self.remaining = reading.remaining;
        self.at = at;
        self.number = number;
        self.resets_at = reading.resets_at.unwrap_or(at + self.length);
        let used = reading.limit.saturating_sub(reading.remaining);
        let own = self.own_until_reading();
        self.foreign = used.saturating_sub(own);
        if used > 0 && reading.resets_at.is_some() {
            let weight = if self.looks_like_a_bucket() { 1 } else { -2 };
            self.bucket_evidence = (self.bucket_evidence + weight).clamp(-MOST_EVIDENCE, MOST_EVIDENCE);
        }
    }

    /// Our own calls in the window that the reading's call ended.
    fn own_until_reading(&self) -> u64 {
        self.calls.within(self.length, self.at).saturating_sub(self.calls.after(self.number))
    }

    /// Does the provider still count what a sliding window would?
    fn judge_window(&mut self, reading: BudgetReading, number: u64, at: Timestamp) {
        if !self.is_counted {
            return;
        }
        let used = reading.limit.saturating_sub(reading.remaining);
        let clearly = (reading.limit / 10).max(2);
        if self.calls.answered_within(self.length, at, number) >= used + clearly {
            self.is_fixed = true;
        } else if at >= self.resets_at && at < self.resets_at + self.length {
            let since_reset = self.calls.since(self.resets_at);
            self.is_fixed &= used <= since_reset + clearly;
        }
    }

    fn is_bucket(&self) -> bool {
        self.bucket_evidence >= BUCKET_FROM
    }

    #[expect(clippy::cast_precision_loss, reason = "shares of a limit")]
    fn looks_like_a_bucket(&self) -> bool {
        let share = |amount: u64| self.length.mul_f64((amount as f64 / self.limit.max(1) as f64).min(1.0));
        let missing = self.limit.saturating_sub(self.remaining);
        let tolerance = share(missing).mul_f64(BUCKET_TOLERANCE).max(BUCKET_ROUNDING);
        // What is left is stated in whole units: a part of one more may be there.
        let (least, most) = (share(missing.saturating_sub(1)), share(missing));
        let wait = self.resets_at.since(self.at);
        wait + tolerance >= least && wait <= most + tolerance
    }

    /// What may be spent.
    pub(crate) fn left(&self, now: Timestamp) -> u64 {
        let level = if self.is_bucket() { self.refilled(now) } else { self.remaining };
        let level = level.saturating_sub(self.calls.after(self.number));
        level.max(self.left_after_reset(now)).max(self.left_of_sliding(now))
    }

    fn left_after_reset(&self, now: Timestamp) -> u64 {
        // What a bucket gave out since the reading moves its reset: the level knows better.
        if now < self.resets_at || self.is_bucket() {
            return 0;
        }
        let window_start = now.minus(self.length) + Duration::from_millis(1);
        let taken = self.calls.since(self.resets_at.max(window_start));
        if self.is_fixed || !self.is_counted {
            self.limit.saturating_sub(taken)
        } else if taken == 0 && self.calls.after(self.number) == 0 {
            self.first_try()
        } else {
            0
        }
    }

    /// What a reset that nobody has seen yet is worth.
    fn first_try(&self) -> u64 {
        match self.unit {
            Unit::Requests => self.limit.min(1),
            Unit::Tokens => self.limit,
        }
    }

    fn left_of_sliding(&self, now: Timestamp) -> u64 {
        if !self.is_counted {
            return 0;
        }
        let foreign = if now < self.at + self.length { self.foreign } else { 0 };
        let taken = self.calls.within(self.length + WINDOW_MARGIN, now);
        self.limit.saturating_sub(foreign).saturating_sub(taken)
    }

    fn refilled(&self, now: Timestamp) -> u64 {
        let whole = self.resets_at.since(self.at).as_millis().max(1);
        let missing = u128::from(self.limit.saturating_sub(self.remaining));
        let elapsed = now.since(self.at).saturating_sub(REFILL_MARGIN).as_millis();
        let refill = u64::try_from(missing * elapsed / whole).unwrap_or(u64::MAX);
        self.remaining.saturating_add(refill).min(self.limit)
    }

    /// When more is there without anything happening; `None` while it is full.
    pub(crate) fn grows_at(&self, now: Timestamp) -> Option<Timestamp> {
        if self.left(now) >= self.limit {
            return None;
        }
        let leaves =
            [self.length, self.length + WINDOW_MARGIN].map(|after| self.calls.next_leaves(after, now));
        let refills_at = self.is_bucket().then(|| self.next_refill(now));
        // Where the reset has passed, the next one is a window later.
        let moments = [self.resets_at, self.resets_at + self.length, self.at + self.length];
        moments.into_iter().chain(leaves.into_iter().flatten()).chain(refills_at).filter(|at| *at > now).min()
    }

    /// When `cost` is there, if it is not now.
    pub(crate) fn ready_at(&self, cost: u64, now: Timestamp) -> Timestamp {
        let wanted = cost.saturating_add(self.calls.after(self.number));
        let resets_again = self.is_fixed || !self.is_counted;
        let next_reset = if resets_again { self.resets_at + self.length } else { NEVER };
        let reset = if self.resets_at > now { self.resets_at } else { next_reset };
        let refilled = if self.is_bucket() { self.refills_to(wanted) } else { NEVER };
        let slides = self.is_counted || now >= self.resets_at;
        let slid = if slides { self.slides_to(cost, now) } else { NEVER };
        let soonest = [reset, refilled, slid].into_iter().filter(|at| *at > now).min();
        soonest.filter(|at| *at < NEVER).unwrap_or(now + LOOK_AGAIN)
    }

    fn refills_to(&self, wanted: u64) -> Timestamp {
        let missing = u128::from(self.limit.saturating_sub(self.remaining).max(1));
        let lacking = u128::from(wanted.saturating_sub(self.remaining));
        let whole = self.resets_at.since(self.at).as_millis();
        let wait_ms = u64::try_from((lacking * whole).div_ceil(missing)).unwrap_or(u64::MAX);
        self.at + Duration::from_millis(wait_ms) + REFILL_MARGIN
    }

    /// When a bucket holds one more; tokens come so fast that looking now and then is enough.
    fn next_refill(&self, now: Timestamp) -> Timestamp {
        match self.unit {
            Unit::Requests => self.refills_to(self.refilled(now).saturating_add(1)),
            Unit::Tokens => now + LOOK_AGAIN,
        }
    }

    fn slides_to(&self, cost: u64, now: Timestamp) -> Timestamp {
        let room = |foreign: u64| self.limit.saturating_sub(foreign).checked_sub(cost);
        let falls_to = |room| self.calls.falls_to(room, self.length + WINDOW_MARGIN, now);
        let foreign_leaves = self.at + self.length;
        let with_foreign = room(self.foreign).map_or(NEVER, falls_to);
        let without = room(0).map_or(NEVER, |room| falls_to(room).max(foreign_leaves));
        with_foreign.min(without)
    }

    pub(crate) fn shift(&mut self, shift: impl Fn(Timestamp) -> Timestamp) {
        self.at = shift(self.at);
        self.resets_at = shift(self.resets_at);
        self.calls.shift(shift);
    }
}
