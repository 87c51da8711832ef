//! Why a request got no answer.

use std::time::Duration;

use http::StatusCode;
use keywheel_rotation::UnknownModel;
use thiserror::Error;

/// Why a request got no answer. The message is for the person behind the client.
#[derive(Debug, Error)]
pub enum Failure {
    /// Nothing serves the requested name.
    #[error("The model '{}' is not known.{}", .0.requested, nearest(.0))]
    UnknownModel(UnknownModel),
    /// The person paused the rotation.
    #[error("Keywheel is paused{}. Resume it in the tray or the window.", when(*.remaining))]
    Paused {
        /// How long still; `None` is until resumed.
        remaining: Option<Duration>,
    },
    /// No lane can serve now.
    #[error("No key can serve '{model}' now: {}.", .reasons.join("; "))]
    Exhausted {
        /// What was asked for.
        model: String,
        /// What kept the lanes from serving, as a whole.
        cause: Exhaustion,
        /// When the first lane comes back by itself.
        retry_after: Option<Duration>,
        /// One line per lane.
        reasons: Vec<String>,
    },
    /// The deadline is over.
    #[error("No answer within {:?}: {}.", .after, .reasons.join("; "))]
    DeadlinePassed {
        /// The deadline.
        after: Duration,
        /// One line per attempt or waiting lane.
        reasons: Vec<String>,
    },
}

/// What kept every lane from serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exhaustion {
    /// Some lane comes back by itself.
    Resting,
    /// No target can take such a request.
    NothingFits,
    /// No key may use the model, or the providers do not have it.
    ModelGone,
    /// Every key is rejected, out of credit, or switched off: a person must act.
    NeedsPerson,
    /// The upstreams failed.
    UpstreamsFailed,
}

impl Failure {
    /// The status a client gets. SDKs retry 429 and 5xx by themselves, so that what needs a person is neither.
    #[must_use]
    pub const fn http_status(&self) -> StatusCode {
        match self {
            Self::UnknownModel(_) | Self::Exhausted { cause: Exhaustion::ModelGone, .. } => {
                StatusCode::NOT_FOUND
            }
            Self::Paused { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Exhausted { cause: Exhaustion::NothingFits, .. } => StatusCode::BAD_REQUEST,
            Self::Exhausted { cause: Exhaustion::Resting, .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Exhausted { cause: Exhaustion::NeedsPerson, .. } => StatusCode::UNAUTHORIZED,
            Self::Exhausted { cause: Exhaustion::UpstreamsFailed, .. } => StatusCode::BAD_GATEWAY,
            Self::DeadlinePassed { .. } => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// The stable code in error bodies and the history.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownModel(_) | Self::Exhausted { cause: Exhaustion::ModelGone, .. } => "model_not_found",
            Self::Paused { .. } => "paused",
            Self::Exhausted { cause: Exhaustion::NothingFits, .. } => "no_suitable_model",
            Self::Exhausted { cause: Exhaustion::Resting, .. } => "rate_limit_exceeded",
            Self::Exhausted { cause: Exhaustion::NeedsPerson, .. } => "no_usable_key",
            Self::Exhausted { cause: Exhaustion::UpstreamsFailed, .. } => "upstream_failed",
            Self::DeadlinePassed { .. } => "timeout",
        }
    }

    /// How long a client should wait before it asks again, where that is known.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Paused { remaining } => *remaining,
            Self::Exhausted { cause: Exhaustion::Resting, retry_after, .. } => *retry_after,
            Self::Exhausted { .. } => None,
            Self::UnknownModel(_) | Self::DeadlinePassed { .. } => None,
        }
    }
}

fn nearest(unknown: &UnknownModel) -> String {
    match unknown.nearest.as_slice() {
        [] => " No model is configured: add a provider key first.".to_owned(),
        names => format!(" Nearest names: {}.", names.join(", ")),
    }
}

fn when(remaining: Option<Duration>) -> String {
    remaining.map(|left| format!(" for another {} s", left.as_secs().max(1))).unwrap_or_default()
}
