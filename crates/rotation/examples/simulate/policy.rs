//! What the simulation asks of a policy.

use crate::bucket::{Counted, Millis};
use crate::reply::Answer;
use crate::reply::Reply;
use crate::world::{LaneId, World};

/// A request that wants a lane.
pub(crate) struct Wanted<'a> {
    pub(crate) chain: usize,
    pub(crate) estimated_tokens: u64,
    pub(crate) deadline_ms: Millis,
    /// The estimate for the request that has waited longest for the same virtual model, if that is another.
    pub(crate) longest_waiting: Option<u64>,
    /// What was tried for it so far.
    pub(crate) attempts: &'a [Attempt],
    /// For the oracle only.
    pub(crate) truth: Truth,
}

#[derive(Clone, Copy)]
pub(crate) struct Truth {
    pub(crate) name: u64,
    pub(crate) tokens: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) lane: LaneId,
    pub(crate) reply: Reply,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Send(LaneId),
    /// Ask again at that moment, or when anything has changed.
    Wait(Option<Millis>),
    /// The client gets an error.
    GiveUp,
}

pub(crate) trait Policy {
    /// A lane for the request. A lane that is sent to is booked: the answer comes through [`Self::outcome`].
    fn choose(&mut self, wanted: &Wanted<'_>, world: &mut World<'_>, now: Millis) -> Decision;

    /// A call ended; says how long the request pauses before it asks again, if it was not served.
    fn outcome(&mut self, lane: LaneId, wanted: &Wanted<'_>, answer: &Answer, now: Millis) -> Millis;
}

/// What a person configured and what providers document.
pub(crate) struct Facts {
    pub(crate) providers: Vec<ProviderFacts>,
    pub(crate) lanes: Vec<LaneFacts>,
    /// Tiers of lanes per virtual model.
    pub(crate) chains: Vec<Vec<Vec<LaneId>>>,
}

/// The order a person gave: tier, provider priority, key priority. Lower is earlier.
pub(crate) type Rank = (usize, u32, u32);

pub(crate) struct ProviderFacts {
    pub(crate) priority: u32,
    /// After midnight UTC.
    pub(crate) day_begins_ms: Millis,
}

pub(crate) struct LaneFacts {
    pub(crate) provider: usize,
    pub(crate) key: usize,
    pub(crate) key_priority: u32,
    pub(crate) model: usize,
    /// The account, where the person said which keys share one.
    pub(crate) owner: Option<usize>,
    /// Documented limits, which a catalogue can know.
    #[expect(dead_code, reason = "the policy has no catalogue yet")]
    pub(crate) documented: Vec<Documented>,
}

#[derive(Clone, Copy)]
#[expect(dead_code, reason = "the policy has no catalogue yet")]
pub(crate) struct Documented {
    pub(crate) counted: Counted,
    pub(crate) amount: u64,
    pub(crate) length_ms: Millis,
}

impl Facts {
    pub(crate) fn of(world: &World<'_>) -> Self {
        let scenario = world.scenario();
        let provider = |plan: &crate::plan::ProviderPlan| ProviderFacts {
            priority: plan.priority,
            day_begins_ms: plan.day_begins_ms,
        };
        let lanes = world.lanes.iter().enumerate().map(|(id, lane)| LaneFacts {
            provider: lane.provider,
            key: lane.key,
            key_priority: lane.key_priority,
            model: lane.model,
            owner: scenario.providers[lane.provider].owners_known.then_some(lane.account),
            documented: documented(world, id),
        });
        let tier = |targets: &Vec<(usize, usize)>| {
            let of = |(provider, model): &(usize, usize)| {
                let lanes = world.lanes.iter().enumerate();
                let (provider, model) = (*provider, *model);
                lanes.filter(move |(_, l)| l.provider == provider && l.model == model).map(|(id, _)| id)
            };
            targets.iter().flat_map(of).collect()
        };
        let chains = scenario.chains.iter().map(|tiers| tiers.iter().map(tier).collect()).collect();
        Self { providers: scenario.providers.iter().map(provider).collect(), lanes: lanes.collect(), chains }
    }

    /// Lanes of a virtual model in the order a person gave them.
    pub(crate) fn ranked(&self, chain: usize) -> Vec<(Rank, LaneId)> {
        let tiers = self.chains[chain].iter().enumerate();
        let of_tier = |(tier, lanes): (usize, &Vec<LaneId>)| {
            let rank = |id: &LaneId| {
                let lane = &self.lanes[*id];
                ((tier, self.providers[lane.provider].priority, lane.key_priority), *id)
            };
            lanes.iter().map(rank).collect::<Vec<_>>()
        };
        let mut ranked: Vec<_> = tiers.flat_map(of_tier).collect();
        ranked.sort_unstable();
        ranked
    }
}

fn documented(world: &World<'_>, lane: LaneId) -> Vec<Documented> {
    let known = world.limits(lane).filter(|limit| limit.documented);
    known
        .map(|limit| Documented {
            counted: limit.counted,
            amount: limit.amount,
            length_ms: limit.window.length_ms(),
        })
        .collect()
}
