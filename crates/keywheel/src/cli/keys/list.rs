use std::io::{self, Write};

use clap::Args;
use keywheel::{NoSecret, secret_of};
use keywheel_config::KeySource;
use keywheel_rotation::{Key, Provider};
use keywheel_secrets::Secret;
use serde::Serialize;

use super::Setup;
use super::error::KeysError;
use crate::cli::ConfigFile;

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Print JSON, for programs: {"keys": […], "problems": […]}.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    file: ConfigFile,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Listing {
    keys: Vec<ListedKey>,
    /// What is wrong with the configured providers, models and keys, each a sentence that says what to do.
    problems: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ListedKey {
    id: String,
    provider: String,
    label: String,
    source: Source,
    /// The variable that holds the secret.
    variable: Option<String>,
    /// The last four characters of the secret.
    hint: Option<String>,
    usable: bool,
    /// Why it is not usable.
    reason: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    Keychain,
    Variable,
}

pub(super) async fn run(list: List) -> Result<(), KeysError> {
    let setup = Setup::load(list.file)?;
    let mut keys = Vec::new();
    for provider in &setup.plan.fleet.providers {
        for key in &provider.keys {
            keys.extend(setup.listed(provider, key).await);
        }
    }
    let listing = Listing { keys, problems: setup.plan.problems };
    let mut out = io::stdout().lock();
    if list.json {
        serde_json::to_writer_pretty(&mut out, &listing).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        print_table(&mut out, &listing)?;
    }
    Ok(out.flush()?)
}

impl Setup {
    /// `None` for the stand-in of a provider that asks for no key.
    async fn listed(&self, provider: &Provider, key: &Key) -> Option<ListedKey> {
        let (source, variable) = match self.plan.key_sources.get(&key.id)? {
            KeySource::Keyless => return None,
            KeySource::Store => (Source::Keychain, None),
            KeySource::Variable(name) => (Source::Variable, Some(name.clone())),
        };
        let origin = self.plan.key_sources.get(&key.id)?;
        let secret =
            secret_of(&key.id, origin, self.chosen_keychain().ok_or(&NoSecret::NotKept), &self.environment)
                .await;
        let reason = match &secret {
            Err(why) => Some(why.to_string()),
            Ok(_) if !key.enabled => Some("the key is switched off".to_owned()),
            Ok(_) if !provider.enabled => Some("the provider is switched off".to_owned()),
            Ok(_) => None,
        };
        Some(ListedKey {
            id: key.id.to_string(),
            provider: provider.id.to_string(),
            label: key.label.clone(),
            source,
            variable,
            hint: secret.ok().flatten().as_ref().and_then(Secret::hint),
            usable: reason.is_none(),
            reason,
        })
    }
}

impl ListedKey {
    fn row(&self) -> [String; 6] {
        let from =
            self.variable.as_ref().map_or_else(|| "keychain".to_owned(), |name| format!("variable {name}"));
        let ends_in = self.hint.as_ref().map_or_else(|| "-".to_owned(), |hint| format!("…{hint}"));
        let state =
            self.reason.as_ref().map_or_else(|| "usable".to_owned(), |why| format!("not usable: {why}"));
        [self.provider.clone(), self.label.clone(), self.id.clone(), from, ends_in, state]
    }
}

fn print_table(out: &mut impl Write, listing: &Listing) -> io::Result<()> {
    if listing.keys.is_empty() {
        writeln!(out, "There are no keys. Add one with: keywheel keys add PROVIDER")?;
    } else {
        let header = ["PROVIDER", "LABEL", "ID", "FROM", "ENDS IN", "STATE"].map(str::to_owned);
        let rows: Vec<_> = [header].into_iter().chain(listing.keys.iter().map(ListedKey::row)).collect();
        rows.iter().try_for_each(|row| writeln!(out, "{}", aligned(row, &rows)))?;
    }
    listing.problems.iter().try_for_each(|problem| writeln!(out, "note: {problem}"))
}

/// The cells of `row`, each as wide as the widest of its column in `rows`.
fn aligned(row: &[String; 6], rows: &[[String; 6]]) -> String {
    let cells = row.iter().enumerate().map(|(column, cell)| {
        let widest = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
        format!("{cell:width$}", width = widest.unwrap_or(0))
    });
    cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(label: &str, variable: Option<&str>, reason: Option<&str>) -> ListedKey {
        ListedKey {
            id: "k_7f3a".to_owned(),
            provider: "groq".to_owned(),
            label: label.to_owned(),
            source: if variable.is_some() { Source::Variable } else { Source::Keychain },
            variable: variable.map(str::to_owned),
            hint: reason.is_none().then(|| "0001".to_owned()),
            usable: reason.is_none(),
            reason: reason.map(str::to_owned),
        }
    }

    #[track_caller]
    fn check(keys: Vec<ListedKey>, problems: &[&str], expected: &str) {
        let mut out = Vec::new();
        let problems = problems.iter().map(|problem| (*problem).to_owned()).collect();
        print_table(&mut out, &Listing { keys, problems }).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn the_columns_line_up() {
        let keys = vec![
            listed("büro", None, None),
            listed("personal", Some("GROQ_API_KEY_2"), Some("the variable GROQ_API_KEY_2 is not set")),
        ];
        check(
            keys,
            &["Something is wrong."],
            "PROVIDER  LABEL     ID      FROM                     ENDS IN  STATE\n\
             groq      büro      k_7f3a  keychain                 …0001    usable\n\
             groq      personal  k_7f3a  variable GROQ_API_KEY_2  -        not usable: the variable GROQ_API_KEY_2 is not set\n\
             note: Something is wrong.\n",
        );
    }

    #[test]
    fn without_keys_it_says_how_to_add_one() {
        check(Vec::new(), &[], "There are no keys. Add one with: keywheel keys add PROVIDER\n");
    }
}
