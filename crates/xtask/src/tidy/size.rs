//! Files stay short enough to be read in one go.

use super::{SourceFile, Violation};

const MOST_LINES: usize = 600;
const CHECKED_ENDINGS: [&str; 5] = [".rs", ".svelte", ".ts", ".mjs", ".js"];
/// Generated, so nobody reads them.
const EXCEPTIONS: [&str; 1] = ["ui/src/lib/api/schema.d.ts"];

pub(super) fn check(file: &SourceFile) -> Option<Violation> {
    let is_checked = CHECKED_ENDINGS.iter().any(|ending| file.path.ends_with(ending));
    if !is_checked || EXCEPTIONS.contains(&file.path.as_str()) {
        return None;
    }
    let n_lines = file.text.lines().count();
    (n_lines > MOST_LINES).then(|| Violation {
        place: file.path.clone(),
        problem: format!("has {n_lines} lines, the limit is {MOST_LINES}"),
        remedy: "Split it by what its parts are about; 250 lines is the aim. Tests may move to a file of their own.",
    })
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    #[track_caller]
    fn check_lines(path: &str, n_lines: usize, is_allowed: bool) {
        let violation = check(&file(path, &"line\n".repeat(n_lines)));
        assert_eq!(violation.is_none(), is_allowed, "{path} with {n_lines} lines: {violation:?}");
    }

    #[test]
    fn the_limit_itself_is_allowed_and_one_more_is_not() {
        check_lines("crates/engine/src/lib.rs", 600, true);
        check_lines("crates/engine/src/lib.rs", 601, false);
        check_lines("ui/src/App.svelte", 601, false);
    }

    #[test]
    fn data_and_generated_files_may_be_long() {
        check_lines("Cargo.lock", 7_000, true);
        check_lines("ui/src/lib/api/schema.d.ts", 2_000, true);
    }
}
