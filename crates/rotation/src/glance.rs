//! Keeping the glances fresh.

use crate::budget::FULL_SHARE;
use crate::scope::{FRAGILE_FROM_FAILURES, LaneIndex, ScopeIndex, ScopeState};
use crate::state::{Glance, NEVER};
use crate::{RotationState, Timestamp, Unit};

impl Glance {
    /// Nothing is known: the first look makes it.
    pub(crate) const UNKNOWN: Self = Self {
        free_at: Timestamp::from_unix_ms(0),
        probe_at: NEVER,
        stale_at: Timestamp::from_unix_ms(0),
        tokens: u64::MAX,
        share: FULL_SHARE,
        last_use: 0,
    };

    /// Adds what one scope has to say.
    fn take_in(&mut self, scope: &ScopeState, now: Timestamp) {
        if let Some(obstacle) = scope.obstacle(0, now) {
            self.free_at = self.free_at.max(obstacle.free_at());
            self.probe_at = obstacle.probe_at().max(self.probe_at);
        }
        if let Some(limit) = scope.size_limit_tokens {
            self.tokens = self.tokens.min(limit);
        }
        for budget in &scope.budgets {
            self.share = self.share.min(budget.share(now));
            if let Some(grows_at) = budget.grows_at(now) {
                self.stale_at = self.stale_at.min(grows_at);
            }
            if budget.unit == Unit::Tokens && budget.is_hard() {
                let left = budget.available(now);
                // Nothing in flight and nothing spent: a larger request than the whole is the provider's to judge.
                let fitting = scope.estimates.fitting(left);
                self.tokens = self.tokens.min(if left >= budget.limit { u64::MAX } else { fitting });
            }
        }
        if let Some((limit, left)) = scope.measure.remaining(now) {
            self.share = self.share.min(left * FULL_SHARE / limit.max(1));
        }
        if scope.measure.has_limit() {
            self.stale_at = self.stale_at.min(scope.measure.grows_at(now));
        }
    }
}

impl RotationState {
    /// Looks at one lane anew.
    pub(crate) fn refresh(&mut self, lane: LaneIndex, now: Timestamp) {
        let last_use = self.glances.get(lane.0 as usize).map_or(0, |glance| glance.last_use);
        let mut glance = Glance { stale_at: NEVER, probe_at: now, last_use, ..Glance::UNKNOWN };
        for scope in self.scopes_of(lane) {
            if let Some(scope) = self.scopes.get(scope.0) {
                glance.take_in(scope, now);
            }
        }
        if let Some(place) = self.glances.get_mut(lane.0 as usize) {
            *place = glance;
        }
    }

    pub(crate) fn refresh_all(&mut self, now: Timestamp) {
        for index in 0..self.lanes.len() {
            self.refresh(LaneIndex(u32::try_from(index).unwrap_or(u32::MAX)), now);
        }
    }

    /// Makes a change that concerns `lane`, and looks anew at every lane that shares something with it.
    pub(crate) fn touching<T>(
        &mut self,
        lane: LaneIndex,
        now: Timestamp,
        change: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let scopes = self.scopes_of(lane);
        let shared = |state: &Self| {
            scopes.map(|scope| state.scopes.get(scope.0).is_some_and(ScopeState::is_shared_fate))
        };
        let before = shared(self);
        let result = change(self);
        let after = shared(self);
        for ((scope, before), after) in scopes.into_iter().zip(before).zip(after) {
            if before || after {
                self.refresh_scope(scope, now);
            }
        }
        self.refresh(lane, now);
        result
    }

    /// Looks anew at every lane of a scope.
    pub(crate) fn refresh_scope(&mut self, scope: ScopeIndex, now: Timestamp) {
        let mut position = 0;
        while let Some(lane) = self.scopes.get(scope.0).and_then(|scope| scope.lanes.get(position).copied()) {
            self.refresh(lane, now);
            position += 1;
        }
    }
}

impl ScopeState {
    /// Whether what happens to one of its lanes changes what the others may do.
    fn is_shared_fate(&self) -> bool {
        self.lanes.len() > 1
            && (!self.budgets.is_empty()
                || self.max_in_flight.is_some()
                || self.hold.is_some()
                || self.trouble.is_some()
                || self.failures >= FRAGILE_FROM_FAILURES
                || self.measure.has_limit())
    }
}
