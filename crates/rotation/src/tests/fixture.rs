//! A fleet of four keys at two providers, driven by outcomes.

use std::time::Duration;

use crate::{
    Booking, BudgetReading, Chain, CooldownRules, Fleet, Key, LaneIndex, LimitScope, LimitWindow, Outcome,
    Provider, Request, Roster, RotationState, Selection, Settlement, Strategy, Target, Timestamp, Unit,
};

pub(super) const START: Timestamp = Timestamp::from_unix_ms(1_795_176_000_000);

pub(super) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(super) fn key(id: &str, priority: u32) -> Key {
    Key {
        id: id.into(),
        label: id.to_owned(),
        hint: None,
        priority,
        enabled: true,
        max_concurrent: None,
        group: None,
        caps: Vec::new(),
    }
}

pub(super) fn provider(id: &str, priority: u32, keys: Vec<Key>) -> Provider {
    Provider {
        id: id.into(),
        name: id.to_owned(),
        priority,
        enabled: true,
        simulated: false,
        models: vec![],
        keys,
    }
}

pub(super) fn target(provider: &str, model: &str) -> Target {
    Target { provider: provider.into(), model: model.into() }
}

/// Keys g1 and g2 before g3, all at groq; then o1 at openai.
pub(super) fn fleet() -> Fleet {
    let groq = provider("groq", 1, vec![key("g1", 1), key("g2", 1), key("g3", 2)]);
    Fleet { providers: vec![groq, provider("openai", 2, vec![key("o1", 1)])], ..Fleet::default() }
}

pub(super) fn limited(until: Option<Timestamp>) -> Outcome {
    Outcome::RateLimited { until, scope: LimitScope::OwnerModel, window: LimitWindow::Unknown }
}

pub(super) fn requests_left(remaining: u64, limit: u64, resets_at: Timestamp) -> BudgetReading {
    let window = LimitWindow::Unknown;
    BudgetReading { unit: Unit::Requests, window, limit, remaining, resets_at: Some(resets_at) }
}

/// A fleet under way.
pub(super) struct Scene {
    pub(super) fleet: Fleet,
    pub(super) state: RotationState,
    pub(super) roster: Roster,
    pub(super) request: Request,
    pub(super) now: Timestamp,
}

impl Scene {
    pub(super) fn new() -> Self {
        Self::of(fleet(), Strategy::RoundRobin)
    }

    pub(super) fn of(fleet: Fleet, strategy: Strategy) -> Self {
        Self::with_models(fleet, strategy, &["m"])
    }

    /// One tier of every model at every provider.
    pub(super) fn with_models(fleet: Fleet, strategy: Strategy, models: &[&str]) -> Self {
        let providers = fleet.providers.iter();
        let tier =
            providers.flat_map(|of| models.iter().map(|model| target(of.id.as_str(), model))).collect();
        let chain = Chain { name: "test".to_owned(), strategy, tiers: vec![tier] };
        let mut state = RotationState::default();
        state.adopt(&fleet, START);
        let roster = Roster::seat(&fleet, &chain, &mut state, START);
        Self { fleet, state, roster, request: Request::default(), now: START }
    }

    pub(super) fn lane(&self, key: &str) -> LaneIndex {
        self.state.lanes_of_key(&key.into()).next().expect("the key has a lane")
    }

    pub(super) fn select(&mut self) -> Selection {
        self.state.select(&self.roster, &self.request, self.now)
    }

    /// The key that would serve now.
    pub(super) fn pick(&mut self) -> Option<String> {
        let chosen = self.select().chosen?;
        self.state.lane(chosen).map(|lane| lane.key.to_string())
    }

    pub(super) fn book(&mut self, key: &str) -> Booking {
        let lane = self.lane(key);
        self.state.dispatch(lane, self.request.tokens, self.now)
    }

    pub(super) fn settle(&mut self, booking: Booking, outcome: Outcome) {
        self.settle_with(booking, outcome, Vec::new());
    }

    pub(super) fn settle_with(&mut self, booking: Booking, outcome: Outcome, readings: Vec<BudgetReading>) {
        let settlement = Settlement { readings, ..Settlement::of(outcome, "as told") };
        self.state.apply(booking, &settlement, &CooldownRules::default(), self.now);
    }

    /// One call on `key` that ends like this.
    pub(super) fn call(&mut self, key: &str, outcome: Outcome) {
        let booking = self.book(key);
        self.settle(booking, outcome);
    }

    /// How long until `key` can serve again; `None` while it can.
    pub(super) fn wait(&mut self, key: &str) -> Option<Duration> {
        let lane = self.lane(key);
        let free_at = self.state.obstacle(lane, self.request.tokens, self.now)?.free_at();
        Some(free_at.since(self.now))
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
    }
}
