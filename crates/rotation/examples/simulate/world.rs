//! The truth: what the providers of a scenario really do with a call.

mod answer;
mod shared;

use crate::bucket::{Bucket, MINUTE, Millis, SECOND};
use crate::plan::{Fault, FaultKind, Limit, ProviderPlan, Scenario};
use crate::reply::{Answer, Reply};

pub(crate) type LaneId = usize;

/// Midnight UTC of the first simulated day.
pub(crate) const FIRST_DAY_MS: Millis = 20_400 * crate::bucket::DAY;

pub(crate) struct World<'s> {
    scenario: &'s Scenario,
    seed: u64,
    pub(crate) begins_ms: Millis,
    pub(crate) lanes: Vec<Lane>,
    buckets: Vec<Bucket>,
}

/// One key for one model.
pub(crate) struct Lane {
    pub(crate) provider: usize,
    pub(crate) account: usize,
    /// Unique over all providers.
    pub(crate) key: usize,
    pub(crate) key_priority: u32,
    pub(crate) model: usize,
    dead: bool,
    limits: Vec<Held>,
}

/// A limit and the bucket that keeps it.
struct Held {
    limit: Limit,
    bucket: usize,
}

/// One call on its way.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    pub(crate) lane: LaneId,
    /// Names the request in draws, the same under every policy.
    pub(crate) request: u64,
    pub(crate) tokens: u64,
    pub(crate) attempt: u64,
}

/// What the oracle sees of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foresight {
    Serves,
    /// Not before this moment.
    Later(Millis),
    Never,
}

impl<'s> World<'s> {
    pub(crate) fn new(scenario: &'s Scenario, seed: u64) -> Self {
        let begins_ms = FIRST_DAY_MS + scenario.begins_at_ms;
        let mut world = Self { scenario, seed, begins_ms, lanes: Vec::new(), buckets: Vec::new() };
        let mut keys = 0;
        let mut accounts = 0;
        for (provider, plan) in scenario.providers.iter().enumerate() {
            world.add_provider(provider, plan, &mut keys, &mut accounts);
        }
        world
    }

    fn add_provider(&mut self, provider: usize, plan: &ProviderPlan, keys: &mut usize, accounts: &mut usize) {
        for account in &plan.accounts {
            let mut shared = shared::Buckets::default();
            for key in 0..account.keys {
                for model in 0..plan.models {
                    let limits = plan.limits.iter().enumerate().map(|(index, limit)| {
                        let limit = Limit { amount: (limit.amount * account.percent / 100).max(1), ..*limit };
                        Held { limit, bucket: shared.find(&mut self.buckets, index, &limit, key, model) }
                    });
                    let limits = limits.collect();
                    self.lanes.push(Lane {
                        provider,
                        account: *accounts,
                        key: *keys,
                        key_priority: account.priority,
                        model,
                        dead: account.dead,
                        limits,
                    });
                }
                *keys += 1;
            }
            *accounts += 1;
        }
    }

    pub(crate) const fn scenario(&self) -> &'s Scenario {
        self.scenario
    }

    pub(crate) fn limits(&self, lane: LaneId) -> impl Iterator<Item = &Limit> {
        self.lanes[lane].limits.iter().map(|held| &held.limit)
    }

    pub(crate) fn buckets(&self, lane: LaneId) -> impl Iterator<Item = &Bucket> {
        self.lanes[lane].limits.iter().map(|held| &self.buckets[held.bucket])
    }

    /// Forgets what is over on a lane.
    pub(crate) fn advance(&mut self, lane: LaneId, now: Millis) {
        for held in &self.lanes[lane].limits {
            self.buckets[held.bucket].advance(now);
        }
    }

    /// Receives a call: takes from the limits if it is admitted, and answers.
    pub(crate) fn receive(&mut self, call: &Call, now: Millis) -> Answer {
        self.advance(call.lane, now);
        let reply = self.reply(call, now);
        if reply == Reply::Served {
            for held in &self.lanes[call.lane].limits {
                let bucket = &mut self.buckets[held.bucket];
                bucket.take(bucket.counted.cost(call.tokens), now);
            }
        }
        let plan = &self.scenario.providers[self.lanes[call.lane].provider];
        let speaks = match reply {
            Reply::Served => plan.speech.headers_on_success,
            Reply::RateLimited { .. } => true,
            _ => false,
        };
        let stated = if speaks { self.stated(call.lane, now) } else { Vec::new() };
        let (first_byte_ms, end_ms) = self.latency(call, &reply, plan, now);
        Answer { reply, stated, first_byte_ms: now + first_byte_ms, ends_ms: now + end_ms }
    }

    /// When the first byte would come if the call were served.
    pub(crate) fn first_byte_ms(&self, call: &Call, now: Millis) -> Millis {
        let plan = &self.scenario.providers[self.lanes[call.lane].provider];
        now + self.latency(call, &Reply::Served, plan, now).0
    }

    /// What [`Self::receive`] would come to, without taking.
    pub(crate) fn foresee(&mut self, call: &Call, now: Millis) -> Foresight {
        self.advance(call.lane, now);
        if self.lanes[call.lane].dead {
            return Foresight::Never;
        }
        let mut at = now;
        for bucket in self.buckets(call.lane) {
            match bucket.fits_at(bucket.counted.cost(call.tokens), now) {
                Some(fits) => at = at.max(fits),
                None => return Foresight::Never,
            }
        }
        if at > now {
            return Foresight::Later(at);
        }
        match self.fault(call, now) {
            None => Foresight::Serves,
            Some(Fault { kind: FaultKind::Burst { .. }, .. }) => Foresight::Later(now + SECOND),
            Some(fault) => Foresight::Later(self.begins_ms + fault.to_min * MINUTE),
        }
    }

    fn reply(&self, call: &Call, now: Millis) -> Reply {
        if self.lanes[call.lane].dead {
            return Reply::KeyRejected;
        }
        match self.fault(call, now).map(|fault| fault.kind) {
            Some(FaultKind::Outage { .. }) => return Reply::Failed,
            Some(FaultKind::NoCapacity { hint, .. }) => {
                return Reply::AtCapacity { retry_at: hint.then_some(now + 10 * SECOND) };
            }
            Some(FaultKind::Burst { .. }) | None => {}
        }
        if let Some(reply) = self.refused(call, now) {
            return reply;
        }
        if self.fault(call, now).is_some() { Reply::Failed } else { Reply::Served }
    }
}

#[cfg(test)]
mod tests;
