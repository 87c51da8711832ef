//! The keychain against a real Secret Service: a private D-Bus session with its own gnome-keyring per test.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test session that cannot be set up is a failed test"
)]

#[path = "support/session.rs"]
mod session;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use session::Session;

const CANARY: &str = "canary-secret-0001";

/// What the `keychain_check` example answers, in a process of its own.
fn keychain(session: &Session, arguments: &[&str], secret: &str) -> String {
    let mut check = session
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
    let answer = keychain(session, arguments, secret);
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
