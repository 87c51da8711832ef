use std::io;
use std::path::PathBuf;

use keywheel::StartError;
use keywheel_config::RewriteError;
use keywheel_secrets::SecretError;
use thiserror::Error;

use crate::cli::Failure;

/// Why a key was not added, listed or removed. Nothing has changed, unless the message says so.
#[derive(Debug, Error)]
pub(super) enum KeysError {
    /// The configuration can't be used.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Nobody knows the provider. What was typed is not repeated: it may be the key.
    #[error(
        "No provider has that id. {hint} To use another one, add it to {} as [[providers]] with an id and a base_url.",
        path.display()
    )]
    UnknownProvider { hint: String, path: PathBuf },
    /// It would never be used.
    #[error("{name} asks for no key. If yours does, set keyless = false for it in {}.", path.display())]
    Keyless { name: String, path: PathBuf },
    /// It would not be found again.
    #[error(
        "[secrets] store in {} keeps no keys between runs. Set it to \"keychain\", or put the key into a variable such \
         as GROQ_API_KEY.",
        path.display()
    )]
    NoStore { path: PathBuf },
    /// Other programs can read arguments, and shells keep them.
    #[error(
        "A key is not given on the command line, where other programs and the shell's history see it. Run keywheel keys \
         add PROVIDER, and paste it when asked."
    )]
    SecretInArguments,
    /// The person would rather not.
    #[error("Cancelled. Nothing was added.")]
    Cancelled,
    /// The secret is not one.
    #[error("{0}")]
    BadSecret(#[from] BadSecret),
    /// The label can't be shown.
    #[error("A label needs at least one character and no control characters.")]
    BadLabel,
    /// The provider has the secret already.
    #[error("This key is already there as '{label}'. Nothing was added.")]
    AlreadyThere { label: String },
    /// No key has the name.
    #[error("No key is called '{name}'. See what there is with: keywheel keys list")]
    NoSuchKey { name: String },
    /// It is not ours to remove.
    #[error(
        "This key comes from the variable {variable} alone. To remove it, unset {variable} where it is set."
    )]
    OnlyVariable { variable: String },
    /// Several keys have the name.
    #[error("'{name}' names {} keys: {}. Say which one by its id.", ids.len(), ids.join(", "))]
    Ambiguous { name: String, ids: Vec<String> },
    /// The keychain refuses.
    #[error("Nothing was changed: {0}.")]
    Keychain(#[from] SecretError),
    /// The system makes no random numbers.
    #[error("The system gives no random numbers for the key's id: {0}. Nothing was changed.")]
    Random(getrandom::Error),
    /// All tried ids are taken.
    #[error("No free id was found for the key. Nothing was changed; try again.")]
    NoFreeId,
    /// The file can't be changed; the keychain is as it was.
    #[error("{0} Nothing was changed.")]
    Rewrite(#[from] RewriteError),
    /// Neither the file nor, then, the keychain could be put right.
    #[error("{rewrite} After that, the keychain entry {id} could not be put back as it was: {keychain}.")]
    HalfDone { rewrite: Box<RewriteError>, id: String, keychain: SecretError },
    /// Reading or printing failed.
    #[error("Reading or printing failed: {0}.")]
    Terminal(#[from] io::Error),
}

/// Why what was entered is not taken for a secret. It is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum BadSecret {
    #[error("No key was entered. Paste it when asked, or pipe it in: keywheel keys add PROVIDER < FILE")]
    Empty,
    #[error(
        "What was entered is not a key: a key is one word of letters, digits and signs. Paste only the key."
    )]
    NotOneWord,
    #[error("What was entered is too long for a key. Paste only the key.")]
    TooLong,
}

impl From<KeysError> for Failure {
    fn from(error: KeysError) -> Self {
        let exit_code = match &error {
            KeysError::Start(error) => error.exit_code(),
            KeysError::UnknownProvider { .. }
            | KeysError::Keyless { .. }
            | KeysError::NoStore { .. }
            | KeysError::SecretInArguments
            | KeysError::BadSecret(_)
            | KeysError::BadLabel
            | KeysError::NoSuchKey { .. }
            | KeysError::OnlyVariable { .. }
            | KeysError::Ambiguous { .. }
            | KeysError::Rewrite(RewriteError::Load(_) | RewriteError::Edit(_)) => 2,
            KeysError::AlreadyThere { .. }
            | KeysError::Cancelled
            | KeysError::Keychain(_)
            | KeysError::Random(_)
            | KeysError::NoFreeId
            | KeysError::Rewrite(RewriteError::Unsaved { .. })
            | KeysError::HalfDone { .. }
            | KeysError::Terminal(_) => 1,
        };
        Self { exit_code, message: error.to_string() }
    }
}
