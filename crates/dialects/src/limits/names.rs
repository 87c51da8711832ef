//! Header names, as data.

use std::time::Duration;

use keywheel_rotation::{LimitWindow, Unit};

/// Which number a header holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Limit,
    Remaining,
    Reset,
}

/// What a header speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) unit: Unit,
    /// The window in the name, where it is there.
    pub(super) window: Option<LimitWindow>,
    /// Of two subjects with one unit and window, the lower rank counts.
    pub(super) rank: u8,
}

/// `prefix-field-subject` of most providers; Anthropic's is `prefix-subject-field`.
const PREFIXES: [&str; 3] = ["x-ratelimit-", "anthropic-ratelimit-", "ratelimit-"];
/// Together counts tokens under a prefix of its own.
const TOKEN_PREFIX: &str = "x-tokenlimit-";

const FIELDS: [(&str, Field); 3] =
    [("limit", Field::Limit), ("remaining", Field::Remaining), ("reset", Field::Reset)];

/// Anthropic's `tokens` is the tightest of input and output, whose limit can be far smaller than a prompt; a
/// prompt is reserved, so the input's own budget is the one to look at. Output budgets are not read for the same
/// reason (Fireworks: `tokens-generated`).
const SUBJECTS: [(&str, Unit, u8); 6] = [
    ("requests", Unit::Requests, 0),
    ("req", Unit::Requests, 0),
    ("", Unit::Requests, 1),
    ("input-tokens", Unit::Tokens, 0),
    ("tokens-prompt", Unit::Tokens, 0),
    ("tokens", Unit::Tokens, 1),
];

const WINDOWS: [(&str, LimitWindow); 5] = [
    ("second", LimitWindow::Second),
    ("minute", LimitWindow::Minute),
    ("hour", LimitWindow::Hour),
    ("day", LimitWindow::Day),
    ("month", LimitWindow::Month),
];

/// Where a name leaves the window open: provider, unit, window. Rows not here mean a minute.
const MEANT: [(&str, Unit, LimitWindow); 6] = [
    // Groq rate limits page, 2026-11-20: requests are those of a day, tokens those of a minute.
    ("groq", Unit::Requests, LimitWindow::Day),
    // docs.x.ai rate limits, 2026-10 (names unverified): requests per second.
    ("xai", Unit::Requests, LimitWindow::Second),
    // Together rate limits page, 2026-11-20.
    ("together", Unit::Requests, LimitWindow::Second),
    ("together", Unit::Tokens, LimitWindow::Second),
    // OpenRouter limits page, 2026-10: the free models' day or minute; only the body says which.
    ("openrouter", Unit::Requests, LimitWindow::Unknown),
    // kimi.com help (unverified), 2026-11-20.
    ("moonshot", Unit::Requests, LimitWindow::Unknown),
];

/// Reads a header's name; `None` for a header that is about something else.
pub(super) fn decode(name: &str) -> Option<(Subject, Field)> {
    if let Some(field) = name.strip_prefix(TOKEN_PREFIX) {
        return Some((subject("tokens")?, field_of(field)?));
    }
    let rest = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix))?;
    FIELDS.into_iter().find_map(|(word, field)| {
        let before = rest.strip_prefix(word).filter(|tail| tail.is_empty() || tail.starts_with('-'));
        let after = || rest.strip_suffix(word).and_then(|head| head.strip_suffix('-'));
        let about = before.map(|tail| tail.trim_start_matches('-')).or_else(after)?;
        Some((subject(about)?, field))
    })
}

fn field_of(word: &str) -> Option<Field> {
    FIELDS.into_iter().find(|(known, _)| *known == word).map(|(_, field)| field)
}

fn subject(about: &str) -> Option<Subject> {
    let (about, window) = about.rsplit_once('-').map_or((about, None), |(head, tail)| {
        let window = WINDOWS.into_iter().find(|(word, _)| *word == tail).map(|(_, window)| window);
        if window.is_some() { (head, window) } else { (about, None) }
    });
    let (_, unit, rank) = SUBJECTS.into_iter().find(|(word, ..)| *word == about)?;
    Some(Subject { unit, window, rank })
}

/// The window that `provider` means when it names none.
pub(super) fn window_meant(provider: Option<&str>, unit: Unit) -> LimitWindow {
    let row = MEANT.into_iter().find(|(name, counted, _)| Some(*name) == provider && *counted == unit);
    row.map_or(LimitWindow::Minute, |(.., window)| window)
}

/// Whether a window can be that far from being full again.
pub(super) fn fits(window: LimitWindow, until_reset: Option<Duration>) -> bool {
    until_reset.is_none_or(|wait| wait <= length(window) + length(window) / 10)
}

/// How long a window is; an unknown one is longer than any.
pub(super) const fn length(window: LimitWindow) -> Duration {
    match window {
        LimitWindow::Second => Duration::from_secs(1),
        LimitWindow::Minute => Duration::from_mins(1),
        LimitWindow::Hour => Duration::from_hours(1),
        LimitWindow::Day => Duration::from_hours(24),
        LimitWindow::Month => Duration::from_hours(31 * 24),
        LimitWindow::Unknown => Duration::from_hours(365 * 24),
    }
}
