//! The situations that are simulated.

mod faults;
mod hidden;
mod stated;

use crate::bucket::{Counted, HOUR, MINUTE, Millis, Window};
use crate::plan::{Account, Header, Limit, ProviderPlan, RetryHint, Scenario, Sharing, Speech};
use crate::workload::{Shape, Stream};

pub(crate) fn all() -> Vec<Scenario> {
    [stated::scenarios(), hidden::scenarios(), faults::scenarios()].into_iter().flatten().collect()
}

const FIXED_MINUTE: Window = Window::Fixed { length_ms: MINUTE, offset_ms: 0 };
const SLIDING_MINUTE: Window = Window::Sliding { length_ms: MINUTE };
const REFILL_MINUTE: Window = Window::Refill { length_ms: MINUTE };

/// Requests of each key.
const fn requests(amount: u64, window: Window) -> Limit {
    Limit::new(Sharing::Key, Counted::Requests, amount, window)
}

/// Tokens of each key.
const fn tokens(amount: u64, window: Window) -> Limit {
    Limit::new(Sharing::Key, Counted::Tokens, amount, window)
}

/// The same limit, of the account and model.
const fn owned(limit: Limit) -> Limit {
    Limit { sharing: Sharing::AccountModel, ..limit }
}

/// A provider that states its limits in headers and the exact time on a 429.
fn provider(accounts: Vec<Account>, limits: Vec<Limit>) -> ProviderPlan {
    ProviderPlan {
        priority: 1,
        models: 1,
        accounts,
        owners_known: false,
        limits,
        speech: Speech { headers_on_success: true, retry: RetryHint::Exact },
        first_byte_ms: (600.0, 0.5),
        stream_ms: (2_500.0, 0.7),
        faults: Vec::new(),
        day_begins_ms: 0,
    }
}

/// The same without headers.
fn quiet(accounts: Vec<Account>, limits: Vec<Limit>, retry: RetryHint) -> ProviderPlan {
    ProviderPlan { speech: Speech { headers_on_success: false, retry }, ..provider(accounts, limits) }
}

/// Half an hour at noon over all providers in one tier.
fn scenario(
    name: &'static str,
    about: &'static str,
    providers: Vec<ProviderPlan>,
    demand: Vec<Stream>,
) -> Scenario {
    let targets = (0..providers.len()).map(|index| (index, 0)).collect();
    Scenario {
        name,
        about,
        stated: true,
        begins_at_ms: 12 * HOUR,
        providers,
        chains: vec![vec![targets]],
        demand,
    }
}

const fn steady(to_min: Millis, per_minute: f64, tokens: (u64, u64)) -> Stream {
    Stream { chain: 0, from_min: 0, to_min, shape: Shape::Steady { per_minute }, tokens }
}

const fn bursts(to_min: Millis, size: u64, every_ms: Millis, within_ms: Millis) -> Stream {
    let shape = Shape::Bursts { size, every_ms, within_ms };
    Stream { chain: 0, from_min: 0, to_min, shape, tokens: SMALL }
}

/// Short questions.
const SMALL: (u64, u64) = (300, 1_500);

/// As Groq's free tier: requests per day and tokens per minute in headers, requests per minute not.
fn groq_like(keys: usize, tokens_per_minute: u64, per_day: u64) -> ProviderPlan {
    let day = Window::Refill { length_ms: crate::bucket::DAY };
    let limits = vec![
        owned(requests(30, SLIDING_MINUTE)).documented(),
        owned(requests(per_day, day)).stated(Header::WhenFull).documented(),
        owned(tokens(tokens_per_minute, REFILL_MINUTE)).stated(Header::WhenFull).documented(),
    ];
    provider(Account::singles(keys), limits)
}

/// As Gemini's free tier: nothing in headers, the window named on a 429, days begin at midnight Pacific.
fn gemini_like(keys: usize, per_minute: u64, per_day: u64) -> ProviderPlan {
    let limits = vec![
        owned(requests(per_minute, FIXED_MINUTE)).documented(),
        owned(requests(per_day, crate::plan::daily(8))).documented(),
        owned(tokens(250_000, FIXED_MINUTE)).documented(),
    ];
    let plan = quiet(Account::singles(keys), limits, RetryHint::MinuteAndName);
    ProviderPlan { day_begins_ms: 8 * HOUR, ..plan }
}
