//! The shape of `config.toml`.

use std::collections::BTreeMap;
use std::time::Duration;

use keywheel_rotation::{LimitWindow, Strategy, Unit};
use serde::Deserialize;

/// In a limit: all models of the key together.
pub(crate) const EVERY_MODEL: &str = "*";

/// The whole file. Everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Version of the file's shape.
    pub version: u32,
    /// Where and how the endpoint listens.
    pub server: Server,
    /// How keys are chosen and rested.
    pub rotation: Rotation,
    /// Where secrets are kept.
    pub secrets: Secrets,
    /// Providers, in any order; `priority` orders them.
    pub providers: Vec<ProviderEntry>,
    /// Virtual models; the first is what `default` means.
    pub models: Vec<ModelEntry>,
    /// Other names for models.
    pub aliases: BTreeMap<String, String>,
}

/// `[server]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Server {
    /// Address to listen on. Anything but loopback needs an access key.
    pub host: String,
    /// Port; 0 takes a free one.
    pub port: u16,
    /// One deadline for a whole request, waiting and retries included.
    #[serde(with = "humantime_serde")]
    pub timeout: Duration,
    /// Extra `Host` values that requests may carry.
    pub allowed_hosts: Vec<String>,
    /// Exact origins of web pages that may call.
    pub allowed_origins: Vec<String>,
    /// The environment variable that holds the access key.
    pub access_key_env: String,
}

/// `[rotation]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Rotation {
    /// Models that cost money are left out.
    pub free_only: bool,
    /// How a lane is chosen among equals, where a virtual model does not say.
    pub strategy: Strategy,
    /// How long a lane rests when a 429 does not say.
    #[serde(with = "humantime_serde")]
    pub default_cooldown: Duration,
    /// The longest guessed rest.
    #[serde(with = "humantime_serde")]
    pub max_guessed_cooldown: Duration,
    /// Wait for the next free key inside the deadline instead of failing.
    pub wait_for_capacity: bool,
    /// How long a conversation prefers the key that served it; zero never.
    #[serde(with = "humantime_serde")]
    pub session_affinity: Duration,
}

/// `[secrets]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Secrets {
    /// Which store holds the keys.
    pub store: SecretStoreKind,
}

/// Where secrets are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretStoreKind {
    /// The system's keychain.
    #[default]
    Keychain,
    /// Environment variables only.
    Environment,
    /// This run only.
    Memory,
}

/// `[[providers]]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ProviderEntry {
    /// A catalogue id, or a name of its own together with `base_url`.
    pub id: String,
    /// Name for people.
    #[serde(default)]
    pub name: Option<String>,
    /// The address of its API, for example `http://127.0.0.1:9999/v1`.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Its wire format.
    #[serde(default)]
    pub dialect: Dialect,
    /// Lower is tried first.
    #[serde(default = "one")]
    pub priority: u32,
    /// Off keeps the entry and never uses it.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// It asks for no key.
    #[serde(default)]
    pub keyless: Option<bool>,
    /// Model ids it serves.
    #[serde(default)]
    pub models: Option<Vec<String>>,
    /// Its keys.
    #[serde(default)]
    pub keys: Vec<KeyEntry>,
}

/// The wire formats that can be spoken to a provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// OpenAI Chat Completions.
    #[default]
    OpenaiChat,
}

/// `[[providers.keys]]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct KeyEntry {
    /// Names the keychain entry; written by the product.
    #[serde(default)]
    pub id: Option<String>,
    /// The variable that holds the secret instead.
    #[serde(default)]
    pub env: Option<String>,
    /// The person's name for it.
    #[serde(default)]
    pub label: Option<String>,
    /// Off keeps the key and never uses it.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Lower is tried first.
    #[serde(default = "one")]
    pub priority: u32,
    /// How many requests it may have in flight at once.
    #[serde(default)]
    pub max_concurrent: Option<u32>,
    /// Keys of one group belong to one account and share its limits.
    #[serde(default)]
    pub quota_group: Option<String>,
    /// The person's own caps.
    #[serde(default)]
    pub limits: Vec<LimitEntry>,
}

/// `limits = [{ model = "*", unit = "requests", per = "minute", amount = 30 }]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitEntry {
    /// The model it is for; `*` is all of the key's together.
    #[serde(default = "every_model")]
    pub model: String,
    /// What is counted.
    pub unit: Unit,
    /// Over which window.
    pub per: LimitWindow,
    /// How much is allowed.
    pub amount: u64,
}

/// `[[models]]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ModelEntry {
    /// The name clients send.
    pub name: String,
    /// How a lane is chosen inside a tier; left out = `[rotation] strategy`.
    #[serde(default)]
    pub strategy: Option<Strategy>,
    /// `provider/model`, first choice first.
    pub targets: Vec<TargetEntry>,
}

/// One target of a virtual model.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "a target is written \"provider/model\" or { target = \"provider/model\", tier = 1 }"
)]
pub enum TargetEntry {
    /// `"provider/model"`, a tier of its own at its place in the list.
    Plain(String),
    /// With a tier: equal tiers are used together.
    Tiered(TieredTarget),
}

/// A target with its tier.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TieredTarget {
    /// `provider/model`.
    pub target: String,
    /// Lower tiers are tried first.
    pub tier: u32,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 8000,
            timeout: Duration::from_mins(2),
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            access_key_env: "PROXY_API_KEY".to_owned(),
        }
    }
}

impl Default for Rotation {
    fn default() -> Self {
        Self {
            free_only: false,
            strategy: Strategy::default(),
            default_cooldown: Duration::from_mins(1),
            max_guessed_cooldown: Duration::from_mins(10),
            wait_for_capacity: true,
            session_affinity: Duration::from_mins(30),
        }
    }
}

const fn one() -> u32 {
    1
}

fn every_model() -> String {
    EVERY_MODEL.to_owned()
}

const fn yes() -> bool {
    true
}
