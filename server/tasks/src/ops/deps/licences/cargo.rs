//! Crates: vendored beside the lockfile, else as cargo keeps them.

use super::reader::{Told, read, safe};
use crate::ops::deps::package::Package;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

pub(super) fn told(package: &Package, beside: &Path, registries: &[PathBuf]) -> Told {
    let Some(name) = safe(&format!("{}-{}", package.name, package.version)) else {
        return Told::NotHere;
    };
    let vendored = [
        beside.join("vendor").join(&name),
        beside.join("vendor").join(&package.name),
    ];
    let kept = registries.iter().map(|registry| registry.join(&name));
    let mut told = vendored
        .into_iter()
        .chain(kept)
        .filter_map(|folder| of_version(package, &folder));
    told.next().map_or(Told::NotHere, Told::of)
}

/// What a folder tells; none where it holds another version.
fn of_version(package: &Package, folder: &Path) -> Option<Option<String>> {
    let text = read(&folder.join("Cargo.toml"))?;
    let (document, _) = DeTable::parse_recoverable(&text);
    let fields = document.get_ref().get("package")?.get_ref().as_table()?;
    let field = |name: &str| fields.get(name)?.get_ref().as_str();
    (field("version")? == package.version).then(|| field("license").map(str::to_owned))
}
