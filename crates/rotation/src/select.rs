//! Which lane serves a request.
//!
//! Every lane of the chain gets exactly one [`Verdict`]; the list of verdicts *is* the "why" a person reads.
//! The first tier with a usable lane wins; inside a tier, the best rank (provider priority, then key priority)
//! with a usable lane; inside a rank, the chain's [`Strategy`](crate::Strategy). A lane that was tried for this
//! request is never chosen again, so attempts are bounded by the lanes there are.
//!
//! With nothing usable, `soonest` is the moment the first lane comes back; lanes that need a person have none.

use std::collections::HashSet;

use crate::state::LaneState;
use crate::{Chain, Fleet, Hold, Key, KeyTrouble, Lane, Provider, RotationState, Target, Timestamp};

/// What selection says of one lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It can serve now.
    Usable,
    /// The person switched the provider or the key off.
    Disabled,
    /// The provider refuses the key.
    Rejected,
    /// The account has no credit; looked at again at the given time.
    OutOfCredit(Timestamp),
    /// It rests.
    Held(Hold),
    /// A stated budget is used up, in flight included.
    Spent(Timestamp),
    /// It has as many requests in flight as it may have.
    Busy {
        /// Now in flight.
        in_flight: u32,
        /// Allowed at once.
        max: u32,
    },
    /// It failed for this very request.
    AlreadyTried,
}

/// One lane and its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The lane.
    pub lane: Lane,
    /// The key's label.
    pub label: String,
    /// What selection says of it.
    pub verdict: Verdict,
}

/// The answer of [`select`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Index into `candidates` of the lane that serves, if one can.
    pub chosen: Option<usize>,
    /// Every lane of the chain, in chain order.
    pub candidates: Vec<Candidate>,
    /// With nothing usable: when the first lane comes back by itself.
    pub soonest: Option<Timestamp>,
}

impl Selection {
    /// The lane that serves.
    #[must_use]
    pub fn winner(&self) -> Option<&Candidate> {
        self.candidates.get(self.chosen?)
    }

    /// The candidate for `lane`, if it could serve.
    #[must_use]
    pub fn usable(&self, lane: &Lane) -> Option<&Candidate> {
        self.candidates
            .iter()
            .find(|candidate| candidate.lane == *lane && candidate.verdict == Verdict::Usable)
    }
}

impl Verdict {
    /// When the lane comes back without anybody doing anything.
    #[must_use]
    pub const fn back_at(&self) -> Option<Timestamp> {
        match self {
            Self::Held(hold) => Some(hold.until),
            Self::Spent(until) => Some(*until),
            // Credit is looked at again, but it comes back only if a person pays.
            Self::OutOfCredit(_)
            | Self::Usable
            | Self::Disabled
            | Self::Rejected
            | Self::Busy { .. }
            | Self::AlreadyTried => None,
        }
    }
}

/// Judges every lane of `chain` and picks one.
#[must_use]
pub fn select(
    fleet: &Fleet,
    state: &RotationState,
    chain: &Chain,
    tried: &HashSet<Lane>,
    estimated_tokens: u64,
    now: Timestamp,
) -> Selection {
    let mut candidates = Vec::new();
    let mut best = None;
    for (tier, targets) in chain.tiers.iter().enumerate() {
        for (provider, key, target) in lanes_of(fleet, targets) {
            let lane =
                Lane { provider: provider.id.clone(), key: key.id.clone(), model: target.model.clone() };
            let lane_state = state.lanes.get(&lane);
            let judge = Judge { state, provider, key, lane: &lane, lane_state, estimated_tokens, now };
            let verdict = if tried.contains(&lane) { Verdict::AlreadyTried } else { judge.verdict() };
            if verdict == Verdict::Usable {
                let preference = chain.strategy.preference(lane_state, now);
                let rank = (tier, provider.priority, key.priority, preference, candidates.len());
                best = Some(best.map_or(rank, |best| rank.min(best)));
            }
            candidates.push(Candidate { lane, label: key.label.clone(), verdict });
        }
    }
    let chosen = best.map(|(_, _, _, _, index)| index);
    let soonest = candidates.iter().filter_map(|candidate| candidate.verdict.back_at()).min();
    Selection { chosen, candidates, soonest: soonest.filter(|_| chosen.is_none()) }
}

fn lanes_of<'fleet>(
    fleet: &'fleet Fleet,
    targets: &'fleet [Target],
) -> impl Iterator<Item = (&'fleet Provider, &'fleet Key, &'fleet Target)> {
    let with_provider = targets.iter().filter_map(|target| Some((fleet.provider(&target.provider)?, target)));
    with_provider.flat_map(|(provider, target)| provider.keys.iter().map(move |key| (provider, key, target)))
}

/// Everything one verdict is made of.
pub(crate) struct Judge<'a> {
    pub(crate) state: &'a RotationState,
    pub(crate) provider: &'a Provider,
    pub(crate) key: &'a Key,
    pub(crate) lane: &'a Lane,
    pub(crate) lane_state: Option<&'a LaneState>,
    pub(crate) estimated_tokens: u64,
    pub(crate) now: Timestamp,
}

impl Judge<'_> {
    pub(crate) fn verdict(&self) -> Verdict {
        if !self.provider.enabled || !self.key.enabled {
            return Verdict::Disabled;
        }
        self.key_trouble()
            .or_else(|| self.hold())
            .or_else(|| self.spent())
            .or_else(|| self.busy())
            .unwrap_or(Verdict::Usable)
    }

    fn key_trouble(&self) -> Option<Verdict> {
        match self.state.troubles.get(&self.key.id)? {
            KeyTrouble::Rejected { .. } => Some(Verdict::Rejected),
            KeyTrouble::OutOfCredit { recheck, .. } if self.now < *recheck => {
                Some(Verdict::OutOfCredit(*recheck))
            }
            KeyTrouble::OutOfCredit { .. } => None,
        }
    }

    fn hold(&self) -> Option<Verdict> {
        self.state.hold(self.lane, self.now).cloned().map(Verdict::Held)
    }

    /// A request larger than the whole budget is let through: only the provider can say how it counts.
    fn spent(&self) -> Option<Verdict> {
        let budgets = &self.lane_state?.budgets;
        let spent = budgets.iter().filter(|budget| {
            let cost = budget.unit.cost(self.estimated_tokens).min(budget.limit).max(1);
            budget.available(self.now) < cost
        });
        spent
            .map(|budget| budget.resets_at)
            .max()
            .filter(|resets_at| self.now < *resets_at)
            .map(Verdict::Spent)
    }

    fn busy(&self) -> Option<Verdict> {
        let max = self.key.max_concurrent?;
        let in_flight = self.state.in_flight(&self.key.id);
        (in_flight >= max).then_some(Verdict::Busy { in_flight, max })
    }
}

#[cfg(test)]
mod tests;
