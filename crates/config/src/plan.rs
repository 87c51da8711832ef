//! From what is configured to what can be used.
//!
//! A provider takes part if the file names it, or if a variable holds a key for it. Its keys are those of the
//! file, then those of the environment that the file does not name. A catalogue provider behind another address
//! keeps its id, and its keys go to that address only.

use std::collections::{BTreeMap, HashMap, HashSet};

use keywheel_rotation::{Cap, Chain, Fleet, Key, KeyId, ModelId, Provider, ProviderId, Target};

use crate::schema::EVERY_MODEL;
use crate::{Catalogue, Config, KeyEntry, KnownProvider, LimitEntry, ModelEntry, ProviderEntry, TargetEntry};

/// The virtual model that is made of the providers' standard models when none is configured.
const STANDARD_MODEL: &str = "chat-smart";

/// What can be used, and what can't be and why.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// For selection.
    pub fleet: Fleet,
    /// Where each provider is.
    pub upstreams: HashMap<ProviderId, Upstream>,
    /// Where each key's secret comes from.
    pub key_sources: HashMap<KeyId, KeySource>,
    /// What was left out, each a sentence that says what to do.
    pub problems: Vec<String>,
}

/// A provider's address. A key of the provider goes nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// Without a closing slash.
    pub base_url: String,
}

/// Where a secret comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// The secret store, under the key's id.
    Store,
    /// An environment variable.
    Variable(String),
    /// The provider asks for none.
    Keyless,
}

/// A variable that holds a key of a catalogue provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoveredKey {
    /// The provider.
    pub provider: String,
    /// The variable's name.
    pub variable: String,
}

/// Makes the plan. `discovered` are the keys that the environment holds.
#[must_use]
pub fn plan(config: &Config, catalogue: &Catalogue, discovered: &[DiscoveredKey]) -> Plan {
    let mut plan = Plan::default();
    let mut seen = HashSet::new();
    for entry in &config.providers {
        if seen.insert(entry.id.as_str()) {
            plan.add_provider(entry, catalogue.get(&entry.id), discovered);
        } else {
            plan.problems
                .push(format!("Provider '{}' is configured twice. Remove one of the two.", entry.id));
        }
    }
    for known in &catalogue.providers {
        let found = discovered.iter().any(|key| key.provider == known.id);
        if found && !seen.contains(known.id.as_str()) {
            plan.add_provider(&ProviderEntry::named(&known.id), Some(known), discovered);
        }
    }
    plan.fleet.providers.sort_by_key(|provider| provider.priority);
    plan.add_models(config, catalogue);
    plan
}

impl Plan {
    fn add_provider(
        &mut self,
        entry: &ProviderEntry,
        known: Option<&KnownProvider>,
        discovered: &[DiscoveredKey],
    ) {
        let Some(base_url) = entry.base_url.as_ref().or(known.map(|known| &known.base_url)) else {
            let text = "is not in the catalogue and has no base_url. Add one, or correct the id";
            self.problems.push(format!("Provider '{}' {text}.", entry.id));
            return;
        };
        let id = ProviderId::from(entry.id.as_str());
        let known_models = known.map(|known| known.models.as_slice()).unwrap_or_default();
        for model in known_models {
            self.fleet.abilities.insert((id.clone(), ModelId::from(model.id.as_str())), model.abilities());
        }
        let models: Vec<ModelId> = match &entry.models {
            Some(own) => own.iter().map(|model| ModelId::from(model.as_str())).collect(),
            None => known_models.iter().map(|model| ModelId::from(model.id.as_str())).collect(),
        };
        let provider = Provider {
            name: entry
                .name
                .clone()
                .or(known.map(|known| known.name.clone()))
                .unwrap_or_else(|| entry.id.clone()),
            priority: entry.priority,
            enabled: entry.enabled,
            simulated: false,
            models,
            keys: self.keys_of(entry, known, discovered),
            id: id.clone(),
        };
        if provider.keys.is_empty() {
            let variable = known.and_then(|known| known.env.first()).map(|name| format!(", or set {name}"));
            let variable =
                variable.unwrap_or_else(|| ", or write keyless = true if it needs none".to_owned());
            self.problems
                .push(format!("Provider '{0}' has no key. Run: keywheel keys add {0}{variable}.", entry.id));
        }
        self.fleet.providers.push(provider);
        self.upstreams.insert(id, Upstream { base_url: base_url.trim_end_matches('/').to_owned() });
    }

    fn keys_of(
        &mut self,
        entry: &ProviderEntry,
        known: Option<&KnownProvider>,
        discovered: &[DiscoveredKey],
    ) -> Vec<Key> {
        let keyless = entry.keyless.unwrap_or_else(|| known.is_some_and(|known| known.keyless));
        if keyless {
            let id = KeyId::from(format!("keyless:{}", entry.id));
            self.key_sources.insert(id.clone(), KeySource::Keyless);
            return vec![KeyEntry::default().into_key(id, "no key needed".to_owned())];
        }
        let named: HashSet<_> = entry.keys.iter().filter_map(|key| key.env.as_deref()).collect();
        let found = discovered
            .iter()
            .filter(|key| key.provider == entry.id && !named.contains(key.variable.as_str()));
        let found = found.map(|key| KeyEntry { env: Some(key.variable.clone()), ..KeyEntry::default() });
        entry.keys.iter().cloned().chain(found).filter_map(|key| self.add_key(&entry.id, key)).collect()
    }

    fn add_key(&mut self, provider: &str, entry: KeyEntry) -> Option<Key> {
        let (id, source) = match (&entry.env, &entry.id) {
            (Some(variable), _) => (format!("env:{variable}"), KeySource::Variable(variable.clone())),
            (None, Some(id)) => (id.clone(), KeySource::Store),
            (None, None) => {
                let text = "names neither an id nor a variable (env). Add one of them";
                self.problems.push(format!("A key of provider '{provider}' {text}."));
                return None;
            }
        };
        let id = KeyId::from(id);
        if self.key_sources.insert(id.clone(), source).is_some() {
            self.problems.push(format!(
                "Key '{id}' of provider '{provider}' is configured twice. Remove one of the two."
            ));
            return None;
        }
        let label = entry.label.clone().or_else(|| entry.env.clone()).unwrap_or_else(|| id.to_string());
        Some(entry.into_key(id, label))
    }

    fn add_models(&mut self, config: &Config, catalogue: &Catalogue) {
        for entry in &config.models {
            let chain = self.chain_of(entry, config);
            self.fleet.chains.push(chain);
        }
        if self.fleet.chains.is_empty() {
            self.add_standard_model(config, catalogue);
        }
        self.fleet.active_model = self.fleet.chains.first().map(|chain| chain.name.clone());
        self.fleet.aliases = config.aliases.clone().into_iter().collect();
    }

    fn chain_of(&mut self, entry: &ModelEntry, config: &Config) -> Chain {
        let mut tiers: BTreeMap<u32, Vec<Target>> = BTreeMap::new();
        for (position, target) in (1..).zip(&entry.targets) {
            let (text, tier) = match target {
                TargetEntry::Plain(text) => (text, position),
                TargetEntry::Tiered(tiered) => (&tiered.target, tiered.tier),
            };
            match self.target(text) {
                Ok(target) => tiers.entry(tier).or_default().push(target),
                Err(why) => self.problems.push(format!("Model '{}' leaves out '{text}': {why}.", entry.name)),
            }
        }
        let strategy = entry.strategy.unwrap_or(config.rotation.strategy);
        Chain { name: entry.name.clone(), strategy, tiers: tiers.into_values().collect() }
    }

    fn target(&self, text: &str) -> Result<Target, &'static str> {
        let (provider, model) = text.split_once('/').ok_or("a target is written provider/model")?;
        let provider = ProviderId::from(provider);
        if !self.upstreams.contains_key(&provider) {
            return Err("the provider is not configured and no variable holds a key for it");
        }
        Ok(Target { provider, model: model.into() })
    }

    fn add_standard_model(&mut self, config: &Config, catalogue: &Catalogue) {
        let standard = self.fleet.providers.iter().filter_map(|provider| {
            let model = catalogue.get(provider.id.as_str())?.standard_model.as_deref()?;
            Some(vec![Target { provider: provider.id.clone(), model: model.into() }])
        });
        let tiers: Vec<_> = standard.collect();
        if !tiers.is_empty() {
            self.fleet.chains.push(Chain {
                name: STANDARD_MODEL.to_owned(),
                strategy: config.rotation.strategy,
                tiers,
            });
        }
    }
}

impl ProviderEntry {
    /// An entry that says nothing but the id.
    pub(crate) fn named(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: None,
            base_url: None,
            dialect: crate::schema::Dialect::default(),
            priority: 1,
            enabled: true,
            keyless: None,
            models: None,
            keys: Vec::new(),
        }
    }
}

impl Default for KeyEntry {
    fn default() -> Self {
        Self {
            id: None,
            env: None,
            label: None,
            enabled: true,
            priority: 1,
            max_concurrent: None,
            quota_group: None,
            limits: Vec::new(),
        }
    }
}

impl KeyEntry {
    fn into_key(self, id: KeyId, label: String) -> Key {
        Key {
            id,
            label,
            hint: None,
            priority: self.priority,
            enabled: self.enabled,
            max_concurrent: self.max_concurrent,
            group: self.quota_group,
            caps: self.limits.into_iter().map(LimitEntry::into_cap).collect(),
        }
    }
}

impl LimitEntry {
    fn into_cap(self) -> Cap {
        let model = (self.model != EVERY_MODEL).then(|| ModelId::from(self.model));
        Cap { model, unit: self.unit, window: self.per, amount: self.amount }
    }
}

#[cfg(test)]
mod tests;
