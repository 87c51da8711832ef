//! Providers and keys that break. No header states that a model has no capacity.

use super::*;
use crate::bucket::SECOND;
use crate::plan::{Fault, FaultKind};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![outage(), dead_keys(), no_capacity(), everything()]
}

fn outage() -> Scenario {
    let limits = || vec![requests(60, FIXED_MINUTE).stated(Header::WhenFull)];
    let mut first = provider(Account::singles(4), limits());
    let kind = FaultKind::Outage { fails_after_ms: 3 * SECOND };
    first.faults = vec![Fault { from_min: 8, to_min: 18, kind }];
    let mut second = ProviderPlan { priority: 2, ..provider(Account::singles(4), limits()) };
    second.faults = vec![Fault { from_min: 22, to_min: 26, kind: FaultKind::Burst { percent: 30 } }];
    scenario(
        "outage",
        "4 + 4 keys, the first provider is away for 10 min, later 30 % of the second's calls fail",
        vec![first, second],
        vec![steady(30, 180.0, SMALL)],
    )
}

fn dead_keys() -> Scenario {
    let limits = vec![requests(40, FIXED_MINUTE).stated(Header::WhenFull)];
    let mut accounts = vec![Account { dead: true, ..Account::PLAIN }; 2];
    accounts.extend(Account::singles(4));
    scenario(
        "dead-keys",
        "6 keys of 40 requests per fixed minute, two refused with 401; steady at 84 %",
        vec![provider(accounts, limits)],
        vec![steady(30, 135.0, SMALL)],
    )
}

fn no_capacity() -> Scenario {
    let limit = Limit { sharing: Sharing::KeyModel, ..requests(40, FIXED_MINUTE) };
    let mut plan = provider(Account::singles(5), vec![limit.stated(Header::WhenFull)]);
    plan.models = 2;
    let fault =
        |from_min, to_min, hint| Fault { from_min, to_min, kind: FaultKind::NoCapacity { model: 0, hint } };
    plan.faults = vec![fault(5, 9, false), fault(14, 16, true)];
    let demand = vec![steady(30, 170.0, SMALL)];
    let about = "5 keys, the first of two models has no capacity for 4 and 2 minutes";
    Scenario {
        stated: false,
        chains: vec![vec![vec![(0, 0)], vec![(0, 1)]]],
        ..scenario("no-capacity", about, vec![plan], demand)
    }
}

/// Everything at once, as on a bad day with a large collection of keys.
fn everything() -> Scenario {
    let mut groq = groq_like(8, 8_000, 1_000);
    groq.accounts.push(Account { dead: true, ..Account::PLAIN });
    groq.faults = vec![Fault { from_min: 12, to_min: 16, kind: FaultKind::Burst { percent: 20 } }];
    let mut gemini = gemini_like(4, 15, 60);
    gemini.accounts.push(Account { keys: 3, ..Account::PLAIN });
    let silent = vec![requests(40, SLIDING_MINUTE)];
    let mut nvidia = quiet(Account::singles(2), silent, RetryHint::Silent);
    nvidia.faults =
        vec![Fault { from_min: 20, to_min: 25, kind: FaultKind::NoCapacity { model: 0, hint: false } }];
    let demand = vec![steady(40, 70.0, SMALL), bursts(40, 80, 3 * MINUTE, 5 * SECOND)];
    let about =
        "Groq-like, Gemini-like and silent keys, a dead key, failures, no capacity; steady and bursts";
    let providers =
        vec![groq, ProviderPlan { priority: 2, ..gemini }, ProviderPlan { priority: 2, ..nvidia }];
    Scenario { stated: false, ..scenario("bad-day", about, providers, demand) }
}
