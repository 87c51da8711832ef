//! Saving `config.toml`: a crash, a full disk or a power cut leaves the old file or the new one, never a half.

use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use thiserror::Error;

use crate::{EditError, LoadError, file};

/// Why a change of the configuration file was not saved. The file is as it was.
#[derive(Debug, Error)]
pub enum RewriteError {
    /// It can't be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// It can't be changed.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// It can't be written.
    #[error("The configuration file {} can't be saved: {source}. Check its folder's permissions and free space.", path.display())]
    Unsaved {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// Changes the file at `path` by `edit`, from its text of now to the text it shall have; a missing file starts as the
/// commented defaults.
///
/// # Errors
/// [`RewriteError`]; the file is as it was.
pub fn rewrite(
    path: &Path,
    edit: impl FnOnce(&str) -> Result<String, EditError>,
) -> Result<(), RewriteError> {
    let text = edit(&file::text_of(path)?)?;
    save(path, &text).map_err(|source| RewriteError::Unsaved { path: path.to_owned(), source })
}

/// Puts `text` in place of the file at `path` in one step. Its permissions and owner stay; a symbolic link stays one.
pub(crate) fn save(path: &Path, text: &str) -> io::Result<()> {
    let existing = match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        found => Some(found?),
    };
    let target = existing.as_deref().unwrap_or(path);
    let folder = folder_of(target);
    fs::create_dir_all(folder)?;
    let mut temporary = temporary_in(folder)?;
    if existing.is_some() {
        keep_access(&temporary, &fs::metadata(target)?)?;
    }
    temporary.write_all(text.as_bytes())?;
    temporary.as_file().sync_all()?;
    temporary.persist(target).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

/// A new file has the permissions that any program's new file has.
#[cfg(unix)]
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    tempfile::Builder::new()
        .prefix(".config.toml.")
        .permissions(fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)
}

#[cfg(not(unix))]
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".config.toml.").tempfile_in(folder)
}

#[cfg(unix)]
fn keep_access(temporary: &NamedTempFile, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let new = temporary.as_file().metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        fchown(temporary.as_file(), Some(old.uid()), Some(old.gid()))?;
    }
    // After the owner, because a change of the owner takes special bits away.
    temporary.as_file().set_permissions(old.permissions())
}

#[cfg(not(unix))]
fn keep_access(temporary: &NamedTempFile, old: &Metadata) -> io::Result<()> {
    temporary.as_file().set_permissions(old.permissions())
}

/// Makes the new name outlast a power cut. The file is in place already, and not every file system can do this.
#[cfg(unix)]
fn sync_folder(folder: &Path) {
    let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
}

#[cfg(not(unix))]
const fn sync_folder(_folder: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn the_new_text_takes_the_place_of_the_old_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/config.toml");
        save(&path, "old").unwrap();
        save(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(path.parent().unwrap()), ["config.toml"]);
    }

    #[test]
    fn a_refused_edit_leaves_the_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        save(&path, "version = 1\n").unwrap();
        let error = rewrite(&path, |_| Err(EditError::NoSuchKey { provider: "groq".to_owned() }));
        assert!(matches!(error, Err(RewriteError::Edit(_))), "{error:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "version = 1\n");
    }

    #[test]
    fn a_missing_file_starts_as_the_commented_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        rewrite(&path, |text| Ok(format!("{text}# added\n"))).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# Keywheel reads this file") && text.ends_with("# added\n"), "{text}");
    }

    #[test]
    fn what_can_not_be_saved_is_reported_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::create_dir_all(path.join("a folder in its place")).unwrap();
        save(&path, "new").expect_err("a folder can't be replaced by a file");
        assert_eq!(names(folder.path()), ["config.toml"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_a_symbolic_link_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("dotfiles/keywheel.toml"), folder.path().join("config.toml"));
        save(&real, "old").unwrap();
        for mode in [0o600, 0o644] {
            fs::set_permissions(&real, fs::Permissions::from_mode(mode)).unwrap();
            std::os::unix::fs::symlink(&real, &link).unwrap();
            save(&link, "new").unwrap();
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "the link is still a link");
            assert_eq!(fs::read_to_string(&real).unwrap(), "new");
            assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, mode);
            fs::remove_file(&link).unwrap();
        }
    }
}
