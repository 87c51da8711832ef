//! The npm side: node modules and the built UI, each only when something changed.

use std::path::Path;

use anyhow::{Context, Result};

use crate::process::Process;
use crate::progress;
use crate::workspace::{newest_change, root};

/// Folders below `ui` that are results, not sources.
const GENERATED: [&str; 2] = ["node_modules", "dist"];

/// Installs the node modules when the lock file is newer than the last installation.
pub(crate) fn install() -> Result<()> {
    let installed = root().join("node_modules/.package-lock.json");
    if is_fresh(&installed, &[&root().join("package-lock.json")]) {
        return Ok(());
    }
    progress::step("Installing node modules (npm ci)");
    Process::npm().arg("ci").run().context(
        "the node modules could not be installed; check the network and that package-lock.json fits package.json",
    )
}

/// Builds `ui/dist`, which the programs embed, when a source is newer than it.
pub(crate) fn build_ui() -> Result<()> {
    let (pages, lock_file) = (root().join("ui"), root().join("package-lock.json"));
    if is_fresh(&pages.join("dist/index.html"), &[&pages, &lock_file]) {
        return Ok(());
    }
    progress::step("Building the window's pages (ui/dist)");
    script("ui", "build").run()
}

/// `npm run <name>` in one of the npm workspaces.
pub(crate) fn script(workspace: &str, name: &str) -> Process {
    Process::npm().args(["run", name, "--workspace", workspace])
}

/// A command line tool that a node module brings; never one fetched from elsewhere.
pub(crate) fn tool(name: &str) -> Process {
    Process::npm().args(["exec", "--offline", "--", name])
}

/// Whether `result` exists and nothing in `sources` is newer.
fn is_fresh(result: &Path, sources: &[&Path]) -> bool {
    let Ok(made) = result.metadata().and_then(|metadata| metadata.modified()) else {
        return false;
    };
    let newest_source = sources.iter().filter_map(|source| newest_change(source, &GENERATED));
    newest_source.max().is_none_or(|changed| changed <= made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File, FileTimes};
    use std::path::PathBuf;
    use std::time::{Duration, SystemTime};

    /// A folder of its own with `src/page.ts` of age 100 s and `dist/index.html` of the age given.
    fn project(name: &str, result_age: Duration) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        for (file, age) in [("src/page.ts", Duration::from_secs(100)), ("dist/index.html", result_age)] {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(10_000) - age;
            let times = FileTimes::new().set_modified(time);
            File::create(&path).unwrap().set_times(times).unwrap();
        }
        folder
    }

    #[track_caller]
    fn check(name: &str, result_age: Duration, expected: bool) {
        let folder = project(name, result_age);
        let fresh = is_fresh(&folder.join("dist/index.html"), &[&folder]);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(fresh, expected, "result of age {result_age:?}, source of age 100 s");
    }

    #[test]
    fn a_result_newer_than_its_sources_is_fresh() {
        check("newer", Duration::from_secs(50), true);
    }

    #[test]
    fn a_result_older_than_a_source_is_not_fresh() {
        check("older", Duration::from_secs(150), false);
    }

    #[test]
    fn a_missing_result_is_not_fresh() {
        assert!(!is_fresh(Path::new("no/such/file"), &[]));
    }
}
