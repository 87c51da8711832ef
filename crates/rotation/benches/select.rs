//! How long one selection takes: at most 5 µs with 100 lanes and 50 µs with 10,000.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use keywheel_rotation::{
    BudgetReading, Chain, CooldownRules, Fleet, Key, LimitWindow, Outcome, Provider, Request, Roster,
    RotationState, Settlement, Strategy, Target, Timestamp, Unit,
};

const NOW: Timestamp = Timestamp::from_unix_ms(1_795_176_000_000);

fn key(number: usize) -> Key {
    let id = format!("k{number}");
    Key {
        label: id.clone(),
        id: id.into(),
        hint: None,
        priority: 1,
        enabled: true,
        max_concurrent: Some(64),
        group: None,
        caps: Vec::new(),
    }
}

/// Equals with stated budgets: every lane has to be compared with every other.
fn scene(lanes: usize) -> (RotationState, Roster) {
    let provider = Provider {
        id: "groq".into(),
        name: "Groq".to_owned(),
        priority: 1,
        enabled: true,
        simulated: false,
        models: Vec::new(),
        keys: (0..lanes).map(key).collect(),
    };
    let target = Target { provider: "groq".into(), model: "m".into() };
    let chain = Chain { name: "bench".to_owned(), strategy: Strategy::Headroom, tiers: vec![vec![target]] };
    let fleet = Fleet { providers: vec![provider], ..Fleet::default() };
    let mut state = RotationState::default();
    state.adopt(&fleet, NOW);
    let roster = Roster::seat(&fleet, &chain, &mut state, NOW);
    let request = Request { tokens: 500, ..Request::default() };
    for number in 0..lanes {
        let Some(lane) = state.select(&roster, &request, NOW).chosen else { return (state, roster) };
        let booking = state.dispatch(lane, 500, NOW);
        let left = |limit: u64| limit - (1 + number as u64 % 7) * limit / 10;
        let readings = vec![reading(Unit::Requests, 30, left(30)), reading(Unit::Tokens, 6_000, left(6_000))];
        let settlement = Settlement { readings, ..Settlement::of(Outcome::Served, "") };
        state.apply(booking, &settlement, &CooldownRules::default(), NOW);
    }
    (state, roster)
}

fn reading(unit: Unit, limit: u64, remaining: u64) -> BudgetReading {
    let resets_at = Some(NOW + std::time::Duration::from_secs(50));
    BudgetReading { unit, window: LimitWindow::Minute, limit, remaining, resets_at }
}

fn selection(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("select");
    for lanes in [100, 1_000, 10_000] {
        let (mut state, roster) = scene(lanes);
        let request = Request { tokens: 500, ..Request::default() };
        group.bench_function(BenchmarkId::from_parameter(lanes), |bencher| {
            bencher.iter(|| black_box(state.select(&roster, &request, NOW)));
        });
        group.bench_function(BenchmarkId::new("select, book and settle", lanes), |bencher| {
            let readings = vec![reading(Unit::Requests, 30, 29), reading(Unit::Tokens, 6_000, 5_500)];
            let settlement = Settlement { readings, ..Settlement::of(Outcome::Served, String::new()) };
            bencher.iter(|| {
                if let Some(lane) = state.select(&roster, &request, NOW).chosen {
                    let booking = state.dispatch(lane, 500, NOW);
                    state.apply(booking, &settlement, &CooldownRules::default(), NOW);
                }
            });
        });
        let too_large = Request { tokens: 5_900, ..Request::default() };
        group.bench_function(BenchmarkId::new("nothing fits", lanes), |bencher| {
            bencher.iter(|| black_box(state.select(&roster, &too_large, NOW)));
        });
    }
    group.finish();
}

criterion_group!(benches, selection);
criterion_main!(benches);
