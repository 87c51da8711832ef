//! The members of the workspace and what they depend on, out of `cargo metadata`.

use anyhow::{Context, Result};
use serde_json::Value;

/// A member of the workspace.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) dependencies: Vec<Dependency>,
}

/// A line of a member's `Cargo.toml`, under any target.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) scope: Scope,
}

/// Who gets to see a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// The program, or its build script.
    Shipping,
    /// Tests, examples and benches alone.
    Development,
}

pub(super) fn members(metadata: &Value) -> Result<Vec<Member>> {
    let packages = metadata.get("packages").and_then(Value::as_array);
    let packages = packages.context("cargo metadata lists no packages")?;
    packages.iter().map(member).collect()
}

fn member(package: &Value) -> Result<Member> {
    let dependencies = package.get("dependencies").and_then(Value::as_array);
    let dependencies = dependencies.context("cargo metadata shows a package without dependencies")?;
    Ok(Member {
        name: name(package)?,
        dependencies: dependencies.iter().map(dependency).collect::<Result<_>>()?,
    })
}

fn dependency(entry: &Value) -> Result<Dependency> {
    let scope = match entry.get("kind").and_then(Value::as_str) {
        Some("dev") => Scope::Development,
        _ => Scope::Shipping,
    };
    Ok(Dependency { name: name(entry)?, scope })
}

fn name(value: &Value) -> Result<String> {
    let name = value.get("name").and_then(Value::as_str);
    Ok(name.context("cargo metadata shows something without a name")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn build_and_target_dependencies_ship_and_dev_dependencies_do_not() {
        let metadata = json!({ "packages": [{ "name": "store", "dependencies": [
            { "name": "sqlx", "kind": null },
            { "name": "cc", "kind": "build" },
            { "name": "tempfile", "kind": "dev" },
        ] }] });
        let members = members(&metadata).unwrap();
        let uses: Vec<_> = members[0].dependencies.iter().map(|one| one.scope).collect();
        assert_eq!(members[0].name, "store");
        assert_eq!(uses, [Scope::Shipping, Scope::Shipping, Scope::Development]);
    }
}
