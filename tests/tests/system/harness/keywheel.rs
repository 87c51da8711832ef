//! The program under test, in a folder and an environment of its own.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use bytes::Bytes;
use tempfile::TempDir;
use tokio::time::Duration;

use super::{Answer, PLAIN, Program, STREAM, Upstream, collect};

/// A request that takes longer has failed.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(30);

/// How the program is started. Its keychain is never touched.
#[derive(Debug, Clone, Default)]
pub(crate) struct Builder {
    server: String,
    rotation: String,
    providers: String,
    targets: Vec<String>,
    environment: BTreeMap<String, String>,
    arguments: Vec<String>,
    config: Option<String>,
}

/// A running `keywheel serve`.
#[derive(Debug)]
pub(crate) struct Keywheel {
    builder: Builder,
    folder: TempDir,
    program: Program,
    url: String,
    client: reqwest::Client,
}

impl Builder {
    /// Adds a provider with its keys, each taken from a variable. Lower priorities are tried first.
    pub(crate) fn provider(self, upstream: &Upstream, priority: u32) -> Self {
        self.provider_with(upstream, priority, "")
    }

    /// Adds a provider with its keys and a line for each key.
    pub(crate) fn provider_with(mut self, upstream: &Upstream, priority: u32, line: &str) -> Self {
        self = self.provider_without_keys(upstream, priority);
        for (variable, label, secret) in upstream.keys() {
            let _ =
                writeln!(self.providers, "[[providers.keys]]\nlabel = {label:?}\nenv = {variable:?}\n{line}");
            self.environment.insert(variable, secret.to_owned());
        }
        self
    }

    /// Adds a provider and names none of its keys.
    pub(crate) fn provider_without_keys(mut self, upstream: &Upstream, priority: u32) -> Self {
        let (id, base_url, models) = (upstream.id(), upstream.base_url(), upstream.models());
        let _ = writeln!(
            self.providers,
            "[[providers]]\nid = {id:?}\nbase_url = {base_url:?}\npriority = {priority}\nmodels = {models:?}"
        );
        let targets = models.iter().map(|model| format!("{{ target = \"{id}/{model}\", tier = 1 }}"));
        self.targets.extend(targets);
        self
    }

    /// Adds a line to `[server]`.
    pub(crate) fn server(mut self, line: &str) -> Self {
        let _ = writeln!(self.server, "{line}");
        self
    }

    /// Adds a line to `[rotation]`.
    pub(crate) fn rotation(mut self, line: &str) -> Self {
        let _ = writeln!(self.rotation, "{line}");
        self
    }

    /// Sets an environment variable; the program gets no others.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Adds command line arguments.
    pub(crate) fn arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// Uses this text as the configuration file; the empty text means no file.
    pub(crate) fn config(mut self, text: &str) -> Self {
        self.config = Some(text.to_owned());
        self
    }

    /// Starts it and waits until it listens.
    pub(crate) async fn start(self) -> Keywheel {
        let folder = tempfile::tempdir().expect("a temporary folder");
        self.write_config(&folder);
        let program = self.launch(&folder);
        let url = listening_url(&program).await;
        let client = reqwest::Client::builder().no_proxy().timeout(CLIENT_TIMEOUT).build();
        Keywheel { builder: self, folder, program, url, client: client.expect("a client") }
    }

    /// Starts it where it is expected to refuse; returns the exit code and what it printed.
    pub(crate) async fn fail(self) -> (Option<i32>, String) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        self.write_config(&folder);
        let mut program = self.launch(&folder);
        let status = program.exit().await;
        let text = program.output().text();
        (status.code(), text)
    }

    fn write_config(&self, folder: &TempDir) {
        let text = self.config.clone().unwrap_or_else(|| {
            let Self { server, rotation, providers, targets, .. } = self;
            let targets = targets.join(", ");
            format!(
                "version = 1\n[server]\n{server}[rotation]\n{rotation}[secrets]\nstore = \"environment\"\n{providers}\
                 [[models]]\nname = \"test\"\ntargets = [{targets}]\n"
            )
        });
        if !text.is_empty() {
            std::fs::write(folder.path().join("config.toml"), text).expect("the configuration is written");
        }
    }

    fn launch(&self, folder: &TempDir) -> Program {
        let mut command = Command::new(binary());
        command.arg("serve");
        if !self.arguments.iter().any(|argument| argument == "--port") {
            command.args(["--port", "0"]);
        }
        command.arg("--config").arg(folder.path().join("config.toml"));
        command.arg("--data-dir").arg(folder.path().join("data"));
        command.args(&self.arguments).env_clear();
        // Windows opens no socket without it.
        command.envs(std::env::var_os("SystemRoot").map(|value| ("SystemRoot", value)));
        command.env("HOME", folder.path()).envs(&self.environment);
        Program::start(&mut command)
    }
}

impl Keywheel {
    pub(crate) fn builder() -> Builder {
        Builder::default()
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn port(&self) -> u16 {
        let (_, port) = self.url.rsplit_once(':').expect("the address has a port");
        port.parse().expect("a port is a number")
    }

    /// Holds the configuration and all data.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder().join("data")
    }

    pub(crate) fn program(&self) -> &Program {
        &self.program
    }

    pub(crate) fn program_mut(&mut self) -> &mut Program {
        &mut self.program
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(&mut self) {
        self.program.kill();
    }

    /// Starts it again over the same folder, after it ended.
    pub(crate) async fn start_again(&mut self) {
        self.program = self.builder.launch(&self.folder);
        self.url = listening_url(&self.program).await;
    }

    /// A chat request that is ready to be sent.
    pub(crate) fn chat(&self, body: impl Into<Bytes>) -> reqwest::RequestBuilder {
        let request = self.client.post(format!("{}/v1/chat/completions", self.url));
        request.header("content-type", "application/json").body(body.into())
    }

    /// Asks for a plain answer.
    pub(crate) async fn ask(&self) -> Answer {
        collect(self.chat(PLAIN)).await
    }

    /// Asks for a stream and takes all of it in.
    pub(crate) async fn ask_stream(&self) -> Answer {
        collect(self.chat(STREAM)).await
    }

    /// A `GET` request that is ready to be sent.
    pub(crate) fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    /// One key in `GET /status`.
    pub(crate) async fn key_status(&self, label: &str) -> serde_json::Value {
        let status = collect(self.get("/status")).await.served().json();
        let providers = status["providers"].as_array().expect("providers is a list");
        let mut keys =
            providers.iter().flat_map(|provider| provider["keys"].as_array().into_iter().flatten());
        keys.find(|key| key["label"] == label).unwrap_or_else(|| panic!("no '{label}' in {status:#}")).clone()
    }
}

async fn listening_url(program: &Program) -> String {
    let url = |line: &str| line.strip_prefix("listening on ").map(str::to_owned);
    program
        .find("saying where it listens", |output| {
            let text = String::from_utf8_lossy(&output.stdout);
            let (first_line, _) = text.split_once('\n')?;
            url(first_line.trim())
        })
        .await
}

/// The program under test.
fn binary() -> PathBuf {
    let named = std::env::var_os("KEYWHEEL_BINARY").map(PathBuf::from);
    let path = named.unwrap_or_else(|| {
        let test = std::env::current_exe().expect("a test knows where it is");
        // target/debug/deps/system-… → target/debug/keywheel
        let folder = test.ancestors().nth(2).expect("tests are built into target");
        folder.join("keywheel").with_extension(std::env::consts::EXE_EXTENSION)
    });
    let hint = "build it with: cargo build -p keywheel";
    assert!(path.is_file(), "the program under test, {}, is missing; {hint}", path.display());
    path
}
