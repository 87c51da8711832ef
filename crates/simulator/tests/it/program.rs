use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::support::DEADLINE;

/// The program, ended with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[tokio::test]
async fn the_program_says_where_it_listens_and_plays_the_demo() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keywheel-simulator"));
    let mut program = Program(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(program.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let origin = line.strip_prefix("listening on ").unwrap().trim();
    let models = reqwest::Client::new()
        .get(format!("{origin}/v1/models"))
        .bearer_auth("simulated-key-1")
        .timeout(DEADLINE)
        .send()
        .await
        .unwrap();
    assert!(models.text().await.unwrap().contains("demo-chat"));
}

#[test]
fn a_script_that_cannot_be_read_is_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_keywheel-simulator"))
        .args(["--script", "no-such-script.toml"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("no-such-script.toml"), "{said}");
}
