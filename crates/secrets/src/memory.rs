//! Secrets for this run only.

use std::collections::HashMap;

use parking_lot::Mutex;

use crate::{Secret, SecretError, SecretFuture, SecretId, SecretStore};

/// Keeps secrets in memory until it is dropped: for tests, and for a user who chose "this run only".
#[derive(Debug, Default)]
pub struct MemoryStore {
    secrets: Mutex<HashMap<SecretId, Secret>>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl SecretStore for MemoryStore {
    fn get<'a>(&'a self, id: &'a SecretId) -> SecretFuture<'a, Secret> {
        let found = self.secrets.lock().get(id).cloned();
        Box::pin(async move { found.ok_or_else(|| SecretError::Missing { id: id.clone() }) })
    }

    fn set<'a>(&'a self, id: &'a SecretId, secret: &'a Secret) -> SecretFuture<'a, ()> {
        Box::pin(async move {
            self.secrets.lock().insert(id.clone(), secret.clone());
            Ok(())
        })
    }

    fn delete<'a>(&'a self, id: &'a SecretId) -> SecretFuture<'a, ()> {
        Box::pin(async move {
            self.secrets.lock().remove(id);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn keeps_replaces_and_removes() {
        let store: Box<dyn SecretStore> = Box::new(MemoryStore::new());
        let id = SecretId::from("k_1");
        let missing = SecretError::Missing { id: id.clone() };

        assert_eq!(store.get(&id).await.unwrap_err(), missing);
        for text in ["canary-0001", "canary-0002"] {
            store.set(&id, &Secret::new(text.to_owned())).await.unwrap();
            assert!(store.get(&id).await.unwrap().matches(text), "{text} was set last");
        }
        store.delete(&id).await.unwrap();
        assert_eq!(store.get(&id).await.unwrap_err(), missing);
        store.delete(&id).await.expect("removing what is not there succeeds");
    }
}
