//! Gems: the specification that lies where they are installed names the licence. Only what an installed gem has is
//! understood: `s.licenses = ["MIT".freeze]`, written by RubyGems itself.

use super::reader::{Told, folders, read, safe};
use crate::ops::deps::package::Package;
use std::path::{Path, PathBuf};

pub(super) fn told(package: &Package, beside: &Path, homes: &[PathBuf]) -> Told {
    let Some(name) = safe(&format!("{}-{}.gemspec", package.name, package.version)) else {
        return Told::NotHere;
    };
    let bundled = folders(&beside.join("vendor/bundle/ruby"));
    let homes = bundled.iter().chain(homes);
    let mut texts = homes.filter_map(|home| read(&home.join("specifications").join(&name)));
    match texts.next() {
        Some(text) => Told::of(named(&text)),
        None => Told::NotHere,
    }
}

/// Of several one may be chosen.
fn named(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| {
        let (_, field) = line.trim().split_once('.')?;
        let value = field
            .strip_prefix("licenses")
            .or_else(|| field.strip_prefix("license"))?;
        value.trim_start().strip_prefix('=')
    })?;
    let quoted = value.split('"').skip(1).step_by(2);
    let names: Vec<&str> = quoted.filter(|name| !name.is_empty()).take(10).collect();
    (!names.is_empty()).then(|| names.join(" OR "))
}
