//! What a program under test says, shown when its test fails.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

pub(crate) struct Log {
    path: PathBuf,
}

impl Log {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Makes `command` write here.
    pub(crate) fn take_output_of<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let file = File::options().create(true).append(true).open(&self.path).expect("a log file");
        let same_file = file.try_clone().expect("a second handle");
        command.stdout(file).stderr(same_file)
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let text = fs::read_to_string(&self.path).unwrap_or_default();
            eprintln!("--- {} ---\n{text}", self.path.display());
        }
    }
}
