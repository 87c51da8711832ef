//! Averages over seeds, the targets, and how they are printed.

use serde::Serialize;

use crate::tally::Tally;

/// What one policy came to in one scenario, over all seeds. Shares are 0 to 1.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) scenario: &'static str,
    pub(crate) policy: &'static str,
    pub(crate) stated: bool,
    /// Requests served inside their deadline, as a share of the oracle's.
    pub(crate) goodput: f64,
    /// The same of the worst seed.
    pub(crate) worst_goodput: f64,
    /// Tokens of served requests, as a share of the oracle's.
    pub(crate) token_goodput: f64,
    /// Calls answered with a 429, as a share of all calls.
    pub(crate) wasted: f64,
    pub(crate) worst_wasted: f64,
    /// Requests a client saw fail, per run.
    pub(crate) errors: f64,
    pub(crate) oracle_errors: f64,
    /// Runs with client errors where the oracle had none.
    pub(crate) runs_with_needless_errors: u64,
    pub(crate) wait_p50_s: f64,
    pub(crate) wait_p99_s: f64,
    pub(crate) requests: f64,
    pub(crate) calls: f64,
    /// Runs that served more requests than the oracle: there must be none.
    pub(crate) runs_above_oracle: u64,
}

pub(crate) struct Label {
    pub(crate) scenario: &'static str,
    pub(crate) policy: &'static str,
    pub(crate) stated: bool,
}

impl Row {
    /// Runs of one policy beside the oracle's runs of the same seeds.
    pub(crate) fn of(label: &Label, runs: &mut [Tally], oracle: &[Tally]) -> Self {
        let goodput = |run: &Tally, best: &Tally| run.served as f64 / best.served.max(1) as f64;
        let tokens = |run: &Tally, best: &Tally| run.served_tokens as f64 / best.served_tokens.max(1) as f64;
        let needless = |(run, best): (&Tally, &Tally)| run.errors > 0 && best.errors == 0;
        let pairs = || runs.iter().zip(oracle);
        let count =
            |test: &dyn Fn((&Tally, &Tally)) -> bool| pairs().filter(|pair| test(*pair)).count() as u64;
        let row = Self {
            scenario: label.scenario,
            policy: label.policy,
            stated: label.stated,
            goodput: mean(pairs().map(|(run, best)| goodput(run, best))),
            worst_goodput: pairs().map(|(run, best)| goodput(run, best)).fold(f64::INFINITY, f64::min),
            token_goodput: mean(pairs().map(|(run, best)| tokens(run, best))),
            wasted: mean(runs.iter().map(Tally::wasted)),
            worst_wasted: runs.iter().map(Tally::wasted).fold(0.0, f64::max),
            errors: mean(runs.iter().map(|run| run.errors as f64)),
            oracle_errors: mean(oracle.iter().map(|run| run.errors as f64)),
            runs_with_needless_errors: count(&needless),
            requests: mean(runs.iter().map(|run| run.arrived as f64)),
            calls: mean(runs.iter().map(|run| run.calls as f64)),
            runs_above_oracle: count(&|(run, best)| run.served > best.served),
            wait_p50_s: 0.0,
            wait_p99_s: 0.0,
        };
        let wait_p50_s = mean(runs.iter_mut().map(|run| run.wait_s(0.5)));
        let wait_p99_s = mean(runs.iter_mut().map(|run| run.wait_s(0.99)));
        Self { wait_p50_s, wait_p99_s, ..row }
    }

    /// The targets this row misses, for the policy that is judged.
    fn misses(&self) -> Vec<String> {
        let allowed = if self.stated { WASTED_STATED } else { WASTED_HIDDEN };
        let mut misses = Vec::new();
        if self.goodput < GOODPUT_WORST {
            misses.push(format!("{}: goodput {}", self.scenario, percent(self.goodput)));
        }
        if self.wasted > allowed {
            misses.push(format!("{}: {} of its calls met a 429", self.scenario, percent(self.wasted)));
        }
        if self.runs_with_needless_errors > 0 {
            let runs = self.runs_with_needless_errors;
            misses
                .push(format!("{}: client errors in {runs} runs without any for the oracle", self.scenario));
        }
        misses
    }
}

const GOODPUT_MEAN: f64 = 0.99;
const GOODPUT_WORST: f64 = 0.97;
const WASTED_STATED: f64 = 0.005;
const WASTED_HIDDEN: f64 = 0.03;

/// Every target that the judged policy misses, and every run that beat the oracle.
pub(crate) fn misses(rows: &[Row], judged: &str) -> Vec<String> {
    let ours: Vec<_> = rows.iter().filter(|row| row.policy == judged).collect();
    let average = mean(ours.iter().map(|row| row.goodput));
    let mut misses: Vec<_> = ours.iter().flat_map(|row| row.misses()).collect();
    if average < GOODPUT_MEAN {
        misses.push(format!("all scenarios: goodput {} on average", percent(average)));
    }
    let above = rows.iter().filter(|row| row.runs_above_oracle > 0);
    misses.extend(above.map(|row| {
        let (runs, policy) = (row.runs_above_oracle, row.policy);
        format!(
            "{}: {policy} served more than the oracle in {runs} runs, so that it is no bound",
            row.scenario
        )
    }));
    misses
}

const HEADER: &str = "\
| scenario | policy | goodput | worst seed | tokens | 429s | worst seed | errors | of the oracle | wait p50 s | wait p99 s |
|---|---|---|---|---|---|---|---|---|---|---|";

pub(crate) fn table(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let (goodput, worst) = (percent(row.goodput), percent(row.worst_goodput));
        let (tokens, wasted, worst_wasted) =
            (percent(row.token_goodput), percent(row.wasted), percent(row.worst_wasted));
        let errors = format!("{:.1} | {:.1}", row.errors, row.oracle_errors);
        let waits = format!("{:.1} | {:.1}", row.wait_p50_s, row.wait_p99_s);
        let names = format!("{} | {}", row.scenario, row.policy);
        format!(
            "| {names} | {goodput} | {worst} | {tokens} | {wasted} | {worst_wasted} | {errors} | {waits} |"
        )
    };
    let lines: Vec<_> = rows.iter().map(line).collect();
    format!("{HEADER}\n{}", lines.join("\n"))
}

/// One line per policy over all scenarios.
pub(crate) fn summary(rows: &[Row], policies: &[&str]) -> String {
    let mut lines = vec![
        "| policy | goodput | worst scenario | 429s, stated | 429s, hidden | errors per run | needless-error runs |".to_owned(),
        "|---|---|---|---|---|---|---|".to_owned(),
    ];
    for policy in policies {
        let own: Vec<_> = rows.iter().filter(|row| row.policy == *policy).collect();
        let wasted =
            |stated| percent(mean(own.iter().filter(|row| row.stated == stated).map(|row| row.wasted)));
        let worst = own.iter().map(|row| row.goodput).fold(f64::INFINITY, f64::min);
        let errors = mean(own.iter().map(|row| row.errors));
        let needless: u64 = own.iter().map(|row| row.runs_with_needless_errors).sum();
        let goodput = percent(mean(own.iter().map(|row| row.goodput)));
        let (stated, hidden, worst) = (wasted(true), wasted(false), percent(worst));
        lines.push(format!(
            "| {policy} | {goodput} | {worst} | {stated} | {hidden} | {errors:.1} | {needless} |"
        ));
    }
    lines.join("\n")
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u64), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}
