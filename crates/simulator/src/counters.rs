use std::collections::BTreeMap;

use serde::Serialize;

/// What a simulated provider saw since it started or was reset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// One entry per accepted key that was used, by its secret.
    pub keys: BTreeMap<String, KeyCounters>,
    /// Requests with no key or one that is not accepted.
    pub unknown_key: KeyCounters,
}

/// Counts of chat requests. A request that is over is counted in `requests` and in exactly one of
/// `served`, `limited`, `rejected` and `faulted`, or, if a good answer was abandoned, only in
/// `cancelled`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct KeyCounters {
    /// Requests taken in.
    pub requests: u64,
    /// Answered in full and without a fault.
    pub served: u64,
    /// Refused for a limit (429, or 413 for one larger than the limit).
    pub limited: u64,
    /// Refused for the key, the model or the body.
    pub rejected: u64,
    /// Met by a fault.
    pub faulted: u64,
    /// Replies under way now, streamed or not, from the request to the last byte.
    pub open: u64,
    /// Replies, faulted ones too, whose client left before the last byte.
    pub cancelled: u64,
}

impl Counters {
    /// The counts of one key; zeros if it was never used.
    pub fn key(&self, secret: &str) -> KeyCounters {
        self.keys.get(secret).copied().unwrap_or_default()
    }

    /// The sum over all keys, unknown ones included.
    pub fn total(&self) -> KeyCounters {
        self.keys.values().fold(self.unknown_key, |sum, key| KeyCounters {
            requests: sum.requests + key.requests,
            served: sum.served + key.served,
            limited: sum.limited + key.limited,
            rejected: sum.rejected + key.rejected,
            faulted: sum.faulted + key.faulted,
            open: sum.open + key.open,
            cancelled: sum.cancelled + key.cancelled,
        })
    }

    pub(crate) fn entry(&mut self, secret: Option<&str>) -> &mut KeyCounters {
        match secret {
            Some(secret) => self.keys.entry(secret.to_owned()).or_default(),
            None => &mut self.unknown_key,
        }
    }

    /// Forgets everything but the replies still under way.
    pub(crate) fn clear(&mut self) {
        self.unknown_key.clear();
        self.keys.values_mut().for_each(KeyCounters::clear);
    }
}

impl KeyCounters {
    fn clear(&mut self) {
        *self = Self { open: self.open, ..Self::default() };
    }
}

/// The counters did not get where they were expected within the deadline.
#[derive(Debug, thiserror::Error)]
#[error("the simulator's counters did not reach the expected state in time; they are {counters:?}")]
pub struct WaitExpired {
    /// The counters at the deadline.
    pub counters: Counters,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_includes_unknown_keys() {
        let mut counters = Counters::default();
        counters.entry(Some("a")).served = 2;
        counters.entry(Some("b")).served = 3;
        counters.entry(None).rejected = 1;
        assert_eq!(counters.total().served, 5);
        assert_eq!(counters.total().rejected, 1);
        assert_eq!(counters.key("never used"), KeyCounters::default());
    }

    #[test]
    fn clearing_keeps_what_is_under_way() {
        let mut counters = Counters::default();
        *counters.entry(Some("a")) = KeyCounters { requests: 4, open: 1, ..KeyCounters::default() };
        counters.clear();
        assert_eq!(counters.key("a").requests, 0);
        assert_eq!(counters.key("a").open, 1);
    }
}
