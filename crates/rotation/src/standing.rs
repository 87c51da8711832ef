//! How a whole key stands, for people: one glance over all its lanes.
//!
//! A key can serve if any lane of it can. Otherwise it stands as the lane that comes back first.

use std::time::Duration;

use crate::select::Judge;
use crate::{
    Budget, Chain, Fleet, Hold, Key, KeyTrouble, Lane, ModelId, Provider, RotationState, Timestamp, Unit,
    Verdict,
};

/// A wait shorter than this is a rest that passes by itself; a longer one lasts until some reset.
const SHORT_REST: Duration = Duration::from_hours(1);

/// What a key can do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyStanding {
    /// At least one model can be served.
    Usable,
    /// Every model rests; this hold ends first.
    Resting(Hold),
    /// Every model's stated budget is used up until then.
    Spent(Timestamp),
    /// The provider refuses it.
    Rejected {
        /// When it was refused.
        since: Timestamp,
        /// What the provider said.
        reason: String,
    },
    /// There is no credit.
    OutOfCredit {
        /// When it was noticed.
        since: Timestamp,
        /// When it is looked at again.
        recheck: Timestamp,
        /// What the provider said.
        reason: String,
    },
    /// The person switched it off.
    Off,
}

/// Judges `key` over the models that chains ask of it and those it was used for.
#[must_use]
pub fn standing(
    fleet: &Fleet,
    state: &RotationState,
    provider: &Provider,
    key: &Key,
    now: Timestamp,
) -> KeyStanding {
    match state.troubles.get(&key.id) {
        Some(KeyTrouble::Rejected { since, reason }) => {
            return KeyStanding::Rejected { since: *since, reason: reason.clone() };
        }
        Some(KeyTrouble::OutOfCredit { since, recheck, reason }) if now < *recheck => {
            return KeyStanding::OutOfCredit { since: *since, recheck: *recheck, reason: reason.clone() };
        }
        Some(KeyTrouble::OutOfCredit { .. }) | None => {}
    }
    let mut soonest: Option<KeyStanding> = None;
    for model in models_of(fleet, state, provider, key) {
        let lane = Lane { provider: provider.id.clone(), key: key.id.clone(), model };
        let lane_state = state.lanes.get(&lane);
        let judge = Judge { state, provider, key, lane: &lane, lane_state, estimated_tokens: 0, now };
        let standing = match judge.verdict() {
            Verdict::Disabled => return KeyStanding::Off,
            Verdict::Held(hold) => KeyStanding::Resting(hold),
            Verdict::Spent(until) => KeyStanding::Spent(until),
            Verdict::Usable
            | Verdict::Busy { .. }
            | Verdict::AlreadyTried
            | Verdict::Rejected
            | Verdict::OutOfCredit(_) => return KeyStanding::Usable,
        };
        if soonest.as_ref().is_none_or(|known| standing.back_at() < known.back_at()) {
            soonest = Some(standing);
        }
    }
    let off = !provider.enabled || !key.enabled;
    soonest.unwrap_or(if off { KeyStanding::Off } else { KeyStanding::Usable })
}

impl KeyStanding {
    /// Whether it comes back by itself within an hour.
    #[must_use]
    pub fn is_short_rest(&self, now: Timestamp) -> bool {
        matches!(self, Self::Resting(_) | Self::Spent(_))
            && self.back_at().is_some_and(|back_at| back_at.since(now) < SHORT_REST)
    }

    /// When it can serve again without anybody doing anything.
    #[must_use]
    pub const fn back_at(&self) -> Option<Timestamp> {
        match self {
            Self::Resting(hold) => Some(hold.until),
            Self::Spent(until) => Some(*until),
            Self::OutOfCredit { recheck, .. } => Some(*recheck),
            Self::Usable | Self::Rejected { .. } | Self::Off => None,
        }
    }
}

/// The scarcest stated budget of a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Headroom {
    /// The share left, 0 to 1, in-flight requests taken off.
    pub share: f64,
    /// What is counted.
    pub unit: Unit,
}

/// The scarcest stated budget over all lanes of a key; `None` while no reply has stated one.
#[must_use]
pub fn headroom_of_key(state: &RotationState, key: &Key, now: Timestamp) -> Option<Headroom> {
    let lanes = state.lanes.iter().filter(|(lane, _)| lane.key == key.id);
    let budgets = lanes.flat_map(|(_, lane)| &lane.budgets);
    let shares = budgets.map(|budget| Headroom { share: share(budget, now), unit: budget.unit });
    shares.min_by(|left, right| left.share.total_cmp(&right.share))
}

#[expect(clippy::cast_precision_loss, reason = "a share for a bar of a few hundred pixels")]
fn share(budget: &Budget, now: Timestamp) -> f64 {
    (budget.available(now) as f64 / budget.limit.max(1) as f64).min(1.0)
}

fn models_of(fleet: &Fleet, state: &RotationState, provider: &Provider, key: &Key) -> Vec<ModelId> {
    let targets = fleet.chains.iter().flat_map(Chain::targets);
    let asked = targets.filter(|target| target.provider == provider.id).map(|target| target.model.clone());
    let used = state.lanes.keys().filter(|lane| lane.key == key.id).map(|lane| lane.model.clone());
    let mut models: Vec<_> = asked.chain(used).collect();
    models.sort_unstable();
    models.dedup();
    models
}
