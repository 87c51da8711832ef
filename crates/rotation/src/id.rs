//! Names of the things that rotate.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// A provider as users write it, for example `groq`.
    ProviderId
);
text_id!(
    /// A key, unique over all providers. It names the keychain entry and is never the secret.
    KeyId
);
text_id!(
    /// The owner of keys that share limits: an account, an organisation, a project.
    GroupId
);
text_id!(
    /// A model id as the provider knows it.
    ModelId
);

/// The smallest thing that can be scheduled: one key for one model of its provider.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Lane {
    /// The provider the key belongs to.
    pub provider: ProviderId,
    /// The key.
    pub key: KeyId,
    /// The model the key is asked for.
    pub model: ModelId,
}
