//! The engine's state and what a person can do to it.

use std::sync::Arc;

use arc_swap::ArcSwap;
use keywheel_rotation::{KeyId, SavedRotation, Timestamp};
use keywheel_store::Writer;
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::pulse::{Pulse, Second};
use crate::rotation::Rotation;
use crate::upstream::{ClientError, UpstreamClient};
use crate::{Clock, Overview, Snapshot};

/// Runs requests. Shared by the planes through an `Arc`.
#[derive(Debug)]
pub struct Engine {
    pub(crate) clock: Clock,
    pub(crate) client: UpstreamClient,
    pub(crate) history: Writer,
    snapshot: ArcSwap<Snapshot>,
    pub(crate) rotation: Mutex<Rotation>,
    pause: Mutex<Option<Pause>>,
    pulse: Mutex<Pulse>,
    changes: watch::Sender<u64>,
}

/// The person paused the rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// When it ends by itself; `None` is until resumed.
    pub until: Option<Timestamp>,
}

impl Engine {
    /// An engine with nothing in flight.
    ///
    /// # Errors
    /// [`ClientError`] if the HTTP client can't be set up.
    pub fn new(snapshot: Snapshot, history: Writer, clock: Clock) -> Result<Arc<Self>, ClientError> {
        let rotation = Rotation::over(&snapshot.fleet, clock.now());
        Ok(Arc::new(Self {
            client: UpstreamClient::new()?,
            history,
            snapshot: ArcSwap::from_pointee(snapshot),
            rotation: Mutex::new(rotation),
            pause: Mutex::default(),
            pulse: Mutex::new(Pulse::new(clock.now())),
            changes: watch::Sender::new(1),
            clock,
        }))
    }

    /// The clock everything here goes by.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The configuration in force.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// How everything stands now.
    #[must_use]
    pub fn overview(&self) -> Overview {
        let snapshot = self.snapshot();
        Overview::at(&snapshot.fleet, &mut self.rotation.lock(), self.clock.now())
    }

    /// What was learned about lanes, for keeping it over a restart.
    #[must_use]
    pub fn save_rotation(&self) -> SavedRotation {
        self.rotation.lock().state.save()
    }

    /// Takes over what an earlier run learned.
    pub fn restore_rotation(&self, saved: SavedRotation) {
        let snapshot = self.snapshot();
        self.rotation.lock().restore(saved, &snapshot.fleet, self.clock.now());
        self.announce();
    }

    /// Compares the wall clock with our own. After a correction every wait keeps what is left of it.
    pub fn check_clock(self: &Arc<Self>) {
        let mut rotation = self.rotation.lock();
        if let Some((from, to)) = self.clock.follow_wall() {
            tracing::info!(by_ms = to.unix_ms().abs_diff(from.unix_ms()), "the wall clock was corrected");
            rotation.state.shift_clock(from, to);
            drop(rotation);
            self.serve_queue();
        }
    }

    /// Counts the changes; wakes on each.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Requests, attempts passed on and failures of the last sixty seconds, oldest first.
    #[must_use]
    pub fn last_minute(&self) -> Vec<Second> {
        self.pulse.lock().seconds(self.clock.now())
    }

    /// Rows of the history that were lost because the disk did not keep up.
    #[must_use]
    pub fn dropped_history_rows(&self) -> u64 {
        self.history.dropped_rows()
    }

    /// Answers no request until resumed, or until `until`.
    pub fn pause(&self, until: Option<Timestamp>) {
        *self.pause.lock() = Some(Pause { until });
        self.announce();
    }

    /// Answers requests again.
    pub fn resume(&self) {
        *self.pause.lock() = None;
        self.announce();
    }

    /// The pause in force, if any.
    #[must_use]
    pub fn paused(&self) -> Option<Pause> {
        let now = self.clock.now();
        let mut pause = self.pause.lock();
        *pause = pause.filter(|pause| pause.until.is_none_or(|until| now < until));
        *pause
    }

    /// Ends every hold on a key by hand, its rejection included.
    pub fn clear_key(self: &Arc<Self>, key: &KeyId) {
        self.rotation.lock().state.clear_key(key, self.clock.now());
        self.serve_queue();
    }

    pub(crate) fn count(&self, count: impl FnOnce(&mut Second)) {
        if let Some(second) = self.pulse.lock().at(self.clock.now()) {
            count(second);
        }
        self.announce();
    }

    pub(crate) fn announce(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }
}
