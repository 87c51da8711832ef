//! How one lane is chosen among equals.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::state::LaneState;

/// The rule inside one tier. Ties always go to the lane that was used least recently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// The lane whose scarcest budget, after reservations, has the largest share left.
    #[default]
    Headroom,
    /// Each lane in turn.
    RoundRobin,
    /// The lane that has served the fewest requests.
    LeastUsed,
    /// The first lane in configured order until it can't serve.
    FillFirst,
    /// The lane with the lowest smoothed time to the first token; unmeasured lanes are tried first.
    Fastest,
}

/// Sort key: the smallest wins.
pub(crate) type Preference = (u64, u64);

impl Strategy {
    pub(crate) fn preference(self, lane: Option<&LaneState>, now: Timestamp) -> Preference {
        let last_use = lane.map_or(0, |lane| lane.last_use);
        let rank = match self {
            Self::Headroom => SHARE_STEPS - lane.map_or(SHARE_STEPS, |lane| headroom_steps(lane, now)),
            Self::RoundRobin => 0,
            Self::LeastUsed => lane.map_or(0, |lane| lane.served),
            Self::FillFirst => return (0, 0),
            Self::Fastest => lane.and_then(|lane| lane.first_token_ms).unwrap_or(0),
        };
        (rank, last_use)
    }
}

/// Shares are compared in steps of one percent, so that near-equals rotate instead of flapping.
const SHARE_STEPS: u64 = 100;

fn headroom_steps(lane: &LaneState, now: Timestamp) -> u64 {
    let shares = lane.budgets.iter().map(|budget| budget.available(now) * SHARE_STEPS / budget.limit.max(1));
    shares.min().unwrap_or(SHARE_STEPS).min(SHARE_STEPS)
}
