//! Known providers, as data.

use keywheel_rotation::Abilities;
use serde::Deserialize;
use thiserror::Error;

/// All known providers.
#[derive(Clone, Debug, Deserialize)]
pub struct Catalogue {
    /// In alphabetical order.
    pub providers: Vec<KnownProvider>,
}

/// What is known of one provider.
#[derive(Clone, Debug, Deserialize)]
pub struct KnownProvider {
    /// Id as users write it.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The address of its API.
    pub base_url: String,
    /// It asks for no key (a server on this machine).
    #[serde(default)]
    pub keyless: bool,
    /// Variables a key is taken from, each also with `_1`, `_2` … appended.
    #[serde(default)]
    pub env: Vec<String>,
    /// What it serves when no virtual model is configured.
    #[serde(default)]
    pub standard_model: Option<String>,
    /// Chat models it serves.
    #[serde(default)]
    pub models: Vec<KnownModel>,
}

/// What is known of one model. What is left out is not known.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownModel {
    /// Id as the provider writes it.
    pub id: String,
    /// Tokens of its context window.
    #[serde(default)]
    pub context_tokens: Option<u64>,
    /// Calls tools.
    #[serde(default)]
    pub tools: Option<bool>,
    /// Sees images.
    #[serde(default)]
    pub vision: Option<bool>,
    /// Hears audio.
    #[serde(default)]
    pub audio: Option<bool>,
    /// Answers after a JSON schema.
    #[serde(default)]
    pub json_schema: Option<bool>,
    /// The provider lists a free allowance for it.
    #[serde(default)]
    pub free: Option<bool>,
}

impl KnownModel {
    /// What selection wants to know.
    #[must_use]
    pub const fn abilities(&self) -> Abilities {
        Abilities {
            context_tokens: self.context_tokens,
            tools: self.tools,
            vision: self.vision,
            audio: self.audio,
            json_schema: self.json_schema,
            free: self.free,
        }
    }
}

/// The built-in catalogue is broken: a fault of the build.
#[derive(Debug, Error)]
#[error("The built-in provider catalogue is not valid: {0}. Please report this.")]
pub struct CatalogueError(#[from] toml::de::Error);

impl Catalogue {
    /// The catalogue that ships with this version.
    ///
    /// # Errors
    /// [`CatalogueError`] if the shipped data is broken; a test proves that it is not.
    pub fn built_in() -> Result<Self, CatalogueError> {
        Ok(toml::from_str(include_str!("catalogue.toml"))?)
    }

    /// Finds a provider by id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&KnownProvider> {
        self.providers.iter().find(|provider| provider.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_catalogue_is_consistent() {
        let catalogue = Catalogue::built_in().expect("valid data");
        for known in &catalogue.providers {
            let local = known.base_url.starts_with("http://127.0.0.1:");
            assert!(known.base_url.starts_with("https://") || local, "{} is encrypted or local", known.id);
            assert!(!known.base_url.ends_with('/'), "{} has no closing slash", known.id);
            assert_eq!(known.keyless, local, "{}: only local servers need no key", known.id);
            assert_eq!(known.keyless, known.env.is_empty(), "{}: a key comes from somewhere", known.id);
            let standard = known.standard_model.as_ref();
            assert!(
                standard.is_none_or(|model| known.models.iter().any(|each| each.id == *model)),
                "{} serves its standard model",
                known.id
            );
        }
    }
}
