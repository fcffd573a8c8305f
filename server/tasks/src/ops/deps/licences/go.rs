//! Modules of Go, which name no licence: the text that lies in their folder tells it.

use super::reader::{Told, entries, read, safe};
use super::texts::Texts;
use crate::ops::deps::package::Package;
use std::path::{Path, PathBuf};

pub(super) fn told(
    package: &Package,
    beside: &Path,
    cache: Option<&Path>,
    texts: &mut Texts,
) -> Told {
    let places = [
        vendored(package, beside),
        cache.and_then(|cache| Some(cache.join(kept_as(package)?))),
    ];
    let mut there = places
        .into_iter()
        .flatten()
        .filter(|folder| folder.is_dir());
    match there.next() {
        Some(folder) => Told::of(texts.of_folder(&licences_of(&folder))),
        None => Told::NotHere,
    }
}

/// `vendor/<module>`, where `modules.txt` says that it is of this version.
fn vendored(package: &Package, beside: &Path) -> Option<PathBuf> {
    let vendor = beside.join("vendor");
    let wanted = format!("# {} v{}", package.name, package.version);
    let list = read(&vendor.join("modules.txt"))?;
    let listed = list.lines().any(|line| {
        let rest = line.strip_prefix(&wanted);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    });
    listed.then(|| Some(vendor.join(safe(&package.name)?)))?
}

/// In the cache a capital letter is `!` and the small one.
fn kept_as(package: &Package) -> Option<String> {
    let name = format!("{}@v{}", package.name, package.version);
    let mut escaped = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(c.to_ascii_lowercase());
    }
    safe(&escaped)
}

/// The files that hold licences by their name.
fn licences_of(folder: &Path) -> Vec<PathBuf> {
    let is_licence = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let stem = name.to_ascii_uppercase();
        let stem = stem.split(['.', '-', '_']).next().unwrap_or_default();
        matches!(stem, "LICENSE" | "LICENCE" | "COPYING" | "UNLICENSE") && path.is_file()
    };
    entries(folder).into_iter().filter(is_licence).collect()
}
