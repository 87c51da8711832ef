//! Where files lie when nobody says.

use std::path::PathBuf;

use directories::ProjectDirs;

/// The platform's place for `config.toml`; `None` where the system names no home folder.
#[must_use]
pub fn config_file() -> Option<PathBuf> {
    Some(project()?.config_dir().join("config.toml"))
}

/// The platform's place for the database and logs; `None` where the system names no home folder.
#[must_use]
pub fn data_dir() -> Option<PathBuf> {
    Some(project()?.data_dir().to_owned())
}

fn project() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "keywheel")
}
