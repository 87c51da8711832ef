//! Names become indexes once; everything after is an index.

use std::collections::HashMap;
use std::hash::Hash;

/// Values by name, in a dense list.
#[derive(Clone, Debug)]
pub(crate) struct Table<Name, Value> {
    index: HashMap<Name, u32>,
    entries: Vec<(Name, Value)>,
}

impl<Name: Clone + Eq + Hash, Value: Default> Table<Name, Value> {
    /// The index of `name`, made if there is none.
    pub(crate) fn enter(&mut self, name: &Name) -> u32 {
        if let Some(index) = self.index.get(name) {
            return *index;
        }
        let index = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.index.insert(name.clone(), index);
        self.entries.push((name.clone(), Value::default()));
        index
    }

    pub(crate) fn find(&self, name: &Name) -> Option<u32> {
        self.index.get(name).copied()
    }

    pub(crate) fn get(&self, index: u32) -> Option<&Value> {
        self.entries.get(index as usize).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, index: u32) -> Option<&mut Value> {
        self.entries.get_mut(index as usize).map(|(_, value)| value)
    }

    pub(crate) fn name(&self, index: u32) -> Option<&Name> {
        self.entries.get(index as usize).map(|(name, _)| name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Name, &Value)> {
        self.entries.iter().map(|(name, value)| (name, value))
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.entries.iter_mut().map(|(_, value)| value)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

impl<Name, Value> Default for Table<Name, Value> {
    fn default() -> Self {
        Self { index: HashMap::new(), entries: Vec::new() }
    }
}
