//! Text that must not be committed. The searched words are put together from pieces, so that this file passes itself.

use super::{SourceFile, Violation};

/// Lock files are written by their package managers.
const LOCK_FILES: [&str; 2] = ["Cargo.lock", "package-lock.json"];

const REGISTRY_HOSTS: [&str; 8] = [
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("npm.pkg.", "github.com"),
    concat!("static.", "crates.io"),
    concat!("index.", "crates.io"),
    concat!("pypi.", "org"),
    concat!("files.", "pythonhosted.org"),
    concat!("deb.", "debian.org"),
];

/// Ways of letting every web page read the answers.
const OPEN_TO_ALL_PAGES: [&str; 3] = [
    concat!("corslayer::", "permissive"),
    concat!("corslayer::", "very_permissive"),
    concat!("allow_origin(", "any)"),
];

const LEFT_OUT_TESTS: [&str; 8] = [
    concat!("#[", "ignore"),
    concat!("test", ".skip("),
    concat!("it", ".skip("),
    concat!("describe", ".skip("),
    concat!("test", ".only("),
    concat!("it", ".only("),
    concat!("describe", ".only("),
    concat!("test", ".todo("),
];

/// Registry URLs of tarballs; `npm install` leaves them out because of `.npmrc`.
const LOCKED_URL: &str = concat!("\"resolved\": \"", "http");

pub(super) fn check(file: &SourceFile) -> Vec<Violation> {
    let lines = file.text.lines().zip(1..);
    lines
        .filter_map(|(line, number)| {
            let (problem, remedy) = problem_in(&file.path, line)?;
            Some(Violation { place: format!("{}:{number}", file.path), problem, remedy })
        })
        .collect()
}

fn problem_in(path: &str, line: &str) -> Option<(String, &'static str)> {
    if LOCK_FILES.contains(&path) {
        return line.contains(LOCKED_URL).then(|| {
            let problem = "names the host of a package registry".to_owned();
            (
                problem,
                "Delete the lock file and run `npm install` in the root, where .npmrc leaves the hosts out.",
            )
        });
    }
    let lowercase = line.to_lowercase();
    let found = |words: &[&'static str]| words.iter().copied().find(|word| lowercase.contains(word));
    if let Some(host) = found(&REGISTRY_HOSTS) {
        let problem = format!("names the package registry {host}");
        return Some((problem, "Leave the registry to each machine's own settings."));
    }
    if is_source(path) && (found(&OPEN_TO_ALL_PAGES).is_some() || allows_every_origin(&lowercase)) {
        let problem = "lets every web page read the answers".to_owned();
        return Some((
            problem,
            "Any page a user visits could then use their keys. Name the origins, or send no header.",
        ));
    }
    let left_out = found(&LEFT_OUT_TESTS).filter(|_| is_source(path))?;
    let problem = format!("leaves tests out with `{left_out}`");
    Some((
        problem,
        "Mend the test or delete it. A test that only some machines can run checks for that at its start.",
    ))
}

fn allows_every_origin(lowercase_line: &str) -> bool {
    let header = concat!("access-control-allow", "-origin");
    let constant = concat!("access_control_allow", "_origin");
    let value = lowercase_line.split_once(header).or_else(|| lowercase_line.split_once(constant));
    value.is_some_and(|(_, rest)| rest.contains('*'))
}

fn is_source(path: &str) -> bool {
    [".rs", ".ts", ".mjs", ".js", ".svelte"].iter().any(|ending| path.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    #[track_caller]
    fn check_line(path: &str, line: &str, is_allowed: bool) {
        let violations = check(&file(path, line));
        assert_eq!(violations.is_empty(), is_allowed, "{path}: {line}: {violations:?}");
    }

    #[test]
    fn a_registry_is_named_nowhere() {
        let line = format!("registry = \"https://{}/\"", REGISTRY_HOSTS[0]);
        check_line(".npmrc", &line, false);
        check_line("README.md", &line.to_uppercase(), false);
        check_line("README.md", "registries are set up per machine", true);
    }

    #[test]
    fn the_npm_lock_file_holds_no_addresses() {
        check_line("package-lock.json", &format!("{LOCKED_URL}s://host/a.tgz\","), false);
        check_line("package-lock.json", "\"resolved\": \"ui\",", true);
        check_line("package-lock.json", "\"url\": \"https://example.org/sponsors\"", true);
    }

    #[test]
    fn no_answer_is_open_to_every_page() {
        let header = concat!("access-control-allow", "-origin");
        check_line("crates/gateway/src/lib.rs", &format!("(\"{header}\", \"*\")"), false);
        check_line(
            "crates/gateway/src/lib.rs",
            &format!("assert!(!headers.contains_key(\"{header}\"))"),
            true,
        );
        check_line("crates/gateway/src/lib.rs", &format!(".layer({}())", OPEN_TO_ALL_PAGES[0]), false);
    }

    #[test]
    fn no_test_is_left_out() {
        check_line("crates/store/src/lib.rs", concat!("#[", "ignore = \"slow\"]"), false);
        check_line("ui/src/lib/time.test.ts", concat!("it", ".only('x', () => {})"), false);
        check_line("crates/store/src/lib.rs", "rows.iter().skip(1)", true);
    }

    #[test]
    fn a_violation_says_where() {
        let text = format!("first\n{}\n", REGISTRY_HOSTS[5]);
        assert_eq!(check(&file("a.md", &text))[0].place, "a.md:2");
    }
}
