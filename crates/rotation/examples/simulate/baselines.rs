//! Policies in the manner of other gateways. Every one waits for its cooldowns inside the deadline, drops a key for
//! good on a 401, and tries a lane again for a request unless that lane failed it twice, so that only selection and
//! cooldowns differ.

use crate::bucket::{MINUTE, Millis, SECOND};
use crate::policy::{Decision, Facts, Policy, Rank, Wanted};
use crate::random::Random;
use crate::reply::{Answer, Reply};
use crate::world::{LaneId, World};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Each lane in turn; any failure rests it for a minute.
    RoundRobin,
    /// Always the first lane; what the provider says, else a minute.
    Priority,
    /// Any lane; any failure rests it for five seconds.
    Random,
    /// The lane used least; what the provider says, else one second doubling up to half an hour.
    LeastUsed,
}

pub(crate) struct Baseline {
    manner: Manner,
    /// Per virtual model.
    ranked: Vec<Vec<(Rank, LaneId)>>,
    lanes: Vec<Standing>,
    uses: u64,
    random: Random,
}

#[derive(Clone, Default)]
struct Standing {
    rests_until_ms: Millis,
    dead: bool,
    used: u64,
    last_use: u64,
    strikes: u32,
}

impl Baseline {
    pub(crate) fn new(manner: Manner, facts: &Facts, seed: u64) -> Self {
        let ranked = (0..facts.chains.len()).map(|chain| facts.ranked(chain)).collect();
        let lanes = vec![Standing::default(); facts.lanes.len()];
        Self { manner, ranked, lanes, uses: 0, random: Random::of(&[seed, 7]) }
    }

    fn preference(&mut self, lane: LaneId) -> u64 {
        match self.manner {
            Manner::RoundRobin => self.lanes[lane].last_use,
            Manner::Priority => lane as u64,
            Manner::Random => self.random.next(),
            Manner::LeastUsed => self.lanes[lane].used,
        }
    }

    fn rest_ms(&self, lane: LaneId, reply: &Reply, now: Millis) -> Millis {
        let stated = match reply {
            Reply::RateLimited { retry_at, .. } | Reply::AtCapacity { retry_at } => *retry_at,
            Reply::Served | Reply::TooLarge { .. } | Reply::Failed | Reply::KeyRejected => None,
        };
        let stated = stated.map(|at| at.saturating_sub(now));
        match self.manner {
            Manner::RoundRobin => MINUTE,
            Manner::Random => 5 * SECOND,
            Manner::Priority => stated.unwrap_or(MINUTE),
            Manner::LeastUsed => {
                stated.unwrap_or((SECOND << self.lanes[lane].strikes.min(11)).min(30 * MINUTE))
            }
        }
    }
}

impl Policy for Baseline {
    fn choose(&mut self, wanted: &Wanted<'_>, _: &mut World<'_>, now: Millis) -> Decision {
        let mut best = None;
        let mut soonest = None;
        for index in 0..self.ranked[wanted.chain].len() {
            let (rank, lane) = self.ranked[wanted.chain][index];
            if self.lanes[lane].dead || hopeless(wanted, lane) {
                continue;
            }
            let until = self.lanes[lane].rests_until_ms;
            if until > now {
                soonest = Some(soonest.map_or(until, |known: Millis| known.min(until)));
            } else {
                let candidate = (rank, self.preference(lane), lane);
                best = Some(best.map_or(candidate, |known| candidate.min(known)));
            }
        }
        match (best, soonest) {
            (Some((.., lane)), _) => {
                self.uses += 1;
                self.lanes[lane].used += 1;
                self.lanes[lane].last_use = self.uses;
                Decision::Send(lane)
            }
            (None, Some(until)) => Decision::Wait(Some(until)),
            (None, None) => Decision::GiveUp,
        }
    }

    fn outcome(&mut self, lane: LaneId, _: &Wanted<'_>, answer: &Answer, now: Millis) -> Millis {
        match answer.reply {
            Reply::Served => self.lanes[lane].strikes = 0,
            Reply::TooLarge { .. } => {}
            Reply::KeyRejected => self.lanes[lane].dead = true,
            Reply::RateLimited { .. } | Reply::AtCapacity { .. } | Reply::Failed => {
                let until = now + self.rest_ms(lane, &answer.reply, now);
                if self.lanes[lane].rests_until_ms <= now {
                    self.lanes[lane].strikes += 1;
                }
                self.lanes[lane].rests_until_ms = self.lanes[lane].rests_until_ms.max(until);
            }
        }
        0
    }
}

/// Whether another try on that lane could not serve the request.
fn hopeless(wanted: &Wanted<'_>, lane: LaneId) -> bool {
    let tries = wanted.attempts.iter().filter(|attempt| attempt.lane == lane);
    let weights = tries.map(|attempt| match attempt.reply {
        Reply::TooLarge { .. } | Reply::KeyRejected => 2,
        Reply::Failed => 1,
        Reply::Served | Reply::RateLimited { .. } | Reply::AtCapacity { .. } => 0,
    });
    weights.sum::<u32>() >= 2
}
