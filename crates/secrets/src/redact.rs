//! The net under the logs: known secrets never get through.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::io;
use std::sync::Arc;

use memchr::memmem;
use parking_lot::RwLock;

use crate::Secret;

const REPLACEMENT: &[u8] = b"[redacted]";

/// Shorter secrets are not looked for: a dummy key such as `x` or `test` would blot out ordinary words.
const SHORTEST_REDACTED_BYTES: usize = 8;

/// Replaces every secret it knows by `[redacted]`. Clones share what they know.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    /// Longest first, so that a secret that contains another one disappears as a whole.
    secrets: Arc<RwLock<Vec<Secret>>>,
}

impl Redactor {
    /// A redactor that knows no secret yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks for `secret` from now on. Secrets under eight bytes are ignored.
    pub fn add(&self, secret: &Secret) {
        let mut secrets = self.secrets.write();
        let is_known = secrets.contains(secret);
        if secret.text().len() >= SHORTEST_REDACTED_BYTES && !is_known {
            secrets.push(secret.clone());
            secrets.sort_by_key(|known| Reverse(known.text().len()));
        }
    }

    /// `text` with every known secret replaced.
    #[must_use]
    pub fn redact<'a>(&self, text: &'a [u8]) -> Cow<'a, [u8]> {
        let mut redacted = Cow::Borrowed(text);
        for secret in self.secrets.read().iter() {
            if let Some(replaced) = replace_all(&redacted, secret.text().as_bytes()) {
                redacted = Cow::Owned(replaced);
            }
        }
        redacted
    }

    /// A writer that redacts each line before `inner` gets it.
    pub fn writer<Inner: io::Write>(&self, inner: Inner) -> RedactingWriter<Inner> {
        RedactingWriter { redactor: self.clone(), inner, held_back: Vec::new() }
    }
}

/// `text` with `needle` replaced, or `None` if it does not occur.
fn replace_all(text: &[u8], needle: &[u8]) -> Option<Vec<u8>> {
    let mut replaced = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = split_around(rest, needle) {
        replaced.extend_from_slice(before);
        replaced.extend_from_slice(REPLACEMENT);
        rest = after;
    }
    if rest.len() == text.len() {
        return None;
    }
    replaced.extend_from_slice(rest);
    Some(replaced)
}

fn split_around<'a>(text: &'a [u8], needle: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let start = memmem::find(text, needle)?;
    let (before, found) = text.split_at_checked(start)?;
    let (_, after) = found.split_at_checked(needle.len())?;
    Some((before, after))
}

/// Made by [`Redactor::writer`]. It holds an unfinished line back, so that a secret that arrives in two pieces is
/// still seen whole; [`flush`](io::Write::flush) and dropping let go of what is held.
#[derive(Debug)]
pub struct RedactingWriter<Inner: io::Write> {
    redactor: Redactor,
    inner: Inner,
    held_back: Vec<u8>,
}

impl<Inner: io::Write> RedactingWriter<Inner> {
    fn release(&mut self, length: usize) -> io::Result<()> {
        let released: Vec<u8> = self.held_back.drain(..length).collect();
        self.inner.write_all(&self.redactor.redact(&released))
    }
}

impl<Inner: io::Write> io::Write for RedactingWriter<Inner> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held_back.extend_from_slice(bytes);
        if let Some(end_of_line) = memchr::memrchr(b'\n', &self.held_back) {
            self.release(end_of_line + 1)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.release(self.held_back.len())?;
        self.inner.flush()
    }
}

impl<Inner: io::Write> Drop for RedactingWriter<Inner> {
    fn drop(&mut self) {
        // A log that cannot be written has nowhere to be reported.
        let _ = io::Write::flush(self);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn redactor(secrets: &[&str]) -> Redactor {
        let redactor = Redactor::new();
        for secret in secrets {
            redactor.add(&Secret::new((*secret).to_owned()));
        }
        redactor
    }

    #[track_caller]
    fn check(secrets: &[&str], text: &str, expected: &str) {
        let redactor = redactor(secrets);
        let shown = String::from_utf8(redactor.redact(text.as_bytes()).into_owned()).unwrap();
        assert_eq!(shown, expected, "{secrets:?} in {text:?}");
    }

    #[test]
    fn every_occurrence_of_every_known_secret_is_replaced() {
        check(&["canary-0001"], "nothing here", "nothing here");
        check(&["canary-0001"], "canary-0001", "[redacted]");
        check(
            &["canary-0001", "canary-0002"],
            "a canary-0002 b canary-0001canary-0002",
            "a [redacted] b [redacted][redacted]",
        );
        check(&["canary-0001"], "ü=canary-0001; é", "ü=[redacted]; é");
    }

    #[test]
    fn a_secret_inside_a_longer_one_leaves_no_rest() {
        check(&["canary-0001", "canary-0001-long"], "canary-0001-long", "[redacted]");
    }

    #[test]
    fn dummy_keys_do_not_blot_out_words() {
        check(&["test", "dummy"], "a test of the dummy", "a test of the dummy");
    }

    #[test]
    fn a_writer_sees_secrets_that_arrive_in_pieces() {
        for split in 0..=24 {
            let mut written = Vec::new();
            let line = b"one canary-0001\ntwo canary-0001";
            let mut writer = redactor(&["canary-0001"]).writer(&mut written);
            writer.write_all(&line[..split]).unwrap();
            writer.write_all(&line[split..]).unwrap();
            drop(writer);
            assert_eq!(written, b"one [redacted]\ntwo [redacted]", "split at {split}");
        }
    }

    #[test]
    fn a_finished_line_is_passed_on_at_once() {
        let mut written = Vec::new();
        let mut writer = redactor(&[]).writer(&mut written);
        writer.write_all(b"done\nunfin").unwrap();
        assert_eq!(writer.inner.as_slice(), b"done\n");
    }

    #[test]
    fn clones_learn_together() {
        let first = Redactor::new();
        let second = first.clone();
        first.add(&Secret::new("canary-0001".to_owned()));
        assert_eq!(second.redact(b"canary-0001").as_ref(), b"[redacted]");
    }
}
