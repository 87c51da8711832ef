//! Who may depend on whom: the arrows of `ARCHITECTURE.md`, and the homes of the libraries that make a layer what it is.

use super::Violation;
use super::dependencies::{Dependency, Member, Scope};

/// A member and the members it may depend on. The simulator may serve anyone's tests.
const LAYERS: [(&str, &[&str]); 13] = [
    ("keywheel-rotation", &[]),
    ("keywheel-secrets", &[]),
    ("keywheel-simulator", &[]),
    ("keywheel-dialects", &["keywheel-rotation"]),
    ("keywheel-config", &["keywheel-rotation"]),
    ("keywheel-store", &["keywheel-rotation"]),
    (
        "keywheel-engine",
        &["keywheel-rotation", "keywheel-dialects", "keywheel-config", "keywheel-store", "keywheel-secrets"],
    ),
    (
        "keywheel-gateway",
        &["keywheel-engine", "keywheel-rotation", "keywheel-dialects", "keywheel-config", "keywheel-secrets"],
    ),
    (
        "keywheel-admin",
        &["keywheel-engine", "keywheel-rotation", "keywheel-dialects", "keywheel-config", "keywheel-store"],
    ),
    (
        "keywheel",
        &[
            "keywheel-admin",
            "keywheel-gateway",
            "keywheel-engine",
            "keywheel-rotation",
            "keywheel-dialects",
            "keywheel-config",
            "keywheel-store",
            "keywheel-secrets",
            "keywheel-simulator",
        ],
    ),
    ("keywheel-desktop", &["keywheel", "keywheel-admin"]),
    ("system-tests", &["keywheel", "keywheel-simulator"]),
    ("xtask", &[]),
];

/// A library and the only members that may use it.
struct Home {
    /// Its name; what begins with it and a hyphen belongs to it.
    library: &'static str,
    shipping: &'static [&'static str],
    development: Tests,
}

enum Tests {
    /// Any member's tests may use it.
    Anywhere,
    /// Only these members' tests, and the tests of the members that ship it.
    In(&'static [&'static str]),
}

const HOMES: [Home; 6] = [
    Home { library: "tauri", shipping: &["keywheel-desktop"], development: Tests::In(&[]) },
    Home {
        library: "axum",
        shipping: &["keywheel-gateway", "keywheel-admin", "keywheel", "keywheel-simulator"],
        development: Tests::In(&[]),
    },
    Home { library: "sqlx", shipping: &["keywheel-store"], development: Tests::In(&["system-tests"]) },
    Home { library: "reqwest", shipping: &["keywheel-engine"], development: Tests::Anywhere },
    Home {
        library: "anyhow",
        shipping: &["keywheel", "keywheel-desktop", "keywheel-simulator", "system-tests", "xtask"],
        development: Tests::Anywhere,
    },
    // Policies and wire formats are functions, not tasks.
    Home {
        library: "tokio",
        shipping: &[
            "keywheel-secrets",
            "keywheel-store",
            "keywheel-engine",
            "keywheel-gateway",
            "keywheel-admin",
            "keywheel",
            "keywheel-simulator",
            "keywheel-desktop",
            "keywheel-config",
        ],
        development: Tests::Anywhere,
    },
];

pub(super) fn check(members: &[Member]) -> Vec<Violation> {
    let is_member = |name: &str| members.iter().any(|member| member.name == name);
    let mut violations = Vec::new();
    for member in members {
        for dependency in &member.dependencies {
            let violation = if is_member(&dependency.name) {
                check_edge(&member.name, dependency)
            } else {
                check_home(&member.name, dependency)
            };
            violations.extend(violation);
        }
        if !LAYERS.iter().any(|(name, _)| *name == member.name) {
            violations.push(unknown_member(&member.name));
        }
    }
    violations
}

fn check_edge(member: &str, dependency: &Dependency) -> Option<Violation> {
    let (_, allowed) = LAYERS.iter().find(|(name, _)| *name == member)?;
    let in_tests = dependency.scope == Scope::Development;
    let is_allowed =
        allowed.contains(&dependency.name.as_str()) || (in_tests && dependency.name == "keywheel-simulator");
    (!is_allowed).then(|| Violation {
        place: format!("Cargo.toml of {member}"),
        problem: format!("depends on {}, which is not below it", dependency.name),
        remedy: "Move the code to the layer that may know both, or pass a value or a trait object down. The arrows are \
                 in ARCHITECTURE.md and in crates/xtask/src/tidy/layers.rs.",
    })
}

fn check_home(member: &str, dependency: &Dependency) -> Option<Violation> {
    let home = HOMES.iter().find(|home| belongs_to(&dependency.name, home.library))?;
    let ships = home.shipping.contains(&member);
    let is_allowed = match (dependency.scope, &home.development) {
        (Scope::Shipping, _) => ships,
        (Scope::Development, Tests::Anywhere) => true,
        (Scope::Development, Tests::In(members)) => ships || members.contains(&member),
    };
    (!is_allowed).then(|| Violation {
        place: format!("Cargo.toml of {member}"),
        problem: format!("uses {}, which is at home in {} only", dependency.name, home.shipping.join(", ")),
        remedy: "Put the code that needs it into a member named above and call that.",
    })
}

/// `tauri` covers `tauri-build` and `tauri-plugin-opener`; `axum` covers `axum-extra`.
fn belongs_to(dependency: &str, library: &str) -> bool {
    let rest = dependency.strip_prefix(library);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn unknown_member(name: &str) -> Violation {
    Violation {
        place: format!("Cargo.toml of {name}"),
        problem: "is a member without a place in the architecture".to_owned(),
        remedy: "Draw it in ARCHITECTURE.md and list what it may depend on in crates/xtask/src/tidy/layers.rs.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, dependencies: &[(&str, Scope)]) -> Member {
        let dependencies =
            dependencies.iter().map(|(name, scope)| Dependency { name: (*name).to_owned(), scope: *scope });
        Member { name: name.to_owned(), dependencies: dependencies.collect() }
    }

    /// Checks one dependency of one member in a workspace that has all members.
    #[track_caller]
    fn check_one(name: &str, dependency: &str, scope: Scope, is_allowed: bool) {
        let mut members: Vec<_> = LAYERS.iter().map(|(name, _)| member(name, &[])).collect();
        members.retain(|member| member.name != name);
        members.push(member(name, &[(dependency, scope)]));
        let violations = check(&members);
        assert_eq!(violations.is_empty(), is_allowed, "{name} -> {dependency} ({scope:?}): {violations:?}");
    }

    #[test]
    fn dependencies_point_towards_rotation() {
        check_one("keywheel-engine", "keywheel-rotation", Scope::Shipping, true);
        check_one("keywheel-rotation", "keywheel-engine", Scope::Shipping, false);
        check_one("keywheel-store", "keywheel-config", Scope::Shipping, false);
        check_one("keywheel-gateway", "keywheel-admin", Scope::Shipping, false);
    }

    #[test]
    fn secrets_serve_the_engine_the_gateway_and_the_composition_root() {
        for name in ["keywheel-engine", "keywheel-gateway", "keywheel"] {
            check_one(name, "keywheel-secrets", Scope::Shipping, true);
        }
        for name in ["keywheel-config", "keywheel-store", "keywheel-admin", "keywheel-desktop"] {
            check_one(name, "keywheel-secrets", Scope::Shipping, false);
        }
    }

    #[test]
    fn the_simulator_serves_any_test_and_knows_no_product_code() {
        check_one("keywheel-engine", "keywheel-simulator", Scope::Development, true);
        check_one("keywheel-engine", "keywheel-simulator", Scope::Shipping, false);
        check_one("keywheel", "keywheel-simulator", Scope::Shipping, true);
        check_one("keywheel-simulator", "keywheel-dialects", Scope::Development, false);
    }

    #[test]
    fn tauri_and_its_plugins_stay_in_the_desktop_shell() {
        check_one("keywheel-desktop", "tauri-plugin-opener", Scope::Shipping, true);
        check_one("keywheel", "tauri-build", Scope::Shipping, false);
        check_one("keywheel-admin", "tauri", Scope::Development, false);
    }

    #[test]
    fn the_desktop_shell_speaks_no_http_itself() {
        check_one("keywheel-desktop", "axum", Scope::Shipping, false);
        check_one("keywheel-desktop", "reqwest", Scope::Shipping, false);
        check_one("keywheel-desktop", "tower", Scope::Shipping, true);
    }

    #[test]
    fn sql_stays_in_the_store_and_its_black_box_tests() {
        check_one("keywheel-store", "sqlx", Scope::Development, true);
        check_one("system-tests", "sqlx", Scope::Development, true);
        check_one("system-tests", "sqlx", Scope::Shipping, false);
        check_one("keywheel-admin", "sqlx", Scope::Development, false);
    }

    #[test]
    fn only_the_engine_calls_out_but_any_test_may() {
        check_one("keywheel-gateway", "reqwest", Scope::Shipping, false);
        check_one("keywheel-gateway", "reqwest", Scope::Development, true);
    }

    #[test]
    fn policies_and_wire_formats_have_no_runtime() {
        check_one("keywheel-rotation", "tokio", Scope::Shipping, false);
        check_one("keywheel-dialects", "tokio", Scope::Shipping, false);
        check_one("keywheel-dialects", "memchr", Scope::Shipping, true);
    }

    #[test]
    fn a_new_member_must_be_given_its_place() {
        let violations = check(&[member("keywheel-new", &[])]);
        assert_eq!(violations, [unknown_member("keywheel-new")]);
    }
}
