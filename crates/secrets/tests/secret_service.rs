//! The keychain against a real Secret Service: a private D-Bus session with its own gnome-keyring per test.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test session that cannot be set up is a failed test"
)]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

const INSTALL: &str = "install it with: apt-get install --no-install-recommends dbus gnome-keyring";
const CANARY: &str = "canary-secret-0001";

/// Ends the process it holds when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A desktop session of one test: a home, a runtime folder and a bus on which nothing starts by itself.
struct Session {
    // Dropped in this order: nothing runs any more when the folder goes.
    keyring: Option<Running>,
    bus: Option<Running>,
    bus_address: String,
    folder: tempfile::TempDir,
}

impl Session {
    fn without_bus() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "run"] {
            fs::DirBuilder::new().mode(0o700).create(folder.path().join(name)).unwrap();
        }
        let bus_address = format!("unix:path={}", folder.path().join("no-bus").display());
        Self { keyring: None, bus: None, bus_address, folder }
    }

    fn with_bus() -> Self {
        let mut session = Self::without_bus();
        let configuration = session.folder.path().join("bus.conf");
        // No <servicedir>: a keyring the test did not start must not appear.
        let text = format!(
            r#"<busconfig><type>session</type><listen>unix:dir={}</listen><policy context="default">
            <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
            </policy></busconfig>"#,
            session.folder.path().display()
        );
        fs::write(&configuration, text).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .arg("--nofork")
            .arg("--print-address=1")
            .arg(format!("--config-file={}", configuration.display()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("dbus-daemon does not start ({error}); {INSTALL}"));
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        session.bus = Some(Running(bus));
        session.bus_address = address.trim().to_owned();
        session
    }

    /// Starts gnome-keyring and waits until it has a name on the bus.
    fn with_keyring(is_unlocked: bool) -> Self {
        let mut session = Self::with_bus();
        let mut command = session.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        if is_unlocked {
            command.arg("--unlock");
        }
        let mut keyring = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("gnome-keyring-daemon does not start ({error}); {INSTALL}"));
        keyring.stdin.take().unwrap().write_all(b"password of this test").unwrap();
        session.keyring = Some(Running(keyring));
        session.wait_until_answering();
        session
    }

    fn wait_until_answering(&self) {
        for _ in 0..200 {
            if !self.keychain(&["get", "k_nothing"], "").starts_with("absent") {
                return;
            }
            thread::sleep(Duration::from_millis(25));
        }
        panic!("gnome-keyring-daemon did not appear on its bus within several seconds");
    }

    fn command(&self, program: impl Into<PathBuf>) -> Command {
        let mut command = Command::new(program.into());
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
            .env("HOME", self.folder.path().join("home"))
            .env("XDG_RUNTIME_DIR", self.folder.path().join("run"))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address);
        command
    }

    /// What the `keychain_check` example answers, in a process of its own.
    fn keychain(&self, arguments: &[&str], secret: &str) -> String {
        let mut check = self
            .command(example("keychain_check"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        check.stdin.take().unwrap().write_all(secret.as_bytes()).unwrap();
        let output = check.wait_with_output().unwrap();
        assert!(output.status.success(), "keychain_check {arguments:?} failed: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

/// Cargo builds examples together with the tests, next to their folder.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().and_then(|deps| deps.parent()).unwrap().join("examples").join(name);
    assert!(
        path.exists(),
        "{} is missing; build it with: cargo build -p keywheel-secrets --examples",
        path.display()
    );
    path
}

#[track_caller]
fn check(session: &Session, arguments: &[&str], secret: &str, expected: &str) {
    let answer = session.keychain(arguments, secret);
    assert!(answer.starts_with(expected), "{arguments:?} must answer {expected:?}, not {answer:?}");
    assert!(!answer.contains(CANARY), "the answer shows the secret: {answer}");
}

#[test]
fn a_secret_outlives_the_process_that_kept_it() {
    let session = Session::with_keyring(true);
    check(&session, &["probe"], "", "ok");
    check(&session, &["get", "k_1"], CANARY, "missing");
    check(&session, &["set", "k_1"], "canary-secret-0000", "ok");
    check(&session, &["set", "k_1"], CANARY, "ok");
    check(&session, &["set", "k_2"], "canary-secret-0002", "ok");
    check(&session, &["get", "k_1"], CANARY, "same");
    check(&session, &["get", "k_2"], CANARY, "different");
    check(&session, &["delete", "k_1"], "", "ok");
    check(&session, &["get", "k_1"], CANARY, "missing");
    check(&session, &["delete", "k_1"], "", "ok");
    check(&session, &["get", "k_2"], "canary-secret-0002", "same");
}

#[test]
fn a_long_secret_is_kept_whole() {
    let session = Session::with_keyring(true);
    let long = "canary-".repeat(2_000);
    check(&session, &["set", "k_long"], &long, "ok");
    check(&session, &["get", "k_long"], &long, "same");
}

#[test]
fn a_locked_keychain_is_said_to_be_locked() {
    let session = Session::with_keyring(false);
    check(&session, &["probe"], "", "locked");
    check(&session, &["set", "k_1"], CANARY, "locked");
}

#[test]
fn without_a_bus_there_is_no_keychain() {
    check(&Session::without_bus(), &["probe"], "", "absent");
}

#[test]
fn without_a_service_on_the_bus_there_is_no_keychain() {
    let session = Session::with_bus();
    check(&session, &["probe"], "", "absent");
    check(&session, &["get", "k_1"], "", "absent");
}
