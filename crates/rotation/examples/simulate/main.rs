//! The rotation policy against other policies and an oracle, in virtual time.
//!
//! `cargo run --release -p keywheel-rotation --example simulate` runs every scenario with 20 seeds and prints a table;
//! it fails when a target is missed. `--json` prints the rows as JSON, `--scenario NAME` runs one scenario, and with
//! `--trace [--policy NAME] [--seed N]` one run is printed call by call. The method is in `docs/rotation.md`.
//!
//! Start with `run.rs`, then `world.rs` (the truth) and `ours.rs` (the adapter to this crate's policy).

#![expect(clippy::indexing_slicing, reason = "ids are dense indices made by the same run")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program")]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "statistics over small positive numbers"
)]

mod baselines;
mod bucket;
mod options;
mod oracle;
mod ours;
mod plan;
mod policy;
mod random;
mod reply;
mod report;
mod run;
mod scenarios;
mod tally;
mod workload;
mod world;

use std::process::ExitCode;

use baselines::{Baseline, Manner};
use options::Options;
use oracle::Oracle;
use ours::Ours;
use plan::Scenario;
use policy::{Facts, Policy};
use report::{Label, Row};
use run::Run;
use tally::Tally;
use world::World;

/// Who is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Contender {
    Ours,
    Baseline(Manner),
    Oracle,
}

impl Contender {
    const ALL: [Self; 6] = [
        Self::Ours,
        Self::Baseline(Manner::RoundRobin),
        Self::Baseline(Manner::Priority),
        Self::Baseline(Manner::Random),
        Self::Baseline(Manner::LeastUsed),
        Self::Oracle,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Ours => "keywheel",
            Self::Baseline(Manner::RoundRobin) => "round robin, 60 s",
            Self::Baseline(Manner::Priority) => "priority, retry-after",
            Self::Baseline(Manner::Random) => "random, 5 s",
            Self::Baseline(Manner::LeastUsed) => "least used, doubling",
            Self::Oracle => "oracle",
        }
    }
}

fn main() -> ExitCode {
    match Options::parse(std::env::args().skip(1)).and_then(|options| run(&options)) {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<ExitCode, String> {
    let mut scenarios = scenarios::all();
    scenarios.retain(|scenario| options.wants(scenario.name));
    if scenarios.is_empty() {
        let names: Vec<_> = scenarios::all().iter().map(|scenario| scenario.name).collect();
        return Err(format!("there is no such scenario; there are: {}", names.join(", ")));
    }
    if options.trace {
        scenarios.iter().try_for_each(|scenario| trace(scenario, options))?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<_> = scenarios.iter().flat_map(|scenario| compare(scenario, options.seeds)).collect();
    Ok(print_report(&rows, options.json))
}

fn print_report(rows: &[Row], json: bool) -> ExitCode {
    let misses = report::misses(rows, Contender::Ours.name());
    if json {
        println!("{}", serde_json::json!({ "rows": rows, "misses": misses }));
    } else {
        let policies = Contender::ALL.map(Contender::name);
        println!("{}\n\n{}\n", report::table(rows), report::summary(rows, &policies));
        misses.iter().for_each(|miss| println!("missed: {miss}"));
    }
    if misses.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Every policy in one scenario.
fn compare(scenario: &Scenario, seeds: u64) -> Vec<Row> {
    let bound: Vec<_> = (0..seeds).map(|seed| best_oracle(scenario, seed)).collect();
    let row = |contender: Contender| {
        let mut runs: Vec<_> = match contender {
            Contender::Oracle => bound.clone(),
            _ => (0..seeds).map(|seed| simulate(scenario, contender, seed, false)).collect(),
        };
        let label = Label { scenario: scenario.name, policy: contender.name(), stated: scenario.stated };
        Row::of(&label, &mut runs, &bound)
    };
    Contender::ALL.map(row).into()
}

fn simulate(scenario: &Scenario, contender: Contender, seed: u64, trace: bool) -> Tally {
    let world = World::new(scenario, seed);
    let facts = Facts::of(&world);
    let mut policy: Box<dyn Policy> = match contender {
        Contender::Ours => Box::new(Ours::new(&facts, world.begins_ms)),
        Contender::Baseline(manner) => Box::new(Baseline::new(manner, &facts, seed)),
        Contender::Oracle => Box::new(Oracle::new(Oracle::THRIFTS[0], &facts)),
    };
    Run::new(world, policy.as_mut(), seed, trace).finish()
}

/// The best run of the oracle's notions of thrift.
fn best_oracle(scenario: &Scenario, seed: u64) -> Tally {
    let runs = Oracle::THRIFTS.into_iter().map(|thrift| {
        let world = World::new(scenario, seed);
        let mut oracle = Oracle::new(thrift, &Facts::of(&world));
        Run::new(world, &mut oracle, seed, false).finish()
    });
    runs.max_by_key(|run| (run.served, run.served_tokens)).unwrap_or_default()
}

/// Prints one run call by call, and its row.
fn trace(scenario: &Scenario, options: &Options) -> Result<(), String> {
    let wanted = options.policy.as_deref().unwrap_or(Contender::Ours.name());
    let contender = Contender::ALL.into_iter().find(|contender| contender.name() == wanted);
    let contender = contender.ok_or_else(|| {
        format!("{wanted} is no policy; there are: {}", Contender::ALL.map(Contender::name).join("; "))
    })?;
    println!("{}: {}", scenario.name, scenario.about);
    let mut runs = [simulate(scenario, contender, options.seed, true)];
    let bound = [best_oracle(scenario, options.seed)];
    let label = Label { scenario: scenario.name, policy: contender.name(), stated: scenario.stated };
    println!("{}", report::table(&[Row::of(&label, &mut runs, &bound)]));
    Ok(())
}
