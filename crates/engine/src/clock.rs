//! The one place that reads the time.

use std::time::Duration;

use keywheel_rotation::Timestamp;
use tokio::time::Instant;

/// The wall clock at start, carried on by the monotonic clock: it never jumps, and tests can pause it.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started_at: Timestamp,
    origin: Instant,
}

impl Clock {
    /// A clock that shows the current time. Needs no runtime.
    #[must_use]
    pub fn start() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        let since_epoch =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self { started_at: Timestamp::default() + since_epoch, origin: Instant::now() }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.started_at + self.origin.elapsed()
    }

    /// When the clock was started.
    #[must_use]
    pub const fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// The instant for timers that corresponds to `moment`.
    #[must_use]
    pub fn instant(&self, moment: Timestamp) -> Instant {
        const FAR_FUTURE: Duration = Duration::from_hours(24 * 365);
        let wait = moment.since(self.now()).min(FAR_FUTURE);
        Instant::now() + wait
    }
}
