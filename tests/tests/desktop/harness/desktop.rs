//! A display, a session bus and a home folder, all empty and all of the test's own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;
use zbus::Connection;

use super::child::OwnedChild;
use super::log::Log;

/// No service can be activated on this bus: the keychain, portals and notification servers of the
/// machine stay out of the test.
const BUS_CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;
/// Whatever port is free: tests run beside each other and beside a real Keywheel.
const CONFIGURATION: &str = "[server]\nport = 0\n";

pub(crate) struct Desktop {
    display: String,
    bus_address: String,
    // Ended in this order: clients of the bus and the display before their servers.
    _bus: OwnedChild,
    _display_server: OwnedChild,
    home: TempDir,
}

impl Desktop {
    pub(crate) fn start() -> Self {
        Self::with_configuration(CONFIGURATION)
    }

    pub(crate) fn with_configuration(configuration: &str) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        lay_out_home(home.path(), configuration);
        let (display_server, number) = OwnedChild::spawn_announcing(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
                .stderr(Stdio::null()),
        );
        let (bus, bus_address) = OwnedChild::spawn_announcing(
            Command::new("dbus-daemon")
                .args(["--nofork", "--print-address=1", "--config-file"])
                .arg(home.path().join("bus.conf"))
                .stderr(Stdio::null()),
        );
        Self { display: format!(":{number}"), bus_address, _bus: bus, _display_server: display_server, home }
    }

    /// `program`, ready to run on this desktop and to know nothing of another.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let home = self.home.path();
        let mut command = Command::new(program.as_ref());
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", home.join("runtime"))
            .env("KEYWHEEL_CONFIG", home.join("config.toml"))
            .env("KEYWHEEL_DATA_DIR", home.join("keywheel"))
            .current_dir(home);
        command
    }

    /// The name X clients connect to.
    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    pub(crate) async fn session_bus(&self) -> Connection {
        let builder = zbus::connection::Builder::address(self.bus_address.as_str());
        builder.expect("a valid address").build().await.expect("the bus accepts us")
    }

    /// Where the output of `program` goes.
    pub(crate) fn log(&self, program: &str) -> Log {
        Log::at(self.home.path().join(format!("{program}.log")))
    }
}

fn lay_out_home(home: &Path, configuration: &str) {
    for folder in ["config", "data", "cache", "runtime", "keywheel"] {
        fs::create_dir(home.join(folder)).expect("a folder in the temporary home");
    }
    let private = fs::Permissions::from_mode(0o700);
    fs::set_permissions(home.join("runtime"), private).expect("a private runtime folder");
    fs::write(home.join("bus.conf"), BUS_CONFIGURATION).expect("the bus configuration");
    fs::write(home.join("config.toml"), configuration).expect("the configuration");
}
