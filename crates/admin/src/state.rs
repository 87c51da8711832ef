//! Everything a view needs, in one piece. Times are milliseconds since the Unix epoch.

use serde::Serialize;
use utoipa::ToSchema;

/// How everything stands at one moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct State {
    /// Grows with every change.
    pub sequence: u64,
    /// The server's clock when this was made.
    pub now_ms: u64,
    /// Keywheel's version.
    pub version: &'static str,
    /// What clients use as their base URL.
    pub base_url: String,
    /// When Keywheel started.
    pub started_at_ms: u64,
    /// The rotation as a whole.
    pub rotation: Rotation,
    /// The virtual model that `default` means.
    pub active_model: Option<String>,
    /// What a person should know and mend.
    pub problems: Vec<Problem>,
    /// In priority order.
    pub providers: Vec<Provider>,
    /// Virtual models in configured order.
    pub models: Vec<Model>,
    /// The last sixty seconds.
    pub last_minute: LastMinute,
}

/// The rotation as a whole.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Rotation {
    /// Its state.
    pub phase: Phase,
    /// The state in one sentence, without a countdown.
    pub sentence: String,
    /// Keys that can serve.
    pub usable_keys: usize,
    /// Keys that come back by themselves within an hour.
    pub resting_keys: usize,
    /// All keys.
    pub total_keys: usize,
    /// When the first resting or spent key comes back.
    pub next_back_at_ms: Option<u64>,
    /// Whether a person paused it.
    pub paused: bool,
    /// When the pause ends by itself; `null` while paused is until resumed.
    pub paused_until_ms: Option<u64>,
}

/// The state of the rotation, as the icon shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Every key can serve.
    Running,
    /// Some keys rest.
    Rotating,
    /// No key can serve.
    Held,
    /// A person paused it.
    Paused,
    /// There is no key.
    Empty,
}

/// Something to mend.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

/// One provider.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Provider {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Lower is tried first.
    pub priority: u32,
    /// Whether it takes part.
    pub enabled: bool,
    /// Whether it is the built-in simulator.
    pub simulated: bool,
    /// Its keys.
    pub keys: Vec<Key>,
}

/// One key.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Key {
    /// Its id; never the secret.
    pub id: String,
    /// The person's name for it.
    pub label: String,
    /// The last four characters of the secret.
    pub hint: Option<String>,
    /// What it can do.
    pub state: KeyState,
    /// Whether a request is in flight.
    pub serving: bool,
    /// Whether the next request for the active model would take it.
    pub next: bool,
    /// Requests in flight.
    pub in_flight: u32,
    /// Since when it stands like this.
    pub since_ms: Option<u64>,
    /// Until when.
    pub until_ms: Option<u64>,
    /// Who says so.
    pub provenance: Option<Provenance>,
    /// What happened.
    pub reason: Option<String>,
    /// Its scarcest budget.
    pub headroom: Option<Headroom>,
}

/// What a key can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It can serve.
    Usable,
    /// It comes back by itself within an hour.
    Resting,
    /// It is used up until a reset that is further away.
    Spent,
    /// The provider refuses it.
    Rejected,
    /// Its account has no credit.
    OutOfCredit,
    /// A person switched it off.
    Off,
}

/// Who says how long a key rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// The provider.
    Said,
    /// Our own counters.
    Measured,
    /// Nobody; it is a guess.
    Guessed,
}

/// What is left of a budget.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Headroom {
    /// The share left, 0 to 1.
    pub share: f64,
    /// What is counted.
    pub unit: HeadroomUnit,
    /// Over which window.
    pub window: HeadroomWindow,
}

/// The window a budget is counted over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeadroomWindow {
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A month.
    Month,
    /// Nobody said.
    Unknown,
}

/// What a budget counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeadroomUnit {
    /// Calls.
    Requests,
    /// Tokens, in and out.
    Tokens,
}

/// One virtual model.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Model {
    /// The name clients send.
    pub name: String,
    /// Whether `default` means it.
    pub active: bool,
    /// With nothing usable: when it can be served again.
    pub served_again_at_ms: Option<u64>,
    /// Its targets, first choice first.
    pub targets: Vec<Target>,
}

/// One target of a virtual model.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Target {
    /// The provider's id.
    pub provider: String,
    /// The provider's name for people.
    pub provider_name: String,
    /// The model as the provider knows it.
    pub model: String,
    /// Keys that can serve it.
    pub usable_keys: usize,
    /// All its keys.
    pub total_keys: usize,
    /// Its place in the rotation.
    pub position: Position,
    /// With nothing usable: when the first key comes back.
    pub back_at_ms: Option<u64>,
}

/// A target's place in the rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// A request is in flight on it.
    Serving,
    /// The next request goes there.
    Next,
    /// It could serve.
    Available,
    /// It comes back by itself.
    Resting,
    /// It can't serve until somebody acts.
    Unavailable,
}

/// The last sixty seconds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LastMinute {
    /// Sixty seconds, oldest first.
    pub seconds: Vec<Second>,
    /// Requests that ended.
    pub requests: u32,
    /// Attempts that were passed on to another key.
    pub passed_on: u32,
    /// Requests that failed for the client.
    pub failed: u32,
}

/// One second.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Second {
    /// Requests that ended.
    pub requests: u32,
    /// Attempts that were passed on to another key.
    pub passed_on: u32,
    /// Requests that failed for the client.
    pub failed: u32,
}
