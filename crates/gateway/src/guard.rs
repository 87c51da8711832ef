//! Who may call at all, decided on the head of a request before its body is read.
//!
//! A program on this machine sends no `Origin` and the address it was given as `Host`. A web page can't help
//! sending its origin, and a page that had its own name resolve to this machine still sends that name. So:
//!
//! - `Host` must be there once and be exactly one of the names this endpoint has.
//! - `Origin` (`null` too) must be this endpoint's own or one the person listed; `Referer` likewise.
//! - `Sec-Fetch-Site` must be `same-origin` or `none`, unless the listed origin explains it.
//! - With an access key set, it must be presented, and is compared in constant time.
//!
//! Sources: the threat list T1 and T2 of the design; the Ollama and MCP Inspector reports of 2024 and 2025.

use std::collections::HashSet;
use std::net::IpAddr;

use http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, ORIGIN, REFERER};
use http::request::Parts;
use keywheel_secrets::Secret;

/// The names and keys that are let through.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    hosts: HashSet<String>,
    origins: HashSet<String>,
    access_key: Option<Secret>,
}

/// Why a request is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The `Host` is none of ours.
    Host,
    /// A web page that is not listed.
    Origin,
    /// No access key, or the wrong one.
    AccessKey,
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

impl Guard {
    /// A guard for an endpoint that listens on `address` and `port`. `hosts` and `origins` are the person's own.
    #[must_use]
    pub fn new(
        address: IpAddr,
        port: u16,
        hosts: &[String],
        origins: &[String],
        access_key: Option<Secret>,
    ) -> Self {
        let mut names = vec!["127.0.0.1".to_owned(), "localhost".to_owned(), "[::1]".to_owned()];
        if !address.is_unspecified() {
            names.push(if address.is_ipv6() { format!("[{address}]") } else { address.to_string() });
        }
        let own = names.into_iter().map(|name| format!("{name}:{port}"));
        let listed = hosts.iter().map(|host| host.to_ascii_lowercase());
        Self {
            hosts: own.chain(listed).collect(),
            origins: origins.iter().map(|origin| origin.trim_end_matches('/').to_ascii_lowercase()).collect(),
            access_key,
        }
    }

    /// Whether the caller is a program on this machine or a listed page.
    ///
    /// # Errors
    /// [`Refusal::Host`] or [`Refusal::Origin`].
    pub fn check_caller(&self, parts: &Parts) -> Result<(), Refusal> {
        let host = self.check_host(parts)?;
        let headers = &parts.headers;
        let own_origin = format!("http://{host}");
        let is_known = |origin: &str| origin == own_origin || self.origins.contains(origin);
        let origin = single(headers, &ORIGIN).map_err(|Repeated| Refusal::Origin)?;
        if origin.as_deref().is_some_and(|origin| !is_known(origin)) {
            return Err(Refusal::Origin);
        }
        let referer = single(headers, &REFERER).map_err(|Repeated| Refusal::Origin)?;
        if referer.is_some_and(|referer| !is_known(origin_of(&referer))) {
            return Err(Refusal::Origin);
        }
        let site = single(headers, &SEC_FETCH_SITE).map_err(|Repeated| Refusal::Origin)?;
        match site.as_deref() {
            None | Some("same-origin" | "none") => Ok(()),
            Some(_) if origin.is_some_and(|origin| self.origins.contains(&origin)) => Ok(()),
            Some(_) => Err(Refusal::Origin),
        }
    }

    /// Whether the caller presents the access key, if one is set.
    ///
    /// # Errors
    /// [`Refusal::AccessKey`].
    pub fn check_access(&self, parts: &Parts) -> Result<(), Refusal> {
        let Some(access_key) = &self.access_key else { return Ok(()) };
        let presented = presented_key(parts);
        match presented {
            Some(key) if access_key.matches(key) => Ok(()),
            Some(_) | None => Err(Refusal::AccessKey),
        }
    }

    /// The listed origin of the page that calls, for the answer's CORS header.
    #[must_use]
    pub fn listed_origin(&self, headers: &HeaderMap) -> Option<String> {
        single(headers, &ORIGIN).ok().flatten().filter(|origin| self.origins.contains(origin))
    }

    fn check_host(&self, parts: &Parts) -> Result<String, Refusal> {
        let host = single(&parts.headers, &HOST).map_err(|Repeated| Refusal::Host)?.ok_or(Refusal::Host)?;
        let target_agrees =
            parts.uri.authority().is_none_or(|authority| authority.as_str().eq_ignore_ascii_case(&host));
        if target_agrees && self.hosts.contains(&host) { Ok(host) } else { Err(Refusal::Host) }
    }
}

/// A header that may come once came twice, or is no text.
struct Repeated;

fn single(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, Repeated> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            value.to_str().map(|text| Some(text.to_ascii_lowercase())).map_err(|_| Repeated)
        }
        (Some(_), Some(_)) => Err(Repeated),
    }
}

/// Scheme, host and port of a URL: everything before the path.
fn origin_of(url: &str) -> &str {
    let Some((scheme, rest)) = url.split_once("://") else { return url };
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    url.get(..scheme.len() + 3 + host_end).unwrap_or(url)
}

/// The key in any of the places the dialects put it.
fn presented_key(parts: &Parts) -> Option<&str> {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(AUTHORIZATION.as_str()).and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
    });
    let query = parts.uri.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("key="));
    bearer.or_else(|| text("x-api-key")).or_else(|| text("x-goog-api-key")).or(query)
}

#[cfg(test)]
mod tests;
