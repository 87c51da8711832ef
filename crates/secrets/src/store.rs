//! The port: where secrets are kept.

use std::future::Future;
use std::pin::Pin;

use crate::{Secret, SecretError, SecretId};

/// What every method of a [`SecretStore`] returns. Boxed, so that the store can be a trait object.
pub type SecretFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, SecretError>> + Send + 'a>>;

/// A place that keeps secrets by id.
pub trait SecretStore: Send + Sync + 'static {
    /// The secret kept under `id`; [`SecretError::Missing`] if there is none.
    fn get<'a>(&'a self, id: &'a SecretId) -> SecretFuture<'a, Secret>;

    /// Keeps `secret` under `id`, in place of what was there.
    fn set<'a>(&'a self, id: &'a SecretId, secret: &'a Secret) -> SecretFuture<'a, ()>;

    /// Removes what is kept under `id`. Removing what is not there succeeds.
    fn delete<'a>(&'a self, id: &'a SecretId) -> SecretFuture<'a, ()>;
}
