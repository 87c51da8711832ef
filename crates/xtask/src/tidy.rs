//! The repository checks itself, so that its rules do not depend on anyone's memory.
//!
//! Every rule is a pure function from text or cargo's metadata to [`Violation`]s. [`run`] feeds them with all files git
//! knows or would add.

mod dependencies;
mod layers;
mod secrets;
mod size;
mod text;

use std::fmt;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::process::Process;
use crate::{progress, workspace};

/// One broken rule.
#[derive(Debug, PartialEq, Eq)]
struct Violation {
    /// File and, where it helps, line: `crates/store/src/lib.rs:12`.
    place: String,
    /// What is wrong there.
    problem: String,
    /// What to do about it.
    remedy: &'static str,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}\n    {}", self.place, self.problem, self.remedy)
    }
}

/// A text file of the repository.
struct SourceFile {
    /// From the root, with forward slashes.
    path: String,
    text: String,
}

/// Checks everything; prints each violation and fails when there is one.
pub(crate) fn run() -> Result<()> {
    let members = dependencies::members(&workspace::metadata()?)?;
    let mut violations = layers::check(&members);
    let files = files()?;
    for file in &files {
        violations.extend(size::check(file));
        violations.extend(text::check(file));
        violations.extend(secrets::check(file));
    }
    for violation in &violations {
        progress::line(&violation.to_string());
    }
    if !violations.is_empty() {
        bail!("{} rule(s) of the repository are broken, see above", violations.len());
    }
    progress::line(&format!("{} members and {} files keep the rules", members.len(), files.len()));
    Ok(())
}

/// All text files that are committed or would be; binary files are left out.
fn files() -> Result<Vec<SourceFile>> {
    let listing = Process::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .context("the list of files comes from git")?;
    let paths = listing.split('\0').filter(|path| !path.is_empty());
    let files = paths.filter_map(|path| {
        let bytes = fs::read(workspace::root().join(path)).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        Some(SourceFile { path: path.to_owned(), text })
    });
    Ok(files.collect())
}

#[cfg(test)]
fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}
