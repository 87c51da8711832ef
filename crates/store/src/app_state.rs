//! Small things that survive a restart.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::open::Pools;
use crate::query::{DatabaseFault, integer};

/// Values by key, such as the active model, a pause, or the rotation snapshot. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState {
    pools: Pools,
}

/// Why a value could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseFault),
    /// What is kept does not have the form that was asked for, or the new value has no JSON form.
    #[error("the state kept under {key:?} is not usable ({source}); it is written anew at the next change")]
    Form {
        /// The key.
        key: String,
        /// What does not fit.
        source: serde_json::Error,
    },
}

impl AppState {
    pub(crate) fn new(pools: Pools) -> Self {
        Self { pools }
    }

    /// The value kept under `key`.
    ///
    /// # Errors
    /// [`StateError::Form`] if it is not a `Value`, for example because another version wrote it.
    pub async fn get<Value: DeserializeOwned>(&self, key: &str) -> Result<Option<Value>, StateError> {
        let text: Option<String> = sqlx::query_scalar("SELECT value FROM app_state WHERE key = ?")
            .bind(key)
            .fetch_optional(&self.pools.readers)
            .await
            .map_err(DatabaseFault::from)?;
        text.map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|source| StateError::Form { key: key.to_owned(), source })
    }

    /// Keeps `value` under `key`, in place of what was there. It is on disk when this returns.
    ///
    /// # Errors
    /// [`StateError::Form`] if the value has no JSON form.
    pub async fn put<Value: Serialize>(
        &self,
        key: &str,
        value: &Value,
        now_ms: u64,
    ) -> Result<(), StateError> {
        let text = serde_json::to_string(value)
            .map_err(|source| StateError::Form { key: key.to_owned(), source })?;
        sqlx::query(
            "INSERT INTO app_state (key, value, updated_at_ms) VALUES (?, ?, ?)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at_ms = excluded.updated_at_ms",
        )
        .bind(key)
        .bind(text)
        .bind(integer(now_ms))
        .execute(&self.pools.writer)
        .await
        .map_err(DatabaseFault::from)?;
        Ok(())
    }
}
