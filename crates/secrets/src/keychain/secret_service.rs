//! Linux and BSD: the Secret Service of the desktop session, over D-Bus.

use std::error::Error as StdError;
use std::sync::Arc;

use keyring_core::{CredentialStore, Error};
use secret_service::Error as ServiceError;
use zbus_secret_service_keyring_store::Store;

use crate::SecretError;

/// Connects to the session bus and to the service on it. Whatever keeps us from that, there is no keychain for us.
pub(super) fn connect() -> Result<Arc<CredentialStore>, SecretError> {
    let store = Store::new().map_err(|error| SecretError::Absent { reason: error.to_string() })?;
    Ok(store)
}

pub(super) fn explain(error: &Error) -> SecretError {
    match error.source().and_then(|cause| cause.downcast_ref::<ServiceError>()) {
        // Without anyone to ask, a locked service answers with no result.
        Some(ServiceError::Locked | ServiceError::NoResult) => SecretError::Locked,
        Some(ServiceError::Prompt | ServiceError::PromptDisconnected) => SecretError::Denied,
        Some(ServiceError::Unavailable) => SecretError::Absent { reason: error.to_string() },
        _ => SecretError::Failed { message: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_service_and_a_dismissed_prompt_are_different() {
        let explained = |cause| explain(&Error::NoStorageAccess(Box::new(cause)));
        assert_eq!(explained(ServiceError::Locked), SecretError::Locked);
        assert_eq!(explained(ServiceError::NoResult), SecretError::Locked);
        assert_eq!(explained(ServiceError::Prompt), SecretError::Denied);
        assert!(matches!(explained(ServiceError::Unavailable), SecretError::Absent { .. }));
        assert!(matches!(explained(ServiceError::Crypto("reason")), SecretError::Failed { .. }));
    }
}
