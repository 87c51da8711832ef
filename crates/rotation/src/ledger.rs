//! Calls in the order they were sent, and what each took: the count behind every budget.
//!
//! A call stands in the ledger from the moment it is sent, first with what it is expected to take, then with what it
//! took, or not at all if the provider refused it. So "in flight" and "spent" are the same count, and a reply that
//! says what was left when *its* call was admitted is made current by what was sent after that call.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Calls by the order they were sent in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ledger {
    calls: VecDeque<Charge>,
    total: u64,
    /// The part of it that is not answered yet.
    #[serde(skip)]
    open: u64,
}

/// What one call takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Charge {
    /// The dispatch it belongs to. Numbers begin anew with the process, and nothing of an older one is in flight.
    #[serde(skip)]
    pub(crate) number: u64,
    pub(crate) sent_at: Timestamp,
    pub(crate) amount: u64,
    /// Not answered yet.
    #[serde(skip)]
    pub(crate) is_open: bool,
}

impl Ledger {
    pub(crate) fn add(&mut self, charge: Charge) {
        self.calls.push_back(charge);
        self.total = self.total.saturating_add(charge.amount);
        self.open = self.open.saturating_add(if charge.is_open { charge.amount } else { 0 });
    }

    /// Puts in what an answered call really took; `None` keeps what was expected.
    pub(crate) fn settle(&mut self, number: u64, amount: Option<u64>) {
        if let Some(index) = self.find(number)
            && let Some(call) = self.calls.get_mut(index)
        {
            let taken = amount.unwrap_or(call.amount);
            self.open = self.open.saturating_sub(if call.is_open { call.amount } else { 0 });
            self.total = self.total.saturating_sub(call.amount).saturating_add(taken);
            call.amount = taken;
            call.is_open = false;
        }
    }

    /// Takes out a call that took nothing.
    pub(crate) fn remove(&mut self, number: u64) {
        if let Some(call) = self.find(number).and_then(|index| self.calls.remove(index)) {
            self.total = self.total.saturating_sub(call.amount);
            self.open = self.open.saturating_sub(if call.is_open { call.amount } else { 0 });
        }
    }

    /// Forgets what was sent before `limit` and is answered, oldest first.
    pub(crate) fn forget_before(&mut self, limit: Timestamp) {
        while let Some(oldest) = self.calls.front()
            && oldest.sent_at < limit
            && !oldest.is_open
        {
            self.total = self.total.saturating_sub(oldest.amount);
            self.calls.pop_front();
        }
    }

    /// Taken in the window of `length` that ends at `now`.
    pub(crate) fn within(&self, length: Duration, now: Timestamp) -> u64 {
        let gone = self.calls.iter().take_while(|call| call.sent_at + length <= now);
        gone.fold(self.total, |left, call| left.saturating_sub(call.amount))
    }

    /// Taken by calls sent after the given one.
    pub(crate) fn after(&self, number: u64) -> u64 {
        sum(self.calls.iter().rev().take_while(|call| call.number > number))
    }

    /// Taken by calls sent at `start` or later.
    pub(crate) fn since(&self, start: Timestamp) -> u64 {
        sum(self.calls.iter().rev().take_while(|call| call.sent_at >= start))
    }

    /// Taken at least by answered calls up to the given one, in the window of `length` that ends at `now`.
    pub(crate) fn answered_within(&self, length: Duration, now: Timestamp, number: u64) -> u64 {
        self.within(length, now).saturating_sub(self.open).saturating_sub(self.after(number))
    }

    /// When the next call leaves a window of `length`.
    pub(crate) fn next_leaves(&self, length: Duration, now: Timestamp) -> Option<Timestamp> {
        self.calls.iter().map(|call| call.sent_at + length).find(|leaves| *leaves > now)
    }

    /// When no more than `room` is taken in a window of `length`, if nothing else is sent.
    pub(crate) fn falls_to(&self, room: u64, length: Duration, now: Timestamp) -> Timestamp {
        let mut taken = self.total;
        for call in &self.calls {
            if taken <= room {
                break;
            }
            taken = taken.saturating_sub(call.amount);
            if taken <= room {
                return (call.sent_at + length).max(now);
            }
        }
        now
    }

    pub(crate) fn shift(&mut self, shift: impl Fn(Timestamp) -> Timestamp) {
        self.calls.iter_mut().for_each(|call| call.sent_at = shift(call.sent_at));
    }

    fn find(&self, number: u64) -> Option<usize> {
        self.calls.binary_search_by_key(&number, |call| call.number).ok()
    }
}

fn sum<'a>(calls: impl Iterator<Item = &'a Charge>) -> u64 {
    calls.fold(0, |total, call| total.saturating_add(call.amount))
}
