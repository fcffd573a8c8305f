//! Packages of npm, installed beside the lockfile.

use super::reader::{Told, read, safe};
use crate::ops::deps::lock::Text;
use crate::ops::deps::package::Package;
use serde_json::Value;
use std::path::Path;

pub(super) fn told(package: &Package, beside: &Path) -> Told {
    let usual = format!("node_modules/{}", package.name);
    // pnpm keeps each version apart.
    let apart = format!(
        "node_modules/.pnpm/{}@{}/{usual}",
        package.name.replace('/', "+"),
        package.version
    );
    let places = [package.folder.as_ref().unwrap_or(&usual), &apart];
    let mut told = places
        .into_iter()
        .filter_map(|folder| of_version(package, &beside.join(safe(folder)?)));
    told.next().map_or(Told::NotHere, Told::of)
}

/// What a folder tells; none where it holds another version.
fn of_version(package: &Package, folder: &Path) -> Option<Option<String>> {
    let text = read(&folder.join("package.json"))?;
    let manifest: Value = serde_json::from_str(&text).ok()?;
    if manifest.get("version")?.as_str()? != package.version {
        return None;
    }
    let licence = manifest.get("license").or_else(|| manifest.get("licenses"));
    let text = licence.and_then(|licence| serde_json::from_value::<Text>(licence.clone()).ok());
    Some(text.and_then(|text| text.0))
}
