//! `cargo metadata`, read once: the members and what each of them names in its Cargo.toml.
#![expect(clippy::disallowed_methods, reason = "asks cargo")]

use serde_json::Value;
use std::process::Command;
use std::sync::LazyLock;
use support::tree::source_root;

/// A crate of the workspace.
#[derive(Debug)]
pub(crate) struct Member {
    /// Name of the package.
    pub(crate) name: String,
    /// Folder, relative to the root of the workspace.
    pub(crate) folder: String,
    /// What it depends on, of every kind (normal, dev, build).
    pub(crate) dependencies: Vec<Dependency>,
}

/// A line of a Cargo.toml.
#[derive(Debug)]
pub(crate) struct Dependency {
    /// Name under which the source names it, with underscores.
    pub(crate) alias: String,
    /// Name of the package.
    pub(crate) package: String,
    /// Whether it is ours.
    pub(crate) ours: bool,
    /// Whether only tests have it.
    pub(crate) dev: bool,
}

/// The members of this workspace.
pub(crate) static MEMBERS: LazyLock<Vec<Member>> = LazyLock::new(|| {
    packages(&["--no-deps", "--offline"])
        .iter()
        .map(member)
        .collect()
});

/// Name and licence of every package from outside that this platform builds.
pub(crate) fn licences() -> Vec<(String, String)> {
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    packages(&["--filter-platform", &platform])
        .iter()
        .filter(|package| !package["source"].is_null())
        .map(|package| (text(&package["name"]), text(&package["license"])))
        .collect()
}

fn packages(args: &[&str]) -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1"])
        .args(args)
        .current_dir(source_root())
        .output()
        .expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let mut metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    match metadata["packages"].take() {
        Value::Array(packages) => packages,
        other => panic!("cargo lists packages, not {other}"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn member(package: &Value) -> Member {
    let root = source_root();
    let manifest = text(&package["manifest_path"]);
    let folder = std::path::Path::new(&manifest)
        .parent()
        .and_then(|path| path.strip_prefix(&root).ok());
    let dependencies = package["dependencies"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|dependency| {
            let package = text(&dependency["name"]);
            let alias = dependency["rename"]
                .as_str()
                .unwrap_or(&package)
                .replace('-', "_");
            Dependency {
                alias,
                ours: !dependency["path"].is_null(),
                dev: dependency["kind"] == "dev",
                package,
            }
        });
    Member {
        name: text(&package["name"]),
        folder: folder
            .expect("members lie in the tree")
            .display()
            .to_string(),
        dependencies: dependencies.collect(),
    }
}
