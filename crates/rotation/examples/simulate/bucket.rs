//! One limit as a provider really keeps it.
//!
//! - *Fixed*: the count starts anew at multiples of the window's length, shifted by an offset. A daily quota that
//!   resets at a zone's midnight is one.
//! - *Sliding*: what was taken in the last window's length counts.
//! - *Refill* (token bucket): capacity is the limit; it refills continuously, the whole limit in one window's length.

use std::collections::VecDeque;

/// Milliseconds since the Unix epoch, or a length.
pub(crate) type Millis = u64;

pub(crate) const SECOND: Millis = 1_000;
pub(crate) const MINUTE: Millis = 60 * SECOND;
pub(crate) const HOUR: Millis = 60 * MINUTE;
pub(crate) const DAY: Millis = 24 * HOUR;

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    Requests,
    Tokens,
}

impl Counted {
    pub(crate) const fn cost(self, tokens: u64) -> u64 {
        match self {
            Self::Requests => 1,
            Self::Tokens => tokens,
        }
    }
}

/// How a limit forgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Window {
    /// `offset_ms` after each multiple of `length_ms` the count is zero again.
    Fixed {
        length_ms: Millis,
        offset_ms: Millis,
    },
    Sliding {
        length_ms: Millis,
    },
    Refill {
        length_ms: Millis,
    },
}

impl Window {
    pub(crate) const fn length_ms(self) -> Millis {
        match self {
            Self::Fixed { length_ms, .. } | Self::Sliding { length_ms } | Self::Refill { length_ms } => {
                length_ms
            }
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    pub(crate) counted: Counted,
    pub(crate) limit: u64,
    pub(crate) window: Window,
    used: Used,
}

#[derive(Clone, Debug)]
enum Used {
    Fixed {
        window: u64,
        used: u64,
    },
    Sliding {
        taken: VecDeque<(Millis, u64)>,
        used: u64,
    },
    /// What is missing to a full bucket, in units × window length, so that a millisecond refills `limit`.
    Refill {
        missing: u64,
        at: Millis,
    },
}

impl Bucket {
    pub(crate) fn new(counted: Counted, limit: u64, window: Window) -> Self {
        let used = match window {
            Window::Fixed { .. } => Used::Fixed { window: 0, used: 0 },
            Window::Sliding { .. } => Used::Sliding { taken: VecDeque::new(), used: 0 },
            Window::Refill { .. } => Used::Refill { missing: 0, at: 0 },
        };
        Self { counted, limit, window, used }
    }

    /// Forgets what is over at `now`, which must not go back.
    pub(crate) fn advance(&mut self, now: Millis) {
        match (&mut self.used, self.window) {
            (Used::Fixed { window, used }, Window::Fixed { length_ms, offset_ms }) => {
                let current = number(now, length_ms, offset_ms);
                if current != *window {
                    (*window, *used) = (current, 0);
                }
            }
            (Used::Sliding { taken, used }, Window::Sliding { length_ms }) => {
                while let Some((at, amount)) = taken.front().copied().filter(|(at, _)| at + length_ms <= now)
                {
                    debug_assert!(at <= now, "time goes on");
                    *used -= amount;
                    taken.pop_front();
                }
            }
            (Used::Refill { missing, at }, _) => {
                *missing = missing.saturating_sub(now.saturating_sub(*at).saturating_mul(self.limit));
                *at = now;
            }
            (Used::Fixed { .. } | Used::Sliding { .. }, _) => {}
        }
    }

    /// What may still be taken; [`Self::advance`] first.
    pub(crate) fn left(&self) -> u64 {
        match &self.used {
            Used::Fixed { used, .. } | Used::Sliding { used, .. } => self.limit - used,
            Used::Refill { missing, .. } => self.limit - missing.div_ceil(self.window.length_ms()),
        }
    }

    /// Takes what [`Self::left`] allows.
    pub(crate) fn take(&mut self, amount: u64, now: Millis) {
        assert!(amount <= self.left(), "only what is left is taken");
        match &mut self.used {
            Used::Fixed { used, .. } => *used += amount,
            Used::Sliding { taken, used } => {
                taken.push_back((now, amount));
                *used += amount;
            }
            Used::Refill { missing, .. } => *missing += amount * self.window.length_ms(),
        }
    }

    /// When `amount` fits if nothing else is taken; `None` if it never does. [`Self::advance`] to `now` first.
    pub(crate) fn fits_at(&self, amount: u64, now: Millis) -> Option<Millis> {
        if amount > self.limit {
            return None;
        }
        if amount <= self.left() {
            return Some(now);
        }
        Some(match (&self.used, self.window) {
            (Used::Fixed { window, .. }, Window::Fixed { length_ms, offset_ms }) => {
                (window + 1) * length_ms + offset_ms
            }
            (Used::Sliding { taken, .. }, _) => self.released(taken, amount - self.left()),
            (Used::Refill { missing, .. }, _) => {
                let room = (self.limit - amount) * self.window.length_ms();
                now + missing.saturating_sub(room).div_ceil(self.limit)
            }
            (Used::Fixed { .. }, _) => now,
        })
    }

    /// When nothing taken counts any more.
    pub(crate) fn full_at(&self, now: Millis) -> Millis {
        self.fits_at(self.limit, now).unwrap_or(now)
    }

    /// When the next taken amount comes back: the end of a fixed window, the oldest of a sliding one, one request's
    /// worth of a refilling one.
    pub(crate) fn next_release(&self, now: Millis) -> Millis {
        match (&self.used, self.window) {
            (Used::Sliding { taken, .. }, Window::Sliding { length_ms }) => {
                taken.front().map_or(now, |(at, _)| at + length_ms)
            }
            _ => self.fits_at((self.left() + 1).min(self.limit), now).unwrap_or(now),
        }
    }

    fn released(&self, taken: &VecDeque<(Millis, u64)>, needed: u64) -> Millis {
        let mut released = 0;
        for (at, amount) in taken {
            released += amount;
            if released >= needed {
                return at + self.window.length_ms();
            }
        }
        Millis::MAX
    }
}

const fn number(now: Millis, length_ms: Millis, offset_ms: Millis) -> u64 {
    now.saturating_sub(offset_ms) / length_ms
}

#[cfg(test)]
mod tests;
