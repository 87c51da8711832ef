use std::collections::HashSet;
use std::path::{Path, PathBuf};

use http::StatusCode;
use serde::Deserialize;

/// Everything a simulated provider does on its own, without faults pushed from outside.
///
/// In a file (TOML, or JSON when the name ends in `.json`) every field may be left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// Name the provider signs its answers with.
    pub provider: String,
    /// Model ids it serves; any other is answered with 404 `model_not_found`.
    pub models: Vec<String>,
    /// Keys it accepts; any other is answered with 401 `invalid_api_key`.
    pub keys: Vec<KeyScript>,
    /// Wait before the response head of an answer, in milliseconds. Refusals come at once.
    pub latency_ms: u64,
    /// Wait between two pieces of a stream, in milliseconds.
    pub chunk_interval_ms: u64,
    /// Cuts a stream into pieces of this many bytes instead of one event each, so that pieces end
    /// inside events and inside characters.
    pub chunk_bytes: Option<usize>,
    /// Words after the opening sentence of an answer.
    pub answer_words: usize,
    /// Whether a refusal for a limit says when to come back (`retry-after` and the message).
    pub sends_retry_after: bool,
    /// Whether replies carry the `x-ratelimit-*` headers.
    pub sends_rate_limit_headers: bool,
    /// How many of the latest exchanges are kept for tests; 0 keeps none.
    pub recorded_exchanges: usize,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            provider: "simulated".to_owned(),
            models: vec!["demo-chat".to_owned()],
            keys: Vec::new(),
            latency_ms: 0,
            chunk_interval_ms: 0,
            chunk_bytes: None,
            answer_words: 24,
            sends_retry_after: true,
            sends_rate_limit_headers: true,
            recorded_exchanges: 64,
        }
    }
}

impl Script {
    /// A provider that answers at once, states its limits and has no key yet.
    pub fn new(provider: impl Into<String>) -> Self {
        Self { provider: provider.into(), ..Self::default() }
    }

    /// The product's built-in provider: three keys with limits so small that a newcomer sees
    /// rotation within a minute. It records nothing.
    #[must_use]
    pub fn demo() -> Self {
        Self { latency_ms: 150, chunk_interval_ms: 25, recorded_exchanges: 0, ..Self::new("simulated") }
            .with_key(KeyScript::new("simulated-key-1").requests_per_minute(3))
            .with_key(KeyScript::new("simulated-key-2").requests_per_minute(5))
            .with_key(KeyScript::new("simulated-key-3").requests_per_minute(8))
    }

    /// Adds an accepted key.
    #[must_use]
    pub fn with_key(mut self, key: KeyScript) -> Self {
        self.keys.push(key);
        self
    }

    /// Replaces the models served.
    #[must_use]
    pub fn with_models<M: Into<String>>(mut self, models: impl IntoIterator<Item = M>) -> Self {
        self.models = models.into_iter().map(Into::into).collect();
        self
    }

    /// Reads and checks a script file.
    ///
    /// # Errors
    /// The file cannot be read, is not valid TOML (or JSON), or contradicts itself.
    pub fn from_file(path: &Path) -> Result<Self, ScriptError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ScriptError::Unreadable { path: path.to_owned(), source })?;
        let parsed = if path.extension().is_some_and(|extension| extension == "json") {
            serde_json::from_str(&text).map_err(|error| error.to_string())
        } else {
            toml::from_str(&text).map_err(|error| error.to_string())
        };
        let script: Self =
            parsed.map_err(|reason| ScriptError::Malformed { path: path.to_owned(), reason })?;
        script.check()?;
        Ok(script)
    }

    /// Finds contradictions that no single field shows.
    pub(crate) fn check(&self) -> Result<(), ScriptError> {
        let mut seen = HashSet::new();
        for (index, key) in self.keys.iter().enumerate() {
            let number = index + 1;
            if !seen.insert(key.secret.as_str()) {
                return Err(ScriptError::RepeatedSecret { number });
            }
            if key.limits().contains(&Some(0)) {
                return Err(ScriptError::ZeroLimit { number });
            }
        }
        if self.chunk_bytes == Some(0) {
            return Err(ScriptError::ZeroChunk);
        }
        Ok(())
    }
}

/// One accepted key and its limits. Requests that are refused do not count against a limit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyScript {
    /// What a client sends as its bearer token.
    pub secret: String,
    /// Requests per window of 60 s, which starts at the first request in it.
    #[serde(default)]
    pub requests_per_minute: Option<u32>,
    /// Requests per window of 24 h, which starts at the first request in it.
    #[serde(default)]
    pub requests_per_day: Option<u32>,
    /// Prompt and answer tokens per window of 60 s, which starts at the first request in it.
    #[serde(default)]
    pub tokens_per_minute: Option<u32>,
    /// Refuses every request with this status, as a dead (401) or unpaid (402) key does.
    #[serde(default, deserialize_with = "crate::faults::optional_status")]
    pub status: Option<StatusCode>,
}

impl KeyScript {
    /// A key without limits.
    pub fn new(secret: impl Into<String>) -> Self {
        Self { secret: secret.into(), ..Self::default() }
    }

    /// Limits requests per minute.
    #[must_use]
    pub fn requests_per_minute(mut self, limit: u32) -> Self {
        self.requests_per_minute = Some(limit);
        self
    }

    /// Limits requests per day.
    #[must_use]
    pub fn requests_per_day(mut self, limit: u32) -> Self {
        self.requests_per_day = Some(limit);
        self
    }

    /// Limits tokens per minute.
    #[must_use]
    pub fn tokens_per_minute(mut self, limit: u32) -> Self {
        self.tokens_per_minute = Some(limit);
        self
    }

    /// Refuses every request with `status`.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    fn limits(&self) -> [Option<u32>; 3] {
        [self.requests_per_minute, self.requests_per_day, self.tokens_per_minute]
    }
}

/// Why a script cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The file could not be read.
    #[error("cannot read the simulator script {}: {source}", path.display())]
    Unreadable {
        /// The script file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not a script.
    #[error("the simulator script {} is malformed; correct it: {reason}", path.display())]
    Malformed {
        /// The script file.
        path: PathBuf,
        /// What the parser said, with the place.
        reason: String,
    },
    /// Two keys share a secret.
    #[error("key {number} of the simulator script repeats the secret of an earlier key; give each its own")]
    RepeatedSecret {
        /// Position of the later key, from 1.
        number: usize,
    },
    /// A limit of nothing.
    #[error(
        "key {number} of the simulator script has a limit of 0; leave the limit out or use a fixed status"
    )]
    ZeroLimit {
        /// Position of the key, from 1.
        number: usize,
    },
    /// Pieces of no bytes.
    #[error("chunk_bytes of the simulator script is 0; leave it out or use at least 1")]
    ZeroChunk,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toml_script_needs_only_what_differs_from_the_defaults() {
        let script: Script = toml::from_str(
            "provider = 'groq'\n[[keys]]\nsecret = 'a'\nrequests_per_minute = 2\n[[keys]]\nsecret = 'dead'\nstatus = 401",
        )
        .unwrap();
        assert_eq!(script.provider, "groq");
        assert_eq!(script.models, ["demo-chat"]);
        assert_eq!(script.keys[0].requests_per_minute, Some(2));
        assert_eq!(script.keys[1].status, Some(StatusCode::UNAUTHORIZED));
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        assert!(toml::from_str::<Script>("latency = 5").is_err());
        assert!(toml::from_str::<Script>("[[keys]]\nsecret = 'a'\nstatus = 42").is_err());
    }

    #[test]
    fn contradictions_are_found() {
        let twice = Script::new("p").with_key(KeyScript::new("a")).with_key(KeyScript::new("a"));
        assert!(matches!(twice.check(), Err(ScriptError::RepeatedSecret { number: 2 })));
        let none = Script::new("p").with_key(KeyScript::new("a").tokens_per_minute(0));
        assert!(matches!(none.check(), Err(ScriptError::ZeroLimit { number: 1 })));
    }

    #[test]
    fn the_demo_script_is_sound_and_records_nothing() {
        let demo = Script::demo();
        demo.check().unwrap();
        assert_eq!(demo.keys.len(), 3);
        assert_eq!(demo.recorded_exchanges, 0);
    }
}
