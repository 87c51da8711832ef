use super::*;
use crate::bucket::{Counted, Window};
use crate::plan::{Account, Header, RetryHint, Sharing, Speech};
use crate::reply::Stated;

const MINUTELY: Window = Window::Fixed { length_ms: MINUTE, offset_ms: 0 };

fn scenario(sharing: Sharing, retry: RetryHint, accounts: Vec<Account>) -> Scenario {
    let limits = vec![
        Limit::new(sharing, Counted::Requests, 2, MINUTELY).stated(Header::WhenFull),
        Limit::new(sharing, Counted::Tokens, 1_000, MINUTELY),
    ];
    let provider = ProviderPlan {
        priority: 1,
        models: 2,
        accounts,
        owners_known: false,
        limits,
        speech: Speech { headers_on_success: true, retry },
        first_byte_ms: (500.0, 0.1),
        stream_ms: (500.0, 0.1),
        faults: Vec::new(),
        day_begins_ms: 0,
    };
    Scenario {
        name: "test",
        about: "",
        stated: true,
        begins_at_ms: 0,
        providers: vec![provider],
        chains: vec![vec![vec![(0, 0), (0, 1)]]],
        demand: Vec::new(),
    }
}

fn two_keys() -> Vec<Account> {
    vec![Account { keys: 2, ..Account::PLAIN }]
}

fn call(lane: LaneId, tokens: u64) -> Call {
    Call { lane, request: 1, tokens, attempt: 0 }
}

fn faulty(kind: FaultKind) -> Scenario {
    let mut scenario = scenario(Sharing::Key, RetryHint::Exact, two_keys());
    scenario.providers[0].faults = vec![Fault { from_min: 0, to_min: 2, kind }];
    scenario
}

/// Lanes are key 0 model 0, key 0 model 1, key 1 model 0, key 1 model 1. Two calls on the first use up `sharing`.
#[track_caller]
fn check_sharing(sharing: Sharing, limited: [bool; 4]) {
    let scenario = scenario(sharing, RetryHint::Silent, two_keys());
    let mut world = World::new(&scenario, 0);
    let now = world.begins_ms;
    for _ in 0..2 {
        assert_eq!(world.receive(&call(0, 10), now).reply, Reply::Served, "the first two are admitted");
    }
    let is_limited = |lane| matches!(world.receive(&call(lane, 10), now).reply, Reply::RateLimited { .. });
    assert_eq!([0, 1, 2, 3].map(is_limited), limited, "lanes that share");
}

#[test]
fn limits_are_shared_as_planned() {
    check_sharing(Sharing::Key, [true, true, false, false]);
    check_sharing(Sharing::KeyModel, [true, false, false, false]);
    check_sharing(Sharing::Account, [true, true, true, true]);
    check_sharing(Sharing::AccountModel, [true, false, true, false]);
}

#[test]
fn a_refused_call_takes_nothing_and_a_served_one_takes_from_every_limit() {
    let scenario = scenario(Sharing::Key, RetryHint::Exact, two_keys());
    let mut world = World::new(&scenario, 0);
    let now = world.begins_ms + 5_500;
    assert_eq!(world.receive(&call(0, 900), now).reply, Reply::Served);
    let refused = world.receive(&call(0, 200), now);
    let retry_at = Some(now + 55 * SECOND);
    assert_eq!(refused.reply, Reply::RateLimited { retry_at, window_ms: None }, "whole seconds, rounded up");
    let left: Vec<_> = world.buckets(0).map(Bucket::left).collect();
    assert_eq!(left, [1, 100], "only the served call counts");
    assert_eq!(world.receive(&call(0, 100), now).reply, Reply::Served, "what is left may be taken");
}

#[test]
fn headers_state_what_is_left_after_the_call() {
    let scenario = scenario(Sharing::Key, RetryHint::Exact, two_keys());
    let mut world = World::new(&scenario, 0);
    let now = world.begins_ms + SECOND;
    let answer = world.receive(&call(0, 10), now);
    let resets_at = Some(world.begins_ms + MINUTE);
    let expected =
        Stated { counted: Counted::Requests, limit: 2, remaining: 1, resets_at, length_ms: MINUTE };
    assert_eq!(answer.stated, [expected], "the hidden limit is not stated");
    assert!(answer.first_byte_ms > now && answer.ends_ms > answer.first_byte_ms, "answers take time");
}

#[test]
fn too_large_is_no_rate_limit() {
    let scenario = scenario(Sharing::Key, RetryHint::Exact, two_keys());
    let mut world = World::new(&scenario, 0);
    let now = world.begins_ms;
    assert_eq!(world.receive(&call(0, 1_001), now).reply, Reply::TooLarge { limit: 1_000 });
    assert_eq!(world.foresee(&call(0, 1_001), now), Foresight::Never, "and never will fit");
}

#[test]
fn a_named_window_comes_with_a_short_hint() {
    let day = Limit::new(Sharing::Key, Counted::Requests, 1, crate::plan::daily(8));
    let mut scenario = scenario(Sharing::Key, RetryHint::MinuteAndName, two_keys());
    scenario.providers[0].limits = vec![day];
    let mut world = World::new(&scenario, 0);
    let now = world.begins_ms;
    world.receive(&call(0, 10), now);
    let expected =
        Reply::RateLimited { retry_at: Some(now + 38 * SECOND), window_ms: Some(crate::bucket::DAY) };
    assert_eq!(world.receive(&call(0, 10), now).reply, expected, "38 s although it lasts hours");
    let midnight_pacific = world.begins_ms + 8 * crate::bucket::HOUR;
    assert_eq!(world.foresee(&call(0, 10), now), Foresight::Later(midnight_pacific), "the truth");
}

#[test]
fn uneven_and_dead_accounts() {
    let accounts = vec![Account { percent: 150, ..Account::PLAIN }, Account { dead: true, ..Account::PLAIN }];
    let scenario = scenario(Sharing::Key, RetryHint::Exact, accounts);
    let mut world = World::new(&scenario, 0);
    let limits: Vec<_> = world.limits(0).map(|limit| limit.amount).collect();
    assert_eq!(limits, [3, 1_500], "one and a half of the plan");
    let now = world.begins_ms;
    assert_eq!(world.receive(&call(2, 10), now).reply, Reply::KeyRejected, "dead");
    assert_eq!(world.foresee(&call(2, 10), now), Foresight::Never);
}

#[test]
fn faults_last_their_time_and_hit_what_they_name() {
    let outage = faulty(FaultKind::Outage { fails_after_ms: 3_000 });
    let mut world = World::new(&outage, 0);
    let (now, over) = (world.begins_ms, world.begins_ms + 2 * MINUTE);
    let answer = world.receive(&call(0, 10), now);
    assert_eq!((answer.reply, answer.ends_ms), (Reply::Failed, now + 3_000), "after its time");
    assert_eq!(world.foresee(&call(0, 10), now), Foresight::Later(over));
    assert_eq!(world.receive(&call(0, 10), over).reply, Reply::Served, "over");

    let no_capacity = faulty(FaultKind::NoCapacity { model: 1, hint: false });
    let mut world = World::new(&no_capacity, 0);
    assert_eq!(world.receive(&call(0, 10), now).reply, Reply::Served, "another model");
    for lane in [1, 3] {
        let reply = world.receive(&call(lane, 10), now).reply;
        assert_eq!(reply, Reply::AtCapacity { retry_at: None }, "every key of the model");
    }
}

#[test]
fn a_burst_fails_its_share_and_foresight_agrees() {
    let burst = faulty(FaultKind::Burst { percent: 30 });
    let world = World::new(&burst, 0);
    let now = world.begins_ms;
    let mut failed = 0;
    for request in 0..2_000 {
        let mut world = World::new(&burst, 0);
        let call = Call { request, ..call(0, 10) };
        let foreseen = world.foresee(&call, now) == Foresight::Serves;
        let served = world.receive(&call, now).reply == Reply::Served;
        assert_eq!(foreseen, served, "the oracle sees what happens");
        failed += u64::from(!served);
    }
    assert!((500..700).contains(&failed), "30 % of 2000: {failed}");
}
