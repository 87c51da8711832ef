//! Child processes, always started in the repository's root.

use std::ffi::OsStr;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// A command line on its way to being run.
pub(crate) struct Process {
    command: Command,
    shown: String,
}

impl Process {
    pub(crate) fn new(program: &str) -> Self {
        let mut command = Command::new(program);
        command.current_dir(workspace::root());
        for (name, _) in std::env::vars_os() {
            if set_by_cargo_run(&name.to_string_lossy()) {
                command.env_remove(name);
            }
        }
        Self { command, shown: program.to_owned() }
    }

    pub(crate) fn cargo() -> Self {
        Self::new("cargo")
    }

    /// npm, without its notices about funding and audits.
    pub(crate) fn npm() -> Self {
        let process = Self::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        process
            .env("npm_config_fund", "false")
            .env("npm_config_audit", "false")
            .env("npm_config_update_notifier", "false")
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.shown.push(' ');
        self.shown.push_str(&argument.as_ref().to_string_lossy());
        self.command.arg(argument);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(self, arguments: impl IntoIterator<Item = A>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs to the end with the terminal's own input and output; anything but success is an error.
    pub(crate) fn run(mut self) -> Result<()> {
        let status =
            self.command.status().with_context(|| format!("`{}` could not be started", self.shown))?;
        if !status.success() {
            bail!("`{}` failed ({status})", self.shown);
        }
        Ok(())
    }

    /// Runs to the end and returns what it wrote to standard output.
    pub(crate) fn output(mut self) -> Result<String> {
        let output = self
            .command
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("`{}` could not be started", self.shown))?;
        if !output.status.success() {
            bail!("`{}` failed ({})", self.shown, output.status);
        }
        String::from_utf8(output.stdout)
            .with_context(|| format!("`{}` wrote bytes that are not UTF-8", self.shown))
    }

    /// Whether it can be started at all and ends with success; its output is dropped.
    pub(crate) fn succeeds(mut self) -> bool {
        let command = self.command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// Becomes this command, so that signals and the exit code belong to it alone.
    #[cfg(unix)]
    pub(crate) fn replace(mut self) -> Result<ExitCode> {
        let error = std::os::unix::process::CommandExt::exec(&mut self.command);
        Err(error).with_context(|| format!("`{}` could not be started", self.shown))
    }

    /// Waits for this command and passes its exit code on.
    #[cfg(not(unix))]
    pub(crate) fn replace(mut self) -> Result<ExitCode> {
        let status =
            self.command.status().with_context(|| format!("`{}` could not be started", self.shown))?;
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
    }
}

/// `cargo run` describes this package in the environment. Handed on, these would look like changed inputs to the build
/// scripts of other packages and rebuild them.
fn set_by_cargo_run(name: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_an_error_that_names_it() {
        let error = Process::cargo().arg("--no-such-flag").run().unwrap_err();
        assert!(error.to_string().contains("cargo --no-such-flag"), "{error}");
    }

    #[test]
    fn a_missing_program_does_not_succeed() {
        assert!(!Process::new("no-such-program-here").succeeds());
    }

    #[test]
    fn only_the_package_description_is_dropped_from_the_environment() {
        assert!(set_by_cargo_run("CARGO_PKG_VERSION"));
        assert!(!set_by_cargo_run("CARGO_HOME"));
        assert!(!set_by_cargo_run("CARGO_TARGET_DIR"));
    }
}
