//! `keywheel keys` as a person uses it, against a real keychain: a private D-Bus session with its own gnome-keyring.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test session that cannot be set up is a failed test"
)]

#[path = "../../secrets/tests/support/session.rs"]
mod session;

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use keywheel_simulator::{KeyScript, Script, Simulator};
use session::Session;

const CANARY: &str = "canary-secret-key-0001";
const PROGRAM: &str = env!("CARGO_BIN_EXE_keywheel");

/// A person with a session, a folder of their own and `config.toml` in it.
struct Desk {
    session: Session,
    folder: tempfile::TempDir,
}

/// What a command answered.
struct Answer {
    code: i32,
    out: String,
    err: String,
}

impl Desk {
    fn new(session: Session) -> Self {
        Self { session, folder: tempfile::tempdir().unwrap() }
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("config.toml")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.config()).unwrap()
    }

    fn keys(&self, arguments: &[&str], input: &str) -> Answer {
        let mut command = self.session.command(PROGRAM);
        command.arg("keys").args(arguments).arg("--config").arg(self.config());
        answer(command, input)
    }

    #[track_caller]
    fn add(&self, arguments: &[&str], input: &str) -> String {
        let answer = self.keys(&[&["add"], arguments].concat(), input);
        assert_eq!(answer.code, 0, "{}", answer.err);
        answer.out
    }

    #[track_caller]
    fn refused(&self, arguments: &[&str], input: &str, code: i32, message: &str) {
        let before = fs::read(self.config()).ok();
        let n_entries = self.entries();
        let answer = self.keys(arguments, input);
        assert_eq!(answer.code, code, "{arguments:?}: {}{}", answer.out, answer.err);
        assert!(answer.err.contains(message), "{arguments:?} must say {message:?}, not {:?}", answer.err);
        assert_eq!(fs::read(self.config()).ok(), before, "{arguments:?} changed the file");
        assert_eq!(self.entries(), n_entries, "{arguments:?} changed the keychain");
    }

    fn listed(&self) -> serde_json::Value {
        let answer = self.keys(&["list", "--json"], "");
        assert_eq!(answer.code, 0, "{}", answer.err);
        serde_json::from_str(&answer.out).unwrap()
    }

    /// How many entries of ours the keychain holds, asked past our own code; `None` without a keychain.
    fn entries(&self) -> Option<usize> {
        let mut command = self.session.command("dbus-send");
        command.args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.SearchItems",
            "dict:string:string:service,keywheel",
        ]);
        let output = command.output().unwrap();
        let reply = String::from_utf8(output.stdout).unwrap();
        output.status.success().then(|| reply.matches("object path").count())
    }
}

/// Runs `command`, and fails if any of its words is the secret.
#[track_caller]
fn answer(mut command: Command, input: &str) -> Answer {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that refuses before it reads may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert!(!out.contains(CANARY) && !err.contains(CANARY), "{command:?} shows the secret: {out}{err}");
    Answer { code: status.code().unwrap(), out, err }
}

/// `keywheel serve`, stopped when dropped.
struct Serving {
    child: Child,
    /// Kept open: a program whose output goes nowhere stops.
    out: BufReader<ChildStdout>,
    origin: String,
    log: PathBuf,
}

impl Serving {
    fn start(desk: &Desk) -> Self {
        let log = desk.folder.path().join("serve.log");
        let mut child = desk
            .session
            .command(PROGRAM)
            .args(["serve", "--port", "0", "--config"])
            .arg(desk.config())
            .arg("--data-dir")
            .arg(desk.folder.path().join("data"))
            .env("KEYWHEEL_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let origin = line.trim().strip_prefix("listening on ").map(str::to_owned);
        let said = || panic!("not serving: {line}{}", fs::read_to_string(&log).unwrap());
        Self { child, out, origin: origin.unwrap_or_else(said), log }
    }

    async fn chat(&self, model: &str) -> u16 {
        let body =
            serde_json::json!({ "model": model, "messages": [{ "role": "user", "content": "Hello" }] });
        let request = reqwest::Client::new().post(format!("{}/v1/chat/completions", self.origin));
        let request = request.header("content-type", "application/json").body(body.to_string());
        request.send().await.unwrap().status().as_u16()
    }
}

impl Serving {
    /// Ends it; what it printed and logged.
    fn stop(mut self) -> String {
        self.child.kill().unwrap();
        let mut said = String::new();
        self.out.read_to_string(&mut said).unwrap();
        said + &fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Every file below `folder`, except those of the keychain's own home.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn an_added_key_is_listed_served_from_and_removed() {
    let desk = Desk::new(Session::with_keyring(true));
    let simulator = Simulator::start(Script::new("lab").with_key(KeyScript::new(CANARY))).await.unwrap();
    let before = format!(
        "# My file\nversion = 1 # as ever\n\n[[providers]]\nid = \"lab\"\nname = \"The Lab\"\nbase_url = \"{}\"\n\
         models = [\"demo-chat\"]\nfuture = true\n\n# The end\n[server]\nport = 1 # overridden\n",
        simulator.base_url()
    );
    fs::write(desk.config(), &before).unwrap();

    let added = desk.add(&["lab", "--label", "personal"], &format!("  {CANARY}\r\nnot this\n"));
    assert!(added.contains("Added 'personal' to The Lab"), "{added}");
    assert_eq!(desk.entries(), Some(1), "the keychain holds the secret");

    let listed = desk.listed();
    let key = &listed["keys"][0];
    let id = key["id"].as_str().unwrap();
    assert!(id.starts_with("k_") && id.len() == 6, "{id} is short enough to type");
    let expected = serde_json::json!([{
        "id": id, "provider": "lab", "label": "personal", "source": "keychain", "variable": null,
        "hint": "0001", "usable": true, "reason": null
    }]);
    assert_eq!(listed["keys"], expected);
    let table = desk.keys(&["list"], "").out;
    assert!(table.contains(&format!("lab       personal  {id}  keychain  …0001    usable\n")), "{table}");

    let entry = format!("  [[providers.keys]]\n  id = \"{id}\"\n  label = \"personal\"\n");
    assert_eq!(desk.text().replace(&entry, ""), before, "nothing else in the file has changed");

    let serving = Serving::start(&desk);
    assert_eq!(serving.chat("lab/demo-chat").await, 200);
    assert_eq!(simulator.counters().key(CANARY).served, 1, "the key from the keychain was used");
    let said = serving.stop();
    assert!(said.contains("base URL:") && said.contains("TRACE"), "the log is kept: {said}");
    assert!(!said.contains(CANARY), "serve shows the secret: {said}");

    let removed = desk.keys(&["remove", "personal"], "");
    assert_eq!((removed.code, removed.err.as_str()), (0, ""), "{}", removed.out);
    assert_eq!(desk.text(), before, "the file is as it was");
    assert_eq!(desk.entries(), Some(0), "the keychain entry is gone");
    assert_eq!(desk.listed()["keys"], serde_json::json!([]));

    for file in files(desk.folder.path()) {
        let bytes = fs::read(&file).unwrap();
        let found = bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
        assert!(!found, "{} holds the secret", file.display());
    }
}

#[test]
fn the_first_key_makes_the_file_and_its_provider() {
    let desk = Desk::new(Session::with_keyring(true));
    desk.add(&["groq"], CANARY);
    let text = desk.text();
    assert!(text.starts_with("# Keywheel reads this file at start."), "{text}");
    assert!(text.contains("\n[[providers]]\nid = \"groq\"\n  [[providers.keys]]\n  id = \"k_"), "{text}");
}

#[test]
fn bad_usage_changes_nothing() {
    let desk = Desk::new(Session::with_keyring(true));
    desk.refused(&["add", "gorq"], CANARY, 2, "Did you mean: groq?");
    desk.refused(&["add", "ollama"], CANARY, 2, "asks for no key");
    desk.refused(&["add", "groq"], " \n", 2, "No key was entered");
    desk.refused(&["add", "groq", "--label", " "], CANARY, 2, "A label needs");
    desk.refused(&["add", "groq", CANARY], "", 2, "A key is not given on the command line");
    desk.refused(&["add", CANARY], "", 2, "No provider has that id");
    desk.refused(&["remove", "nothing"], "", 2, "No key is called 'nothing'");

    desk.add(&["groq", "--label", "work"], CANARY);
    desk.refused(&["add", "groq", "--label", "again"], CANARY, 1, "already there as 'work'");
    desk.add(&["mistral", "--label", "work"], CANARY);
    desk.refused(&["remove", "work"], "", 2, "(mistral). Say which one by its id.");

    fs::write(desk.config(), "[secrets]\nstore = \"environment\"\n").unwrap();
    desk.refused(&["add", "groq"], CANARY, 2, "keeps no keys between runs");
    fs::write(desk.config(), "[server\n").unwrap();
    desk.refused(&["add", "groq"], CANARY, 2, "config.toml:1:");
}

#[test]
fn without_an_open_keychain_nothing_is_added() {
    let locked = Desk::new(Session::with_keyring(false));
    locked.refused(&["add", "groq"], CANARY, 1, "the keychain is locked; unlock it");
    let absent = Desk::new(Session::without_bus());
    absent.refused(&["add", "groq"], CANARY, 1, "no keychain can be reached");

    fs::write(absent.config(), "[[providers]]\nid = \"groq\"\nkeys = [{ id = \"k_1\" }]\n").unwrap();
    absent.refused(&["remove", "k_1"], "", 1, "no keychain can be reached");
    let key = &absent.listed()["keys"][0];
    assert_eq!(key["usable"], false);
    assert!(key["reason"].as_str().unwrap().contains("no keychain can be reached"), "{key}");
}

#[test]
fn a_file_that_can_not_be_saved_leaves_the_keychain_as_it_was() {
    let desk = Desk::new(Session::with_keyring(true));
    desk.add(&["groq", "--label", "work"], CANARY);
    let before = desk.text();
    for arguments in [["add", "mistral"], ["remove", "work"]] {
        // No program of this shell can write a byte into a file, as on a full disk.
        let mut command = desk.session.command("sh");
        command.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" keys \"$@\"", PROGRAM]).args(arguments);
        command.arg("--config").arg(desk.config());
        let answer = answer(command, CANARY);
        assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
        assert!(answer.err.contains("can't be saved"), "{}", answer.err);
        assert_eq!(desk.text(), before, "the file is as it was");
        assert_eq!(desk.entries(), Some(1), "the keychain is as it was");
        assert_eq!(files(desk.folder.path()), [desk.config()], "nothing is left beside it");
    }
    assert_eq!(desk.listed()["keys"][0]["usable"], true, "the key that was to be removed still works");
}

#[test]
fn keys_from_variables_are_listed_by_their_variable() {
    let desk = Desk::new(Session::without_bus());
    let text = "[[providers]]\nid = \"groq\"\nkeys = [{ env = \"MY_KEY\", label = \"mine\" }]\n";
    fs::write(desk.config(), text).unwrap();
    let mut command = desk.session.command(PROGRAM);
    command.env("GROQ_API_KEY", CANARY).args(["keys", "list", "--config"]).arg(desk.config());
    let table = answer(command, "").out;
    let rows: Vec<_> = table.lines().skip(1).map(|row| row.split("  ").collect::<Vec<_>>()).collect();
    let has = |row: &[&str], cell: &str| row.iter().any(|found| found.trim() == cell);
    assert!(has(&rows[0], "variable MY_KEY") && has(&rows[0], "not usable: the variable MY_KEY is not set"));
    assert!(has(&rows[1], "variable GROQ_API_KEY") && has(&rows[1], "…0001") && has(&rows[1], "usable"));

    let removed = desk.keys(&["remove", "mine"], "");
    assert_eq!(removed.code, 0, "{}", removed.err);
    assert!(removed.out.contains("The variable MY_KEY still holds it"), "{}", removed.out);
    assert_eq!(desk.text(), "[[providers]]\nid = \"groq\"\nkeys = []\n");
}
