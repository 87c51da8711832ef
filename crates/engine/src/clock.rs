//! The one place that reads the time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use keywheel_rotation::Timestamp;
use tokio::time::Instant;

/// The wall clock at start, carried on by a clock that runs through suspends and never jumps. A correction of the wall
/// clock is taken over only by [`Clock::follow_wall`], so that the caller can move what it has stored along.
#[derive(Debug)]
pub struct Clock {
    started_at: Timestamp,
    /// Wall time at `origin`, corrections included, in milliseconds since the Unix epoch.
    base_ms: AtomicU64,
    origin: boot_time::Instant,
}

/// Smaller differences are drift and leap seconds, not corrections.
const CORRECTION: Duration = Duration::from_secs(30);

impl Clock {
    /// A clock that shows the current time.
    #[must_use]
    pub fn start() -> Self {
        let started_at = wall();
        let base_ms = AtomicU64::new(started_at.unix_ms());
        Self { started_at, base_ms, origin: boot_time::Instant::now() }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.base_ms.load(Ordering::Relaxed)) + self.origin.elapsed()
    }

    /// When the clock was started.
    #[must_use]
    pub const fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// Takes a corrected wall clock over. Returns what the time was before and is now, if it was corrected.
    #[must_use]
    pub fn follow_wall(&self) -> Option<(Timestamp, Timestamp)> {
        self.follow(wall())
    }

    fn follow(&self, wall: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let own = self.now();
        let difference = wall.since(own).max(own.since(wall));
        if difference < CORRECTION {
            return None;
        }
        let elapsed_ms = u64::try_from(self.origin.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.base_ms.store(wall.unix_ms().saturating_sub(elapsed_ms), Ordering::Relaxed);
        Some((own, wall))
    }

    /// The instant for timers that corresponds to `moment`.
    #[must_use]
    pub fn instant(&self, moment: Timestamp) -> Instant {
        const FAR_FUTURE: Duration = Duration::from_hours(24 * 365);
        let wait = moment.since(self.now()).min(FAR_FUTURE);
        Instant::now() + wait
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock")]
fn wall() -> Timestamp {
    Timestamp::default() + SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_is_followed_and_drift_is_not() {
        let clock = Clock::start();
        let start = clock.started_at();
        assert_eq!(clock.follow(start + Duration::from_secs(5)), None, "five seconds are drift");
        let day = Duration::from_hours(24);
        let (from, to) = clock.follow(start + day).expect("a day is a correction");
        assert!(from < start + Duration::from_mins(1) && to == start + day);
        assert!(clock.now() >= start + day, "from now on the corrected time is shown");
        assert!(clock.follow(start).is_some(), "back again is a correction, too");
        assert!(clock.now() < start + Duration::from_mins(1));
    }
}
