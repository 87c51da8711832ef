//! What each step did and how long it took.

use std::time::Duration;

use anyhow::{Result, anyhow};

/// The steps so far, in order.
#[derive(Default)]
pub(super) struct Report {
    rows: Vec<Row>,
}

struct Row {
    step: String,
    outcome: Outcome,
}

enum Outcome {
    Passed(Duration),
    Failed(Duration, anyhow::Error),
    NotRun,
}

impl Report {
    pub(super) fn finished(&mut self, step: String, duration: Duration, result: Result<()>) {
        let outcome = match result {
            Ok(()) => Outcome::Passed(duration),
            Err(error) => Outcome::Failed(duration, error),
        };
        self.rows.push(Row { step, outcome });
    }

    pub(super) fn skipped(&mut self, step: String) {
        self.rows.push(Row { step, outcome: Outcome::NotRun });
    }

    pub(super) fn has_failure(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.outcome, Outcome::Failed(..)))
    }

    /// One line per step and a total, seconds in a column.
    pub(super) fn table(&self) -> String {
        let mut lines = vec![format!("\n{:<10} {:>8}  {}", "step", "seconds", "result")];
        let mut total = Duration::ZERO;
        for Row { step, outcome } in &self.rows {
            let (duration, result) = match outcome {
                Outcome::Passed(duration) => (*duration, "passed"),
                Outcome::Failed(duration, _) => (*duration, "FAILED"),
                Outcome::NotRun => (Duration::ZERO, "not run"),
            };
            total += duration;
            lines.push(format!("{step:<10} {:>8.1}  {result}", duration.as_secs_f64()));
        }
        lines.push(format!("{:<10} {:>8.1}", "total", total.as_secs_f64()));
        lines.join("\n")
    }

    /// The failure, with the name of its step.
    pub(super) fn into_result(self) -> Result<()> {
        for Row { step, outcome } in self.rows {
            if let Outcome::Failed(_, error) = outcome {
                return Err(anyhow!("step {step} failed: {error:#}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report_with_a_failure() -> Report {
        let mut report = Report::default();
        report.finished("format".into(), Duration::from_millis(1_250), Ok(()));
        report.finished("lint".into(), Duration::from_secs(2), Err(anyhow!("2 warnings")));
        report.skipped("tests".into());
        report
    }

    #[test]
    fn the_table_shows_every_step_with_its_seconds() {
        let expected = "\nstep        seconds  result\n\
                        format          1.2  passed\n\
                        lint            2.0  FAILED\n\
                        tests           0.0  not run\n\
                        total           3.2";
        assert_eq!(report_with_a_failure().table(), expected);
    }

    #[test]
    fn the_error_names_the_step_that_failed() {
        let report = report_with_a_failure();
        assert!(report.has_failure());
        let error = report.into_result().unwrap_err().to_string();
        assert_eq!(error, "step lint failed: 2 warnings");
    }
}
