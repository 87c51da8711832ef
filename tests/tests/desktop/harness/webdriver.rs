//! The application's window through WebKitWebDriver.

use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};

use super::application::binary;
use super::child::OwnedChild;
use super::desktop::Desktop;
use super::log::Log;
use super::poll::{eventually, eventually_found};

/// A session that starts the application and ends with it.
pub(crate) struct Session {
    client: reqwest::Client,
    url: String,
    _driver: OwnedChild,
    _log: Log,
}

impl Session {
    /// Starts the application under automation.
    pub(crate) async fn start(desktop: &Desktop) -> Self {
        let port = free_port();
        // The application inherits the driver's output.
        let log = desktop.log("window");
        let driver = OwnedChild::spawn(
            log.take_output_of(desktop.command("WebKitWebDriver").arg(format!("--port={port}")))
                .env("TAURI_WEBVIEW_AUTOMATION", "true"),
        );
        let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build();
        let client = client.expect("a client without special needs");
        let url = format!("http://127.0.0.1:{port}/session");
        let ready = format!("http://127.0.0.1:{port}/status");
        eventually("WebKitWebDriver listens", async || client.get(&ready).send().await.ok()).await;
        let options = json!({ "binary": binary(), "args": [] });
        let capabilities = json!({ "alwaysMatch": { "webkitgtk:browserOptions": options } });
        let started = post(&client, &url, &json!({ "capabilities": capabilities })).await;
        let id = started["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {started}"));
        Self { url: format!("{url}/{id}"), client, _driver: driver, _log: log }
    }

    /// What the page's script returns.
    pub(crate) async fn evaluate(&self, script: &str) -> Value {
        let body = json!({ "script": script, "args": [] });
        post(&self.client, &format!("{}/execute/sync", self.url), &body).await
    }

    /// What `find` finds in the text a reader sees, once it is there.
    ///
    /// # Panics
    /// When it does not come; the message shows the text.
    pub(crate) async fn read<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        eventually_found(what, async || {
            let text = self.text().await;
            find(&text).ok_or(text)
        })
        .await
    }

    /// Waits until what the page says is on the screen, too.
    pub(crate) async fn painted(&self) {
        let two_frames = "return new Promise(done => \
                          requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";
        self.evaluate(two_frames).await;
    }

    async fn text(&self) -> String {
        let text = self.evaluate("return document.body.innerText").await;
        text.as_str().unwrap_or_default().to_owned()
    }
}

async fn post(client: &reqwest::Client, url: &str, body: &Value) -> Value {
    let request = client.post(url).header("content-type", "application/json");
    let response = request.body(body.to_string()).send().await.expect("the driver answers");
    let bytes = response.bytes().await.expect("a whole answer");
    let mut answer: Value = serde_json::from_slice(&bytes).expect("the driver speaks JSON");
    let value = answer["value"].take();
    assert!(value["error"].is_null(), "the driver refused {url}: {value}");
    value
}

/// A port that was free a moment ago: the driver cannot choose one and say which.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has free ports");
    listener.local_addr().expect("a bound listener has an address").port()
}
