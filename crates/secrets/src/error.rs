//! What can go wrong with a secret, by what the caller can do about it.

use crate::SecretId;

/// Why a secret could not be read, kept or removed. No message contains any part of a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// No keychain can be reached: there is none on this machine, or none in this session.
    #[error(
        "no keychain can be reached ({reason}); start one (on Linux a Secret Service such as GNOME Keyring or \
         KWallet) and try again, or put the keys into environment variables such as GROQ_API_KEY"
    )]
    Absent {
        /// What the operating system said.
        reason: String,
    },
    /// There is a keychain, but nobody has unlocked it.
    #[error("the keychain is locked; unlock it with your login password and try again")]
    Locked,
    /// The user or the operating system refused access.
    #[error("access to the keychain was refused; allow Keywheel when the system asks, then try again")]
    Denied,
    /// Nothing is kept under this id.
    #[error("the keychain holds nothing under {id}; enter that key again")]
    Missing {
        /// The id that was asked for.
        id: SecretId,
    },
    /// The keychain takes no secret as long as this one.
    #[error(
        "the secret for {id} is longer than the {limit_bytes} bytes this keychain takes; check that only the key was pasted"
    )]
    TooLong {
        /// The id the secret was meant for.
        id: SecretId,
        /// The longest secret the keychain takes, in bytes.
        limit_bytes: u32,
    },
    /// No answer in time; most often a password prompt is waiting behind another window.
    #[error(
        "the keychain did not answer within {seconds} s; look for a password prompt of the system behind other \
         windows, answer it, and try again"
    )]
    TimedOut {
        /// How long was waited, in seconds.
        seconds: u64,
    },
    /// Anything else the keychain reported.
    #[error(
        "the keychain failed: {message}; try again, and restart the keychain service if that does not help"
    )]
    Failed {
        /// The keychain's own words.
        message: String,
    },
}
