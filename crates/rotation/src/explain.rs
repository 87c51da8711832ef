//! The "why": what selection says of every lane, in words that a person reads.

use serde::Serialize;

use crate::roster::Roster;
use crate::scope::{LaneIndex, Obstacle};
use crate::{BudgetSource, Fleet, Hold, Lack, Lane, LimitWindow, Request, RotationState, Timestamp, Unit};

/// What selection says of one lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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
    /// A budget is used up, in flight included.
    Spent(Spent),
    /// It has as many requests in flight as it may have.
    Busy {
        /// Now in flight.
        in_flight: u32,
        /// Allowed at once.
        max: u32,
    },
    /// The request is larger than the account's tier takes.
    TooLarge {
        /// The largest that is taken, in tokens.
        limit_tokens: u64,
    },
    /// The target can't serve such a request.
    Unsuitable(Lack),
    /// It failed for this very request.
    AlreadyTried,
}

/// A budget that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Spent {
    /// What is counted.
    pub unit: Unit,
    /// Over which window.
    pub window: LimitWindow,
    /// How much there is.
    pub limit: u64,
    /// Who says so.
    pub source: BudgetSource,
    /// When enough is there again.
    pub until: Timestamp,
}

/// One lane and its verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// The lane.
    pub lane: Lane,
    /// Its index.
    #[serde(skip)]
    pub index: LaneIndex,
    /// The key's label.
    pub label: String,
    /// What selection says of it.
    pub verdict: Verdict,
}

impl Verdict {
    /// When the lane comes back without anybody doing anything.
    #[must_use]
    pub const fn back_at(&self) -> Option<Timestamp> {
        match self {
            Self::Held(hold) => Some(hold.until),
            Self::Spent(spent) => Some(spent.until),
            // Credit is looked at again, but it comes back only if a person pays.
            Self::OutOfCredit(_)
            | Self::Usable
            | Self::Disabled
            | Self::Rejected
            | Self::Busy { .. }
            | Self::TooLarge { .. }
            | Self::Unsuitable(_)
            | Self::AlreadyTried => None,
        }
    }
}

impl RotationState {
    /// The verdict of every lane of `roster`, in the order in which they are looked at.
    #[must_use]
    pub fn explain(
        &self,
        fleet: &Fleet,
        roster: &Roster,
        request: &Request,
        now: Timestamp,
    ) -> Vec<Candidate> {
        let candidate = |seat: &crate::roster::Seat| {
            let lane = self.lane(seat.lane)?.clone();
            let (_, abilities) = roster.targets.get(seat.target as usize)?;
            let verdict = if request.tried.contains(&seat.lane) {
                Verdict::AlreadyTried
            } else if let Some(lack) = request.lacks(abilities) {
                Verdict::Unsuitable(lack)
            } else {
                self.verdict(seat.lane, request.tokens, now)
            };
            let label = fleet.key(&lane.key).map_or_else(|| lane.key.to_string(), |key| key.label.clone());
            Some(Candidate { lane, index: seat.lane, label, verdict })
        };
        roster.seats().filter_map(candidate).collect()
    }

    /// When the first lane of `roster` can serve `request`: now, at a stated or guessed time, or `None` while every
    /// lane needs a person.
    #[must_use]
    pub fn served_again_at(
        &self,
        fleet: &Fleet,
        roster: &Roster,
        request: &Request,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let candidates = self.explain(fleet, roster, request, now);
        let back_at = |verdict: &Verdict| match verdict {
            Verdict::Usable | Verdict::Busy { .. } => Some(now),
            other => other.back_at(),
        };
        candidates.iter().filter_map(|candidate| back_at(&candidate.verdict)).min()
    }

    pub(crate) fn verdict(&self, lane: LaneIndex, tokens: u64, now: Timestamp) -> Verdict {
        let Some(obstacle) = self.obstacle(lane, tokens, now) else { return Verdict::Usable };
        match obstacle {
            Obstacle::Disabled => Verdict::Disabled,
            Obstacle::Rejected => Verdict::Rejected,
            Obstacle::OutOfCredit(until) => Verdict::OutOfCredit(until),
            Obstacle::Held(hold) => Verdict::Held(hold.clone()),
            Obstacle::Spent(budget, until) => Verdict::Spent(Spent {
                unit: budget.unit,
                window: budget.window,
                limit: budget.limit,
                source: budget.source,
                until,
            }),
            Obstacle::Measured(limit, until) => Verdict::Spent(Spent {
                unit: Unit::Requests,
                window: LimitWindow::Minute,
                limit,
                source: BudgetSource::Measured,
                until,
            }),
            Obstacle::Busy { in_flight, max } => Verdict::Busy { in_flight, max },
            Obstacle::TooLarge(limit_tokens) => Verdict::TooLarge { limit_tokens },
        }
    }
}
