//! From the engine's overview to what views show.

use std::sync::Arc;

use keywheel_engine::{ChainOverview, Engine, KeyOverview, Overview, ProviderOverview, TargetOverview};
use keywheel_rotation::{BudgetSource, KeyStanding, LimitWindow, SharedQuota, Timestamp, Unit};
use tokio_util::sync::CancellationToken;

use crate::state::{
    Headroom, HeadroomUnit, HeadroomWindow, Key, KeyState, LastMinute, Model, Phase, Position, Problem,
    Provenance, Provider, Rotation, Second, State, Target,
};
use crate::wording::sentence;

/// Makes the [`State`] of an engine.
#[derive(Clone, Debug)]
pub struct Presenter {
    engine: Arc<Engine>,
    base_url: Arc<str>,
    stop: CancellationToken,
}

impl Presenter {
    /// A presenter for `engine`, whose clients use `base_url`. Its event feeds end with `stop`.
    #[must_use]
    pub fn new(engine: Arc<Engine>, base_url: &str, stop: CancellationToken) -> Self {
        Self { engine, base_url: base_url.into(), stop }
    }

    /// Cancelled when Keywheel stops.
    pub(crate) const fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// The engine behind it.
    #[must_use]
    pub const fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// How everything stands now.
    #[must_use]
    pub fn state(&self) -> State {
        let sequence = *self.engine.changes().borrow();
        let overview = self.engine.overview();
        let snapshot = self.engine.snapshot();
        State {
            sequence,
            now_ms: overview.now.unix_ms(),
            version: env!("CARGO_PKG_VERSION"),
            base_url: self.base_url.to_string(),
            started_at_ms: self.engine.clock().started_at().unix_ms(),
            rotation: self.rotation(&overview),
            active_model: snapshot.fleet.active_model.clone(),
            problems: problems(&snapshot.problems, &overview.shared_quotas),
            providers: overview.providers.iter().map(|each| provider(each, overview.now)).collect(),
            models: overview.chains.iter().map(model).collect(),
            last_minute: self.last_minute(),
        }
    }

    fn rotation(&self, overview: &Overview) -> Rotation {
        let pause = self.engine.paused();
        let (usable_keys, total_keys) = (overview.usable_keys(), overview.keys().count());
        let enabled_keys = overview.keys().filter(|key| key.standing != KeyStanding::Off).count();
        let resting_keys = overview.resting_keys();
        let phase = match (enabled_keys, usable_keys) {
            _ if pause.is_some() => Phase::Paused,
            _ if total_keys == 0 => Phase::Empty,
            (_, 0) => Phase::Held,
            (enabled, usable) if usable == enabled => Phase::Running,
            _ => Phase::Rotating,
        };
        Rotation {
            phase,
            sentence: sentence(phase, resting_keys, usable_keys, enabled_keys),
            usable_keys,
            resting_keys,
            total_keys,
            next_back_at_ms: overview.next_back_at().map(Timestamp::unix_ms),
            paused: pause.is_some(),
            paused_until_ms: pause.and_then(|pause| pause.until).map(Timestamp::unix_ms),
        }
    }

    fn last_minute(&self) -> LastMinute {
        let seconds: Vec<_> = self.engine.last_minute().iter().map(second).collect();
        let total = |count: fn(&Second) -> u32| seconds.iter().map(count).sum();
        LastMinute {
            requests: total(|second| second.requests),
            passed_on: total(|second| second.passed_on),
            failed: total(|second| second.failed),
            seconds,
        }
    }
}

fn problems(messages: &[String], shared: &[SharedQuota]) -> Vec<Problem> {
    let configuration =
        messages.iter().map(|message| Problem { code: "configuration", message: message.clone() });
    let shared = shared.iter().map(|quota| Problem {
        code: "shared_quota",
        message: format!(
            "{} says that {} belong to {}: they share its limits. Give them the same quota_group in config.toml.",
            quota.provider,
            quota.labels.join(" and "),
            quota.owner
        ),
    });
    configuration.chain(shared).collect()
}

fn second(second: &keywheel_engine::Second) -> Second {
    Second { requests: second.requests, passed_on: second.passed_on, failed: second.failed }
}

fn provider(provider: &ProviderOverview, now: Timestamp) -> Provider {
    Provider {
        id: provider.id.to_string(),
        name: provider.name.clone(),
        priority: provider.priority,
        enabled: provider.enabled,
        simulated: provider.simulated,
        keys: provider.keys.iter().map(|each| key(each, now)).collect(),
    }
}

fn key(overview: &KeyOverview, now: Timestamp) -> Key {
    let why = Why::of(&overview.standing, now);
    Key {
        id: overview.key.id.to_string(),
        label: overview.key.label.clone(),
        hint: overview.key.hint.clone(),
        state: why.state,
        serving: overview.in_flight > 0,
        next: overview.next,
        in_flight: overview.in_flight,
        since_ms: why.since.map(Timestamp::unix_ms),
        until_ms: overview.standing.back_at().map(Timestamp::unix_ms),
        provenance: why.provenance,
        reason: why.reason.map(str::to_owned),
        headroom: overview.headroom.map(|headroom| Headroom {
            share: headroom.share,
            unit: match headroom.unit {
                Unit::Requests => HeadroomUnit::Requests,
                Unit::Tokens => HeadroomUnit::Tokens,
            },
            window: window(headroom.window),
        }),
    }
}

/// The parts of a standing that are shown.
struct Why<'a> {
    state: KeyState,
    since: Option<Timestamp>,
    provenance: Option<Provenance>,
    reason: Option<&'a str>,
}

impl<'a> Why<'a> {
    fn of(standing: &'a KeyStanding, now: Timestamp) -> Self {
        let waiting = if standing.is_short_rest(now) { KeyState::Resting } else { KeyState::Spent };
        let plain = |state| Self { state, since: None, provenance: None, reason: None };
        match standing {
            KeyStanding::Usable => plain(KeyState::Usable),
            KeyStanding::Off => plain(KeyState::Off),
            KeyStanding::Spent(spent) => {
                let provenance = Some(source(spent.source));
                Self { provenance, reason: Some("budget used up"), ..plain(waiting) }
            }
            KeyStanding::Resting(hold) => Self {
                state: waiting,
                since: Some(hold.since),
                provenance: Some(provenance(hold.provenance)),
                reason: Some(&hold.reason),
            },
            KeyStanding::Rejected { since, reason } => {
                Self { since: Some(*since), reason: Some(reason), ..plain(KeyState::Rejected) }
            }
            KeyStanding::OutOfCredit { since, reason, .. } => {
                Self { since: Some(*since), reason: Some(reason), ..plain(KeyState::OutOfCredit) }
            }
        }
    }
}

const fn provenance(provenance: keywheel_rotation::Provenance) -> Provenance {
    match provenance {
        keywheel_rotation::Provenance::Stated => Provenance::Said,
        keywheel_rotation::Provenance::Measured => Provenance::Measured,
        keywheel_rotation::Provenance::Guessed => Provenance::Guessed,
    }
}

const fn source(source: BudgetSource) -> Provenance {
    match source {
        BudgetSource::Stated | BudgetSource::Catalogue => Provenance::Said,
        BudgetSource::Configured | BudgetSource::Measured => Provenance::Measured,
    }
}

const fn window(window: LimitWindow) -> HeadroomWindow {
    match window {
        LimitWindow::Second => HeadroomWindow::Second,
        LimitWindow::Minute => HeadroomWindow::Minute,
        LimitWindow::Hour => HeadroomWindow::Hour,
        LimitWindow::Day => HeadroomWindow::Day,
        LimitWindow::Month => HeadroomWindow::Month,
        LimitWindow::Unknown => HeadroomWindow::Unknown,
    }
}

fn model(chain: &ChainOverview) -> Model {
    Model {
        name: chain.name.clone(),
        active: chain.active,
        served_again_at_ms: chain.served_again_at.map(Timestamp::unix_ms),
        targets: chain.targets.iter().map(target).collect(),
    }
}

fn target(overview: &TargetOverview) -> Target {
    Target {
        provider: overview.target.provider.to_string(),
        provider_name: overview.provider_name.clone(),
        model: overview.target.model.to_string(),
        usable_keys: overview.usable_keys,
        total_keys: overview.total_keys,
        position: position(overview),
        back_at_ms: overview.back_at.map(Timestamp::unix_ms),
    }
}

const fn position(overview: &TargetOverview) -> Position {
    if overview.serving {
        Position::Serving
    } else if overview.next {
        Position::Next
    } else if overview.usable_keys > 0 {
        Position::Available
    } else if overview.back_at.is_some() {
        Position::Resting
    } else {
        Position::Unavailable
    }
}
