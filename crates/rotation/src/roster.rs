//! A chain made ready for selection: its lanes in the order in which they are looked at.

use std::collections::BTreeMap;

use crate::scope::LaneIndex;
use crate::{Abilities, Chain, Fleet, RotationState, Strategy, Target, Timestamp};

/// The lanes of one chain.
#[derive(Clone, Debug)]
pub struct Roster {
    pub(crate) strategy: Strategy,
    /// Ranks, first choice first: chain tier, then provider priority, then key priority. Lanes of one rank are equals.
    pub(crate) ranks: Vec<Vec<Seat>>,
    pub(crate) targets: Vec<(Target, Abilities)>,
}

/// One lane of a roster.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    pub(crate) lane: LaneIndex,
    /// Index into the roster's targets.
    pub(crate) target: u32,
}

impl Roster {
    /// Seats the lanes of `chain`. Do it once per chain and configuration, not per request.
    #[must_use]
    pub fn seat(fleet: &Fleet, chain: &Chain, state: &mut RotationState, now: Timestamp) -> Self {
        let mut ranks: BTreeMap<(usize, u32, u32), Vec<Seat>> = BTreeMap::new();
        let mut targets = Vec::new();
        for (tier, target) in
            chain.tiers.iter().enumerate().flat_map(|(tier, of)| of.iter().map(move |t| (tier, t)))
        {
            let Some(provider) = fleet.provider(&target.provider) else { continue };
            let index = u32::try_from(targets.len()).unwrap_or(u32::MAX);
            targets.push((target.clone(), fleet.abilities(target)));
            for key in &provider.keys {
                let lane = state.enter_lane(provider, key, &target.model, now);
                let rank = ranks.entry((tier, provider.priority, key.priority)).or_default();
                rank.push(Seat { lane, target: index });
            }
        }
        Self { strategy: chain.strategy, ranks: ranks.into_values().collect(), targets }
    }

    /// The lanes that ask the same model of the same provider as `lane`, itself included.
    pub fn siblings(&self, lane: LaneIndex) -> impl Iterator<Item = LaneIndex> {
        let target = self.seats().find(|seat| seat.lane == lane).map(|seat| seat.target);
        self.seats().filter(move |seat| Some(seat.target) == target).map(|seat| seat.lane)
    }

    /// What is known of the model that `lane` asks.
    #[must_use]
    pub fn abilities(&self, lane: LaneIndex) -> Abilities {
        let seat = self.seats().find(|seat| seat.lane == lane);
        let target = seat.and_then(|seat| self.targets.get(seat.target as usize));
        target.map(|(_, abilities)| *abilities).unwrap_or_default()
    }

    pub(crate) fn seats(&self) -> impl Iterator<Item = &Seat> {
        self.ranks.iter().flatten()
    }
}
