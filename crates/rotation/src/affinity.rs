//! Which lane a conversation was served by, so that prompt caches are hit.
//!
//! It is soft: a session's lane is preferred among the lanes that selection would choose from anyway, and never a
//! reason to wait, to fail, or to stay with a lane of a lower tier.

use std::collections::HashMap;
use std::time::Duration;

use crate::Timestamp;
use crate::scope::LaneIndex;

/// Names one conversation: an id the client sent, or a hash of how it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(pub u64);

/// The lanes of recent sessions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Affinity {
    lanes: HashMap<SessionId, (LaneIndex, Timestamp)>,
}

/// More sessions than this at once are forgotten all together: affinity is a hint, not a record.
const MAX_SESSIONS: usize = 50_000;

impl Affinity {
    /// The lane that served `session` within `keep`.
    pub(crate) fn lane_of(&self, session: SessionId, keep: Duration, now: Timestamp) -> Option<LaneIndex> {
        let (lane, used_at) = self.lanes.get(&session)?;
        (now < *used_at + keep).then_some(*lane)
    }

    pub(crate) fn remember(&mut self, session: SessionId, lane: LaneIndex, now: Timestamp) {
        if self.lanes.len() >= MAX_SESSIONS {
            self.lanes.clear();
        }
        self.lanes.insert(session, (lane, now));
    }
}
