//! `GET /health` and `GET /status`: labels only, nothing secret.

use axum::Json;
use axum::extract::State;
use keywheel_engine::{KeyOverview, Overview};
use keywheel_rotation::{BudgetSource, KeyStanding, Provenance, Timestamp};
use serde::Serialize;

use crate::DataPlane;

#[derive(Serialize)]
pub(crate) struct Health {
    status: &'static str,
    version: &'static str,
    /// Differs for every start: proves who holds the port.
    instance: String,
}

#[derive(Serialize)]
pub(crate) struct Status {
    status: &'static str,
    paused: bool,
    uptime_s: u64,
    usable_keys: usize,
    resting_keys: usize,
    total_keys: usize,
    /// Rows of the history that were lost because the disk did not keep up.
    dropped_history_rows: u64,
    problems: Vec<String>,
    providers: Vec<ProviderStatus>,
}

#[derive(Serialize)]
struct ProviderStatus {
    id: String,
    name: String,
    enabled: bool,
    priority: u32,
    keys: Vec<KeyStatus>,
}

#[derive(Serialize)]
struct KeyStatus {
    label: String,
    state: &'static str,
    in_flight: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_until_back: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    said_by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub(crate) async fn health(State(plane): State<DataPlane>) -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION"), instance: plane.instance.to_string() })
}

pub(crate) async fn status(State(plane): State<DataPlane>) -> Json<Status> {
    let overview = plane.engine.overview();
    let paused = plane.engine.paused().is_some();
    let usable_keys = overview.usable_keys();
    Json(Status {
        status: match (paused, usable_keys) {
            (true, _) => "paused",
            (false, 0) => "held",
            (false, _) => "running",
        },
        paused,
        uptime_s: overview.now.since(plane.engine.clock().started_at()).as_secs(),
        usable_keys,
        resting_keys: overview.resting_keys(),
        total_keys: overview.keys().count(),
        dropped_history_rows: plane.engine.dropped_history_rows(),
        problems: plane.engine.snapshot().problems.clone(),
        providers: providers(&overview),
    })
}

fn providers(overview: &Overview) -> Vec<ProviderStatus> {
    let provider = |provider: &keywheel_engine::ProviderOverview| ProviderStatus {
        id: provider.id.to_string(),
        name: provider.name.clone(),
        enabled: provider.enabled,
        priority: provider.priority,
        keys: provider.keys.iter().map(|key| key_status(key, overview.now)).collect(),
    };
    overview.providers.iter().map(provider).collect()
}

fn key_status(key: &KeyOverview, now: Timestamp) -> KeyStatus {
    let waiting = if key.standing.is_short_rest(now) { "resting" } else { "spent" };
    let (state, said_by, reason) = match &key.standing {
        KeyStanding::Usable => ("usable", None, None),
        KeyStanding::Resting(hold) => (waiting, Some(said_by(hold.provenance)), Some(hold.reason.clone())),
        KeyStanding::Spent(spent) => (waiting, Some(counted_by(spent.source)), None),
        KeyStanding::Rejected { reason, .. } => ("rejected", None, Some(reason.clone())),
        KeyStanding::OutOfCredit { reason, .. } => ("out_of_credit", None, Some(reason.clone())),
        KeyStanding::Off => ("off", None, None),
    };
    let seconds_until_back = key.standing.back_at().map(|until| until.since(now).as_secs());
    KeyStatus {
        label: key.key.label.clone(),
        state,
        in_flight: key.in_flight,
        seconds_until_back,
        said_by,
        reason,
    }
}

const fn counted_by(source: BudgetSource) -> &'static str {
    match source {
        BudgetSource::Stated | BudgetSource::Catalogue => "provider",
        BudgetSource::Configured => "you",
        BudgetSource::Measured => "measured",
    }
}

const fn said_by(provenance: Provenance) -> &'static str {
    match provenance {
        Provenance::Stated => "provider",
        Provenance::Measured => "measured",
        Provenance::Guessed => "guessed",
    }
}
