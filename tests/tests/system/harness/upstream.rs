//! A simulated provider, with the names that its keys get in the configuration.

use std::ops::Deref;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use keywheel_simulator::{Fault, KeyScript, Script, Simulator};

/// A simulated provider that listens. The label of its first key is `<provider>-1`.
#[derive(Debug)]
pub(crate) struct Upstream {
    simulator: Simulator,
    script: Script,
}

impl Upstream {
    pub(crate) async fn start(script: Script) -> Self {
        let simulator = Simulator::start(script.clone()).await.expect("the script is sound");
        Self { simulator, script }
    }

    /// The id it gets in the configuration.
    pub(crate) fn id(&self) -> &str {
        &self.script.provider
    }

    pub(crate) fn models(&self) -> &[String] {
        &self.script.models
    }

    /// Variable, label and secret of each key.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (String, String, &str)> {
        let prefix = self.id().to_uppercase().replace('-', "_");
        (1..).zip(&self.script.keys).map(move |(number, key)| {
            let label = format!("{}-{number}", self.id());
            (format!("{prefix}_API_KEY_{number}"), label, key.secret.as_str())
        })
    }

    /// The secret behind a label.
    pub(crate) fn secret(&self, label: &str) -> &str {
        let found = self.keys().find(|(_, own, _)| own == label);
        found.unwrap_or_else(|| panic!("{} has no key '{label}'", self.id())).2
    }

    /// Requests that arrived with the key behind a label.
    pub(crate) fn requests_of(&self, label: &str) -> u64 {
        self.counters().key(self.secret(label)).requests
    }

    /// Requests that arrived at all.
    pub(crate) fn requests(&self) -> u64 {
        self.counters().total().requests
    }
}

impl Deref for Upstream {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}

/// A provider with unlimited keys that states no limits.
pub(crate) fn script(provider: &str, n_keys: usize) -> Script {
    let keys = (1..=n_keys).map(|number| KeyScript::new(format!("canary-{provider}-{number}")));
    Script {
        keys: keys.collect(),
        sends_rate_limit_headers: false,
        recorded_exchanges: 512,
        ..Script::new(provider)
    }
}

/// A 429, with a stated wait or without.
pub(crate) fn limited(retry_after_s: Option<u32>) -> Fault {
    let mut headers = HeaderMap::new();
    if let Some(seconds) = retry_after_s {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Fault::Status { status: StatusCode::TOO_MANY_REQUESTS, body: None, headers }
}

/// An error status with the body that fits it.
pub(crate) fn status(code: u16) -> Fault {
    Fault::status(StatusCode::from_u16(code).expect("a status"))
}
