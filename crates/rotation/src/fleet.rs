//! What a person configured, compiled for selection. It changes only as a whole.

use std::collections::HashMap;

use crate::{GroupId, KeyId, LimitWindow, ModelId, ProviderId, Strategy, Unit};

/// Providers, virtual models and aliases. Immutable while a request uses it.
#[derive(Clone, Debug, Default)]
pub struct Fleet {
    /// All providers, disabled ones included, so that the "why" can name them.
    pub providers: Vec<Provider>,
    /// Virtual models in the order they were configured.
    pub chains: Vec<Chain>,
    /// Alias → the name it stands for (one step, never a chain of aliases).
    pub aliases: HashMap<String, String>,
    /// The virtual model that `default` means.
    pub active_model: Option<String>,
    /// What is known of models, by `provider/model`.
    pub abilities: HashMap<(ProviderId, ModelId), Abilities>,
}

/// One provider and its keys.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Id as users write it.
    pub id: ProviderId,
    /// Name for people.
    pub name: String,
    /// Lower is tried first.
    pub priority: u32,
    /// A disabled provider is kept but never used.
    pub enabled: bool,
    /// Whether it is the built-in simulator.
    pub simulated: bool,
    /// Models that a bare id may name.
    pub models: Vec<ModelId>,
    /// Its keys.
    pub keys: Vec<Key>,
}

/// One key of a provider.
#[derive(Clone, Debug)]
pub struct Key {
    /// Unique id.
    pub id: KeyId,
    /// The person's name for it.
    pub label: String,
    /// The last characters of the secret, at most four.
    pub hint: Option<String>,
    /// Lower is tried first.
    pub priority: u32,
    /// A disabled key is kept but never used.
    pub enabled: bool,
    /// How many requests it may have in flight at once; `None` is unlimited.
    pub max_concurrent: Option<u32>,
    /// The quota group the person put it into; keys of one group share limits.
    pub group: Option<String>,
    /// The person's own caps.
    pub caps: Vec<Cap>,
}

/// The person's own limit for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cap {
    /// The model it is for; `None` is all of the key's together.
    pub model: Option<ModelId>,
    /// What is counted.
    pub unit: Unit,
    /// Over which window.
    pub window: LimitWindow,
    /// How much is allowed.
    pub amount: u64,
}

/// What a model can do, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    /// Tokens of its context window.
    pub context_tokens: Option<u64>,
    /// Calls tools.
    pub tools: Option<bool>,
    /// Sees images.
    pub vision: Option<bool>,
    /// Hears audio.
    pub audio: Option<bool>,
    /// Answers after a JSON schema.
    pub json_schema: Option<bool>,
    /// Costs nothing.
    pub free: Option<bool>,
}

/// A virtual model: tiers of targets, tried in order.
#[derive(Clone, Debug)]
pub struct Chain {
    /// The name clients send.
    pub name: String,
    /// How a lane is chosen inside one tier.
    pub strategy: Strategy,
    /// Tiers, first choice first. Targets of one tier are equals.
    pub tiers: Vec<Vec<Target>>,
}

/// A model at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The provider asked.
    pub provider: ProviderId,
    /// The model asked for.
    pub model: ModelId,
}

/// Nothing serves the requested name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownModel {
    /// What was asked for.
    pub requested: String,
    /// Names that exist, nearest first, at most three.
    pub nearest: Vec<String>,
}

impl Key {
    /// Who shares its limits: the group the person named, else the key alone.
    #[must_use]
    pub fn owner(&self, provider: &ProviderId) -> GroupId {
        match &self.group {
            Some(group) => GroupId::from(format!("{provider}/{group}")),
            None => GroupId::from(self.id.as_str()),
        }
    }
}

impl Chain {
    /// Its targets, first choice first.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        self.tiers.iter().flatten()
    }
}

impl Fleet {
    /// Finds a provider by id.
    #[must_use]
    pub fn provider(&self, id: &ProviderId) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id == *id)
    }

    /// Finds a key by id.
    #[must_use]
    pub fn key(&self, id: &KeyId) -> Option<&Key> {
        self.providers.iter().flat_map(|provider| &provider.keys).find(|key| key.id == *id)
    }

    /// What is known of a target's model.
    #[must_use]
    pub fn abilities(&self, target: &Target) -> Abilities {
        self.abilities.get(&(target.provider.clone(), target.model.clone())).copied().unwrap_or_default()
    }

    /// Finds a virtual model by its own name.
    #[must_use]
    pub fn chain(&self, name: &str) -> Option<&Chain> {
        self.chains.iter().find(|chain| chain.name == name)
    }

    /// Expands a requested name: virtual model, alias, `default`, `provider/model`, or a bare model id.
    ///
    /// # Errors
    /// [`UnknownModel`] when no provider serves it, with the nearest names that do exist.
    pub fn expand(&self, requested: &str, strategy: Strategy) -> Result<Chain, UnknownModel> {
        let name = self.aliases.get(requested).map_or(requested, String::as_str);
        let name = match (name, &self.active_model) {
            ("default", Some(active)) => active,
            _ => name,
        };
        if let Some(chain) = self.chain(name) {
            return Ok(chain.clone());
        }
        let targets = self.direct_targets(name);
        if targets.is_empty() {
            return Err(UnknownModel {
                requested: requested.to_owned(),
                nearest: self.nearest_names(requested),
            });
        }
        Ok(Chain { name: name.to_owned(), strategy, tiers: vec![targets] })
    }

    /// Every name a client may send, virtual models first.
    pub fn model_names(&self) -> impl Iterator<Item = String> + '_ {
        let direct =
            self.providers.iter().filter(|provider| provider.enabled).flat_map(|provider| {
                provider.models.iter().map(move |model| format!("{}/{model}", provider.id))
            });
        let default = self.active_model.is_some().then(|| "default".to_owned());
        let chains = self.chains.iter().map(|chain| chain.name.clone());
        let mut aliases: Vec<_> = self.aliases.keys().cloned().collect();
        aliases.sort_unstable();
        default.into_iter().chain(chains).chain(aliases).chain(direct)
    }

    fn direct_targets(&self, name: &str) -> Vec<Target> {
        if let Some((provider, model)) = name.split_once('/')
            && let Some(provider) = self.provider(&provider.into())
            && !model.is_empty()
        {
            return vec![Target { provider: provider.id.clone(), model: model.into() }];
        }
        let serving = self.providers.iter().filter(|p| p.models.iter().any(|model| model.as_str() == name));
        serving.map(|provider| Target { provider: provider.id.clone(), model: name.into() }).collect()
    }

    fn nearest_names(&self, requested: &str) -> Vec<String> {
        let mut names: Vec<_> =
            self.model_names().map(|name| (edit_distance(requested, &name), name)).collect();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name).take(3).collect()
    }
}

/// Levenshtein distance in bytes: enough to rank a typo.
fn edit_distance(left: &str, right: &str) -> usize {
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, left_byte) in left.bytes().enumerate() {
        let mut diagonal = row;
        let mut last = row + 1;
        for (cell, right_byte) in previous.iter_mut().skip(1).zip(right.bytes()) {
            let substitution = diagonal + usize::from(left_byte != right_byte);
            diagonal = *cell;
            last = substitution.min(diagonal + 1).min(last + 1);
            *cell = last;
        }
        if let Some(first) = previous.first_mut() {
            *first = row + 1;
        }
    }
    previous.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fleet() -> Fleet {
        let provider = |id: &str, models: &[&str]| Provider {
            id: id.into(),
            name: id.to_owned(),
            priority: 1,
            enabled: true,
            simulated: false,
            models: models.iter().map(|model| ModelId::from(*model)).collect(),
            keys: Vec::new(),
        };
        let target = Target { provider: "groq".into(), model: "llama".into() };
        Fleet {
            providers: vec![provider("groq", &["llama", "qwen"]), provider("nvidia", &["llama"])],
            chains: vec![Chain {
                name: "coding".to_owned(),
                strategy: Strategy::Headroom,
                tiers: vec![vec![target]],
            }],
            aliases: HashMap::from([("gpt-4o".to_owned(), "coding".to_owned())]),
            active_model: Some("coding".to_owned()),
            ..Fleet::default()
        }
    }

    #[track_caller]
    fn check(requested: &str, expected: &[&str]) {
        let chain = fleet().expand(requested, Strategy::Headroom).expect("the name is known");
        let targets: Vec<_> =
            chain.tiers.concat().iter().map(|t| format!("{}/{}", t.provider, t.model)).collect();
        assert_eq!(targets, expected, "targets of {requested}");
    }

    #[test]
    fn every_form_of_a_name_expands() {
        check("coding", &["groq/llama"]);
        check("gpt-4o", &["groq/llama"]);
        check("default", &["groq/llama"]);
        check("llama", &["groq/llama", "nvidia/llama"]);
        check("qwen", &["groq/qwen"]);
        check("groq/meta/llama-4:free", &["groq/meta/llama-4:free"]);
    }

    #[test]
    fn an_unknown_name_lists_the_nearest() {
        let unknown = fleet().expand("codin", Strategy::Headroom).expect_err("no such model");
        assert_eq!(unknown.nearest.first().map(String::as_str), Some("coding"), "a typo finds its neighbour");
        assert!(fleet().expand("groq/", Strategy::Headroom).is_err(), "an empty model is unknown");
    }
}
