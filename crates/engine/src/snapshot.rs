//! What a request sees of the configuration, whole and unchanging.

use std::collections::HashMap;
use std::time::Duration;

use keywheel_config::Upstream;
use keywheel_rotation::{CooldownRules, Fleet, KeyId, ProviderId, Strategy};
use keywheel_secrets::Secret;

/// Everything a request needs to know. A change of settings makes a new one.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// Providers, virtual models, aliases.
    pub fleet: Fleet,
    /// Where each provider is.
    pub upstreams: HashMap<ProviderId, Upstream>,
    /// The secret of each key that has one.
    pub secrets: HashMap<KeyId, Secret>,
    /// The strategy for names that are no virtual model.
    pub strategy: Strategy,
    /// How long guessed holds last.
    pub cooldowns: CooldownRules,
    /// Wait for capacity inside the deadline instead of failing.
    pub wait_for_capacity: bool,
    /// Models that cost money are left out.
    pub free_only: bool,
    /// How long the lane of a conversation is preferred; zero never.
    pub session_affinity: Duration,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// What a person should know: options nobody reads, keys that can't be used.
    pub problems: Vec<String>,
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// One deadline for a whole request until its answer begins, waiting and retries included.
    pub request: Duration,
    /// The longest one upstream may take to begin a stream, so that another still gets its turn.
    pub first_event: Duration,
    /// The longest silence inside a stream.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            request: Duration::from_mins(2),
            first_event: Duration::from_secs(60),
            idle: Duration::from_mins(2),
        }
    }
}
