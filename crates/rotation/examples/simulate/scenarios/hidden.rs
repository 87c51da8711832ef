//! Limits that no header states: a 429 is the first that is heard of them.

use super::*;
use crate::bucket::SECOND;
use crate::plan::RetryHint::{Exact, Silent};

pub(super) fn scenarios() -> Vec<Scenario> {
    let all = vec![
        groq_and_gemini(),
        with_retry_after(),
        silent(),
        shared_accounts(),
        mixed_priorities(),
        overnight(),
        spent_days(),
        uneven(),
        overload(),
        two_models(),
        per_second(),
    ];
    all.into_iter().map(|scenario| Scenario { stated: false, ..scenario }).collect()
}

fn groq_and_gemini() -> Scenario {
    let gemini = ProviderPlan { priority: 2, ..gemini_like(5, 15, 500) };
    scenario(
        "groq-gemini",
        "11 Groq-like and 5 Gemini-like keys; steady and bursts of 150, 75 %",
        vec![groq_like(11, 8_000, 1_000), gemini],
        vec![steady(30, 60.0, SMALL), bursts(30, 150, 2 * MINUTE, 10 * SECOND)],
    )
}

fn with_retry_after() -> Scenario {
    let plan = quiet(Account::singles(8), vec![requests(20, SLIDING_MINUTE)], Exact);
    scenario(
        "hidden-hinted",
        "8 keys, 20 requests in any minute, only retry-after; steady at 90 %",
        vec![plan],
        vec![steady(40, 145.0, SMALL)],
    )
}

fn silent() -> Scenario {
    let plan = quiet(Account::singles(6), vec![requests(40, FIXED_MINUTE)], Silent);
    scenario(
        "hidden-silent",
        "6 keys, 40 requests per fixed minute, a 429 says nothing; bursts of 300, 63 %",
        vec![plan],
        vec![bursts(40, 300, 2 * MINUTE, 5 * SECOND)],
    )
}

fn shared_accounts() -> Scenario {
    let limit = Limit { sharing: Sharing::Account, ..requests(40, SLIDING_MINUTE) };
    let accounts = vec![Account { keys: 3, ..Account::PLAIN }; 4];
    scenario(
        "accounts-hidden",
        "12 keys in 4 accounts, 40 requests in any minute and account, only retry-after; steady at 88 %",
        vec![quiet(accounts, vec![limit], Exact)],
        vec![steady(40, 140.0, SMALL)],
    )
}

fn mixed_priorities() -> Scenario {
    let first = vec![requests(10, FIXED_MINUTE).stated(Header::WhenFull)];
    let third = vec![requests(120, REFILL_MINUTE).stated(Header::WhenFull)];
    let mut accounts = Account::singles(3);
    accounts.push(Account { priority: 2, percent: 50, ..Account::PLAIN });
    let second = quiet(accounts, vec![requests(30, SLIDING_MINUTE)], Exact);
    let providers = vec![
        provider(Account::singles(2), first),
        ProviderPlan { priority: 2, ..second },
        provider(Account::singles(1), third),
    ];
    let demand = vec![steady(40, 190.0, SMALL)];
    let about = "small stated, middle hidden, large stated in a second tier, key priorities; steady at 79 %";
    Scenario {
        chains: vec![vec![vec![(0, 0), (1, 0)], vec![(2, 0)]]],
        ..scenario("mixed-priorities", about, providers, demand)
    }
}

fn overnight() -> Scenario {
    let demand = vec![steady(12 * 60, 1.0, SMALL)];
    let about = "12 h from 22:00 UTC; 5 Gemini-like keys of 20 a day, 3 Groq-like of 150 a day; 82 %";
    Scenario {
        begins_at_ms: 22 * HOUR,
        ..scenario("overnight", about, vec![gemini_like(5, 5, 20), groq_like(3, 8_000, 150)], demand)
    }
}

/// More than the days hold: what is spent on one side of midnight is missing there, and lost if it is not.
fn spent_days() -> Scenario {
    let demand = vec![steady(12 * 60, 2.2, SMALL)];
    let about =
        "12 h from 22:00 UTC; 5 Gemini-like keys of 60 a day, 3 Groq-like of 150 a day; 141 % until 08:00";
    Scenario {
        begins_at_ms: 22 * HOUR,
        ..scenario("spent-days", about, vec![gemini_like(5, 5, 60), groq_like(3, 8_000, 150)], demand)
    }
}

fn uneven() -> Scenario {
    let accounts = [5, 10, 20, 50, 100, 400].map(|percent| Account { percent, ..Account::PLAIN });
    let plan = quiet(accounts.to_vec(), vec![requests(60, SLIDING_MINUTE)], Exact);
    scenario(
        "uneven",
        "6 keys of 3 to 240 requests in any minute, only retry-after; steady at 85 %",
        vec![plan],
        vec![steady(40, 300.0, SMALL)],
    )
}

fn overload() -> Scenario {
    let plan = quiet(Account::singles(2), vec![requests(15, SLIDING_MINUTE)], Exact);
    scenario(
        "hidden-overload",
        "2 keys, 15 requests in any minute, only retry-after; demand 200 %",
        vec![plan],
        vec![steady(15, 60.0, SMALL)],
    )
}

fn two_models() -> Scenario {
    let limits = vec![
        Limit { sharing: Sharing::Account, ..requests(60, SLIDING_MINUTE) },
        Limit { sharing: Sharing::KeyModel, ..requests(45, SLIDING_MINUTE) },
    ];
    let plan = ProviderPlan { models: 2, ..quiet(Account::singles(3), limits, Exact) };
    let demand = vec![steady(40, 90.0, SMALL), Stream { chain: 1, ..steady(40, 70.0, SMALL) }];
    let about = "3 keys, each model 45 and both together 60 requests in any minute, only retry-after; 89 %";
    Scenario {
        chains: vec![vec![vec![(0, 0)]], vec![vec![(0, 1)]]],
        ..scenario("two-models", about, vec![plan], demand)
    }
}

fn per_second() -> Scenario {
    let limits = vec![
        requests(1, Window::Sliding { length_ms: SECOND }).documented(),
        requests(60, FIXED_MINUTE).stated(Header::NoReset),
        tokens(500_000, FIXED_MINUTE).stated(Header::NoReset),
    ];
    let mut plan = provider(Account::singles(2), limits);
    plan.speech.retry = Silent;
    scenario(
        "one-per-second",
        "2 Mistral-like keys, one request a second, no reset in headers, a 429 says nothing; 56 %",
        vec![plan],
        vec![steady(15, 66.0, SMALL)],
    )
}
