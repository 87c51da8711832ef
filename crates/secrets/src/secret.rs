//! A value that must not be seen, and the name it is kept under.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// Shorter secrets get no hint: four of fewer than twelve characters would give too much of them away.
const SHORTEST_WITH_HINT: usize = 12;
const HINT_CHARACTERS: usize = 4;

/// A secret text, such as an API key. It cannot be displayed or serialised, `Debug` shows nothing of it, and its
/// memory is wiped when the last clone is dropped. Clones share that memory.
#[derive(Clone)]
pub struct Secret(Arc<SecretString>);

impl Secret {
    /// Takes the text over; the memory it came in is wiped.
    #[must_use]
    pub fn new(mut text: String) -> Self {
        // Turning the String itself into a Box could move it and leave the old bytes behind.
        let exact: Box<str> = text.as_str().into();
        text.zeroize();
        Self(Arc::new(SecretString::from(exact)))
    }

    /// The secret itself. Allowed only where a request header is built and where a keychain is written: anything
    /// else that needs to know something about a secret asks [`hint`](Self::hint) or [`matches`](Self::matches).
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text()
    }

    /// [`expose`](Self::expose) for this crate, which is the one that stores, compares and redacts secrets.
    pub(crate) fn text(&self) -> &str {
        self.0.expose_secret()
    }

    /// The last four characters, for a person to recognise the key by; `None` for secrets shorter than twelve.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let text = self.text();
        let length = text.chars().count();
        (length >= SHORTEST_WITH_HINT).then(|| text.chars().skip(length - HINT_CHARACTERS).collect())
    }

    /// Whether `presented` is this secret. The time taken depends on the lengths only, not on where they differ.
    #[must_use]
    pub fn matches(&self, presented: &str) -> bool {
        self.text().as_bytes().ct_eq(presented.as_bytes()).into()
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.matches(other.text())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(redacted)")
    }
}

/// The name a secret is kept under, for example `k_7f3a`. It is not secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecretId(Arc<str>);

impl SecretId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SecretId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for SecretId {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for SecretId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn debug_shows_nothing_of_the_secret() {
        let shown = format!("{:?} {:#?}", secret("canary-0001"), Some(secret("canary-0001")));
        assert!(!shown.contains("canary"), "Debug printed the secret: {shown}");
        assert!(shown.starts_with("Secret(redacted)"), "unexpected Debug text: {shown}");
    }

    #[test]
    fn the_hint_is_the_last_four_characters_of_a_long_enough_secret() {
        let cases = [
            ("", None),
            ("canary-0001", None),
            ("canary-00012", Some("0012")),
            ("canary-0000ä€🔑z", Some("ä€🔑z")),
        ];
        for (text, expected) in cases {
            assert_eq!(secret(text).hint().as_deref(), expected, "hint of {text:?}");
        }
    }

    #[test]
    fn only_the_same_text_matches() {
        let kept = secret("canary-0001");
        assert!(kept.matches("canary-0001"), "the same text must match");
        for other in ["", "canary-000", "canary-0002", "canary-00011", "Canary-0001"] {
            assert!(!kept.matches(other), "{other:?} must not match");
        }
    }

    #[test]
    fn clones_share_one_piece_of_memory() {
        let first = secret("canary-0001");
        let second = first.clone();
        assert_eq!(first.text().as_ptr(), second.text().as_ptr(), "a clone copied the secret");
    }
}
