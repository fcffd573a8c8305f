//! `pnpm-lock.yaml` of versions 5 to 9. Keys of packages changed: `/a/1.0.0_b@2.0.0`, `/a@1.0.0(b@2.0.0)`,
//! `a@1.0.0(b@2.0.0)`. What comes from git, an archive or a folder has no version in its key.

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
    let keys = Keys::of(root);
    let mut parsed = Parsed::default();
    let asked = asked(root, keys);
    let mut needs = Vec::new();
    for entry in root.below("packages") {
        let Some((name, version)) = keys.split(&entry.key) else {
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
        needs.push((parsed.packages.len() - 1, wants(&entry.value, keys)));
    }
    // Since version 9 the graph stands apart.
    let places: HashMap<(String, String), usize> = (0..)
        .zip(&parsed.packages)
        .map(|(index, package)| ((package.name.clone(), package.version.clone()), index))
        .collect();
    for entry in root.below("snapshots") {
        if let Some(index) = keys.split(&entry.key).and_then(|named| places.get(&named)) {
            needs.push((*index, wants(&entry.value, keys)));
        }
    }
    parsed.connect(&needs);
    Ok(parsed)
}

/// How keys are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// Until version 5: `/name/1.0.0_peer@2.0.0`, for another registry `host/name/1.0.0`.
    Slash,
    /// Since version 6: `name@1.0.0(peer@2.0.0)`, in 6 with a slash before it.
    At,
}

impl Keys {
    fn of(root: &Node) -> Self {
        let version = root.text("lockfileVersion").unwrap_or_default();
        let major = version.split(['.', '-']).next().unwrap_or_default();
        if major.parse::<u32>().is_ok_and(|major| major < 6) {
            Self::Slash
        } else {
            Self::At
        }
    }

    /// Name and version of a package of the registry.
    fn split(self, key: &str) -> Option<(String, String)> {
        let (name, version) = match self {
            Self::Slash => split_by_slash(key)?,
            Self::At => {
                let key = key.strip_prefix('/').unwrap_or(key);
                let plain = key.split('(').next().unwrap_or_default();
                plain
                    .rsplit_once('@')
                    .filter(|(name, _)| !name.is_empty())?
            }
        };
        (is_version(version) && !name.contains(':')).then(|| (name.to_owned(), version.to_owned()))
    }

    /// A name and what stands for its version: `1.0.0`, with what it was put together with, or another package's key
    /// (`link:…` is none).
    fn target(self, name: &str, written: &str) -> Option<(String, String)> {
        let end = match self {
            Self::Slash => '_',
            Self::At => '(',
        };
        let plain = written.split(end).next().unwrap_or_default();
        if is_version(plain) {
            return Some((name.to_owned(), plain.to_owned()));
        }
        self.split(written)
    }
}

/// A commit begins with a digit as well, and has no dot.
fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('.') && !text.contains('/')
}

fn split_by_slash(key: &str) -> Option<(&str, &str)> {
    let path = match key.strip_prefix('/') {
        Some(path) => path,
        None => {
            key.split_once('/')
                .filter(|(host, _)| host.contains('.'))?
                .1
        }
    };
    let after_scope = match path.strip_prefix('@') {
        Some(scoped) => path.len() - scoped.len() + scoped.find('/')? + 1,
        None => 0,
    };
    let slash = after_scope + path.get(after_scope..)?.find('/')?;
    let version = path.get(slash + 1..)?.split('_').next()?;
    Some((path.get(..slash)?, version))
}

/// What the project asks for: at the top, or in each of its `importers`.
fn asked(root: &Node, keys: Keys) -> HashSet<(String, String)> {
    let projects = root.below("importers").iter().map(|entry| &entry.value);
    let groups = projects
        .chain([root])
        .flat_map(|project| GROUPS.into_iter().flat_map(|group| project.below(group)));
    groups.filter_map(|entry| asked_of(entry, keys)).collect()
}

fn asked_of(entry: &Entry, keys: Keys) -> Option<(String, String)> {
    let version = match &entry.value {
        Node::Text(text) => text,
        other => other.text("version")?,
    };
    keys.target(&entry.key, version)
}

fn wants(node: &Node, keys: Keys) -> Vec<Wanted> {
    let entries = GROUPS.into_iter().flat_map(|group| node.below(group));
    let named = entries.filter_map(|entry| asked_of(entry, keys));
    named.map(|(name, version)| (name, Some(version))).collect()
}
