//! How one lane is chosen among equals.

use serde::{Deserialize, Serialize};

use crate::RotationState;
use crate::budget::FULL_SHARE;
use crate::scope::LaneIndex;
use crate::state::Glance;

/// The rule inside one rank. Ties always go to the lane that was used least recently.
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

/// Sort key: the smallest wins. A session's own lane is `(0, 0)`, which nothing else is.
pub(crate) type Preference = (u64, u64);

impl RotationState {
    pub(crate) fn preference(&self, strategy: Strategy, lane: LaneIndex, glance: Glance) -> Preference {
        let history = || self.lanes.get(lane.0);
        let rank = match strategy {
            // In steps of one percent, so that near-equals rotate instead of flapping.
            Strategy::Headroom => (FULL_SHARE - glance.share.min(FULL_SHARE)) / 10,
            Strategy::RoundRobin => 0,
            Strategy::LeastUsed => history().map_or(0, |history| history.served),
            Strategy::FillFirst => return (1, u64::from(lane.0)),
            Strategy::Fastest => history().and_then(|history| history.first_token.mean_ms).unwrap_or(0),
        };
        (rank + 1, glance.last_use)
    }
}
