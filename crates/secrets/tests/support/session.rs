//! A desktop session of one test, with a keychain or without. Tests of other members include this file, too.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

const INSTALL: &str = "install it with: apt-get install --no-install-recommends dbus gnome-keyring";

/// Ends the process it holds when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A desktop session of one test: a home, a runtime folder and a bus on which nothing starts by itself.
pub(crate) struct Session {
    // Dropped in this order: nothing runs any more when the folder goes.
    keyring: Option<Running>,
    bus: Option<Running>,
    bus_address: String,
    folder: tempfile::TempDir,
}

impl Session {
    pub(crate) fn without_bus() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "run"] {
            fs::DirBuilder::new().mode(0o700).create(folder.path().join(name)).unwrap();
        }
        let bus_address = format!("unix:path={}", folder.path().join("no-bus").display());
        Self { keyring: None, bus: None, bus_address, folder }
    }

    pub(crate) fn with_bus() -> Self {
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
    pub(crate) fn with_keyring(is_unlocked: bool) -> Self {
        let mut session = Self::with_bus();
        let mut command = session.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        if is_unlocked {
            command.arg("--unlock");
        }
        let mut keyring = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("gnome-keyring-daemon does not start ({error}); {INSTALL}"));
        keyring.stdin.take().unwrap().write_all(b"password of this test").unwrap();
        // It is on the bus before it says anything on, or closes, its standard output.
        let _ = keyring.stdout.take().unwrap().read(&mut [0]).unwrap();
        assert!(keyring.try_wait().unwrap().is_none(), "gnome-keyring-daemon ended while starting");
        session.keyring = Some(Running(keyring));
        session
    }

    /// A program in this session, without any variable from outside.
    pub(crate) fn command(&self, program: impl Into<PathBuf>) -> Command {
        let mut command = Command::new(program.into());
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
            .env("HOME", self.folder.path().join("home"))
            .env("XDG_RUNTIME_DIR", self.folder.path().join("run"))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address);
        command
    }
}
