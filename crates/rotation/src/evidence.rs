//! Evidence that keys share one owner, and so one budget.
//!
//! Some providers name the account, organisation or project in their replies. Two keys of one provider that are
//! answered under the same name share its limits, whatever the configuration says. That is proposed to the person,
//! never assumed: a group changes which keys rest together.

use std::collections::{BTreeMap, HashMap};

use crate::{Fleet, KeyId, Lane, Provider};

/// What replies said about the owners of keys.
#[derive(Clone, Debug, Default)]
pub struct OwnerEvidence {
    named: HashMap<KeyId, String>,
}

/// Keys that belong together, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedQuota {
    /// The provider's name for people.
    pub provider: String,
    /// The labels of the keys.
    pub labels: Vec<String>,
    /// The owner as the provider names it.
    pub owner: String,
}

impl OwnerEvidence {
    /// A reply on `lane` named `owner`.
    pub fn note(&mut self, lane: &Lane, owner: String) {
        self.named.insert(lane.key.clone(), owner);
    }

    /// Keys that share an owner and are not in one group yet.
    #[must_use]
    pub fn proposals(&self, fleet: &Fleet) -> Vec<SharedQuota> {
        fleet.providers.iter().flat_map(|provider| self.proposals_for(provider)).collect()
    }

    fn proposals_for(&self, provider: &Provider) -> Vec<SharedQuota> {
        let mut by_owner: BTreeMap<&str, Vec<&crate::Key>> = BTreeMap::new();
        for key in &provider.keys {
            if let Some(owner) = self.named.get(&key.id) {
                by_owner.entry(owner).or_default().push(key);
            }
        }
        let is_split = |keys: &[&crate::Key]| {
            keys.windows(2).any(|pair| match pair {
                [left, right] => left.owner(&provider.id) != right.owner(&provider.id),
                _ => false,
            })
        };
        let split = by_owner.into_iter().filter(|(_, keys)| is_split(keys));
        let proposal = |(owner, keys): (&str, Vec<&crate::Key>)| SharedQuota {
            provider: provider.name.clone(),
            labels: keys.iter().map(|key| key.label.clone()).collect(),
            owner: owner.to_owned(),
        };
        split.map(proposal).collect()
    }
}
