//! What a newcomer gets who has configured nothing.

use crate::harness::{Keywheel, collect};

const QUESTION: &str = r#"{"model":"demo","messages":[{"role":"user","content":"hello"}]}"#;

#[tokio::test]
async fn without_a_key_the_simulated_provider_answers() {
    let keywheel = Keywheel::builder().config("").start().await;
    let plain = collect(keywheel.chat(QUESTION)).await.served();
    let text = plain.json()["choices"][0]["message"]["content"].as_str().unwrap().to_owned();
    assert!(text.contains("hello"), "{text}");
    let stream = QUESTION.replace("\"demo\"", "\"default\",\"stream\":true");
    let stream = collect(keywheel.chat(stream)).await.served();
    assert!(stream.text().ends_with("data: [DONE]\n\n"), "{}", stream.text());
    let models = collect(keywheel.get("/v1/models")).await.served().json();
    let names: Vec<_> = models["data"].as_array().unwrap().iter().map(|model| &model["id"]).collect();
    assert!(names.iter().any(|name| *name == "demo"), "{names:?}");
}

#[tokio::test]
async fn a_commented_configuration_is_left_and_the_window_is_served() {
    let keywheel = Keywheel::builder().config("").start().await;
    let config = std::fs::read_to_string(keywheel.folder().join("config.toml")).expect("it was made");
    assert!(config.contains("# port = 8000"), "{config}");
    let window = collect(keywheel.get("/ui/")).await;
    assert_eq!(window.status, 200, "were the window's files there when the program was built? {window:?}");
    assert!(window.header("content-type").starts_with("text/html"));
    collect(keywheel.get("/health")).await.served();
}

#[tokio::test]
async fn the_output_says_where_the_window_is_and_how_to_ask() {
    let keywheel = Keywheel::builder().config("").start().await;
    let program = keywheel.program();
    let curl_line = |text: &str| text.lines().find(|line| line.contains("curl ")).map(str::to_owned);
    let curl = program.find("showing a curl line", |output| curl_line(&output.text())).await;
    assert!(curl.contains(&format!(":{}/v1/chat/completions", keywheel.port())), "{curl}");
    let text = program.output().text();
    let window =
        text.split_whitespace().find(|word| word.contains("/ui/#token=")).expect("the window's address");
    let (address, token) = window.split_once("/ui/#token=").unwrap();
    assert!(address.ends_with(&format!(":{}", keywheel.port())), "{address}");
    let state = collect(keywheel.get("/api/state").bearer_auth(token)).await.served().json();
    assert_eq!(state["active_model"], "demo");
}
