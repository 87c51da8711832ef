//! What a reply says, free of HTTP and of any dialect's shape.

use crate::{LimitWindow, ProviderId, Timestamp};

/// One upstream answer, reduced to what the decision needs. All texts are lower case unless told otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signal {
    /// Who answered; `None` judges by the rules that hold everywhere.
    pub provider: Option<ProviderId>,
    /// The HTTP status, where one came.
    pub status: Option<u16>,
    /// How the transport failed, where it did.
    pub transport: Option<TransportFault>,
    /// Whether the body is an error although the status says success.
    pub error_in_success: bool,
    /// The error's `code`.
    pub code: String,
    /// The error's `type`; Google's `status`; AWS's error type.
    pub kind: String,
    /// The error's text, cut to two kilobytes.
    pub message: String,
    /// Further names that are made for programs: Google's reasons, OpenRouter's limit source and reason, finish and
    /// block reasons.
    pub reasons: Vec<String>,
    /// Google's names of the quotas that are used up.
    pub quota_ids: Vec<String>,
    /// The part of the request that the reply names, as it is spelled there.
    pub parameter: Option<String>,
    /// The organisation, team or project that the reply names, as it is spelled there.
    pub owner: Option<String>,
    /// Every time the reply states for coming back, best source first.
    pub stated: Vec<StatedTime>,
    /// The window whose limit the headers show as used up; of several, the one that is full again last.
    pub exhausted: Option<LimitWindow>,
    /// The limit that the text names, in its own unit.
    pub limit: Option<u64>,
    /// What was asked for against that limit, in the same unit.
    pub requested: Option<u64>,
}

/// One statement of when to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatedTime {
    /// Where it stands in the reply.
    pub source: TimeSource,
    /// The moment; never before the reply.
    pub at: Timestamp,
}

/// Where a reply can state a time. The order is that of trust: the first that is there decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeSource {
    /// The header `retry-after-ms`.
    RetryAfterMs,
    /// The header `Retry-After`.
    RetryAfter,
    /// Google's `RetryInfo`.
    RetryInfo,
    /// Google's `quotaResetDelay`.
    QuotaResetDelay,
    /// `X-RateLimit-Reset` as an epoch in milliseconds, as a header or inside OpenRouter's body.
    ResetEpoch,
    /// The reset header of a window that is used up.
    ResetHeader,
    /// "try again in 9m38.016s".
    TextWait,
    /// "will reset at 2026-10-02 11:25:23".
    TextReset,
    /// "regain access on 2026-09-01 at 00:00 UTC".
    TextRegain,
}

/// A call that brought no usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportFault {
    /// No connection: refused, unreachable, no such host, TLS failed.
    Connect,
    /// The connection broke.
    Reset,
    /// Nothing came in time.
    Timeout,
    /// The answer ended before its end marker, or is no valid answer at all.
    Incomplete,
    /// The answer is complete and says nothing.
    Empty,
}

impl Signal {
    /// The status to judge by: that of the reply, or the one that an error inside a success names.
    pub(crate) fn judged_status(&self) -> Option<u16> {
        if !self.error_in_success {
            return self.status;
        }
        self.code.parse().ok().filter(|status| (400..600).contains(status))
    }

    /// The stated time with the best source.
    pub(crate) fn stated_time(&self) -> Option<Timestamp> {
        self.stated.iter().min_by_key(|stated| stated.source).map(|stated| stated.at)
    }
}
