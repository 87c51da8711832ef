//! Reading a secret from a person or a pipe.

use std::io::{self, BufRead, IsTerminal};

use keywheel_secrets::Secret;

use super::error::{BadSecret, KeysError};

/// Far above any key; more is a wrong file.
const LONGEST_LINE_BYTES: u64 = 16 * 1024;

/// Asks on the terminal without showing what is typed, or takes the first line of a pipe.
pub(super) fn read_secret(provider_name: &str) -> Result<Secret, KeysError> {
    let line =
        if io::stdin().is_terminal() { typed_line(provider_name)? } else { first_line(io::stdin().lock())? };
    Ok(secret_in(line)?)
}

fn typed_line(provider_name: &str) -> Result<String, KeysError> {
    // Ctrl-C must not end the process while the terminal shows nothing that is typed: the shell would inherit that.
    #[cfg(unix)]
    let _interrupts = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    rpassword::prompt_password(format!("Key for {provider_name} (not shown): ")).map_err(|error| {
        match error.kind() {
            // Ctrl-C and Ctrl-D.
            io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof => KeysError::Cancelled,
            _ => error.into(),
        }
    })
}

fn first_line(input: impl BufRead) -> Result<String, KeysError> {
    let mut line = Vec::new();
    input.take(LONGEST_LINE_BYTES).read_until(b'\n', &mut line)?;
    if u64::try_from(line.len()).is_ok_and(|length| length == LONGEST_LINE_BYTES) {
        return Err(BadSecret::TooLong.into());
    }
    Ok(String::from_utf8(line).map_err(|_| BadSecret::NotOneWord)?)
}

/// White space around it comes from pasting; anything a header can't carry shows that it is not a key.
fn secret_in(mut line: String) -> Result<Secret, BadSecret> {
    line.truncate(line.trim_end().len());
    line.drain(..line.len() - line.trim_start().len());
    if line.is_empty() {
        return Err(BadSecret::Empty);
    }
    if !line.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(BadSecret::NotOneWord);
    }
    Ok(Secret::new(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &[u8], expected: Result<&str, BadSecret>) {
        match (first_line(input).and_then(|line| Ok(secret_in(line)?)), expected) {
            (Ok(secret), Ok(text)) => assert!(secret.matches(text), "{input:?} must be {text}"),
            (Err(KeysError::BadSecret(error)), Err(expected)) => assert_eq!(error, expected, "{input:?}"),
            (outcome, expected) => panic!("{input:?} must be {expected:?}, not {outcome:?}"),
        }
    }

    #[test]
    fn the_first_line_is_the_secret() {
        check(b"canary-0001", Ok("canary-0001"));
        check(b" \tcanary-0001 \r\nsecond line\n", Ok("canary-0001"));
    }

    #[test]
    fn what_is_not_a_key_is_refused() {
        check(b"", Err(BadSecret::Empty));
        check(b" \r\ncanary-0001\n", Err(BadSecret::Empty));
        check(b"canary 0001\n", Err(BadSecret::NotOneWord));
        check("canary-0001\u{200b}".as_bytes(), Err(BadSecret::NotOneWord));
        check(b"canary-\xff", Err(BadSecret::NotOneWord));
        check(&[b'a'; 20_000], Err(BadSecret::TooLong));
    }
}
