//! What became of one upstream call.

use crate::{BudgetReading, Timestamp};

/// Who failed and until when. Everything else (next step, log level, text) derives from it by exhaustive match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The upstream answered.
    Served,
    /// The key may not be used for this model for a while; `until` is `None` where nobody said how long.
    RateLimited {
        /// The provider's own time.
        until: Option<Timestamp>,
    },
    /// The provider refuses the key.
    KeyRejected,
    /// The account behind the key has no credit.
    OutOfCredit,
    /// The key may not use this model, or the model does not exist there.
    ModelRefused,
    /// The model has no capacity at this provider; no key is to blame.
    AtCapacity {
        /// The provider's own time.
        until: Option<Timestamp>,
    },
    /// The upstream failed: 5xx, a broken connection, a timeout, an answer that is none.
    UpstreamFailed,
    /// What the model wrote is no answer: nothing at all, or nothing that can be used.
    ModelFault,
    /// The request itself is at fault; another key would say the same.
    RequestRefused,
    /// The client left. Nobody is to blame.
    ClientGone,
}

/// What the engine does after an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The answer goes to the client as it is.
    Return,
    /// The same lane again, once, after a short pause; then onward.
    RetryThenOnward,
    /// Another lane at once.
    Onward,
}

/// An outcome with what the reply said about budgets and cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// What became of the call.
    pub outcome: Outcome,
    /// What happened in one line, for people; never contains a secret.
    pub reason: String,
    /// Limits the reply stated.
    pub readings: Vec<BudgetReading>,
    /// Time to the first token, where one came, in milliseconds.
    pub first_token_ms: Option<u64>,
    /// What was reserved at dispatch.
    pub estimated_tokens: u64,
}

impl Outcome {
    /// The next step after this outcome.
    #[must_use]
    pub const fn next(&self) -> Next {
        match self {
            Self::Served | Self::RequestRefused | Self::ClientGone => Next::Return,
            Self::UpstreamFailed | Self::ModelFault => Next::RetryThenOnward,
            Self::RateLimited { .. }
            | Self::KeyRejected
            | Self::OutOfCredit
            | Self::ModelRefused
            | Self::AtCapacity { .. } => Next::Onward,
        }
    }

    /// The stable name used in the history, logs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Served => "ok",
            Self::RateLimited { .. } => "rate_limited",
            Self::KeyRejected => "key_rejected",
            Self::OutOfCredit => "out_of_credit",
            Self::ModelRefused => "model_refused",
            Self::AtCapacity { .. } => "at_capacity",
            Self::UpstreamFailed => "upstream_failed",
            Self::ModelFault => "model_fault",
            Self::RequestRefused => "request_refused",
            Self::ClientGone => "cancelled",
        }
    }
}
