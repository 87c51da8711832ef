//! The official SDKs, which find Keywheel by nothing but their own environment variables.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use keywheel_simulator::KeyScript;
use serde::Deserialize;

use crate::harness::{Keywheel, Program, Upstream, collect, script};

/// Plain answers, and as many streamed ones.
const QUESTIONS: usize = 8;

/// What a client script prints.
#[derive(Debug, Deserialize)]
struct Texts {
    plain: Vec<String>,
    streamed: Vec<String>,
}

/// Three keys, of which two take two requests per minute.
async fn limited_provider() -> Upstream {
    let mut script = script("alpha", 3);
    for key in &mut script.keys[..2] {
        *key = KeyScript::new(key.secret.clone()).requests_per_minute(2);
    }
    Upstream::start(script).await
}

/// Lets an SDK ask while two of three keys run into their limit.
async fn serve_sdk(interpreter: PathBuf, client: &str) {
    let alpha = limited_provider().await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    let texts = run_client(&interpreter, client, &keywheel).await;
    let expected = expected_texts().await;
    assert_eq!(texts.plain, expected, "no plain answer is missing or cut");
    assert_eq!(texts.streamed, expected, "no streamed answer is missing or cut");
    check_history(&keywheel, &alpha).await;
}

async fn run_client(interpreter: &Path, client: &str, keywheel: &Keywheel) -> Texts {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk").join(client);
    let mut command = Command::new(interpreter);
    command.arg(file).arg(QUESTIONS.to_string()).env_clear();
    command.envs(["PATH", "SystemRoot"].iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.env("OPENAI_BASE_URL", format!("{}/v1", keywheel.url())).env("OPENAI_API_KEY", "dummy");
    let mut program = Program::start(&mut command);
    let status = program.exit().await;
    let output = program.output();
    assert!(status.success(), "{client} met an error:\n{}", output.text());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}:\n{}", output.text()))
}

/// The same questions to a provider without limits.
async fn expected_texts() -> Vec<String> {
    let unlimited = Upstream::start(script("alpha", 1)).await;
    let keywheel = Keywheel::builder().provider(&unlimited, 1).start().await;
    let mut texts = Vec::new();
    for number in 1..=QUESTIONS {
        let body =
            format!(r#"{{"model":"test","messages":[{{"role":"user","content":"question {number}"}}]}}"#);
        let answer = collect(keywheel.chat(body)).await.served().json();
        texts.push(answer["choices"][0]["message"]["content"].as_str().expect("a text").to_owned());
    }
    texts
}

async fn check_history(keywheel: &Keywheel, alpha: &Upstream) {
    let n_answers = QUESTIONS * 2;
    let rows =
        keywheel.history_when(|rows| rows.iter().filter(|row| row.status == "ok").count() == n_answers).await;
    assert_eq!(rows.len(), n_answers, "{rows:#?}");
    let served: BTreeSet<_> = rows.iter().filter_map(|row| row.key_label.as_deref()).collect();
    assert_eq!(served, BTreeSet::from(["alpha-1", "alpha-2", "alpha-3"]), "who served is known");
    let attempts = rows.iter().flat_map(|row| &row.attempts);
    let limited: Vec<_> = attempts.filter(|attempt| attempt.http_status == Some(429)).collect();
    let labels: BTreeSet<_> = limited.iter().map(|attempt| attempt.key_label.as_str()).collect();
    assert_eq!(labels, BTreeSet::from(["alpha-1", "alpha-2"]), "who was limited is known: {limited:#?}");
    assert!(limited.iter().all(|attempt| attempt.outcome == "rate_limited"), "{limited:#?}");
    assert_eq!(limited.len() as u64, alpha.counters().total().limited);
}

#[tokio::test]
async fn the_python_sdk_meets_no_error_while_keys_are_limited() {
    let named = std::env::var_os("KEYWHEEL_TEST_PYTHON");
    let hint = "set KEYWHEEL_TEST_PYTHON to a Python with tests/sdk/requirements.txt installed; this does it: cargo xtask test";
    let python = PathBuf::from(named.expect(hint));
    serve_sdk(python, "openai_client.py").await;
}

#[tokio::test]
async fn the_node_sdk_meets_no_error_while_keys_are_limited() {
    serve_sdk(PathBuf::from("node"), "openai_client.mjs").await;
}
