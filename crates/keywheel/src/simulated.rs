//! The built-in provider that answers `demo` while no key is configured, so that a rotation can be seen at once.

use std::collections::HashMap;

use keywheel_config::{KeySource, Plan, Upstream};
use keywheel_rotation::{Chain, Key, KeyId, ModelId, Provider, ProviderId, Strategy, Target};
use keywheel_secrets::Secret;
use keywheel_simulator::{Script, Simulator, StartError};

/// The virtual model it answers.
const DEMO: &str = "demo";
const PROVIDER: &str = "simulated";

/// Starts the simulator and adds it to the plan, with its keys' secrets.
pub(crate) async fn add(
    plan: &mut Plan,
    secrets: &mut HashMap<KeyId, Secret>,
) -> Result<Simulator, StartError> {
    let script = Script::demo();
    let provider = ProviderId::from(PROVIDER);
    let models: Vec<ModelId> = script.models.iter().map(|model| ModelId::from(model.as_str())).collect();
    let mut keys = Vec::new();
    for (number, key) in (1..).zip(&script.keys) {
        let id = KeyId::from(format!("{PROVIDER}:{number}"));
        keys.push(simulated_key(id.clone(), number));
        plan.key_sources.insert(id.clone(), KeySource::Keyless);
        secrets.insert(id, Secret::new(key.secret.clone()));
    }
    let targets = models.iter().map(|model| Target { provider: provider.clone(), model: model.clone() });
    plan.fleet.chains.push(Chain {
        name: DEMO.to_owned(),
        strategy: Strategy::Headroom,
        tiers: vec![targets.collect()],
    });
    plan.fleet.active_model.get_or_insert_with(|| DEMO.to_owned());
    plan.fleet.providers.push(Provider {
        id: provider.clone(),
        name: "Simulated".to_owned(),
        priority: 1,
        enabled: true,
        simulated: true,
        models,
        keys,
    });
    let simulator = Simulator::start(script).await?;
    plan.upstreams.insert(provider, Upstream { base_url: simulator.base_url().to_owned() });
    Ok(simulator)
}

fn simulated_key(id: KeyId, number: usize) -> Key {
    Key {
        id,
        label: format!("demo-{number}"),
        hint: None,
        priority: 1,
        enabled: true,
        max_concurrent: None,
        group: None,
        caps: Vec::new(),
    }
}
