//! `package-lock.json`: version 1 is a tree of dependencies, 2 and 3 are a list of folders.

use super::is_foreign;
use super::json::{Entries, Flag, Key, Text};
use super::lines::Lines;
use crate::ops::deps::package::{Ecosystem, Hash, Parsed};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::HashMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    #[serde(default)]
    lockfile_version: Option<u64>,
    #[serde(borrow, default)]
    packages: Option<Entries<'a, Folder<'a>>>,
    #[serde(borrow, default)]
    dependencies: Entries<'a, Branch<'a>>,
}

/// An entry of `packages`: what lies in one folder.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Folder<'a> {
    name: Text,
    version: Text,
    resolved: Text,
    integrity: Text,
    license: Text,
    link: Flag,
    dev: Flag,
    #[serde(borrow)]
    dependencies: Entries<'a, IgnoredAny>,
    #[serde(borrow)]
    optional_dependencies: Entries<'a, IgnoredAny>,
    #[serde(borrow)]
    peer_dependencies: Entries<'a, IgnoredAny>,
    #[serde(borrow)]
    dev_dependencies: Entries<'a, IgnoredAny>,
}

impl Folder<'_> {
    fn wants(&self) -> impl Iterator<Item = &str> {
        let groups = [
            &self.dependencies,
            &self.optional_dependencies,
            &self.peer_dependencies,
        ];
        groups
            .into_iter()
            .flat_map(|group| &group.0)
            .map(|(key, _)| key.text())
    }

    fn wants_to_build(&self) -> impl Iterator<Item = &str> {
        self.dev_dependencies.0.iter().map(|(key, _)| key.text())
    }
}

/// An entry of `dependencies` in version 1.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Branch<'a> {
    version: Text,
    integrity: Text,
    dev: Flag,
    #[serde(borrow)]
    requires: Entries<'a, IgnoredAny>,
    #[serde(borrow)]
    dependencies: Entries<'a, Branch<'a>>,
}

pub(super) fn parse(text: &str) -> Result<Parsed, String> {
    let file: File<'_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut reading = Reading {
        text,
        lines: Lines::of(text),
        parsed: Parsed::default(),
        places: HashMap::new(),
        wants: Vec::new(),
    };
    match (file.packages, file.lockfile_version) {
        (Some(packages), _) => reading.folders(&packages),
        (None, Some(2..)) => return Err("it has no `packages`".to_owned()),
        (None, None) if file.dependencies.0.is_empty() => {
            return Err("it has no `lockfileVersion`".to_owned());
        }
        (None, _) => reading.tree(&file.dependencies, ""),
    }
    reading.connect();
    Ok(reading.parsed)
}

struct Reading<'a> {
    text: &'a str,
    lines: Lines,
    parsed: Parsed,
    /// The package that lies in a folder.
    places: HashMap<String, usize>,
    /// Package, its folder, and the names that it asks for.
    wants: Vec<(usize, String, Vec<String>)>,
}

impl Reading<'_> {
    fn folders(&mut self, packages: &Entries<'_, Folder<'_>>) {
        let mut roots = Vec::new();
        for (key, folder) in &packages.0 {
            let place = key.text();
            let line = key.line(self.text, &self.lines);
            let Some((_, named)) = place.rsplit_once("node_modules/") else {
                // The project itself, or a workspace of it.
                roots.push((place, folder));
                continue;
            };
            if folder.link.0 {
                continue;
            }
            let name = folder.name.0.as_deref().unwrap_or(named);
            if folder.resolved.0.as_deref().is_some_and(is_foreign) {
                let text = format!("`{name}` does not come from the registry: it is not looked up");
                self.parsed.note(line, text);
                continue;
            }
            let Some(version) = &folder.version.0 else {
                self.parsed.note(
                    line,
                    format!("`{name}` has no version: it is not looked up"),
                );
                continue;
            };
            let Some(package) = self.parsed.add(Ecosystem::Npm, name, version, line) else {
                continue;
            };
            let integrity = folder.integrity.0.as_deref();
            package.hashes = integrity.map(Hash::integrity).unwrap_or_default();
            package.licence = folder.license.0.clone();
            package.development = folder.dev.0;
            package.folder = Some(place.to_owned());
            package.direct = Some(false);
            let index = self.parsed.packages.len() - 1;
            self.places.insert(place.to_owned(), index);
            let wants = folder.wants().map(str::to_owned).collect();
            self.wants.push((index, place.to_owned(), wants));
        }
        for (place, folder) in roots {
            for name in folder.wants().chain(folder.wants_to_build()) {
                if let Some(package) = self
                    .resolve(place, name)
                    .and_then(|index| self.parsed.packages.get_mut(index))
                {
                    package.direct = Some(true);
                }
            }
        }
    }

    fn tree(&mut self, branches: &Entries<'_, Branch<'_>>, above: &str) {
        for (key, branch) in &branches.0 {
            let place = format!("{above}node_modules/{}", key.text());
            self.branch(key, branch, &place);
            self.tree(&branch.dependencies, &format!("{place}/"));
        }
    }

    fn branch(&mut self, key: &Key<'_>, branch: &Branch<'_>, place: &str) {
        let line = key.line(self.text, &self.lines);
        let written = branch.version.0.as_deref().unwrap_or_default();
        // `npm:other@1.0.0` is another package under this name.
        let alias = written
            .strip_prefix("npm:")
            .and_then(|rest| rest.rsplit_once('@'));
        let (name, version) = alias.unwrap_or((key.text(), written));
        if version.contains(':') || version.contains('/') {
            let text = format!("`{name}` does not come from the registry: it is not looked up");
            return self.parsed.note(line, text);
        }
        let Some(package) = self.parsed.add(Ecosystem::Npm, name, version, line) else {
            return;
        };
        let integrity = branch.integrity.0.as_deref();
        package.hashes = integrity.map(Hash::integrity).unwrap_or_default();
        package.development = branch.dev.0;
        package.folder = Some(place.to_owned());
        let index = self.parsed.packages.len() - 1;
        self.places.insert(place.to_owned(), index);
        let wants = branch
            .requires
            .0
            .iter()
            .map(|(key, _)| key.text().to_owned());
        self.wants.push((index, place.to_owned(), wants.collect()));
    }

    /// Where node finds a package that is asked for from this folder: the nearest `node_modules` above.
    fn resolve(&self, from: &str, name: &str) -> Option<usize> {
        let mut folder = from;
        loop {
            let place = if folder.is_empty() {
                format!("node_modules/{name}")
            } else {
                format!("{folder}/node_modules/{name}")
            };
            if let Some(index) = self.places.get(&place) {
                return Some(*index);
            }
            folder = match folder.rsplit_once("node_modules/") {
                Some((above, _)) => above.trim_end_matches('/'),
                None if folder.is_empty() => return None,
                None => folder.rsplit_once('/').map_or("", |(above, _)| above),
            };
        }
    }

    fn connect(&mut self) {
        for (from, place, names) in std::mem::take(&mut self.wants) {
            let mut needs: Vec<usize> = names
                .iter()
                .filter_map(|name| self.resolve(&place, name))
                .collect();
            needs.sort_unstable();
            needs.dedup();
            if let Some(package) = self.parsed.packages.get_mut(from) {
                package.needs = needs;
            }
        }
    }
}
