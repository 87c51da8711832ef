//! The operating system's keychain: Secret Service on Linux and BSD, Keychain on macOS, Credential Manager on Windows.
//!
//! Every secret is an entry of its own under the service `keywheel`. Calls go one after the other, because Windows
//! does not order concurrent calls on one entry and two calls could ask the user for the same password twice. The
//! connection is opened by the first call that needs it and again after a failure, so a keychain that appears or
//! restarts later is found. A timed-out call keeps its turn until the system answers: no second prompt is opened.

#[cfg(target_os = "macos")]
#[path = "keychain/macos.rs"]
mod platform;
#[cfg(all(unix, not(target_os = "macos")))]
#[path = "keychain/secret_service.rs"]
mod platform;
#[cfg(windows)]
#[path = "keychain/windows.rs"]
mod platform;

use std::process;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use zeroize::Zeroize;

use crate::{Secret, SecretError, SecretFuture, SecretId, SecretStore};

const SERVICE: &str = "keywheel";

/// A healthy keychain answers within 100 ms; after this a person is most likely being asked for something.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

type Connection = Option<Arc<CredentialStore>>;

/// The user's keychain. Making one touches nothing; [`probe`](Keychain::probe) tells whether it works.
#[derive(Debug, Default)]
pub struct Keychain {
    connection: Arc<Mutex<Connection>>,
}

impl Keychain {
    /// The keychain of the user this process runs as.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes, reads and removes an entry of its own. Nothing less shows that a keychain works: connecting succeeds
    /// with a locked one.
    pub async fn probe(&self) -> Result<(), SecretError> {
        // One name per process, so that two of them do not remove each other's entry.
        let id = SecretId::from(format!("probe-{}", process::id()));
        self.set(&id, &Secret::new("probe".to_owned())).await?;
        self.delete(&id).await
    }

    async fn call<T: Send + 'static>(
        &self,
        id: &SecretId,
        operation: impl Fn(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, SecretError> {
        let answered = async {
            let connection = Arc::clone(&self.connection).lock_owned().await;
            in_own_thread(connection, id.clone(), operation).await
        };
        let timed_out = SecretError::TimedOut { seconds: ANSWER_TIMEOUT.as_secs() };
        tokio::time::timeout(ANSWER_TIMEOUT, answered).await.unwrap_or(Err(timed_out))
    }
}

/// Closing the connection talks to the service once more, and blocks: that is done where blocking is allowed, too.
impl Drop for Keychain {
    fn drop(&mut self) {
        let open = self.connection.try_lock().ok().and_then(|mut connection| connection.take());
        if let Some(store) = open {
            // Without a thread to close it on, it ends with the process.
            let _ = thread::Builder::new().name("keychain".to_owned()).spawn(move || drop(store));
        }
    }
}

impl SecretStore for Keychain {
    fn get<'a>(&'a self, id: &'a SecretId) -> SecretFuture<'a, Secret> {
        Box::pin(async move { text(self.call(id, Entry::get_secret).await?) })
    }

    fn set<'a>(&'a self, id: &'a SecretId, secret: &'a Secret) -> SecretFuture<'a, ()> {
        Box::pin(async move {
            let written = secret.clone();
            self.call(id, move |entry| entry.set_secret(written.text().as_bytes())).await?;
            // A failed write can leave an older entry in place that would be served from then on.
            let kept = self.get(id).await?;
            if kept == *secret { Ok(()) } else { Err(failed("it did not keep what was written")) }
        })
    }

    fn delete<'a>(&'a self, id: &'a SecretId) -> SecretFuture<'a, ()> {
        Box::pin(async move {
            match self.call(id, Entry::delete_credential).await {
                Err(SecretError::Missing { .. }) => Ok(()),
                outcome => outcome,
            }
        })
    }
}

/// Runs a blocking call on a thread of its own and not on the runtime's blocking pool: the runtime waits for that
/// pool when it shuts down, and a password prompt nobody answers must not keep the process alive.
async fn in_own_thread<T: Send + 'static>(
    mut connection: OwnedMutexGuard<Connection>,
    id: SecretId,
    operation: impl Fn(&Entry) -> Result<T, Error> + Send + 'static,
) -> Result<T, SecretError> {
    let (answer, answered) = oneshot::channel();
    thread::Builder::new()
        .name("keychain".to_owned())
        .spawn(move || {
            let outcome = with_connection(&mut connection, &id, &operation);
            drop(connection);
            // Nobody listens any more after a time-out.
            let _ = answer.send(outcome);
        })
        .map_err(|error| failed(&format!("no thread for it could be started ({error})")))?;
    answered.await.unwrap_or_else(|_| Err(failed("its driver crashed")))
}

/// A connection that failed is not kept: the service may have been restarted, and the next call looks for it anew.
fn with_connection<T>(
    connection: &mut Connection,
    id: &SecretId,
    operation: &impl Fn(&Entry) -> Result<T, Error>,
) -> Result<T, SecretError> {
    let store = match connection.take() {
        Some(store) => store,
        None => platform::connect()?,
    };
    let outcome = store
        .build(SERVICE, id.as_str(), None)
        .and_then(|entry| operation(&entry))
        .map_err(|error| explain(error, id));
    if !matches!(outcome, Err(SecretError::Failed { .. } | SecretError::Absent { .. })) {
        *connection = Some(store);
    }
    outcome
}

/// The error in our terms. Only texts that cannot hold the secret are taken over.
fn explain(error: Error, id: &SecretId) -> SecretError {
    match error {
        Error::NoEntry => SecretError::Missing { id: id.clone() },
        Error::TooLong(_, limit_bytes) => SecretError::TooLong { id: id.clone(), limit_bytes },
        Error::PlatformFailure(_) | Error::NoStorageAccess(_) => platform::explain(&error),
        Error::Ambiguous(entries) => {
            failed(&format!("it holds {} entries for {id}; remove all but one of them", entries.len()))
        }
        Error::BadEncoding(mut bytes) | Error::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            failed("the entry is damaged; enter that key again")
        }
        other => failed(&other.to_string()),
    }
}

fn failed(message: &str) -> SecretError {
    SecretError::Failed { message: message.to_owned() }
}

fn text(bytes: Vec<u8>) -> Result<Secret, SecretError> {
    String::from_utf8(bytes).map(Secret::new).map_err(|error| {
        error.into_bytes().zeroize();
        failed("the entry is not text; enter that key again")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_apart_by_what_the_user_can_do() {
        let id = SecretId::from("k_1");
        let cases = [
            (Error::NoEntry, SecretError::Missing { id: id.clone() }),
            (
                Error::TooLong("secret".to_owned(), 2560),
                SecretError::TooLong { id: id.clone(), limit_bytes: 2560 },
            ),
        ];
        for (error, expected) in cases {
            assert_eq!(explain(error, &id), expected);
        }
    }

    #[test]
    fn damaged_entries_are_not_quoted() {
        let id = SecretId::from("k_1");
        let secret = b"canary-0001\xff".to_vec();
        let errors = [
            explain(Error::BadEncoding(secret.clone()), &id),
            explain(Error::BadDataFormat(secret.clone(), "reason".into()), &id),
            text(secret).unwrap_err(),
        ];
        for error in errors {
            assert!(matches!(error, SecretError::Failed { .. }), "{error:?}");
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("canary") && !shown.contains("99, 97"), "the secret is in {shown}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_gets_no_answer_times_out() {
        let keychain = Keychain::new();
        let _never_answered = Arc::clone(&keychain.connection).lock_owned().await;
        let error = keychain.get(&SecretId::from("k_1")).await.unwrap_err();
        assert_eq!(error, SecretError::TimedOut { seconds: 5 });
    }
}
