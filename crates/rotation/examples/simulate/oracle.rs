//! The policy that knows everything: every limit as it stands, every fault before it happens.
//!
//! It never makes a call that fails. It gives each request, in arrival order, the admitting lane whose capacity is
//! cheapest to use up, and waits exactly until one admits; a request that can't
//! be answered inside its deadline any more it doesn't send. Several notions of cheap are run; the best counts.

use crate::bucket::{Bucket, Millis, Window};
use crate::policy::{Decision, Facts, Policy, Wanted};
use crate::reply::Answer;
use crate::world::{Call, Foresight, LaneId, World};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Thrift {
    /// What takes longest to come back is saved.
    ComesBackSoon,
    /// The lane with the largest share left.
    MostLeft,
    /// The lane that perishes first: what is left over its time to reset.
    Perishes,
}

pub(crate) struct Oracle {
    thrift: Thrift,
    lanes: Vec<Vec<LaneId>>,
}

impl Oracle {
    pub(crate) const THRIFTS: [Thrift; 3] = [Thrift::ComesBackSoon, Thrift::MostLeft, Thrift::Perishes];

    pub(crate) fn new(thrift: Thrift, facts: &Facts) -> Self {
        let chains = 0..facts.chains.len();
        let lanes = chains.map(|chain| facts.ranked(chain).into_iter().map(|(_, lane)| lane).collect());
        Self { thrift, lanes: lanes.collect() }
    }

    fn price(&self, bucket: &Bucket, tokens: u64, now: Millis) -> f64 {
        let amount = bucket.counted.cost(tokens) as f64;
        let length_ms = bucket.window.length_ms() as f64;
        match self.thrift {
            Thrift::MostLeft => 1.0 - (bucket.left() as f64 - amount) / bucket.limit as f64,
            Thrift::ComesBackSoon => amount * length_ms / bucket.limit as f64,
            Thrift::Perishes => match bucket.window {
                Window::Fixed { .. } => {
                    let to_reset_ms = bucket.fits_at(bucket.limit, now).map_or(0, |at| at - now) as f64;
                    let left_ms = if to_reset_ms == 0.0 { length_ms } else { to_reset_ms };
                    amount * left_ms / bucket.left().max(1) as f64
                }
                Window::Sliding { .. } | Window::Refill { .. } => {
                    amount * length_ms / bucket.limit as f64
                        * (1.0 - bucket.left() as f64 / bucket.limit as f64).max(0.01)
                }
            },
        }
    }
}

impl Policy for Oracle {
    fn choose(&mut self, wanted: &Wanted<'_>, world: &mut World<'_>, now: Millis) -> Decision {
        let tokens = wanted.truth.tokens;
        let mut best: Option<(f64, LaneId)> = None;
        let mut soonest: Option<Millis> = None;
        for lane in &self.lanes[wanted.chain] {
            let call = Call { lane: *lane, request: wanted.truth.name, tokens, attempt: 0 };
            let foresight = world.foresee(&call, now);
            let in_time = |at: Millis| world.first_byte_ms(&call, at) <= wanted.deadline_ms;
            match foresight {
                Foresight::Later(at) if in_time(at) => {
                    soonest = Some(soonest.map_or(at, |known| known.min(at)));
                }
                Foresight::Serves if in_time(now) => {
                    let price = world.buckets(*lane).map(|bucket| self.price(bucket, tokens, now));
                    let price = price.fold(0.0, f64::max);
                    if best.is_none_or(|(known, _)| price < known) {
                        best = Some((price, *lane));
                    }
                }
                Foresight::Never | Foresight::Later(_) | Foresight::Serves => {}
            }
        }
        match (best, soonest) {
            (Some((_, lane)), _) => Decision::Send(lane),
            (None, Some(at)) => Decision::Wait(Some(at)),
            (None, None) => Decision::GiveUp,
        }
    }

    fn outcome(&mut self, _: LaneId, _: &Wanted<'_>, _: &Answer, _: Millis) -> Millis {
        0
    }
}
