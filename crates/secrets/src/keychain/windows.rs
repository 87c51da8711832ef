//! Windows: the Credential Manager of the logged-in user.

use std::sync::Arc;

use keyring_core::{CredentialStore, Error};
use windows_native_keyring_store::Store;

use crate::SecretError;

pub(super) fn connect() -> Result<Arc<CredentialStore>, SecretError> {
    let store = Store::new().map_err(|error| SecretError::Absent { reason: error.to_string() })?;
    Ok(store)
}

/// The Credential Manager is never locked and never asks. It is only out of reach where nobody is logged in, as for
/// a service or over a plain network logon.
pub(super) fn explain(error: &Error) -> SecretError {
    match error {
        Error::NoStorageAccess(cause) => SecretError::Absent { reason: cause.to_string() },
        other => SecretError::Failed { message: other.to_string() },
    }
}
