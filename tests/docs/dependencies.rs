//! `docs/dependencies.md` names every package that a crate of ours lists.

use crate::page::Page;
use std::collections::BTreeSet;
use std::fs;
use support::tree::{source_files, source_root};

#[test]
fn every_package_has_its_reason() {
    let page = Page::named("docs/dependencies.md");
    let ours = own_crates();
    let missing: Vec<_> = listed()
        .into_iter()
        .filter(|name| !ours.contains(name) && !page.text().contains(&format!("`{name}`")))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/dependencies.md says nothing of {missing:?}"
    );
}

/// Names in the tables of dependencies of all crates.
fn listed() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for manifest in manifests() {
        let mut wanted = false;
        for line in manifest.lines() {
            if line.starts_with('[') {
                wanted = line.ends_with("dependencies]");
            } else if wanted && let Some((name, _)) = line.split_once(['.', ' ', '=']) {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

fn own_crates() -> BTreeSet<String> {
    let names = manifests();
    let names = names.iter().flat_map(|manifest| manifest.lines());
    names
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .map(str::to_owned)
        .collect()
}

fn manifests() -> Vec<String> {
    let files = source_files();
    let members = files
        .iter()
        .filter(|path| path.ends_with("Cargo.toml") && path.components().count() > 1);
    members
        .map(|path| fs::read_to_string(source_root().join(path)).expect("manifests are UTF-8"))
        .collect()
}
