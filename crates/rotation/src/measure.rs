//! Measuring a limit that nobody states.
//!
//! What goes through in a minute before the provider refuses is what it allows in a minute. So the calls of the last
//! minute are counted all the time, and at a refusal without numbers the count becomes a limit of our own, which is
//! then kept to *before* the next refusal. Two things keep the measurement honest:
//!
//! - It may be too high: calls of the window before were counted in. Then the next refusal comes at a lower count,
//!   and the lower count stands.
//! - It may be too low: an older limit, a busy hour, another program on the same key. So now and then one call more
//!   than the limit is let through. If it is served, the limit grows by that call; if it is refused, the pause until
//!   the next such try doubles, so that a right measurement costs almost nothing.
//!
//! A refusal that the minute can't explain – because its budget is stated and has some left, or because the minute
//! carried more than twice as much before – is first taken for a limit per second, and measured the same way: what
//! went through in the second before is what a second allows. A refusal that no call of that second explains either
//! says something else (a daily quota, a token limit): it is left to the guessed hold and changes no measurement.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::state::NEVER;

/// The window that is measured first: nearly every provider's shortest limit is per minute.
pub(crate) const MEASURED_WINDOW: Duration = Duration::from_secs(60);
/// What is measured where a minute explains nothing.
const SHORT_WINDOW: Duration = Duration::from_secs(1);
/// A window is taken a little longer than it is: clocks differ, and calls take time to arrive.
pub(crate) const WINDOW_MARGIN: Duration = Duration::from_millis(400);
/// The first and the longest pause between two tries of one call more.
const FIRST_PAUSE: Duration = Duration::from_mins(4);
const LONGEST_PAUSE: Duration = Duration::from_mins(64);
/// The pause while one call more was served each time.
const GROWING_PAUSE: Duration = Duration::from_mins(1);

/// Calls of the last minute, and the limits they were found to have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Measure {
    calls: VecDeque<Timestamp>,
    /// Per minute.
    limit: Option<Limit>,
    /// Per second.
    #[serde(default)]
    short: Option<Limit>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Limit {
    requests: u64,
    /// Nobody tries one call more before this.
    try_more_at: Timestamp,
    pause: Duration,
}

impl Limit {
    /// A refusal at that count.
    fn measured(known: Option<&Self>, allowed: u64, now: Timestamp) -> Self {
        let pause = match known {
            Some(limit) if allowed >= limit.requests => (limit.pause * 2).min(LONGEST_PAUSE),
            Some(_) | None => FIRST_PAUSE,
        };
        let requests = known.map_or(allowed, |limit| limit.requests.min(allowed));
        Self { requests, try_more_at: now + pause, pause }
    }

    /// That many were served.
    fn served(&mut self, within: u64, now: Timestamp) {
        if within > self.requests {
            *self = Self { requests: within, try_more_at: now, pause: GROWING_PAUSE };
        }
    }
}

impl Measure {
    /// A call was sent.
    pub(crate) fn sent(&mut self, at: Timestamp) {
        self.forget_old(at);
        self.calls.push_back(at);
    }

    /// The call sent at `sent_at` was answered. If that is more than a limit says, the limit is larger.
    pub(crate) fn served(&mut self, sent_at: Timestamp, now: Timestamp) {
        let minute = self.within(now);
        if let Some(limit) = &mut self.limit {
            limit.served(minute, now);
        }
        if self.short.is_some() {
            let second = self.second_before(sent_at);
            self.short.iter_mut().for_each(|limit| limit.served(second, now));
        }
    }

    /// A call was refused without numbers. It did not count, so it is taken out again. `minute_has_room` says that a
    /// stated budget can't be the reason. Returns when the next call may go through, if the refusal could be measured.
    pub(crate) fn refused(
        &mut self,
        sent_at: Timestamp,
        minute_has_room: bool,
        now: Timestamp,
    ) -> Option<Timestamp> {
        self.unsent(sent_at);
        let (minute, second) = (self.within(sent_at), self.second_before(sent_at));
        let unexplained = self.limit.as_ref().is_some_and(|limit| minute * 2 < limit.requests);
        if !minute_has_room && !unexplained {
            if minute == 0 {
                return None;
            }
            self.limit = Some(Limit::measured(self.limit.as_ref(), minute, now));
        } else if second > 0 {
            self.short = Some(Limit::measured(self.short.as_ref(), second, now));
        } else {
            return None;
        }
        Some(self.ready_at(now).max(now + WINDOW_MARGIN))
    }

    /// A call did not count, or was not sent after all.
    pub(crate) fn unsent(&mut self, sent_at: Timestamp) {
        if let Some(index) = self.calls.iter().rposition(|call| *call == sent_at) {
            self.calls.remove(index);
        }
    }

    /// When the next call may be sent.
    pub(crate) fn ready_at(&self, now: Timestamp) -> Timestamp {
        let minute = self.limit.as_ref().map_or(now, |limit| self.ready_within(limit, MEASURED_WINDOW, now));
        let second = self.short.as_ref().map_or(now, |limit| self.ready_within(limit, SHORT_WINDOW, now));
        minute.max(second)
    }

    fn ready_within(&self, limit: &Limit, window: Duration, now: Timestamp) -> Timestamp {
        let allowed = limit.requests + u64::from(limit.try_more_at <= now);
        let allowed = usize::try_from(allowed).unwrap_or(usize::MAX);
        match self.calls.len().checked_sub(allowed).and_then(|index| self.calls.get(index)) {
            Some(leaving) => (*leaving + window + WINDOW_MARGIN).max(now),
            None => now,
        }
    }

    /// The limit that lets the next call through last, and when that is.
    pub(crate) fn obstacle(&self, now: Timestamp) -> Option<(u64, Timestamp)> {
        let limits = [(&self.limit, MEASURED_WINDOW), (&self.short, SHORT_WINDOW)];
        let limits = limits.into_iter().filter_map(|(limit, window)| Some((limit.as_ref()?, window)));
        let waits = limits.map(|(limit, window)| (limit.requests, self.ready_within(limit, window, now)));
        waits.filter(|(_, ready_at)| *ready_at > now).max_by_key(|(_, ready_at)| *ready_at)
    }

    /// The limit measured per minute and what is left of it.
    pub(crate) fn remaining(&self, now: Timestamp) -> Option<(u64, u64)> {
        let limit = self.limit.as_ref()?.requests;
        Some((limit, limit.saturating_sub(self.within(now))))
    }

    pub(crate) const fn has_limit(&self) -> bool {
        self.limit.is_some() || self.short.is_some()
    }

    /// When the oldest call leaves the window, or one call more may be tried.
    pub(crate) fn grows_at(&self, now: Timestamp) -> Timestamp {
        let leaves = |window: Duration| {
            self.calls.iter().map(|call| *call + window + WINDOW_MARGIN).find(|leaves| *leaves > now)
        };
        let short_leaves = self.short.as_ref().and_then(|_| leaves(SHORT_WINDOW));
        let limits = self.limit.iter().chain(&self.short);
        let try_more = limits.map(|limit| limit.try_more_at).filter(|at| *at > now);
        leaves(MEASURED_WINDOW).into_iter().chain(short_leaves).chain(try_more).min().unwrap_or(NEVER)
    }

    /// A stated budget takes the place of the measurement.
    pub(crate) fn forget(&mut self) {
        self.limit = None;
        self.short = None;
    }

    pub(crate) fn shift(&mut self, shift: impl Fn(Timestamp) -> Timestamp) {
        self.calls.iter_mut().for_each(|call| *call = shift(*call));
        for limit in self.limit.iter_mut().chain(&mut self.short) {
            limit.try_more_at = shift(limit.try_more_at);
        }
    }

    fn within(&self, now: Timestamp) -> u64 {
        let old = self.calls.iter().take_while(|call| **call + MEASURED_WINDOW <= now).count();
        (self.calls.len() - old) as u64
    }

    /// Calls in the second that ends with `at`.
    fn second_before(&self, at: Timestamp) -> u64 {
        let recent = self.calls.iter().rev().skip_while(|call| **call > at);
        recent.take_while(|call| **call + SHORT_WINDOW > at).count() as u64
    }

    fn forget_old(&mut self, now: Timestamp) {
        while self.calls.front().is_some_and(|call| *call + MEASURED_WINDOW + WINDOW_MARGIN <= now) {
            self.calls.pop_front();
        }
    }
}
