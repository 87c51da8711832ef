//! `npm test`: sets up, then runs the steps in order. The first failure stops the run; a closing table shows all.
//!
//! Every cargo call for the product uses the same packages, targets and features, so that nothing is compiled twice.
//! This crate itself is left out of them and checked on its own: its executable is running and cannot be replaced on
//! every system.

mod browser;
mod report;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::process::Process;
use crate::setup::{self, Purpose};
use crate::workspace::{debug_executable, target_directory};
use crate::{bindings, node, progress, python, tidy};
use report::Report;

/// Which steps to run; all of them unless told otherwise.
#[derive(Args)]
pub(crate) struct Selection {
    /// Run only these steps
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    only: Vec<Step>,
    /// Leave out the steps before this one
    #[arg(long, value_name = "STEP", conflicts_with = "only")]
    from: Option<Step>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, ValueEnum)]
enum Step {
    /// System packages, node modules, cargo-nextest
    Setup,
    /// cargo fmt --check
    Format,
    /// The repository's own rules
    Tidy,
    /// Type check, unit tests and build of the window's pages
    Ui,
    /// clippy, warnings are errors
    Lint,
    /// Every program and every test, once
    Build,
    /// nextest, all members but the desktop flows
    Tests,
    /// Generated files are up to date
    Bindings,
    /// The window's pages in a browser, against the headless server
    Browser,
    /// The desktop app on a virtual display, Linux only
    Desktop,
}

/// The product's packages in their one feature set.
const PRODUCT: [&str; 4] = ["--workspace", "--exclude", "xtask", "--all-targets"];
const FEATURES: &str = if cfg!(target_os = "linux") {
    "tauri/custom-protocol,system-tests/desktop"
} else {
    "tauri/custom-protocol"
};
const DESKTOP_TESTS: &str = "binary_id(system-tests::desktop)";

/// Runs the selected steps; fails with the name of the step that failed.
pub(crate) fn run(selection: &Selection) -> Result<()> {
    let mut report = Report::default();
    for step in selection.steps() {
        if report.has_failure() {
            report.skipped(step.name());
            continue;
        }
        progress::step(&format!("{}: {}", step.name(), step.summary()));
        let (result, duration) = progress::timed(|| step.run());
        report.finished(step.name(), duration, result);
    }
    progress::line(&report.table());
    report.into_result()
}

impl Selection {
    fn steps(&self) -> Vec<Step> {
        let steps = Step::value_variants().iter().copied();
        steps
            .filter(|step| self.only.is_empty() || self.only.contains(step))
            .filter(|step| self.from.is_none_or(|from| *step >= from))
            .filter(|step| *step != Step::Desktop || cfg!(target_os = "linux"))
            .collect()
    }
}

impl Step {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn summary(self) -> String {
        let value = self.to_possible_value();
        value.and_then(|value| value.get_help().map(ToString::to_string)).unwrap_or_default()
    }

    fn run(self) -> Result<()> {
        match self {
            Self::Setup => set_up(),
            Self::Format => Process::cargo().args(["fmt", "--all", "--check"]).run(),
            Self::Tidy => tidy::run(),
            Self::Ui => check_ui(),
            Self::Lint => lint(),
            Self::Build => product("build").run(),
            Self::Tests => run_tests(),
            Self::Bindings => check_bindings(),
            Self::Browser => run_browser_flows(),
            Self::Desktop => run_desktop_flows(),
        }
    }
}

fn set_up() -> Result<()> {
    setup::run(&[Purpose::Build, Purpose::Test])?;
    if Process::cargo().args(["nextest", "--version"]).succeeds() {
        return Ok(());
    }
    progress::step("Installing cargo-nextest (once, takes some minutes)");
    Process::cargo()
        .args(["install", "--locked", "cargo-nextest"])
        .run()
        .context("cargo-nextest could not be installed; any way of installing it will do")
}

fn check_ui() -> Result<()> {
    node::script("ui", "check").run()?;
    node::script("ui", "test").run()?;
    node::build_ui()
}

fn lint() -> Result<()> {
    let deny_warnings = ["--", "--deny", "warnings"];
    product("clippy").args(deny_warnings).run()?;
    Process::cargo().args(["clippy", "--package", "xtask", "--all-targets"]).args(deny_warnings).run()
}

fn run_tests() -> Result<()> {
    let without_desktop = format!("not {DESKTOP_TESTS}");
    let filter: &[&str] = if cfg!(target_os = "linux") { &["--filterset", &without_desktop] } else { &[] };
    nextest()?.args(filter).env("KEYWHEEL_TEST_PYTHON", python::environment()?).run()?;
    Process::cargo().args(["nextest", "run", "--package", "xtask"]).run()
}

fn check_bindings() -> Result<()> {
    let example = format!("openapi{}", std::env::consts::EXE_SUFFIX);
    let built = target_directory()?.join("debug/examples").join(example);
    bindings::check(bindings::Source::Built(built))
}

fn run_browser_flows() -> Result<()> {
    node::script("tests/ui", "test")
        .env("KEYWHEEL_BINARY", debug_executable("keywheel")?)
        .env("KEYWHEEL_BROWSER", browser::find()?)
        .run()
}

fn run_desktop_flows() -> Result<()> {
    nextest()?.args(["--filterset", DESKTOP_TESTS]).run()
}

fn nextest() -> Result<Process> {
    Ok(product("nextest")
        .env("KEYWHEEL_BINARY", debug_executable("keywheel")?)
        .env("KEYWHEEL_DESKTOP_BINARY", debug_executable("keywheel-desktop")?))
}

/// A cargo command over all of the product.
fn product(command: &str) -> Process {
    let process = Process::cargo().arg(command);
    let process = if command == "nextest" { process.arg("run") } else { process };
    process.args(PRODUCT).args(["--features", FEATURES])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(only: &[Step], from: Option<Step>, first: Step, n_steps: usize) {
        let selection = Selection { only: only.to_vec(), from };
        let steps = selection.steps();
        let n_left_out = usize::from(only.is_empty() && !cfg!(target_os = "linux"));
        assert_eq!(steps.first(), Some(&first), "{steps:?}");
        assert_eq!(steps.len(), n_steps - n_left_out, "{steps:?}");
    }

    #[test]
    fn without_a_choice_every_step_runs() {
        check(&[], None, Step::Setup, 10);
    }

    #[test]
    fn chosen_steps_run_in_the_fixed_order() {
        check(&[Step::Tests, Step::Format], None, Step::Format, 2);
    }

    #[test]
    fn a_run_can_begin_in_the_middle() {
        check(&[], Some(Step::Tests), Step::Tests, 4);
    }

    #[test]
    fn the_pages_are_built_before_the_programs_that_embed_them() {
        assert!(Step::Ui < Step::Lint && Step::Ui < Step::Build);
    }
}
