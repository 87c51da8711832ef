//! Every limit that binds is stated in headers.

use super::*;
use crate::bucket::SECOND;

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        fixed(),
        sliding(),
        token_buckets(),
        shared_accounts(),
        bursts_at_reset(),
        agent_loops(),
        many_clients(),
        minute_and_day(),
    ]
}

fn fixed() -> Scenario {
    let limits = vec![requests(60, FIXED_MINUTE).stated(Header::WhenFull)];
    scenario(
        "fixed-stated",
        "6 keys, 60 requests per fixed minute; steady at 90 %",
        vec![provider(Account::singles(6), limits)],
        vec![steady(30, 325.0, SMALL)],
    )
}

fn sliding() -> Scenario {
    let limits = vec![requests(60, SLIDING_MINUTE).stated(Header::NextRelease)];
    scenario(
        "sliding-stated",
        "6 keys, 60 requests in any minute; bursts of 400, 74 % on average",
        vec![provider(Account::singles(6), limits)],
        vec![bursts(30, 400, 90 * SECOND, 20 * SECOND)],
    )
}

fn token_buckets() -> Scenario {
    let limits = vec![
        requests(30, REFILL_MINUTE).stated(Header::WhenFull),
        tokens(60_000, REFILL_MINUTE).stated(Header::WhenFull),
    ];
    scenario(
        "buckets-overload",
        "2 keys, token buckets of 60k tokens and 30 requests a minute; demand 130 %",
        vec![provider(Account::singles(2), limits)],
        vec![steady(15, 52.0, (3_000, 3_000))],
    )
}

fn shared_accounts() -> Scenario {
    let limit = Limit { sharing: Sharing::Account, ..requests(40, FIXED_MINUTE) };
    let accounts = vec![Account { keys: 3, ..Account::PLAIN }; 4];
    scenario(
        "accounts-stated",
        "12 keys in 4 accounts, 40 requests per fixed minute and account; steady at 88 %",
        vec![ProviderPlan { owners_known: true, ..provider(accounts, vec![limit.stated(Header::WhenFull)]) }],
        vec![steady(30, 140.0, SMALL)],
    )
}

fn bursts_at_reset() -> Scenario {
    let limits = vec![requests(30, FIXED_MINUTE).stated(Header::WhenFull)];
    let plan = provider(Account::singles(6), limits);
    let demand = vec![bursts(30, 165, MINUTE, SECOND)];
    let about = "6 keys, 30 requests per fixed minute; bursts of 165 across every reset, 92 %";
    Scenario { begins_at_ms: 12 * HOUR + 59_500, ..scenario("bursts-at-reset", about, vec![plan], demand) }
}

fn agent_loops() -> Scenario {
    let small = vec![
        requests(30, REFILL_MINUTE).stated(Header::WhenFull),
        tokens(60_000, REFILL_MINUTE).stated(Header::WhenFull),
    ];
    let large = vec![tokens(400_000, FIXED_MINUTE).stated(Header::WhenFull)];
    let shape =
        Shape::Agents { count: 12, steps: 45, think_ms: 15_000.0, growth: 1.13, most_tokens: 200_000 };
    scenario(
        "agent-loops",
        "12 agents in closed loops, 1k to 200k tokens; 4 keys of 60k and 8 of 400k tokens a minute",
        vec![provider(Account::singles(4), small), provider(Account::singles(8), large)],
        vec![Stream { chain: 0, from_min: 0, to_min: 0, shape, tokens: (1_000, 2_000) }],
    )
}

fn many_clients() -> Scenario {
    let limits = vec![requests(100, FIXED_MINUTE).stated(Header::WhenFull)];
    let shape = Shape::Agents { count: 300, steps: 20, think_ms: 30_000.0, growth: 1.0, most_tokens: 2_000 };
    scenario(
        "many-clients",
        "300 clients, 20 keys of 100 requests per fixed minute; 27 %",
        vec![provider(Account::singles(20), limits)],
        vec![Stream { chain: 0, from_min: 0, to_min: 0, shape, tokens: (1_000, 2_000) }],
    )
}

fn minute_and_day() -> Scenario {
    let day = Window::Refill { length_ms: crate::bucket::DAY };
    let limits = vec![
        requests(30, REFILL_MINUTE).stated(Header::WhenFull),
        requests(900, Window::Refill { length_ms: HOUR }).stated(Header::WhenFull),
        requests(14_400, day).stated(Header::WhenFull),
        tokens(60_000, REFILL_MINUTE).stated(Header::WhenFull),
    ];
    scenario(
        "three-windows",
        "5 keys, requests per minute, hour and day and tokens per minute, all in headers; bursts, 80 %",
        vec![provider(Account::singles(5), limits)],
        vec![bursts(45, 180, 90 * SECOND, 10 * SECOND)],
    )
}
