//! Not before a given time.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Not before `until`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// When it began.
    pub since: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// Who says so.
    pub provenance: Provenance,
    /// What kind of thing happened.
    pub cause: HoldCause,
    /// What happened, for people; never contains a secret.
    pub reason: String,
    /// When one request may try early, because a guess may be too long. Only guesses have it.
    #[serde(default)]
    pub probe_at: Option<Timestamp>,
}

/// What kind of thing a hold is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HoldCause {
    /// A limit is reached.
    Limit,
    /// The model has no capacity.
    Capacity,
    /// The upstream failed.
    Failure,
    /// The model is not there for this key: waiting does not help.
    Model,
}

/// Who says how long a hold lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Provenance {
    /// The provider said so.
    Stated,
    /// Our own counters say so.
    Measured,
    /// Nobody said; it is a guess.
    Guessed,
}

/// A guess is tried after half its time, and not before this.
const EARLIEST_PROBE: Duration = Duration::from_secs(5);

impl Hold {
    /// A limit that somebody knows the end of.
    pub(crate) fn limit(since: Timestamp, until: Timestamp, provenance: Provenance, reason: String) -> Self {
        Self { since, until, provenance, cause: HoldCause::Limit, reason, probe_at: None }
    }

    /// A hold of a guessed length, which one request may try after half of it.
    pub(crate) fn guessed(since: Timestamp, length: Duration, cause: HoldCause, reason: String) -> Self {
        let probe_at = Some(since + (length / 2).max(EARLIEST_PROBE));
        Self { since, until: since + length, provenance: Provenance::Guessed, cause, reason, probe_at }
    }

    /// Whether it still lasts at `now`.
    #[must_use]
    pub fn lasts(&self, now: Timestamp) -> bool {
        now < self.until
    }

    /// A new hold never shortens one that the provider stated.
    pub(crate) fn or_longer(self, existing: Option<&Self>) -> Self {
        match existing {
            Some(old) if old.provenance == Provenance::Stated && old.until > self.until => old.clone(),
            Some(_) | None => self,
        }
    }
}
