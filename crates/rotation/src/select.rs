//! Which lane serves a request.
//!
//! Ranks are looked at in order (chain tier, provider priority, key priority); the first with a usable lane wins, and
//! inside it the session's own lane if it is usable, else the chain's [`Strategy`](crate::Strategy). A lane that was
//! tried for this request is never chosen again, so attempts are bounded by the lanes there are.
//!
//! Two things keep what is scarce from being wasted while requests wait for it. A lane that typically answers later
//! than the request can wait is passed over. And where tokens are short, a request leaves them to one that has waited
//! longer and is about as large: estimates are not fine enough to overtake by.
//!
//! With nothing usable, a guessed hold that has run half its time may be tried by one request. Otherwise `soonest` is
//! the moment the first lane comes back; lanes that need a person have none.
//!
//! Selection looks at glances only and allocates nothing. What it thought of every lane is told by
//! [`RotationState::explain`], for those who ask.

use std::time::Duration;

use crate::roster::{Roster, Seat};
use crate::scope::LaneIndex;
use crate::state::{Glance, NEVER, WHEN_IDLE};
use crate::{Request, RotationState, Timestamp};

/// The answer of [`RotationState::select`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The lane that serves, if one can.
    pub chosen: Option<LaneIndex>,
    /// With nothing usable: when it is worth looking again. Where token budgets are short this may be before the
    /// first lane is back.
    pub soonest: Option<Timestamp>,
    /// With nothing usable: whether a lane is only busy, so that any end of a request may change that.
    pub busy: bool,
}

/// What the lanes that can't serve have to say.
struct Waiting {
    soonest: Timestamp,
    busy: bool,
    probe: Option<(Timestamp, LaneIndex)>,
}

impl RotationState {
    /// Picks a lane of `roster` for `request`.
    pub fn select(&mut self, roster: &Roster, request: &Request, now: Timestamp) -> Selection {
        let preferred = request.session.and_then(|(session, keep)| self.affinity.lane_of(session, keep, now));
        let mut waiting = Waiting { soonest: NEVER, busy: false, probe: None };
        let mut winner = None;
        for rank in &roster.ranks {
            if let Some(lane) = self.best_of(rank, roster, request, preferred, &mut waiting, now) {
                winner = Some(lane);
                break;
            }
        }
        let again = request.again.filter(|lane| self.is_usable(*lane, request.tokens, now));
        let probe = waiting.probe.map(|(_, lane)| lane);
        match again.or(winner).or(probe) {
            Some(chosen) => Selection { chosen: Some(chosen), soonest: None, busy: false },
            None => Selection {
                chosen: None,
                soonest: Some(waiting.soonest).filter(|at| *at < WHEN_IDLE),
                busy: waiting.busy,
            },
        }
    }

    fn best_of(
        &mut self,
        rank: &[Seat],
        roster: &Roster,
        request: &Request,
        preferred: Option<LaneIndex>,
        waiting: &mut Waiting,
        now: Timestamp,
    ) -> Option<LaneIndex> {
        let mut best = None;
        let wanted = request.wanted_tokens();
        for seat in rank {
            let glance = self.glance(seat.lane, now)?;
            if glance.free_at > now
                || glance.tokens < wanted && self.is_too_small(seat.lane, glance, request, now)
            {
                self.note(seat, glance, roster, request, waiting, now);
                continue;
            }
            let preference = match preferred {
                Some(lane) if lane == seat.lane => (0, 0),
                Some(_) | None => self.preference(roster.strategy, seat.lane, glance),
            };
            let is_better = best.is_none_or(|(known, _)| preference < known);
            if is_better && self.may_serve(seat, roster, request) && self.in_time(seat.lane, request, now) {
                best = Some((preference, seat.lane));
            }
        }
        best.map(|(_, lane)| lane)
    }

    /// A lane that can't serve now: when might it?
    fn note(
        &self,
        seat: &Seat,
        glance: Glance,
        roster: &Roster,
        request: &Request,
        waiting: &mut Waiting,
        now: Timestamp,
    ) {
        if glance.free_at == NEVER {
            return;
        }
        let (free_at, probe_at) = if glance.tokens < request.wanted_tokens() {
            // The glance changes when a token budget grows: that is the time to look again.
            (glance.free_at.max(glance.stale_at), NEVER)
        } else {
            (glance.free_at, glance.probe_at)
        };
        let starts_at = free_at.min(probe_at.max(now));
        let is_news = starts_at < waiting.soonest || free_at == WHEN_IDLE || probe_at <= now;
        if !is_news || !self.may_serve(seat, roster, request) {
            return;
        }
        if !self.in_time(seat.lane, request, if starts_at == WHEN_IDLE { now } else { starts_at }) {
            return;
        }
        waiting.busy |= free_at == WHEN_IDLE;
        waiting.soonest = waiting.soonest.min(starts_at);
        if probe_at <= now && waiting.probe.is_none_or(|(until, _)| free_at < until) {
            waiting.probe = Some((free_at, seat.lane));
        }
    }

    fn may_serve(&self, seat: &Seat, roster: &Roster, request: &Request) -> bool {
        let abilities = roster.targets.get(seat.target as usize).map(|(_, abilities)| abilities);
        !request.tried.contains(&seat.lane)
            && abilities.is_some_and(|abilities| request.lacks(abilities).is_none())
    }

    /// Whether a lane that lacks the wanted tokens lacks those of the request, or may serve who waits longer.
    fn is_too_small(&self, lane: LaneIndex, glance: Glance, request: &Request, now: Timestamp) -> bool {
        let serves_the_other =
            || self.obstacle(lane, request.wanted_tokens(), now).is_some_and(|it| it.free_at() < NEVER);
        glance.tokens < request.tokens || serves_the_other()
    }

    /// Whether a call that starts at `start` has its first token soon enough, as far as we know the lane.
    fn in_time(&self, lane: LaneIndex, request: &Request, start: Timestamp) -> bool {
        let Some(answer_by) = request.answer_by else { return true };
        let most_ms = self.lanes.get(lane.0).map_or(0, |history| history.first_token.most_ms());
        start + Duration::from_millis(most_ms) <= answer_by
    }

    /// Whether a lane could serve a request of `tokens`.
    #[must_use]
    pub fn is_usable(&self, lane: LaneIndex, tokens: u64, now: Timestamp) -> bool {
        self.obstacle(lane, tokens, now).is_none()
    }

    /// The glance of a lane, made anew if it is out of date.
    fn glance(&mut self, lane: LaneIndex, now: Timestamp) -> Option<Glance> {
        let glance = self.glances.get(lane.0 as usize).copied()?;
        if glance.stale_at > now {
            return Some(glance);
        }
        self.refresh(lane, now);
        self.glances.get(lane.0 as usize).copied()
    }
}
