//! What a scenario is made of: providers, accounts, keys, limits, faults and the demand.

use crate::bucket::{Counted, DAY, Millis, Window};
use crate::workload::Stream;

/// One situation, run with many seeds.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// One line for the document.
    pub(crate) about: &'static str,
    /// Whether every limit that binds is stated in headers; decides how many wasted calls are allowed.
    pub(crate) stated: bool,
    /// Time of the day, UTC, at which it begins.
    pub(crate) begins_at_ms: Millis,
    pub(crate) providers: Vec<ProviderPlan>,
    /// Virtual models that clients ask for: tiers of (provider, model) indices.
    pub(crate) chains: Vec<Vec<Vec<(usize, usize)>>>,
    pub(crate) demand: Vec<Stream>,
}

pub(crate) struct ProviderPlan {
    /// Lower is tried first.
    pub(crate) priority: u32,
    pub(crate) models: usize,
    pub(crate) accounts: Vec<Account>,
    /// Whether the person said which keys share an account.
    pub(crate) owners_known: bool,
    pub(crate) limits: Vec<Limit>,
    pub(crate) speech: Speech,
    /// Median and spread (sigma of the logarithm) of the time to the first byte.
    pub(crate) first_byte_ms: (f64, f64),
    /// The same of the whole answer's further length.
    pub(crate) stream_ms: (f64, f64),
    pub(crate) faults: Vec<Fault>,
    /// When the provider's day begins, in milliseconds after midnight UTC. Documented, so policies know it.
    pub(crate) day_begins_ms: Millis,
}

#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) keys: usize,
    pub(crate) priority: u32,
    /// Its limits in percent of the provider's plan.
    pub(crate) percent: u64,
    /// Its keys are refused with 401.
    pub(crate) dead: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum Sharing {
    /// Every key has its own for all its models.
    Key,
    /// Every key has its own for each model.
    KeyModel,
    /// The keys of an account share one for all models.
    Account,
    /// The keys of an account share one for each model.
    AccountModel,
}

#[derive(Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) sharing: Sharing,
    pub(crate) counted: Counted,
    pub(crate) amount: u64,
    pub(crate) window: Window,
    /// How headers state it, if they do.
    pub(crate) header: Header,
    /// Whether the provider's documentation names it, so that a catalogue can.
    pub(crate) documented: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Header {
    Hidden,
    /// Reset = when the limit is untouched again (OpenAI, Groq, Anthropic, fixed windows).
    WhenFull,
    /// Reset = when the next amount comes back.
    NextRelease,
    /// Limit and remaining only (Mistral).
    NoReset,
}

/// What a 429 says about time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryHint {
    Silent,
    /// Whole seconds, rounded up, until this request fits.
    Exact,
    /// Under a minute whatever the limit, with the window's name (Gemini).
    MinuteAndName,
}

#[derive(Clone, Copy)]
pub(crate) struct Speech {
    /// Headers on answers that were served, not only on a 429.
    pub(crate) headers_on_success: bool,
    pub(crate) retry: RetryHint,
}

/// A time during which something is broken, in minutes after the beginning.
#[derive(Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) from_min: Millis,
    pub(crate) to_min: Millis,
    pub(crate) kind: FaultKind,
}

#[derive(Clone, Copy)]
pub(crate) enum FaultKind {
    /// No call is answered; each takes this long to fail.
    Outage { fails_after_ms: Millis },
    /// A share of the calls, in percent, fails with a 5xx.
    Burst { percent: u64 },
    /// One model answers 429 "no capacity" to every key.
    NoCapacity { model: usize, hint: bool },
}

impl Account {
    pub(crate) const PLAIN: Self = Self { keys: 1, priority: 1, percent: 100, dead: false };

    /// Accounts of one key each.
    pub(crate) fn singles(count: usize) -> Vec<Self> {
        vec![Self::PLAIN; count]
    }
}

impl Limit {
    pub(crate) const fn new(sharing: Sharing, counted: Counted, amount: u64, window: Window) -> Self {
        Self { sharing, counted, amount, window, header: Header::Hidden, documented: false }
    }

    pub(crate) const fn stated(self, header: Header) -> Self {
        Self { header, ..self }
    }

    pub(crate) const fn documented(self) -> Self {
        Self { documented: true, ..self }
    }
}

/// A quota that is new at midnight of a zone that many hours behind UTC.
pub(crate) const fn daily(hours_behind_utc: Millis) -> Window {
    Window::Fixed { length_ms: DAY, offset_ms: hours_behind_utc * crate::bucket::HOUR }
}
