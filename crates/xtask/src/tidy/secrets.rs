//! Nothing that looks like a provider's key is committed. Tests use canaries: made-up keys with `canary` in them.

use super::{SourceFile, Violation};

/// How a key begins and how long the rest is at least.
const SHAPES: [(&str, usize); 9] = [
    ("sk-", 20),
    ("gsk_", 20),
    ("AIza", 30),
    ("xai-", 20),
    ("hf_", 24),
    ("nvapi-", 20),
    ("csk-", 20),
    ("ghp_", 30),
    ("AKIA", 16),
];

pub(super) fn check(file: &SourceFile) -> Vec<Violation> {
    let lines = file.text.lines().zip(1..);
    let with_keys = lines.filter(|(line, _)| line.split(|c| !is_key_character(c)).any(is_key));
    with_keys
        .map(|(_, number)| Violation {
            place: format!("{}:{number}", file.path),
            problem: "holds something shaped like a provider's key".to_owned(),
            remedy: "If it was real, revoke it now: git keeps it. In tests put the word canary into the key.",
        })
        .collect()
}

fn is_key_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-' || character == '_'
}

/// Keys are random, so a digit is among the characters; long words joined by hyphens have none.
fn is_key(word: &str) -> bool {
    let has_shape = SHAPES.iter().any(|(prefix, least_length)| {
        let rest = word.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.len() >= *least_length && rest.contains(|c: char| c.is_ascii_digit()))
    });
    has_shape && !word.to_lowercase().contains("canary")
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    #[track_caller]
    fn check_word(word: &str, is_allowed: bool) {
        let violations = check(&file("tests/it.rs", &format!("let key = \"{word}\";")));
        assert_eq!(violations.is_empty(), is_allowed, "{word}: {violations:?}");
    }

    #[test]
    fn key_shapes_are_found() {
        for (prefix, least_length) in SHAPES {
            check_word(&format!("{prefix}{}", "7".repeat(least_length)), false);
        }
    }

    #[test]
    fn canaries_short_examples_and_words_are_allowed() {
        check_word(&format!("sk-canary-{}", "7".repeat(30)), true);
        check_word("sk-7f3a", true);
        check_word(concat!("sk-", "your-key-goes-in-this-place"), true);
        check_word("task-force-2026-report-of-the-year", true);
    }

    #[test]
    fn the_key_itself_is_not_repeated_in_the_message() {
        let key = format!("gsk_{}", "9".repeat(40));
        let violations = check(&file("a.md", &key));
        assert!(!violations[0].to_string().contains(&key), "{violations:?}");
    }
}
