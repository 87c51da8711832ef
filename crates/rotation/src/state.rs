//! How everything stands: one value, behind one short lock in the engine.
//!
//! A [`RotationState`] keeps a record per scope and per lane, and a [`Glance`] per lane: what selection has to know
//! of it, in five words. Glances are made anew whenever something they depend on changes, so that looking at ten
//! thousand lanes is reading one dense list.

use crate::affinity::Affinity;
use crate::latency::Latency;
use crate::scope::{LaneIndex, Obstacle, SCOPES_OF_A_LANE, ScopeIndex, ScopeName, ScopeState};
use crate::table::Table;
use crate::{Budget, BudgetSource, Fleet, Key, KeyId, Lane, ModelId, Provider, Timestamp};

/// Everything that outcomes change.
#[derive(Clone, Debug, Default)]
pub struct RotationState {
    pub(crate) scopes: Table<ScopeName, ScopeState>,
    pub(crate) lanes: Table<Lane, LaneState>,
    pub(crate) glances: Vec<Glance>,
    pub(crate) affinity: Affinity,
    /// Counts dispatches; orders lanes by last use without a clock.
    dispatches: u64,
}

/// What a lane itself has gone through.
#[derive(Clone, Debug)]
pub(crate) struct LaneState {
    pub(crate) scopes: [ScopeIndex; SCOPES_OF_A_LANE],
    pub(crate) served: u64,
    /// Time to the first token.
    pub(crate) first_token: Latency,
}

/// A lane as selection sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glance {
    /// It can't serve before this.
    pub(crate) free_at: Timestamp,
    /// One request may try it before `free_at`, to see whether a guess was too long.
    pub(crate) probe_at: Timestamp,
    /// The glance is out of date from then on.
    pub(crate) stale_at: Timestamp,
    /// The largest request its token budgets hold.
    pub(crate) tokens: u64,
    /// The share of its scarcest budget, in thousandths.
    pub(crate) share: u64,
    /// Dispatch number of the last use; zero means never.
    pub(crate) last_use: u64,
}

/// A lane that a person must do something about.
pub(crate) const NEVER: Timestamp = Timestamp::from_unix_ms(u64::MAX);
/// A lane that is free again when a request in flight ends.
pub(crate) const WHEN_IDLE: Timestamp = Timestamp::from_unix_ms(u64::MAX - 1);

/// A booked lane; [`RotationState::apply`] settles it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booking {
    /// The lane.
    pub lane: LaneIndex,
    /// When it was booked.
    pub sent_at: Timestamp,
    /// What was set aside.
    pub tokens: u64,
    /// Which dispatch it is: bookings are made in this order.
    pub(crate) number: u64,
}

impl Default for LaneState {
    fn default() -> Self {
        Self { scopes: [ScopeIndex(u32::MAX); SCOPES_OF_A_LANE], served: 0, first_token: Latency::default() }
    }
}

impl RotationState {
    /// Books `lane`: its budgets are reserved until [`RotationState::apply`] settles them.
    pub fn dispatch(&mut self, lane: LaneIndex, tokens: u64, now: Timestamp) -> Booking {
        self.dispatches += 1;
        let dispatches = self.dispatches;
        let booking = Booking { lane, sent_at: now, tokens, number: dispatches };
        self.touching(lane, now, |state| {
            for scope in state.scopes_of(lane) {
                if let Some(scope) = state.scopes.get_mut(scope.0) {
                    scope.reserve(booking);
                    scope.probed(now);
                }
            }
            if let Some(scope) = state.owner_model_mut(lane) {
                scope.opened(booking);
            }
        });
        if let Some(glance) = self.glances.get_mut(lane.0 as usize) {
            glance.last_use = dispatches;
        }
        booking
    }

    /// The lane that served the request's conversation before.
    #[must_use]
    pub fn session_lane(&self, request: &crate::Request, now: Timestamp) -> Option<LaneIndex> {
        let (session, keep) = request.session?;
        self.affinity.lane_of(session, keep, now)
    }

    /// The names of a lane.
    #[must_use]
    pub fn lane(&self, lane: LaneIndex) -> Option<&Lane> {
        self.lanes.name(lane.0)
    }

    /// When the last hold on a lane or on anything it is part of ends; `None` while nothing holds it.
    #[must_use]
    pub fn held_until(&self, lane: LaneIndex, now: Timestamp) -> Option<Timestamp> {
        let scopes = self.scopes_of(lane).into_iter().filter_map(|scope| self.scopes.get(scope.0));
        let holds = scopes.filter_map(|scope| scope.hold.as_ref()).filter(|hold| hold.lasts(now));
        holds.map(|hold| hold.until).max()
    }

    /// Whether a request is in flight on a lane.
    #[must_use]
    pub fn is_in_flight(&self, lane: LaneIndex) -> bool {
        let [own, ..] = self.scopes_of(lane);
        self.scopes.get(own.0).is_some_and(|scope| scope.in_flight > 0)
    }

    /// Requests in flight on a key, over all its models.
    #[must_use]
    pub fn in_flight(&self, key: &KeyId) -> u32 {
        self.scope(&ScopeName::Key(key.clone())).map_or(0, |scope| scope.in_flight)
    }

    /// Takes over what the person configured: keys and providers on or off, owners, concurrency, caps.
    pub fn adopt(&mut self, fleet: &Fleet, now: Timestamp) {
        for provider in &fleet.providers {
            self.configure(&ScopeName::Provider(provider.id.clone()), |scope| {
                scope.disabled = !provider.enabled;
            });
            for key in &provider.keys {
                self.configure(&ScopeName::Key(key.id.clone()), |scope| {
                    scope.disabled = !key.enabled;
                    scope.max_in_flight = key.max_concurrent;
                });
            }
        }
        for chain in &fleet.chains {
            for target in chain.targets() {
                let Some(provider) = fleet.provider(&target.provider) else { continue };
                for key in &provider.keys {
                    self.enter_lane(provider, key, &target.model, now);
                }
            }
        }
        self.refresh_all(now);
    }

    /// The index of the lane of `key` for `model`, made if there is none.
    pub(crate) fn enter_lane(
        &mut self,
        provider: &Provider,
        key: &Key,
        model: &ModelId,
        now: Timestamp,
    ) -> LaneIndex {
        let lane = Lane { provider: provider.id.clone(), key: key.id.clone(), model: model.clone() };
        let index = LaneIndex(self.lanes.enter(&lane));
        let owner = key.owner(&provider.id);
        let names = [
            ScopeName::Lane(lane),
            ScopeName::OwnerModel(owner.clone(), model.clone()),
            ScopeName::Key(key.id.clone()),
            ScopeName::Owner(owner),
            ScopeName::Place(provider.id.clone(), model.clone()),
            ScopeName::Provider(provider.id.clone()),
        ];
        let scopes = names.map(|name| ScopeIndex(self.scopes.enter(&name)));
        let known = self.lanes.get(index.0).is_some_and(|state| state.scopes == scopes);
        if !known {
            self.place_lane(index, scopes);
            self.apply_caps(key, model, scopes);
            self.refresh(index, now);
        }
        index
    }

    fn place_lane(&mut self, lane: LaneIndex, scopes: [ScopeIndex; SCOPES_OF_A_LANE]) {
        for old in self.scopes_of(lane) {
            if let Some(scope) = self.scopes.get_mut(old.0) {
                scope.lanes.retain(|member| *member != lane);
            }
        }
        if let Some(state) = self.lanes.get_mut(lane.0) {
            state.scopes = scopes;
        }
        for scope in scopes {
            if let Some(scope) = self.scopes.get_mut(scope.0) {
                scope.lanes.push(lane);
            }
        }
        self.glances.resize(self.lanes.len(), Glance::UNKNOWN);
    }

    /// The person's own caps become budgets: on the lane for one model, on the key for all.
    fn apply_caps(&mut self, key: &Key, model: &ModelId, scopes: [ScopeIndex; SCOPES_OF_A_LANE]) {
        let [lane, _, key_scope, ..] = scopes;
        for cap in &key.caps {
            let scope = match &cap.model {
                Some(capped) if capped == model => lane,
                Some(_) => continue,
                None => key_scope,
            };
            let Some(scope) = self.scopes.get_mut(scope.0) else { continue };
            let same = |budget: &&mut Budget| {
                (budget.unit, budget.window, budget.source)
                    == (cap.unit, cap.window, BudgetSource::Configured)
            };
            match scope.budgets.iter_mut().find(same) {
                Some(budget) => budget.limit = cap.amount,
                None => scope.budgets.push(Budget::counted(
                    cap.unit,
                    BudgetSource::Configured,
                    cap.amount,
                    cap.window,
                )),
            }
        }
    }

    fn configure(&mut self, name: &ScopeName, change: impl FnOnce(&mut ScopeState)) {
        let index = self.scopes.enter(name);
        if let Some(scope) = self.scopes.get_mut(index) {
            change(scope);
        }
    }

    pub(crate) fn lanes_of_key(&self, key: &KeyId) -> impl Iterator<Item = LaneIndex> + use<> {
        let lanes = self.scope(&ScopeName::Key(key.clone())).map(|scope| scope.lanes.clone());
        lanes.unwrap_or_default().into_iter()
    }

    pub(crate) fn scope(&self, name: &ScopeName) -> Option<&ScopeState> {
        self.scopes.get(self.scopes.find(name)?)
    }

    pub(crate) fn scopes_of(&self, lane: LaneIndex) -> [ScopeIndex; SCOPES_OF_A_LANE] {
        self.lanes.get(lane.0).map_or(LaneState::default().scopes, |state| state.scopes)
    }

    pub(crate) fn owner_model_mut(&mut self, lane: LaneIndex) -> Option<&mut ScopeState> {
        let [_, owner_model, ..] = self.scopes_of(lane);
        self.scopes.get_mut(owner_model.0)
    }

    /// The first thing that keeps a lane from serving.
    pub(crate) fn obstacle(&self, lane: LaneIndex, tokens: u64, now: Timestamp) -> Option<Obstacle<'_>> {
        let scopes = self.scopes_of(lane).into_iter().filter_map(|scope| self.scopes.get(scope.0));
        let obstacles = scopes.filter_map(|scope| scope.obstacle(tokens, now));
        obstacles.max_by_key(Obstacle::free_at)
    }
}
