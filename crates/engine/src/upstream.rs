//! The only place where a secret meets a connection.
//!
//! A key goes to its own provider's address and nowhere else: the URL is made of that address, redirects are not
//! followed, and nothing a client sends can change either.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use keywheel_config::Upstream;
use keywheel_secrets::Secret;
use thiserror::Error;

/// The HTTP client can't be made.
#[derive(Debug, Error)]
#[error("The HTTP client can't be set up: {0}. Check the system's certificate store.")]
pub struct ClientError(#[from] reqwest::Error);

/// Calls providers.
#[derive(Clone, Debug)]
pub(crate) struct UpstreamClient {
    /// Obeys the system's proxy variables.
    remote: reqwest::Client,
    /// For servers on this machine, which no proxy can reach and none should see the keys of.
    local: reqwest::Client,
}

/// A host that does not answer a connection within this is taken for down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Providers and routers close idle connections after about half a minute; ours go first.
const POOL_IDLE: Duration = Duration::from_secs(25);

impl UpstreamClient {
    pub(crate) fn new() -> Result<Self, ClientError> {
        let builder = || {
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_idle_timeout(POOL_IDLE)
                .tcp_nodelay(true)
                .user_agent(concat!("keywheel/", env!("CARGO_PKG_VERSION")))
        };
        Ok(Self { remote: builder().build()?, local: builder().no_proxy().build()? })
    }

    /// Sends a chat body.
    pub(crate) async fn chat(
        &self,
        upstream: &Upstream,
        secret: Option<&Secret>,
        body: Bytes,
    ) -> Result<reqwest::Response, reqwest::Error> {
        let client = if is_local(&upstream.base_url) { &self.local } else { &self.remote };
        client
            .post(format!("{}/chat/completions", upstream.base_url))
            .headers(headers(secret))
            .body(body)
            .send()
            .await
    }
}

/// Whether a server is on this machine.
pub(crate) fn is_local(base_url: &str) -> bool {
    let host = base_url.split("://").nth(1).unwrap_or_default();
    ["127.", "localhost:", "localhost/", "[::1]"].iter().any(|local| host.starts_with(local))
}

fn headers(secret: Option<&Secret>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    #[expect(clippy::disallowed_methods, reason = "the header builder is where a secret is used")]
    let bearer = secret.and_then(|secret| HeaderValue::from_str(&format!("Bearer {}", secret.expose())).ok());
    if let Some(mut bearer) = bearer {
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
    }
    headers
}
