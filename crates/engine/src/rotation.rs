//! The rotation state with what belongs behind the same lock: seated chains and requests that wait.

use std::collections::HashMap;
use std::sync::Arc;

use keywheel_rotation::{
    Candidate, Chain, Fleet, OwnerEvidence, Request, Roster, RotationState, SavedRotation, Timestamp,
};

use crate::queue::Queue;

/// Everything that changes together.
#[derive(Debug, Default)]
pub(crate) struct Rotation {
    pub(crate) state: RotationState,
    pub(crate) queue: Queue,
    pub(crate) evidence: OwnerEvidence,
    rosters: HashMap<String, Arc<Roster>>,
}

/// Names outside the configured chains are any text a client sends: so many are kept seated.
const MAX_ROSTERS: usize = 1_024;

impl Rotation {
    pub(crate) fn over(fleet: &Fleet, now: Timestamp) -> Self {
        let mut rotation = Self::default();
        rotation.state.adopt(fleet, now);
        rotation
    }

    pub(crate) fn restore(&mut self, saved: SavedRotation, fleet: &Fleet, now: Timestamp) {
        self.state.restore(saved, now);
        self.state.adopt(fleet, now);
        self.rosters.clear();
    }

    /// The lanes of `chain`, seated once.
    pub(crate) fn roster(&mut self, fleet: &Fleet, chain: &Chain, now: Timestamp) -> Arc<Roster> {
        if let Some(roster) = self.rosters.get(&chain.name) {
            return roster.clone();
        }
        if self.rosters.len() >= MAX_ROSTERS {
            self.rosters.clear();
        }
        let roster = Arc::new(Roster::seat(fleet, chain, &mut self.state, now));
        self.rosters.insert(chain.name.clone(), roster.clone());
        roster
    }

    /// What selection says of every lane of `chain`.
    pub(crate) fn explain(
        &mut self,
        fleet: &Fleet,
        chain: &Chain,
        request: &Request,
        now: Timestamp,
    ) -> Vec<Candidate> {
        let roster = self.roster(fleet, chain, now);
        self.state.explain(fleet, &roster, request, now)
    }
}
