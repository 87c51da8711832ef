//! From files and environment to a snapshot that requests can run on.

use std::path::Path;

use keywheel_config::{Catalogue, Config, Loaded, Plan, plan};
use keywheel_engine::{Snapshot, Timeouts};
use keywheel_rotation::CooldownRules;
use keywheel_secrets::{EnvironmentSecrets, Redactor};
use keywheel_simulator::Simulator;

use crate::{StartError, keys, simulated};

/// What requests run on.
pub(crate) struct Assembly {
    pub(crate) snapshot: Snapshot,
    /// The built-in provider, while no key is configured.
    pub(crate) simulator: Option<Simulator>,
}

pub(crate) async fn assemble(
    loaded: &Loaded,
    config_path: &Path,
    environment: &EnvironmentSecrets,
    redactor: &Redactor,
) -> Result<Assembly, StartError> {
    let config = &loaded.config;
    let catalogue = Catalogue::built_in()?;
    let mut plan = plan(config, &catalogue, &keys::discover(&catalogue, environment));
    let mut secrets = keys::resolve(&mut plan, config.secrets.store, environment).await;
    secrets.values().for_each(|secret| redactor.add(secret));
    let has_key = plan.fleet.providers.iter().any(|provider| !provider.keys.is_empty());
    let simulator = if has_key { None } else { Some(simulated::add(&mut plan, &mut secrets).await?) };
    let mut problems = plan.problems.clone();
    problems.extend(loaded.unknown_keys.iter().map(|key| {
        format!(
            "'{key}' in {} is not an option of this version and has no effect. Correct or remove it.",
            config_path.display()
        )
    }));
    Ok(Assembly { snapshot: snapshot(config, plan, secrets, problems), simulator })
}

fn snapshot(
    config: &Config,
    plan: Plan,
    secrets: std::collections::HashMap<keywheel_rotation::KeyId, keywheel_secrets::Secret>,
    problems: Vec<String>,
) -> Snapshot {
    Snapshot {
        fleet: plan.fleet,
        upstreams: plan.upstreams,
        secrets,
        strategy: config.rotation.strategy,
        cooldowns: CooldownRules {
            default_cooldown: config.rotation.default_cooldown,
            max_guessed_cooldown: config.rotation.max_guessed_cooldown,
        },
        wait_for_capacity: config.rotation.wait_for_capacity,
        free_only: config.rotation.free_only,
        session_affinity: config.rotation.session_affinity,
        timeouts: Timeouts { request: config.server.timeout, ..Timeouts::default() },
        problems,
    }
}
