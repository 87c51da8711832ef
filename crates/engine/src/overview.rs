//! How everything stands at one moment, for the status page, the window and the tray.

use std::collections::HashSet;

use keywheel_rotation::{
    Candidate, Chain, Fleet, Headroom, Key, KeyStanding, ProviderId, RotationState, Target, Timestamp,
    Verdict, headroom_of_key, select, standing,
};

/// Everything at one moment.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The moment.
    pub now: Timestamp,
    /// In priority order.
    pub providers: Vec<ProviderOverview>,
    /// Virtual models in configured order.
    pub chains: Vec<ChainOverview>,
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
    #[must_use]
    pub fn at(fleet: &Fleet, state: &RotationState, now: Timestamp) -> Self {
        let chains: Vec<_> =
            fleet.chains.iter().map(|chain| View { fleet, state, chain, now }.overview()).collect();
        let active = fleet.active_model.as_ref().and_then(|name| fleet.chain(name));
        let next = active.and_then(|chain| winner(fleet, state, chain, now));
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
                    standing: standing(fleet, state, provider, key, now),
                    in_flight: state.in_flight(&key.id),
                    headroom: headroom_of_key(state, key, now),
                    next: next.as_ref().is_some_and(|next| next.lane.key == key.id),
                    key: key.clone(),
                })
                .collect(),
        });
        Self { now, providers: providers.collect(), chains }
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

struct View<'a> {
    fleet: &'a Fleet,
    state: &'a RotationState,
    chain: &'a Chain,
    now: Timestamp,
}

impl View<'_> {
    fn overview(&self) -> ChainOverview {
        let selection = select(self.fleet, self.state, self.chain, &HashSet::new(), 0, self.now);
        let winner = selection.winner().map(|winner| &winner.lane);
        let targets = self.chain.targets().map(|target| {
            let lanes: Vec<_> =
                selection.candidates.iter().filter(|candidate| is_lane_of(candidate, target)).collect();
            let usable =
                |candidate: &&&Candidate| matches!(candidate.verdict, Verdict::Usable | Verdict::Busy { .. });
            let usable_keys = lanes.iter().filter(usable).count();
            let soonest = lanes.iter().filter_map(|candidate| candidate.verdict.back_at()).min();
            TargetOverview {
                target: target.clone(),
                provider_name: self
                    .fleet
                    .provider(&target.provider)
                    .map_or_else(|| target.provider.to_string(), |provider| provider.name.clone()),
                usable_keys,
                total_keys: lanes.len(),
                serving: lanes.iter().any(|candidate| self.state.is_in_flight(&candidate.lane)),
                next: winner
                    .is_some_and(|lane| lane.provider == target.provider && lane.model == target.model),
                back_at: soonest.filter(|_| usable_keys == 0),
            }
        });
        let active = self.fleet.active_model.as_ref() == Some(&self.chain.name);
        ChainOverview { name: self.chain.name.clone(), active, targets: targets.collect() }
    }
}

fn is_lane_of(candidate: &Candidate, target: &Target) -> bool {
    candidate.lane.provider == target.provider && candidate.lane.model == target.model
}

fn winner(fleet: &Fleet, state: &RotationState, chain: &Chain, now: Timestamp) -> Option<Candidate> {
    select(fleet, state, chain, &HashSet::new(), 0, now).winner().cloned()
}
