//! What a policy gets to see of a call.

use crate::bucket::{Counted, Millis};

/// What became of a call, as the classifier would read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    Served,
    /// 429: a limit of the key or its account.
    RateLimited {
        /// The provider's own time.
        retry_at: Option<Millis>,
        /// The length of the window the reply names.
        window_ms: Option<Millis>,
    },
    /// 413: larger than the limit itself.
    TooLarge {
        limit: u64,
    },
    /// 429 or 503 that blames the model, not the key.
    AtCapacity {
        retry_at: Option<Millis>,
    },
    /// 5xx, no connection, no answer.
    Failed,
    /// 401.
    KeyRejected,
}

/// A limit as headers state it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stated {
    pub(crate) counted: Counted,
    pub(crate) limit: u64,
    pub(crate) remaining: u64,
    pub(crate) resets_at: Option<Millis>,
    /// From the header's name or the provider's documentation.
    pub(crate) length_ms: Millis,
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) reply: Reply,
    /// Counted when the call was admitted.
    pub(crate) stated: Vec<Stated>,
    pub(crate) first_byte_ms: Millis,
    pub(crate) ends_ms: Millis,
}

impl Answer {
    /// One line for the trace.
    pub(crate) fn describe(&self, now: Millis) -> String {
        let ahead = |at: Millis| at.saturating_sub(now) as f64 / 1_000.0;
        let state = |stated: &Stated| {
            let reset = stated.resets_at.map_or_else(String::new, |at| format!(" reset {:.1} s", ahead(at)));
            format!("{:?} {}/{}{reset}", stated.counted, stated.remaining, stated.limit)
        };
        let stated: Vec<_> = self.stated.iter().map(state).collect();
        format!("{:?} after {:.1} s [{}]", self.reply, ahead(self.ends_ms), stated.join(", "))
    }
}
