//! Requests that wait for a lane, in the order they came.
//!
//! Whenever something changes, the queue is gone through from the front: each waiting request that a lane can serve
//! now gets it, booked, and the others stay. A request that comes later is looked at after all of them, so that none
//! is overtaken by one that could have waited behind it; one that needs what nobody before it can use does not wait
//! for their sake.

use std::collections::BTreeMap;
use std::sync::Arc;

use keywheel_rotation::{Request, Roster, Selection, Timestamp};
use tokio::sync::oneshot;

use crate::Engine;
use crate::flight::Flight;
use crate::rotation::Rotation;
use crate::snapshot::Snapshot;

/// Waiting requests by ticket.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: BTreeMap<u64, Waiting>,
    next_ticket: u64,
}

#[derive(Debug)]
struct Waiting {
    wanted: Wanted,
    lane: oneshot::Sender<Flight>,
}

/// What a request wants of selection.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) roster: Arc<Roster>,
    pub(crate) request: Request,
}

/// A place in the queue. Dropping it gives the place up.
#[derive(Debug)]
pub(crate) struct Place {
    engine: Arc<Engine>,
    ticket: u64,
    lane: oneshot::Receiver<Flight>,
}

/// More waiting requests than this are answered at once instead.
const MAX_WAITING: usize = 4_096;

impl Engine {
    /// Selects and, if a lane can serve, books it: both under one lock, so that no two requests take the same last
    /// place. Those that wait already are looked at first.
    pub(crate) fn select_and_book(self: &Arc<Self>, wanted: &Wanted) -> Result<Flight, Selection> {
        let mut rotation = self.rotation.lock();
        let now = self.clock.now();
        rotation.serve_queue(self, now);
        let before = rotation.queue.first_in_line(&wanted.roster);
        let booked = rotation.book(self, wanted, before, now);
        drop(rotation);
        self.announce();
        booked
    }

    /// Looks without booking.
    pub(crate) fn look(&self, wanted: &Wanted) -> Selection {
        let now = self.clock.now();
        self.rotation.lock().state.select(&wanted.roster, &wanted.request, now)
    }

    /// Takes a place at the end of the queue; `None` while it is full.
    pub(crate) fn queue(self: &Arc<Self>, wanted: Wanted) -> Option<Place> {
        let mut rotation = self.rotation.lock();
        let queue = &mut rotation.queue;
        if queue.waiting.len() >= MAX_WAITING {
            return None;
        }
        let (sender, lane) = oneshot::channel();
        let ticket = queue.next_ticket;
        queue.next_ticket += 1;
        queue.waiting.insert(ticket, Waiting { wanted, lane: sender });
        // A lane may have become free since the last look, when nobody stood here to take it.
        rotation.serve_queue(self, self.clock.now());
        Some(Place { engine: self.clone(), ticket, lane })
    }

    /// Gives lanes to those that wait, as far as there are any.
    pub(crate) fn serve_queue(self: &Arc<Self>) {
        self.rotation.lock().serve_queue(self, self.clock.now());
        self.announce();
    }
}

impl Queue {
    /// Who has waited longest for the lanes of `roster`: ticket and size in tokens.
    fn first_in_line(&self, roster: &Arc<Roster>) -> Option<(u64, u64)> {
        let same = |waiting: &&(&u64, &Waiting)| Arc::ptr_eq(&waiting.1.wanted.roster, roster);
        let first = self.waiting.iter().find(|waiting| same(&waiting));
        first.map(|(ticket, waiting)| (*ticket, waiting.wanted.request.tokens))
    }
}

impl Rotation {
    pub(crate) fn serve_queue(&mut self, engine: &Arc<Engine>, now: Timestamp) {
        let tickets: Vec<u64> = self.queue.waiting.keys().copied().collect();
        for ticket in tickets {
            let Some(waiting) = self.queue.waiting.remove(&ticket) else { continue };
            let before =
                self.queue.first_in_line(&waiting.wanted.roster).filter(|(first, _)| *first < ticket);
            match self.book(engine, &waiting.wanted, before, now) {
                Ok(flight) => {
                    if let Err(unwanted) = waiting.lane.send(flight) {
                        self.state.unbook(unwanted.booking(), now);
                    }
                }
                Err(_) => {
                    self.queue.waiting.insert(ticket, waiting);
                }
            }
        }
    }

    /// `before` is who has waited longest for the same lanes: its ticket and its size in tokens.
    fn book(
        &mut self,
        engine: &Arc<Engine>,
        wanted: &Wanted,
        before: Option<(u64, u64)>,
        now: Timestamp,
    ) -> Result<Flight, Selection> {
        let selection = match before {
            None => self.state.select(&wanted.roster, &wanted.request, now),
            Some((_, tokens)) => {
                let request = Request { waits_behind_tokens: Some(tokens), ..wanted.request.clone() };
                self.state.select(&wanted.roster, &request, now)
            }
        };
        let Some(chosen) = selection.chosen else { return Err(selection) };
        let booking = self.state.dispatch(chosen, wanted.request.tokens, now);
        let Some(lane) = self.state.lane(chosen).cloned() else { return Err(selection) };
        Ok(Flight::new(engine.clone(), wanted, booking, lane))
    }
}

impl Place {
    /// The lane, as soon as one can serve; `None` if none could until `until`.
    pub(crate) async fn lane_until(&mut self, until: tokio::time::Instant) -> Option<Flight> {
        tokio::select! {
            biased;
            lane = &mut self.lane => lane.ok(),
            () = tokio::time::sleep_until(until) => {
                self.engine.serve_queue();
                self.lane.try_recv().ok()
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut rotation = self.engine.rotation.lock();
        rotation.queue.waiting.remove(&self.ticket);
        // A lane that was given in the same moment is given back.
        if let Ok(unwanted) = self.lane.try_recv() {
            let now = self.engine.clock.now();
            rotation.state.unbook(unwanted.booking(), now);
            rotation.serve_queue(&self.engine, now);
        }
    }
}
