//! Generated descriptions of the control plane: `openapi.json` from the router, the UI's types from that.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::workspace::{root, target_directory};
use crate::{node, process::Process, progress};

/// Where the description comes from.
pub(crate) enum Source {
    /// Build and run the example.
    CargoRun,
    /// The example built before, together with everything else.
    Built(PathBuf),
}

fn openapi_file() -> PathBuf {
    root().join("crates/admin/openapi.json")
}

fn types_file() -> PathBuf {
    root().join("ui/src/lib/api/schema.d.ts")
}

/// Writes both committed files anew.
pub(crate) fn write() -> Result<()> {
    node::install()?;
    fs::write(openapi_file(), openapi(Source::CargoRun)?)?;
    write_types(&openapi_file(), &types_file())?;
    progress::line("wrote crates/admin/openapi.json and ui/src/lib/api/schema.d.ts");
    Ok(())
}

/// Fails when a committed file differs from what would be written now.
pub(crate) fn check(source: Source) -> Result<()> {
    node::install()?;
    let folder = target_directory()?.join("bindings");
    fs::create_dir_all(&folder)?;
    let (openapi_now, types_now) = (folder.join("openapi.json"), folder.join("schema.d.ts"));
    fs::write(&openapi_now, openapi(source)?)?;
    write_types(&openapi_now, &types_now)?;
    expect_same(&openapi_file(), &openapi_now)?;
    expect_same(&types_file(), &types_now)
}

fn openapi(source: Source) -> Result<String> {
    let example = match source {
        Source::CargoRun => {
            Process::cargo().args(["run", "--quiet", "--package", "keywheel-admin", "--example", "openapi"])
        }
        Source::Built(path) => Process::new(&path.to_string_lossy()),
    };
    let description: Value = serde_json::from_str(&example.output()?)
        .context("the example `openapi` of keywheel-admin printed something that is not JSON")?;
    Ok(format!("{description:#}\n"))
}

fn write_types(openapi: &Path, types: &Path) -> Result<()> {
    if let Some(folder) = types.parent() {
        fs::create_dir_all(folder)?;
    }
    node::tool("openapi-typescript").arg(openapi).arg("--output").arg(types).run()
}

fn expect_same(committed: &Path, now: &Path) -> Result<()> {
    let read = |path: &Path| fs::read_to_string(path).map(|text| text.replace("\r\n", "\n"));
    let is_same = read(committed).is_ok_and(|text| read(now).is_ok_and(|expected| text == expected));
    if !is_same {
        bail!(
            "{} does not fit the control plane any more (expected: {}). Run `cargo xtask bindings` and commit the result",
            committed.display(),
            now.display()
        );
    }
    Ok(())
}
