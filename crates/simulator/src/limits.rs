//! Fixed windows that start at the first request in them.
//!
//! A request is admitted only if every window of its key has room for it; only then is it charged,
//! to all of them. A refused request costs nothing. When several windows are spent, the one that
//! ends last decides when to come back. A request larger than a whole window is refused for good.

use std::time::Duration;

use tokio::time::Instant;

use crate::script::KeyScript;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What a window counts, and over how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meter {
    RequestsPerMinute,
    RequestsPerDay,
    TokensPerMinute,
}

impl Meter {
    fn length(self) -> Duration {
        match self {
            Self::RequestsPerMinute | Self::TokensPerMinute => MINUTE,
            Self::RequestsPerDay => DAY,
        }
    }

    fn cost(self, tokens: u32) -> u32 {
        match self {
            Self::RequestsPerMinute | Self::RequestsPerDay => 1,
            Self::TokensPerMinute => tokens,
        }
    }
}

/// Where a window stands at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) meter: Meter,
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) resets_in: Duration,
}

/// The answer to "may this request pass?".
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Admitted,
    Spent(Standing),
    TooLarge { limit: u32, requested: u32 },
}

/// All windows of one key.
#[derive(Debug)]
pub(crate) struct Limits {
    windows: Vec<Window>,
}

impl Limits {
    pub(crate) fn new(key: &KeyScript) -> Self {
        let windows = [
            (Meter::RequestsPerMinute, key.requests_per_minute),
            (Meter::RequestsPerDay, key.requests_per_day),
            (Meter::TokensPerMinute, key.tokens_per_minute),
        ]
        .into_iter()
        .filter_map(|(meter, limit)| Some(Window::new(meter, limit?)))
        .collect();
        Self { windows }
    }

    /// Charges a request of `tokens` to every window, or to none.
    pub(crate) fn admit(&mut self, now: Instant, tokens: u32) -> Admission {
        for window in &mut self.windows {
            window.roll(now);
        }
        if let Some(refusal) = self.too_large(tokens).or_else(|| self.spent(now, tokens)) {
            return refusal;
        }
        for window in &mut self.windows {
            window.charge(now, tokens);
        }
        Admission::Admitted
    }

    pub(crate) fn standings(&self, now: Instant) -> Vec<Standing> {
        self.windows.iter().map(|window| window.standing(now)).collect()
    }

    /// Forgets everything charged so far.
    pub(crate) fn clear(&mut self) {
        for window in &mut self.windows {
            window.started = None;
            window.used = 0;
        }
    }

    fn too_large(&self, tokens: u32) -> Option<Admission> {
        self.windows.iter().find_map(|window| {
            let requested = window.meter.cost(tokens);
            (requested > window.limit).then_some(Admission::TooLarge { limit: window.limit, requested })
        })
    }

    fn spent(&self, now: Instant, tokens: u32) -> Option<Admission> {
        self.windows
            .iter()
            .filter(|window| !window.has_room(tokens))
            .map(|window| window.standing(now))
            .max_by_key(|standing| standing.resets_in)
            .map(Admission::Spent)
    }
}

#[derive(Debug)]
struct Window {
    meter: Meter,
    limit: u32,
    used: u32,
    started: Option<Instant>,
}

impl Window {
    fn new(meter: Meter, limit: u32) -> Self {
        Self { meter, limit, used: 0, started: None }
    }

    fn roll(&mut self, now: Instant) {
        if self.resets_in(now).is_zero() {
            self.started = None;
            self.used = 0;
        }
    }

    fn has_room(&self, tokens: u32) -> bool {
        self.used.saturating_add(self.meter.cost(tokens)) <= self.limit
    }

    fn charge(&mut self, now: Instant, tokens: u32) {
        self.started.get_or_insert(now);
        self.used = self.used.saturating_add(self.meter.cost(tokens));
    }

    fn resets_in(&self, now: Instant) -> Duration {
        self.started.map_or(Duration::ZERO, |started| {
            let age = now.saturating_duration_since(started);
            self.meter.length().saturating_sub(age)
        })
    }

    fn standing(&self, now: Instant) -> Standing {
        Standing {
            meter: self.meter,
            limit: self.limit,
            remaining: self.limit.saturating_sub(self.used),
            resets_in: self.resets_in(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(key: &KeyScript) -> Limits {
        Limits::new(key)
    }

    /// Plays `(second, tokens)` requests and compares which were admitted.
    #[track_caller]
    fn check(key: &KeyScript, requests: &[(u64, u32)], admitted: &[bool]) {
        let mut limits = limits(key);
        let start = Instant::now();
        let found: Vec<bool> = requests
            .iter()
            .map(|&(second, tokens)| {
                limits.admit(start + Duration::from_secs(second), tokens) == Admission::Admitted
            })
            .collect();
        assert_eq!(found, admitted);
    }

    #[test]
    fn a_minute_window_starts_at_its_first_request() {
        check(
            &KeyScript::new("k").requests_per_minute(2),
            &[(50, 1), (55, 1), (60, 1), (109, 1), (110, 1)],
            &[true, true, false, false, true],
        );
    }

    #[test]
    fn a_day_window_outlasts_minutes() {
        check(
            &KeyScript::new("k").requests_per_minute(1).requests_per_day(2),
            &[(0, 1), (1, 1), (60, 1), (120, 1), (86_399, 1), (86_400, 1)],
            &[true, false, true, false, false, true],
        );
    }

    #[test]
    fn tokens_are_charged_by_size_and_a_refusal_costs_nothing() {
        check(
            &KeyScript::new("k").tokens_per_minute(10),
            &[(0, 6), (1, 6), (2, 4), (3, 1), (60, 10)],
            &[true, false, true, false, true],
        );
    }

    #[test]
    fn an_unlimited_key_admits_everything() {
        check(&KeyScript::new("k"), &[(0, u32::MAX); 3], &[true; 3]);
    }

    #[test]
    fn a_request_larger_than_the_window_never_passes() {
        let mut limits = limits(&KeyScript::new("k").tokens_per_minute(10));
        assert_eq!(limits.admit(Instant::now(), 11), Admission::TooLarge { limit: 10, requested: 11 });
    }

    #[test]
    fn the_window_that_ends_last_is_named() {
        let mut limits = limits(&KeyScript::new("k").requests_per_minute(1).requests_per_day(1));
        let start = Instant::now();
        assert_eq!(limits.admit(start, 1), Admission::Admitted);
        assert_eq!(
            limits.admit(start + Duration::from_secs(10), 1),
            Admission::Spent(Standing {
                meter: Meter::RequestsPerDay,
                limit: 1,
                remaining: 0,
                resets_in: Duration::from_secs(86_390),
            })
        );
    }

    #[test]
    fn a_window_that_has_not_started_stands_full_and_resets_now() {
        let limits = limits(&KeyScript::new("k").requests_per_minute(3));
        assert_eq!(
            limits.standings(Instant::now()),
            [Standing { meter: Meter::RequestsPerMinute, limit: 3, remaining: 3, resets_in: Duration::ZERO }]
        );
    }
}
