//! Secrets from environment variables.

use std::collections::HashMap;
use std::ffi::OsString;

use crate::Secret;

/// The secrets in a set of environment variables, taken once. Pass `std::env::vars_os()` in a binary and pairs of
/// texts in a test. Names and values that are not Unicode, and empty values, are left out; white space and one pair
/// of quotes around a value are taken off, because `.env` files and service managers hand them through.
#[derive(Debug, Default)]
pub struct EnvironmentSecrets {
    variables: HashMap<String, Secret>,
}

impl EnvironmentSecrets {
    /// Takes the variables over.
    pub fn new<Name, Value>(variables: impl IntoIterator<Item = (Name, Value)>) -> Self
    where
        Name: Into<OsString>,
        Value: Into<OsString>,
    {
        let variables = variables
            .into_iter()
            .filter_map(|(name, value)| {
                let name = name.into().into_string().ok()?;
                let value = Secret::new(value.into().into_string().ok()?);
                Some((name, bare(&value)?))
            })
            .collect();
        Self { variables }
    }

    /// The value of the variable `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Secret> {
        self.variables.get(name).cloned()
    }

    /// The variables `prefix` and `prefix_<number>` with their values: the bare name first, then by number. A value
    /// that occurs under several names counts once, under the first.
    #[must_use]
    pub fn numbered(&self, prefix: &str) -> Vec<(String, Secret)> {
        let mut found: Vec<_> = self
            .variables
            .iter()
            .filter_map(|(name, secret)| Some((position(prefix, name)?, name, secret)))
            .collect();
        found.sort_by(|left, right| (left.0, left.1).cmp(&(right.0, right.1)));

        let mut distinct: Vec<(String, Secret)> = Vec::with_capacity(found.len());
        for (_, name, secret) in found {
            if !distinct.iter().any(|(_, earlier)| earlier == secret) {
                distinct.push((name.clone(), secret.clone()));
            }
        }
        distinct
    }
}

/// Where `name` stands among the names made from `prefix`: `None` inside for the bare prefix, then its number.
fn position(prefix: &str, name: &str) -> Option<Option<u32>> {
    let rest = name.strip_prefix(prefix)?;
    if rest.is_empty() {
        return Some(None);
    }
    let digits = rest.strip_prefix('_')?;
    // `parse` alone would take a sign.
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok().map(Some)).flatten()
}

/// The value without surrounding white space and quotes; `None` if nothing is left.
fn bare(value: &Secret) -> Option<Secret> {
    let trimmed = value.text().trim();
    let unquoted = ['"', '\'']
        .into_iter()
        .find_map(|quote| trimmed.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(trimmed)
        .trim();
    (!unquoted.is_empty()).then(|| Secret::new(unquoted.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variables: &[(&str, &str)], expected: &[(&str, &str)]) {
        let environment = EnvironmentSecrets::new(variables.iter().copied());
        let found: Vec<_> = environment
            .numbered("GROQ_API_KEY")
            .into_iter()
            .map(|(name, secret)| (name, secret.text().to_owned()))
            .collect();
        let expected: Vec<_> =
            expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(found, expected, "from {variables:?}");
    }

    #[test]
    fn numbered_names_come_in_numeric_order_after_the_bare_one() {
        check(
            &[
                ("GROQ_API_KEY_10", "canary-10"),
                ("GROQ_API_KEY_2", "canary-2"),
                ("GROQ_API_KEY", "canary"),
                ("GROQ_API_KEY_0", "canary-0"),
            ],
            &[
                ("GROQ_API_KEY", "canary"),
                ("GROQ_API_KEY_0", "canary-0"),
                ("GROQ_API_KEY_2", "canary-2"),
                ("GROQ_API_KEY_10", "canary-10"),
            ],
        );
    }

    #[test]
    fn other_names_are_left_alone() {
        check(
            &[
                ("GROQ_API_KEY_", "canary-1"),
                ("GROQ_API_KEY_A", "canary-2"),
                ("GROQ_API_KEY_+1", "canary-3"),
                ("GROQ_API_KEY_1_2", "canary-4"),
                ("GROQ_API_KEYS", "canary-5"),
                ("OTHER_GROQ_API_KEY", "canary-6"),
                ("GROQ_API_KEY_99999999999999999999", "canary-7"),
            ],
            &[],
        );
    }

    #[test]
    fn quotes_and_white_space_are_taken_off_and_empty_values_left_out() {
        check(
            &[
                ("GROQ_API_KEY", "  "),
                ("GROQ_API_KEY_1", " \"canary-1\"\r\n"),
                ("GROQ_API_KEY_2", "' canary-2 '"),
                ("GROQ_API_KEY_3", "\"\""),
                ("GROQ_API_KEY_4", "\"canary-4"),
                ("GROQ_API_KEY_5", "\""),
            ],
            &[
                ("GROQ_API_KEY_1", "canary-1"),
                ("GROQ_API_KEY_2", "canary-2"),
                ("GROQ_API_KEY_4", "\"canary-4"),
                ("GROQ_API_KEY_5", "\""),
            ],
        );
    }

    #[test]
    fn one_key_under_two_names_counts_once() {
        check(&[("GROQ_API_KEY_1", "canary"), ("GROQ_API_KEY", "canary")], &[("GROQ_API_KEY", "canary")]);
    }

    #[test]
    fn a_single_variable_is_found_by_its_name() {
        let environment = EnvironmentSecrets::new([("PROXY_API_KEY", "canary-0001")]);
        assert!(environment.get("PROXY_API_KEY").unwrap().matches("canary-0001"));
        assert!(environment.get("PROXY_API").is_none());
    }
}
