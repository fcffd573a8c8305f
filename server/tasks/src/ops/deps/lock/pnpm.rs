//! `pnpm-lock.yaml` of versions 5 to 9. Keys of packages changed: `/a/1.0.0_b@2.0.0`, `/a@1.0.0(b@2.0.0)`,
//! `a@1.0.0(b@2.0.0)`.

use super::yaml::{Entry, Node, load};
use crate::ops::deps::package::{Ecosystem, Hash, Parsed, Wanted};
use std::collections::{HashMap, HashSet};

const GROUPS: [&str; 3] = ["dependencies", "optionalDependencies", "devDependencies"];

pub(super) fn parse(text: &str) -> Result<Parsed, String> {
    let documents = load(text)?;
    let whole = |node: &&Node| node.get("packages").is_some() || node.get("importers").is_some();
    let versioned = |node: &&Node| node.get("lockfileVersion").is_some();
    // Newer versions write what they need themselves into a document before the project's.
    let found = documents.iter().rev().find(whole);
    let Some(root) = found.or_else(|| documents.iter().rev().find(versioned)) else {
        return Err("it has no `lockfileVersion`".to_owned());
    };
    let mut parsed = Parsed::default();
    let asked = asked(root);
    let mut needs = Vec::new();
    for entry in root.below("packages") {
        let Some((name, version)) = identify(entry) else {
            let text = format!(
                "`{}` does not come from the registry: it is not looked up",
                entry.key
            );
            parsed.note(entry.line, text);
            continue;
        };
        let Some(package) = parsed.add(Ecosystem::Npm, &name, &version, entry.line) else {
            continue;
        };
        let integrity = entry
            .value
            .get("resolution")
            .and_then(|node| node.text("integrity"));
        package.hashes = integrity.map(Hash::integrity).unwrap_or_default();
        package.development = entry.value.text("dev") == Some("true");
        package.direct = Some(asked.contains(&(name, version)));
        needs.push((parsed.packages.len() - 1, wants(&entry.value)));
    }
    // Since version 9 the graph stands apart.
    let places: HashMap<(String, String), usize> = (0..)
        .zip(&parsed.packages)
        .map(|(index, package)| ((package.name.clone(), package.version.clone()), index))
        .collect();
    for entry in root.below("snapshots") {
        if let Some(index) = identify(entry).and_then(|named| places.get(&named)) {
            needs.push((*index, wants(&entry.value)));
        }
    }
    parsed.connect(&needs);
    Ok(parsed)
}

/// Name and version of a package of the registry.
fn identify(entry: &Entry) -> Option<(String, String)> {
    if let (Some(name), Some(version)) = (entry.value.text("name"), entry.value.text("version")) {
        return Some((name.to_owned(), version.to_owned()));
    }
    let key = entry.key.strip_prefix('/').unwrap_or(&entry.key);
    let key = key.split('(').next().unwrap_or_default();
    let (name, version) = match key.rsplit_once('@').filter(|(name, _)| !name.is_empty()) {
        // Version 5 has `name/version`, with what it was put together with after `_`.
        Some((name, version)) if !name.contains('_') && !is_old(key) => (name, version),
        _ => key.split('_').next()?.rsplit_once('/')?,
    };
    let usable = version.starts_with(|c: char| c.is_ascii_digit()) && !name.contains(':');
    usable.then(|| (name.to_owned(), version.to_owned()))
}

/// `@scope/name/1.0.0…` or `name/1.0.0…`: a version after the last slash before any `_`.
fn is_old(key: &str) -> bool {
    let head = key.split('_').next().unwrap_or_default();
    let tail = head.rsplit_once('/').map(|(_, tail)| tail);
    tail.is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_digit()) && !tail.contains('@'))
}

/// What the project asks for: at the top, or in each of its `importers`.
fn asked(root: &Node) -> HashSet<(String, String)> {
    let projects = root.below("importers").iter().map(|entry| &entry.value);
    let groups = projects
        .chain([root])
        .flat_map(|project| GROUPS.into_iter().flat_map(|group| project.below(group)));
    groups.filter_map(asked_of).collect()
}

fn asked_of(entry: &Entry) -> Option<(String, String)> {
    let version = match &entry.value {
        Node::Text(text) => text,
        other => other.text("version")?,
    };
    target(&entry.key, version)
}

/// A name and what stands for its version: `1.0.0(peer)`, `1.0.0_peer`, `/other/1.0.0`, `other@1.0.0`, `link:…`.
fn target(name: &str, version: &str) -> Option<(String, String)> {
    let plain = version.split('(').next().unwrap_or_default();
    if plain.starts_with(|c: char| c.is_ascii_digit()) {
        let plain = plain.split('_').next().unwrap_or_default();
        return Some((name.to_owned(), plain.to_owned()));
    }
    identify(&Entry {
        key: version.to_owned(),
        line: 0,
        value: Node::List(Vec::new()),
    })
}

fn wants(node: &Node) -> Vec<Wanted> {
    let entries = GROUPS.into_iter().flat_map(|group| node.below(group));
    let named = entries.filter_map(asked_of);
    named.map(|(name, version)| (name, Some(version))).collect()
}
