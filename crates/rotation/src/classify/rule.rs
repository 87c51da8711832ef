//! Rules as data, and the small engine that finds the one that decides.
//!
//! A rule names statuses, names and texts; what it leaves empty does not matter, what it gives must all be there.
//! Evidence is looked for in this order, over all tables before the next kind of evidence: the error's code, its
//! details, its type, its text, the bare status. Inside one kind the first rule wins.

use crate::classify::boundary;
use crate::{LimitScope, LimitWindow, Outcome, Signal, Timestamp};

/// One row of a provider's table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    statuses: &'static [u16],
    names: &'static [&'static str],
    texts: &'static [&'static str],
    meaning: Meaning,
    /// Where the row comes from, with the date on which it was read.
    pub(crate) source: &'static str,
}

/// What a matching reply means.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Meaning {
    Limited(LimitScope, Window, Reset),
    KeyRejected,
    OutOfCredit(Reset),
    KeyRestricted {
        lasting: bool,
    },
    ModelGone {
        permanent: bool,
    },
    AtCapacity,
    UpstreamFailed,
    ModelFault,
    TooLargeForTier,
    ContextTooLong,
    /// The named part; where `None`, the part that the reply names.
    Rejected(Option<&'static str>),
    RequestRefused,
    ContentRefused,
    ClientGone,
}

/// Which window a limit belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Window {
    /// This one, for certain.
    Is(LimitWindow),
    /// The one that headers or text name, else this one.
    Else(LimitWindow),
}

/// When it ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reset {
    /// When the reply says.
    Stated,
    /// Nobody knows; a time beside it belongs to something else.
    Unknown,
    /// At midnight in Los Angeles, or later if the reply says so.
    PacificMidnight,
    /// When the reply says, if that is not soon; else at 00:00 UTC.
    UtcMidnight,
    /// When the reply says, if that is not soon; else on the first of the next month.
    UtcMonth,
}

/// A wait shorter than this beside a daily or monthly limit is the hint of another limiter.
const SHORTEST_LONG_WAIT: std::time::Duration = std::time::Duration::from_hours(1);

/// A rule; empty lists match everything.
pub(crate) const fn rule(
    statuses: &'static [u16],
    names: &'static [&'static str],
    texts: &'static [&'static str],
    meaning: Meaning,
    source: &'static str,
) -> Rule {
    Rule { statuses, names, texts, meaning, source }
}

#[derive(Clone, Copy)]
enum Evidence {
    Code,
    Details,
    Kind,
    Text,
    Status,
}

/// The rule that decides, if any does.
pub(crate) fn find(tables: &[&'static [Rule]], signal: &Signal) -> Option<&'static Rule> {
    let order = [Evidence::Code, Evidence::Details, Evidence::Kind, Evidence::Text, Evidence::Status];
    order.into_iter().find_map(|evidence| {
        let mut rules = tables.iter().flat_map(|table| table.iter());
        rules.find(|rule| rule.matches(signal, evidence))
    })
}

impl Rule {
    fn matches(&self, signal: &Signal, evidence: Evidence) -> bool {
        let names = self.names;
        let found = match evidence {
            Evidence::Code => names.contains(&signal.code.as_str()),
            Evidence::Details => names.iter().any(|name| signal.details_name(name)),
            Evidence::Kind => names.contains(&signal.kind.as_str()),
            Evidence::Text => names.is_empty() && !self.texts.is_empty(),
            Evidence::Status => names.is_empty() && self.texts.is_empty(),
        };
        found && self.fits_status(signal) && (self.texts.is_empty() || self.fits_text(&signal.message))
    }

    /// An error inside a success that names no status is judged by its other evidence alone.
    fn fits_status(&self, signal: &Signal) -> bool {
        let by_status_alone = self.names.is_empty() && self.texts.is_empty();
        match signal.judged_status() {
            Some(status) => self.statuses.is_empty() || self.statuses.contains(&status),
            None => !by_status_alone,
        }
    }

    fn fits_text(&self, message: &str) -> bool {
        self.texts.iter().any(|pattern| contains_in_order(message, pattern))
    }

    /// What the rule makes of the reply.
    pub(crate) fn outcome(&self, signal: &Signal, now: Timestamp) -> Outcome {
        match self.meaning {
            Meaning::Limited(scope, window, reset) => {
                let (until, window) = (reset.moment(signal, now), window.of(signal));
                Outcome::RateLimited { until, scope, window }
            }
            Meaning::KeyRejected => Outcome::KeyRejected,
            Meaning::OutOfCredit(reset) => Outcome::OutOfCredit { until: reset.moment(signal, now) },
            Meaning::KeyRestricted { lasting } => Outcome::KeyRestricted { lasting },
            Meaning::ModelGone { permanent } => Outcome::ModelGone { permanent },
            Meaning::AtCapacity => Outcome::AtCapacity { until: signal.stated_time() },
            Meaning::UpstreamFailed => Outcome::UpstreamFailed,
            Meaning::ModelFault => Outcome::ModelFault,
            Meaning::TooLargeForTier => Outcome::TooLargeForTier { limit_tokens: signal.limit },
            Meaning::ContextTooLong => Outcome::ContextTooLong,
            Meaning::Rejected(part) => {
                let parameter = part.map(str::to_owned).or_else(|| signal.parameter.clone());
                Outcome::ParameterRejected { parameter }
            }
            Meaning::RequestRefused => Outcome::RequestRefused,
            Meaning::ContentRefused => Outcome::ContentRefused,
            Meaning::ClientGone => Outcome::ClientGone,
        }
    }
}

impl Signal {
    /// Whether the details hold this name; a quota's id is a composition, of which the name is a part.
    fn details_name(&self, name: &str) -> bool {
        let in_quota = self.quota_ids.iter().any(|id| id.contains(name));
        in_quota || self.reasons.iter().any(|reason| reason == name)
    }
}

impl Reset {
    fn moment(self, signal: &Signal, now: Timestamp) -> Option<Timestamp> {
        let stated = signal.stated_time();
        let long = stated.filter(|until| until.since(now) >= SHORTEST_LONG_WAIT);
        match self {
            Self::Stated => stated,
            Self::Unknown => None,
            Self::PacificMidnight => boundary::pacific_midnight(now).max(stated),
            Self::UtcMidnight => long.or_else(|| boundary::utc_midnight(now)),
            Self::UtcMonth => long.or_else(|| boundary::utc_month(now)),
        }
    }
}

impl Window {
    fn of(self, signal: &Signal) -> LimitWindow {
        match self {
            Self::Is(window) => window,
            Self::Else(window) => signal.exhausted.or_else(|| window_in(&signal.message)).unwrap_or(window),
        }
    }
}

/// The window that a text speaks of.
fn window_in(message: &str) -> Option<LimitWindow> {
    const WORDS: [(LimitWindow, &[&str]); 5] = [
        (LimitWindow::Month, &["per month", "/ month", "/month", "monthly", "weekly", "per week"]),
        (LimitWindow::Day, &["per day", "/ day", "/day", "daily", "per-day", "per_day", "(rpd)", "(tpd)"]),
        (LimitWindow::Hour, &["per hour", "/ hour", "/hour", "hourly"]),
        (
            LimitWindow::Minute,
            &["per minute", "/ minute", "/minute", "per-min", "per_minute", "(rpm)", "(tpm)"],
        ),
        (LimitWindow::Second, &["per second", "/ second", "/second", "concurren"]),
    ];
    let spoken = |words: &[&str]| words.iter().any(|word| message.contains(word));
    WORDS.into_iter().find(|(_, words)| spoken(words)).map(|(window, _)| window)
}

/// Whether the parts of `pattern`, which `…` separates, stand in `text` in this order.
fn contains_in_order(text: &str, pattern: &str) -> bool {
    let mut rest = Some(text);
    for part in pattern.split('…') {
        rest = rest.and_then(|text| text.split_once(part.trim())).map(|(_, after)| after);
    }
    rest.is_some()
}
