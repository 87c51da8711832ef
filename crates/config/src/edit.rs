//! Changing `config.toml` the way a person with an editor would.
//!
//! An edit is a function from text to text. It looks up the place in the parsed file and then inserts or cuts there,
//! so every byte elsewhere stays: comments, keys this version does not know, line endings, odd spacing. A comment
//! inside a removed entry goes with it; the lines above and below stay.
//!
//! Before an edit is handed out, both texts are read again as a [`Config`]: they must differ in the wanted key only.

mod place;

use std::ops::Range;
use std::path::Path;

use thiserror::Error;
use toml_edit::{Document, Item, Table, Value};

use crate::{Config, KeyEntry, LoadError, ProviderEntry, file};
use place::{ValueList, line_start, lines_of, newline_of, own_end, past_line, sections};

/// The indentation of a first key below its provider, as in the commented examples.
const INDENTATION: &str = "  ";

/// Why a text can't be edited.
#[derive(Debug, Error)]
pub enum EditError {
    /// It is not a valid configuration.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The key is not in it.
    #[error(
        "Provider '{provider}' no longer has this key in the configuration file. Look at keywheel keys list."
    )]
    NoSuchKey {
        /// The provider.
        provider: String,
    },
    /// It is laid out in a way that only a person should touch.
    #[error(
        "The configuration file writes provider '{provider}' in an unusual way. Write it as a [[providers]] table with \
         [[providers.keys]] tables below it, or make this change by hand."
    )]
    Layout {
        /// The provider.
        provider: String,
    },
}

/// Adds the key `id` to `provider`, which is added too if the text does not name it.
///
/// # Errors
/// [`EditError`] if the text can't be edited.
pub fn add_key(text: &str, provider: &str, id: &str, label: Option<&str>) -> Result<String, EditError> {
    let mut expected = config_of(text)?;
    let key = KeyEntry { id: Some(id.to_owned()), label: label.map(str::to_owned), ..KeyEntry::default() };
    match expected.providers.iter_mut().find(|entry| entry.id == provider) {
        Some(entry) => entry.keys.push(key),
        None => expected.providers.push(ProviderEntry { keys: vec![key], ..ProviderEntry::named(provider) }),
    }
    let edited = with_key(text, provider, &Fields { id, label });
    checked(edited, &expected, provider)
}

/// Takes the key with the id and variable of `key` away from `provider`.
///
/// # Errors
/// [`EditError`] if it is not there, or if the text can't be edited.
pub fn remove_key(text: &str, provider: &str, key: &KeyEntry) -> Result<String, EditError> {
    let mut expected = config_of(text)?;
    let keys = expected.providers.iter_mut().find(|entry| entry.id == provider).map(|entry| &mut entry.keys);
    let found = keys.and_then(|keys| Some((keys.iter().position(|entry| is_same(entry, key))?, keys)));
    let Some((position, keys)) = found else {
        return Err(EditError::NoSuchKey { provider: provider.to_owned() });
    };
    keys.remove(position);
    checked(without_key(text, provider, position), &expected, provider)
}

fn is_same(left: &KeyEntry, right: &KeyEntry) -> bool {
    (&left.id, &left.env) == (&right.id, &right.env)
}

fn config_of(text: &str) -> Result<Config, LoadError> {
    Ok(file::parse(Path::new("config.toml"), text)?.config)
}

/// The edited text, if it says what was expected of it and nothing else.
fn checked(edited: Option<String>, expected: &Config, provider: &str) -> Result<String, EditError> {
    let is_expected = |text: &String| config_of(text).is_ok_and(|config| config == *expected);
    edited.filter(is_expected).ok_or_else(|| EditError::Layout { provider: provider.to_owned() })
}

/// What is written of a new key.
struct Fields<'a> {
    id: &'a str,
    label: Option<&'a str>,
}

impl Fields<'_> {
    fn pairs(&self) -> impl Iterator<Item = String> {
        let label = self.label.map(|label| ("label", label));
        [("id", self.id)]
            .into_iter()
            .chain(label)
            .map(|(name, value)| format!("{name} = {}", Value::from(value)))
    }

    fn table(&self, indentation: &str, newline: &str) -> String {
        let lines = ["[[providers.keys]]".to_owned()].into_iter().chain(self.pairs());
        lines.map(|line| format!("{indentation}{line}{newline}")).collect()
    }

    fn inline(&self) -> String {
        format!("{{ {} }}", self.pairs().collect::<Vec<_>>().join(", "))
    }
}

/// `None` where the layout leaves no safe place.
fn with_key(text: &str, provider: &str, fields: &Fields<'_>) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let newline = newline_of(text);
    let Some(table) = provider_table(&document, provider) else {
        let header = format!("[[providers]]{newline}id = {}{newline}", Value::from(provider));
        let block = format!("{newline}{header}{}", fields.table(INDENTATION, newline));
        return Some(with_lines(text, text.len(), &block));
    };
    match table.get("keys") {
        None => Some(with_lines(text, own_end(table), &fields.table(INDENTATION, newline))),
        Some(Item::ArrayOfTables(keys)) => {
            let last = keys.iter().last()?;
            let header = last.span()?;
            let indentation = text.get(line_start(text, header.start)..header.start)?;
            let end = sections(last).iter().map(|section| section.end).max()?;
            Some(with_lines(text, end, &fields.table(indentation, newline)))
        }
        Some(Item::Value(Value::Array(keys))) => {
            let (at, separator) = match keys.iter().last() {
                Some(last) => (last.span()?.end, ", "),
                None => (keys.span()?.start + 1, ""),
            };
            with_text(text, at, &format!("{separator}{}", fields.inline()))
        }
        Some(_) => None,
    }
}

fn without_key(text: &str, provider: &str, position: usize) -> Option<String> {
    let document = Document::parse(text).ok()?;
    match provider_table(&document, provider)?.get("keys")? {
        Item::ArrayOfTables(keys) => {
            let sections = sections(keys.get(position)?);
            Some(without(text, sections.into_iter().map(|section| lines_of(text, section)).collect()))
        }
        Item::Value(Value::Array(keys)) => {
            Some(without(text, ValueList { text, values: keys }.element(position)?))
        }
        Item::None | Item::Value(_) | Item::Table(_) => None,
    }
}

/// The first provider of this id, which is the one that counts.
fn provider_table<'a>(document: &'a Document<&str>, provider: &str) -> Option<&'a Table> {
    let providers = document.get("providers")?.as_array_of_tables()?;
    providers.iter().find(|table| table.get("id").and_then(Item::as_str) == Some(provider))
}

/// `text` with whole `lines` after the line that `offset` is in.
fn with_lines(text: &str, offset: usize, lines: &str) -> String {
    let at = past_line(text, offset);
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { newline_of(text) };
    format!("{before}{gap}{lines}{after}")
}

fn with_text(text: &str, offset: usize, inserted: &str) -> Option<String> {
    let (before, after) = text.split_at_checked(offset)?;
    Some(format!("{before}{inserted}{after}"))
}

fn without(text: &str, mut cuts: Vec<Range<usize>>) -> String {
    cuts.sort_by_key(|cut| cut.start);
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    for cut in cuts {
        kept.push_str(text.get(at..cut.start).unwrap_or_default());
        at = cut.end;
    }
    kept.push_str(text.get(at..).unwrap_or_default());
    kept
}

#[cfg(test)]
mod tests;
