//! macOS: the login keychain.

use std::error::Error as StdError;
use std::sync::Arc;

use apple_native_keyring_store::keychain::Store;
use keyring_core::{CredentialStore, Error};
use security_framework::base::Error as SecurityError;

use crate::SecretError;

// Result codes of Apple's Security framework (SecBase.h).
const USER_CANCELED: i32 = -128;
const NOT_AVAILABLE: i32 = -25291;
const AUTHENTICATION_FAILED: i32 = -25293;
const NO_SUCH_KEYCHAIN: i32 = -25294;
const NO_DEFAULT_KEYCHAIN: i32 = -25307;
const INTERACTION_NOT_ALLOWED: i32 = -25308;
const INTERACTION_REQUIRED: i32 = -25315;

pub(super) fn connect() -> Result<Arc<CredentialStore>, SecretError> {
    let store = Store::new().map_err(|error| SecretError::Absent { reason: error.to_string() })?;
    Ok(store)
}

pub(super) fn explain(error: &Error) -> SecretError {
    let message = error.to_string();
    let code =
        error.source().and_then(|cause| cause.downcast_ref::<SecurityError>()).map(|cause| cause.code());
    match code {
        Some(NOT_AVAILABLE | NO_SUCH_KEYCHAIN | NO_DEFAULT_KEYCHAIN) => {
            SecretError::Absent { reason: message }
        }
        Some(INTERACTION_NOT_ALLOWED | INTERACTION_REQUIRED) => SecretError::Locked,
        Some(USER_CANCELED | AUTHENTICATION_FAILED) => SecretError::Denied,
        _ => SecretError::Failed { message },
    }
}
