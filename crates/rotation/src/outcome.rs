//! What became of one upstream call.

use crate::{BudgetReading, SessionId, Timestamp};

/// Who failed and until when. Everything else (next step, log level, text) derives from it by exhaustive match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The upstream answered.
    Served,
    /// A limit is reached; `until` is `None` where nobody said how long.
    RateLimited {
        /// The provider's own time.
        until: Option<Timestamp>,
        /// What is limited.
        scope: LimitScope,
        /// The window that is used up.
        window: LimitWindow,
    },
    /// The provider refuses the key.
    KeyRejected,
    /// The account behind the key has no credit.
    OutOfCredit {
        /// When the provider looks again; `None` is in a day.
        until: Option<Timestamp>,
    },
    /// The key may not use this model or feature.
    KeyRestricted {
        /// Whether only a person can change that.
        lasting: bool,
    },
    /// The model is not there.
    ModelGone {
        /// Whether it never comes back.
        permanent: bool,
    },
    /// The model has no capacity at this provider; no key is to blame.
    AtCapacity {
        /// The provider's own time.
        until: Option<Timestamp>,
    },
    /// The upstream failed: 5xx, a broken connection, a timeout, an answer that is none.
    UpstreamFailed,
    /// What the model wrote can't be used: a malformed tool call, an empty answer.
    ModelFault,
    /// The request is larger than this account's tier takes at once.
    TooLargeForTier {
        /// The largest that is taken, in tokens, where the provider says it.
        limit_tokens: Option<u64>,
    },
    /// The request is larger than the model's context window.
    ContextTooLong,
    /// One parameter is not accepted.
    ParameterRejected {
        /// Which one, where known: the name in the reply, or one that the classification's tables give.
        parameter: Option<String>,
    },
    /// The request itself is at fault; another key would say the same.
    RequestRefused,
    /// The provider's content policy refuses the request.
    ContentRefused,
    /// This machine's own network is down. Nobody is to blame. Only the engine can tell.
    OfflineHere,
    /// The client left. Nobody is to blame.
    ClientGone,
}

/// What a reply says is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitScope {
    /// The key's owner, for this model.
    OwnerModel,
    /// The key's owner, for all models.
    Owner,
    /// The key itself, for all models.
    Key,
}

/// The window a limit is counted over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitWindow {
    /// A second, or requests at the same time.
    Second,
    /// A minute.
    Minute,
    /// An hour, or a few of them.
    Hour,
    /// A day.
    Day,
    /// A month, or a week: far beyond a day.
    Month,
    /// Nobody said.
    Unknown,
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
    /// Another provider or model at once; a sibling key would say the same.
    OnwardElsewhere,
    /// A target with a larger context window, if there is one; else the answer goes to the client.
    LargerWindow,
    /// The request may be repaired and sent again, once.
    RepairThenRetry,
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
    /// Tokens the upstream counted, in and out, where it said so.
    pub used_tokens: Option<u64>,
    /// The conversation it belongs to.
    pub session: Option<SessionId>,
}

impl Settlement {
    /// A settlement that says nothing but its outcome.
    #[must_use]
    pub fn of(outcome: Outcome, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { outcome, reason, readings: Vec::new(), first_token_ms: None, used_tokens: None, session: None }
    }
}

impl Outcome {
    /// The next step after this outcome.
    #[must_use]
    pub const fn next(&self) -> Next {
        match self {
            Self::Served | Self::RequestRefused | Self::ContentRefused | Self::ClientGone => Next::Return,
            Self::UpstreamFailed | Self::ModelFault | Self::OfflineHere => Next::RetryThenOnward,
            Self::RateLimited { .. }
            | Self::KeyRejected
            | Self::OutOfCredit { .. }
            | Self::KeyRestricted { .. }
            | Self::TooLargeForTier { .. } => Next::Onward,
            Self::AtCapacity { .. } | Self::ModelGone { .. } => Next::OnwardElsewhere,
            Self::ContextTooLong => Next::LargerWindow,
            Self::ParameterRejected { .. } => Next::RepairThenRetry,
        }
    }

    /// The stable name used in the history, logs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Served => "ok",
            Self::RateLimited { .. } => "rate_limited",
            Self::KeyRejected => "key_rejected",
            Self::OutOfCredit { .. } => "out_of_credit",
            Self::KeyRestricted { .. } => "key_restricted",
            Self::ModelGone { .. } => "model_gone",
            Self::AtCapacity { .. } => "at_capacity",
            Self::UpstreamFailed => "upstream_failed",
            Self::ModelFault => "model_fault",
            Self::TooLargeForTier { .. } => "too_large_for_tier",
            Self::ContextTooLong => "context_too_long",
            Self::ParameterRejected { .. } => "parameter_rejected",
            Self::RequestRefused => "request_refused",
            Self::ContentRefused => "content_refused",
            Self::OfflineHere => "offline",
            Self::ClientGone => "cancelled",
        }
    }

    /// Whether the provider counts such a call. A refused one costs nothing.
    #[must_use]
    pub const fn counts_against_budgets(&self) -> bool {
        match self {
            Self::Served | Self::ModelFault | Self::ContentRefused | Self::ClientGone => true,
            Self::RateLimited { .. }
            | Self::KeyRejected
            | Self::OutOfCredit { .. }
            | Self::KeyRestricted { .. }
            | Self::ModelGone { .. }
            | Self::AtCapacity { .. }
            | Self::UpstreamFailed
            | Self::TooLargeForTier { .. }
            | Self::ContextTooLong
            | Self::ParameterRejected { .. }
            | Self::RequestRefused
            | Self::OfflineHere => false,
        }
    }
}
