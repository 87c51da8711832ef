//! The engine's state and what a person can do to it.

use std::sync::Arc;

use arc_swap::ArcSwap;
use keywheel_rotation::{KeyId, Lane, RotationState, Selection, Timestamp, select};
use keywheel_store::Writer;
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::flight::Flight;
use crate::pulse::{Pulse, Second};
use crate::upstream::{ClientError, UpstreamClient};
use crate::{Clock, Overview, Snapshot};

/// Runs requests. Shared by the planes through an `Arc`.
#[derive(Debug)]
pub struct Engine {
    pub(crate) clock: Clock,
    pub(crate) client: UpstreamClient,
    pub(crate) history: Writer,
    snapshot: ArcSwap<Snapshot>,
    rotation: Mutex<RotationState>,
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
        Ok(Arc::new(Self {
            client: UpstreamClient::new()?,
            history,
            snapshot: ArcSwap::from_pointee(snapshot),
            rotation: Mutex::default(),
            pause: Mutex::default(),
            pulse: Mutex::new(Pulse::new(clock.now())),
            changes: watch::Sender::new(1),
            clock,
        }))
    }

    /// The clock everything here goes by.
    #[must_use]
    pub const fn clock(&self) -> Clock {
        self.clock
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
        Overview::at(&snapshot.fleet, &self.rotation.lock(), self.clock.now())
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
    pub fn clear_key(&self, key: &KeyId) {
        self.rotation.lock().clear_key(key);
        self.announce();
    }

    /// Selects and, if a lane can serve, books it: both under one lock, so that no two requests take the same
    /// last place.
    pub(crate) fn select_and_book(self: &Arc<Self>, wanted: &Wanted<'_>) -> (Selection, Option<Flight>) {
        let now = self.clock.now();
        let mut rotation = self.rotation.lock();
        let snapshot = wanted.snapshot;
        let selection =
            select(&snapshot.fleet, &rotation, wanted.chain, wanted.tried, wanted.estimated_tokens, now);
        let again = wanted.again.and_then(|lane| selection.usable(lane));
        let Some(candidate) = again.or_else(|| selection.winner()).cloned() else {
            return (selection, None);
        };
        rotation.dispatch(&candidate.lane, wanted.estimated_tokens);
        drop(rotation);
        self.announce();
        let flight = Flight::new(self.clone(), snapshot.cooldowns, candidate, wanted.estimated_tokens);
        (selection, Some(flight))
    }

    pub(crate) fn settle<T>(&self, change: impl FnOnce(&mut RotationState, Timestamp) -> T) -> T {
        let result = change(&mut self.rotation.lock(), self.clock.now());
        self.announce();
        result
    }

    pub(crate) fn count(&self, count: impl FnOnce(&mut Second)) {
        if let Some(second) = self.pulse.lock().at(self.clock.now()) {
            count(second);
        }
        self.announce();
    }

    fn announce(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }
}

/// What one selection is asked for.
pub(crate) struct Wanted<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) chain: &'a keywheel_rotation::Chain,
    pub(crate) tried: &'a std::collections::HashSet<Lane>,
    /// A lane to ask a second time, if it is still usable.
    pub(crate) again: Option<&'a Lane>,
    pub(crate) estimated_tokens: u64,
}
