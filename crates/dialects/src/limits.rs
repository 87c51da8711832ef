//! What reply headers say about limits.
//!
//! Three things name a limit: what is counted, over which window, and which of limit, remaining and reset a header
//! is. One decoder reads the names of all providers; where a name leaves the window open, a table says what the
//! provider means. A reset is a Go duration (`2m59.56s`: Groq, OpenAI), seconds from now (Cerebras, Azure,
//! Together), an RFC 3339 time (Anthropic), or an epoch in seconds or milliseconds (OpenRouter).
//! Sources: provider documentation as of 2026-11-20.

use http::HeaderMap;
use keywheel_rotation::{BudgetReading, LimitWindow, ProviderId, Timestamp, Unit};

use names::{Field, Subject};

mod names;
mod structured;
pub(crate) mod wait;

/// The budgets that the reply's headers state, requests before tokens and short windows before long ones.
#[must_use]
pub fn budget_readings(
    provider: Option<&ProviderId>,
    headers: &HeaderMap,
    now: Timestamp,
) -> Vec<BudgetReading> {
    let drafts = drafts(headers, now);
    let readings = drafts.iter().filter(|draft| !draft.is_covered(&drafts));
    let mut readings: Vec<_> = readings.filter_map(|draft| draft.reading(provider, now)).collect();
    if readings.is_empty() {
        readings.extend(structured::reading(headers, now));
    }
    readings.sort_by_key(|reading| (reading.unit != Unit::Requests, names::length(reading.window)));
    readings
}

/// A header's text without the space around it.
pub(crate) fn text<'headers>(headers: &'headers HeaderMap, name: &str) -> Option<&'headers str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// What the headers seen so far say of one subject.
#[derive(Debug)]
struct Draft {
    subject: Subject,
    limit: Option<u64>,
    remaining: Option<u64>,
    resets_at: Option<Timestamp>,
}

fn drafts(headers: &HeaderMap, now: Timestamp) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for (name, value) in headers {
        let decoded = names::decode(name.as_str()).zip(value.to_str().ok());
        let Some(((subject, field), value)) = decoded else { continue };
        let known = drafts.iter_mut().find(|draft| draft.subject == subject);
        match known {
            Some(draft) => draft.take(field, value, now),
            None => {
                let mut draft = Draft { subject, limit: None, remaining: None, resets_at: None };
                draft.take(field, value, now);
                drafts.push(draft);
            }
        }
    }
    drafts
}

impl Draft {
    fn take(&mut self, field: Field, value: &str, now: Timestamp) {
        match field {
            Field::Limit => self.limit = count(value),
            Field::Remaining => self.remaining = count(value),
            Field::Reset => self.resets_at = wait::wait_of(value, now).map(|wait| now + wait),
        }
    }

    /// Whether another draft says the same more exactly.
    fn is_covered(&self, drafts: &[Self]) -> bool {
        drafts.iter().any(|other| {
            let same = other.subject.unit == self.subject.unit && other.subject.window == self.subject.window;
            same && other.subject.rank < self.subject.rank && other.limit.is_some()
        })
    }

    fn reading(&self, provider: Option<&ProviderId>, now: Timestamp) -> Option<BudgetReading> {
        let (limit, remaining) = (self.limit.filter(|limit| *limit > 0)?, self.remaining?);
        let unit = self.subject.unit;
        let window = self.subject.window.unwrap_or_else(|| {
            let meant = names::window_meant(provider.map(ProviderId::as_str), unit);
            if names::fits(meant, self.resets_at.map(|at| at.since(now))) {
                meant
            } else {
                LimitWindow::Unknown
            }
        });
        let remaining = remaining.min(limit);
        Some(BudgetReading { unit, window, limit, remaining, resets_at: self.resets_at })
    }
}

/// A count; some are written as a fraction, and a negative one (Azure) says nothing.
fn count(value: &str) -> Option<u64> {
    let digits = value.trim().split(['.', ',', ';']).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests;
