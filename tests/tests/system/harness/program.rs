//! A program that ends with the test that started it, and everything it prints.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use tokio::sync::watch;
use tokio::time::timeout;

use super::PATIENCE;

/// What a program printed so far.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    closed_pipes: u8,
}

impl Output {
    pub(crate) fn text(&self) -> String {
        let [stdout, stderr] = [&self.stdout, &self.stderr].map(|bytes| String::from_utf8_lossy(bytes));
        format!("--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}

#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    output: watch::Receiver<Output>,
}

impl Program {
    /// Starts `command`.
    ///
    /// # Panics
    /// When it can't be started; the message names it.
    pub(crate) fn start(command: &mut Command) -> Self {
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = started.unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let sender = watch::Sender::<Output>::default();
        let output = sender.subscribe();
        let stdout = child.stdout.take().expect("stdout was asked for");
        let stderr = child.stderr.take().expect("stderr was asked for");
        capture(stdout, sender.clone(), |output| &mut output.stdout);
        capture(stderr, sender, |output| &mut output.stderr);
        Self { child, output }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it printed so far.
    pub(crate) fn output(&self) -> watch::Ref<'_, Output> {
        self.output.borrow()
    }

    /// Waits until `find` finds something in the output.
    ///
    /// # Panics
    /// When the program ends before, or takes too long; the message shows its output.
    pub(crate) async fn find<T>(&self, what: &str, find: impl Fn(&Output) -> Option<T>) -> T {
        let mut output = self.output.clone();
        let found = |output: &Output| output.closed_pipes == 2 || find(output).is_some();
        // The result would hold the lock that the pipes' threads write under.
        let reached = timeout(PATIENCE, output.wait_for(found)).await.is_ok();
        let output = self.output();
        find(&output).unwrap_or_else(|| {
            let end = if reached { "ended" } else { "went on" };
            panic!("the program {end} without {what}:\n{}", output.text())
        })
    }

    /// Waits for its end, which closes its output.
    pub(crate) async fn exit(&mut self) -> ExitStatus {
        let mut output = self.output.clone();
        let closed = output.wait_for(|output| output.closed_pipes == 2);
        if timeout(PATIENCE, closed).await.is_err() {
            panic!("the program does not end:\n{}", self.output().text());
        }
        self.child.wait().expect("the program is ours to wait for")
    }

    /// Ends it as a crash would: it gets no chance to write anything.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the program is ours to end");
        self.child.wait().expect("the program is ours to wait for");
    }

    /// Asks it to end, as a service manager does.
    #[cfg(unix)]
    pub(crate) fn terminate(&self) {
        let asked = Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
        assert!(asked.expect("kill is installed").success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads `pipe` to its end on a thread of its own.
fn capture(
    mut pipe: impl Read + Send + 'static,
    sender: watch::Sender<Output>,
    place: fn(&mut Output) -> &mut Vec<u8>,
) {
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(count) = pipe.read(&mut buffer) {
            if count == 0 {
                break;
            }
            sender.send_modify(|output| place(output).extend_from_slice(&buffer[..count]));
        }
        sender.send_modify(|output| output.closed_pipes += 1);
    });
}
