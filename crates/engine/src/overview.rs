//! How everything stands at one moment, for the status page, the window and the tray.

use keywheel_rotation::{
    Candidate, Chain, Fleet, Headroom, Key, KeyStanding, LaneIndex, ProviderId, Request, SharedQuota, Target,
    Timestamp, Verdict,
};

use crate::rotation::Rotation;

/// Everything at one moment.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The moment.
    pub now: Timestamp,
    /// In priority order.
    pub providers: Vec<ProviderOverview>,
    /// Virtual models in configured order.
    pub chains: Vec<ChainOverview>,
    /// Keys that were found to share limits without being in one group.
    pub shared_quotas: Vec<SharedQuota>,
}

/// One provider.
#[derive(Clone, Debug)]
pub struct ProviderOverview {
    /// Its id.
    pub id: ProviderId,
    /// Its name for people.
    pub name: String,
    /// Lower is tried first.
    pub priority: u32,
    /// Whether it takes part.
    pub enabled: bool,
    /// Whether it is the built-in simulator.
    pub simulated: bool,
    /// Its keys.
    pub keys: Vec<KeyOverview>,
}

/// One key.
#[derive(Clone, Debug)]
pub struct KeyOverview {
    /// The key as configured.
    pub key: Key,
    /// What it can do.
    pub standing: KeyStanding,
    /// Requests in flight.
    pub in_flight: u32,
    /// Its scarcest stated budget.
    pub headroom: Option<Headroom>,
    /// Whether the next request for the active model would take it.
    pub next: bool,
}

/// One virtual model.
#[derive(Clone, Debug)]
pub struct ChainOverview {
    /// The name clients send.
    pub name: String,
    /// Whether `default` means it.
    pub active: bool,
    /// With nothing usable: when it can be served again.
    pub served_again_at: Option<Timestamp>,
    /// In chain order.
    pub targets: Vec<TargetOverview>,
}

/// One target of a virtual model.
#[derive(Clone, Debug)]
pub struct TargetOverview {
    /// The target.
    pub target: Target,
    /// Its provider's name for people.
    pub provider_name: String,
    /// Lanes that can serve now, busy ones included.
    pub usable_keys: usize,
    /// All lanes.
    pub total_keys: usize,
    /// Whether a request is in flight on it.
    pub serving: bool,
    /// Whether the next request would go there.
    pub next: bool,
    /// With nothing usable: when the first lane comes back by itself.
    pub back_at: Option<Timestamp>,
}

impl Overview {
    /// Judges every key and every chain.
    pub(crate) fn at(fleet: &Fleet, rotation: &mut Rotation, now: Timestamp) -> Self {
        let chains = fleet.chains.iter().map(|chain| chain_overview(fleet, rotation, chain, now)).collect();
        let active = fleet.active_model.as_ref().and_then(|name| fleet.chain(name));
        let next = active.and_then(|chain| winner(fleet, rotation, chain, now));
        let next = next.and_then(|lane| rotation.state.lane(lane)).map(|lane| lane.key.clone());
        let state = &rotation.state;
        let providers = fleet.providers.iter().map(|provider| ProviderOverview {
            id: provider.id.clone(),
            name: provider.name.clone(),
            priority: provider.priority,
            enabled: provider.enabled,
            simulated: provider.simulated,
            keys: provider
                .keys
                .iter()
                .map(|key| KeyOverview {
                    standing: state.standing(provider, key, now),
                    in_flight: state.in_flight(&key.id),
                    headroom: state.headroom(&key.id, now),
                    next: next.as_ref() == Some(&key.id),
                    key: key.clone(),
                })
                .collect(),
        });
        Self {
            now,
            providers: providers.collect(),
            chains,
            shared_quotas: rotation.evidence.proposals(fleet),
        }
    }

    /// All keys over all providers.
    pub fn keys(&self) -> impl Iterator<Item = &KeyOverview> {
        self.providers.iter().flat_map(|provider| &provider.keys)
    }

    /// Keys that can serve.
    #[must_use]
    pub fn usable_keys(&self) -> usize {
        self.keys().filter(|key| key.standing == KeyStanding::Usable).count()
    }

    /// Keys that come back by themselves before long.
    #[must_use]
    pub fn resting_keys(&self) -> usize {
        self.keys().filter(|key| key.standing.is_short_rest(self.now)).count()
    }

    /// When the first resting key comes back.
    #[must_use]
    pub fn next_back_at(&self) -> Option<Timestamp> {
        self.keys().filter_map(|key| key.standing.back_at()).min()
    }
}

fn chain_overview(fleet: &Fleet, rotation: &mut Rotation, chain: &Chain, now: Timestamp) -> ChainOverview {
    let candidates = rotation.explain(fleet, chain, &Request::default(), now);
    let winner = winner(fleet, rotation, chain, now);
    let targets = chain.targets().map(|target| {
        let lanes: Vec<_> = candidates.iter().filter(|candidate| is_lane_of(candidate, target)).collect();
        let usable =
            |candidate: &&&Candidate| matches!(candidate.verdict, Verdict::Usable | Verdict::Busy { .. });
        let usable_keys = lanes.iter().filter(usable).count();
        let soonest = lanes.iter().filter_map(|candidate| candidate.verdict.back_at()).min();
        let provider = fleet.provider(&target.provider);
        TargetOverview {
            target: target.clone(),
            provider_name: provider
                .map_or_else(|| target.provider.to_string(), |provider| provider.name.clone()),
            usable_keys,
            total_keys: lanes.len(),
            serving: lanes.iter().any(|candidate| rotation.state.is_in_flight(candidate.index)),
            next: lanes.iter().any(|candidate| Some(candidate.index) == winner),
            back_at: soonest.filter(|_| usable_keys == 0),
        }
    });
    let targets: Vec<_> = targets.collect();
    ChainOverview {
        name: chain.name.clone(),
        active: fleet.active_model.as_ref() == Some(&chain.name),
        served_again_at: targets
            .iter()
            .filter_map(|target| target.back_at)
            .min()
            .filter(|_| winner.is_none()),
        targets,
    }
}

fn is_lane_of(candidate: &Candidate, target: &Target) -> bool {
    candidate.lane.provider == target.provider && candidate.lane.model == target.model
}

fn winner(fleet: &Fleet, rotation: &mut Rotation, chain: &Chain, now: Timestamp) -> Option<LaneIndex> {
    let roster = rotation.roster(fleet, chain, now);
    rotation.state.select(&roster, &Request::default(), now).chosen
}
