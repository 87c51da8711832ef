//! Loading `config.toml`, with messages a person can act on.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::Config;
use crate::save::save;

/// The commented file that is written at the first start.
const DEFAULT_FILE: &str = include_str!("default.toml");
/// The newest shape this version reads.
const VERSION: u32 = 1;

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// What it says.
    pub config: Config,
    /// Keys nobody reads: typos, or options of another version. Each is a dotted path.
    pub unknown_keys: Vec<String>,
}

/// Why the configuration can't be used.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file can't be read or made.
    #[error("The configuration file {} can't be {action}: {source}. Check the path and its permissions.", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// `read` or `created`.
        action: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// It is not valid.
    #[error("{}:{line}:{column}: {what}. Correct this line of the configuration file.", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        what: String,
    },
    /// A newer Keywheel wrote it.
    #[error("{} has version {found}, and this Keywheel reads up to version {VERSION}. Update Keywheel, or use another file with --config.", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
}

/// Reads the file at `path`; makes it with commented defaults if there is none.
///
/// # Errors
/// [`LoadError`] names the file, and the line where there is one. The file is never changed.
pub fn load_or_create(path: &Path) -> Result<Loaded, LoadError> {
    if !path.exists() {
        save(path, DEFAULT_FILE).map_err(unreadable(path, "created"))?;
    }
    load(path)
}

/// Reads the file at `path`, or what it would say if there is none. Nothing is written.
///
/// # Errors
/// [`LoadError`], as for [`load_or_create`].
pub fn load(path: &Path) -> Result<Loaded, LoadError> {
    parse(path, &text_of(path)?)
}

/// The text of the file at `path`, or the text it is first made with.
pub(crate) fn text_of(path: &Path) -> Result<String, LoadError> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(DEFAULT_FILE.to_owned()),
        read => read.map_err(unreadable(path, "read")),
    }
}

fn unreadable(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> LoadError {
    move |source| LoadError::Unreadable { path: path.to_owned(), action, source }
}

/// Reads `text` as the file at `path`, which only names it in messages.
///
/// # Errors
/// [`LoadError::Invalid`] or [`LoadError::TooNew`].
pub fn parse(path: &Path, text: &str) -> Result<Loaded, LoadError> {
    let invalid = |error: &toml::de::Error| {
        let (line, column) = place(text, error.span().map_or(0, |span| span.start));
        let what = error.message().trim_end_matches('.').replace('\n', ", ");
        LoadError::Invalid { path: path.to_owned(), line, column, what }
    };
    let mut unknown_keys = Vec::new();
    let deserializer = toml::Deserializer::parse(text).map_err(|error| invalid(&error))?;
    let config: Config =
        serde_ignored::deserialize(deserializer, |key| unknown_keys.push(key.to_string().replace(".?", "")))
            .map_err(|error| invalid(&error))?;
    if config.version > VERSION {
        return Err(LoadError::TooNew { path: path.to_owned(), found: config.version });
    }
    Ok(Loaded { config, unknown_keys })
}

/// Line and column, both from 1, of a byte offset.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Loaded, LoadError> {
        parse(Path::new("config.toml"), text)
    }

    #[test]
    fn the_default_file_says_what_the_defaults_are() {
        let mut config = read(DEFAULT_FILE).expect("the default file is valid").config;
        config.version = 0;
        assert_eq!(config, Config::default());
        let stripped = uncommented(DEFAULT_FILE);
        let loaded = read(&stripped).expect("the commented options are valid too");
        assert_eq!(loaded.config.server, Config::default().server, "what the comments show are the defaults");
        assert_eq!(loaded.config.rotation, Config::default().rotation);
        assert_eq!(loaded.unknown_keys, Vec::<String>::new());
    }

    /// The option lines (`# key = value`) of the tables before the examples, taken out of their comments.
    fn uncommented(text: &str) -> String {
        let options = text.split("# A provider from the catalogue").next().unwrap_or_default();
        let option =
            |line: &str| line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).map(str::to_owned);
        let lines: Vec<_> =
            options.lines().map(|line| option(line).unwrap_or_else(|| line.to_owned())).collect();
        lines.join("\n")
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        let error =
            read("version = 1\n[server]\nport = \"x\"\n").expect_err("a port is a number").to_string();
        assert!(error.starts_with("config.toml:3:8: "), "{error}");
        let error = read("[server\n").expect_err("broken TOML").to_string();
        assert!(error.starts_with("config.toml:1:"), "{error}");
        let error = read("version = 9\n").expect_err("too new").to_string();
        assert!(error.contains("Update Keywheel"), "{error}");
    }

    #[test]
    fn a_typo_is_reported_and_not_fatal() {
        let mut loaded =
            read("[server]\nprot = 1\n[[providers]]\nid = \"groq\"\npriorty = 2\n").expect("still valid");
        loaded.unknown_keys.sort_unstable();
        assert_eq!(loaded.unknown_keys, ["providers.0.priorty", "server.prot"]);
    }

    #[test]
    fn a_target_accepts_no_option_that_would_be_ignored() {
        let text = "[[models]]\nname = \"m\"\ntargets = [{ target = \"a/b\", tier = 1, params = {} }]\n";
        let error = read(text).expect_err("params are not read yet").to_string();
        assert!(error.contains("a target is written"), "{error}");
    }

    #[test]
    fn the_first_start_makes_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/config.toml");
        load_or_create(&path).expect("made");
        assert_eq!(std::fs::read_to_string(&path).expect("it is there"), DEFAULT_FILE);
    }
}
