//! Asks the real keychain of this session for one thing and prints what became of it, never a secret.
//!
//! `cargo run -p keywheel-secrets --example keychain_check -- probe`, or `set|get|delete ID` with the secret on
//! standard input; `get` says whether the kept secret is that one. The keychain tests run this in sessions of
//! their own, because a process must not change its own environment.

use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;

use keywheel_secrets::{Keychain, Secret, SecretError, SecretId, SecretStore as _};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let mut presented = String::new();
    io::stdin().read_line(&mut presented)?;

    let Some(outcome) = run(&arguments, presented.trim()).await else {
        writeln!(
            io::stderr(),
            "usage: keychain_check probe | set ID | get ID | delete ID   (secret on stdin)"
        )?;
        return Ok(ExitCode::from(2));
    };
    match outcome {
        Ok(answer) => writeln!(io::stdout(), "{answer}")?,
        Err(error) => writeln!(io::stdout(), "{}: {error}", name(&error))?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn run(arguments: &[String], presented: &str) -> Option<Result<&'static str, SecretError>> {
    let keychain = Keychain::new();
    let outcome = match arguments {
        [action] if action == "probe" => keychain.probe().await.map(|()| "ok"),
        [action, id] if action == "set" => {
            let secret = Secret::new(presented.to_owned());
            keychain.set(&SecretId::from(id.as_str()), &secret).await.map(|()| "ok")
        }
        [action, id] if action == "get" => {
            let found = keychain.get(&SecretId::from(id.as_str())).await;
            found.map(|secret| if secret.matches(presented) { "same" } else { "different" })
        }
        [action, id] if action == "delete" => {
            keychain.delete(&SecretId::from(id.as_str())).await.map(|()| "ok")
        }
        _ => return None,
    };
    Some(outcome)
}

fn name(error: &SecretError) -> &'static str {
    match error {
        SecretError::Absent { .. } => "absent",
        SecretError::Locked => "locked",
        SecretError::Denied => "denied",
        SecretError::Missing { .. } => "missing",
        SecretError::TooLong { .. } => "too_long",
        SecretError::TimedOut { .. } => "timed_out",
        SecretError::Failed { .. } => "failed",
    }
}
