use std::time::Duration;

use keywheel_simulator::{KeyScript, Script, Simulator};

pub(crate) const KEY: &str = "canary-a";
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

pub(crate) const PLAIN: &str = r#"{"model":"demo-chat","messages":[{"role":"user","content":"hello"}]}"#;
pub(crate) const STREAM: &str =
    r#"{"model":"demo-chat","stream":true,"messages":[{"role":"user","content":"hello"}]}"#;

/// A provider with one unlimited key.
pub(crate) fn script() -> Script {
    Script::new("test").with_key(KeyScript::new(KEY))
}

pub(crate) async fn start(script: Script) -> Simulator {
    Simulator::start(script).await.expect("the script is sound")
}

pub(crate) fn chat(simulator: &Simulator, key: &str, body: &'static str) -> reqwest::RequestBuilder {
    reqwest::Client::new()
        .post(format!("{}/chat/completions", simulator.base_url()))
        .bearer_auth(key)
        .header("content-type", "application/json")
        .timeout(DEADLINE)
        .body(body)
}

pub(crate) async fn send(simulator: &Simulator, key: &str, body: &'static str) -> reqwest::Response {
    chat(simulator, key, body).send().await.expect("the simulator answers")
}

pub(crate) async fn json(response: reqwest::Response) -> serde_json::Value {
    let body = response.bytes().await.expect("the body arrives");
    serde_json::from_slice(&body).expect("the body is JSON")
}

pub(crate) fn header<'a>(response: &'a reqwest::Response, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value.unwrap_or_else(|| panic!("{name} is missing")).to_str().expect("the header is text")
}
