//! A process that ends with the test that started it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

/// How often a process that was asked to end is looked at, and how many times.
const PATIENCE: (Duration, u32) = (Duration::from_millis(10), 300);

pub(crate) struct OwnedChild(Child);

impl OwnedChild {
    /// Starts `command`.
    ///
    /// # Panics
    /// When the program is missing; the message names it.
    pub(crate) fn spawn(command: &mut Command) -> Self {
        let child = command.spawn();
        Self(child.unwrap_or_else(|error| panic!("cannot start {command:?}: {error}")))
    }

    /// Starts `command` and waits for the first line it prints.
    pub(crate) fn spawn_announcing(command: &mut Command) -> (Self, String) {
        let mut child = Self::spawn(command.stdout(Stdio::piped()));
        let output = child.0.stdout.take().expect("the output was asked for");
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).expect("the output is text");
        assert!(!line.is_empty(), "{command:?} ended without saying where it listens");
        (child, line.trim().to_owned())
    }

    /// The exit status, once there is one.
    pub(crate) fn finished(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().expect("the process is ours to wait for")
    }

    /// Asks the process to end.
    pub(crate) fn terminate(&self) {
        let id = self.0.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
    }
}

impl Drop for OwnedChild {
    /// Asks first, because Xvfb removes its lock file only then.
    fn drop(&mut self) {
        if self.finished().is_some() {
            return;
        }
        self.terminate();
        let (interval, times) = PATIENCE;
        for _ in 0..times {
            if self.finished().is_some() {
                return;
            }
            thread::sleep(interval);
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
