//! What the manifests of a repository declare: scripts, targets, recipes, packages.

use crate::input::{Input, read};
use std::collections::BTreeSet;
use std::path::Path;

/// Manifests that are read.
const MOST: usize = 2000;

/// Names of one kind.
#[derive(Debug, Default)]
pub(crate) struct Names {
    names: BTreeSet<String>,
    /// Whether there is a manifest that could have them.
    there: bool,
    /// Whether there may be more than can be told.
    open: bool,
}

impl Names {
    /// What to say of a name that is not there.
    pub(super) fn lacks(&self, name: &str, what: &str, whose: &str) -> Option<String> {
        if !self.there || self.open || self.names.contains(name) {
            return None;
        }
        let alike = self
            .names
            .iter()
            .map(|other| (strsim::jaro_winkler(name, other), other));
        let alike = alike
            .filter(|(alike, _)| *alike > 0.85)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let hint = alike.map_or(String::new(), |(_, other)| format!("; is `{other}` meant?"));
        Some(format!("`{name}` is no {what} {whose}{hint}"))
    }

    fn add(&mut self, name: impl Into<String>) {
        self.names.insert(name.into());
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Manifests {
    pub(super) npm: Names,
    pub(super) make: Names,
    pub(super) just: Names,
    pub(super) packages: Names,
    pub(super) bins: Names,
    pub(super) examples: Names,
    pub(super) tests: Names,
    pub(super) benches: Names,
    /// The name of the package at the root.
    name: Option<String>,
}

/// Whether a file is one that is read here.
fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(
        name,
        "package.json" | "Cargo.toml" | "Cargo.lock" | "pyproject.toml"
    ) || is_makefile(name)
        || is_justfile(name)
}

fn is_makefile(name: &str) -> bool {
    matches!(
        name,
        "Makefile" | "makefile" | "GNUmakefile" | "Makefile.am" | "Makefile.in"
    ) || name.ends_with(".mk")
        || name.ends_with(".mak")
}

fn is_justfile(name: &str) -> bool {
    name.eq_ignore_ascii_case("justfile") || name == ".justfile" || name.ends_with(".just")
}

impl Manifests {
    /// Reads them. `paths` are all files: Cargo finds some of its targets by their names.
    pub(crate) fn read(root: &Path, paths: &[String]) -> Self {
        let mut manifests = Self::default();
        let mut crates = Vec::new();
        for path in paths.iter().filter(|path| is_manifest(path)).take(MOST) {
            let Input::Text(bytes) = read(&root.join(path)) else {
                continue;
            };
            let text = String::from_utf8_lossy(&bytes);
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            match name {
                "package.json" => manifests.package_json(&text, folder),
                "Cargo.toml" => {
                    if let Some(package) = manifests.cargo_toml(&text, folder) {
                        crates.push((folder.to_owned(), package));
                    }
                }
                "Cargo.lock" => manifests.cargo_lock(&text),
                "pyproject.toml" => manifests.pyproject(&text, folder),
                name if is_justfile(name) => manifests.justfile(&text),
                _ => manifests.makefile(&text),
            }
        }
        for (folder, package) in crates {
            manifests.found_targets(&folder, &package, paths);
        }
        manifests
    }

    /// The name that the manifests give the repository.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn named(&mut self, folder: &str, name: Option<&str>) {
        if let (true, None, Some(name)) = (folder.is_empty(), &self.name, name) {
            self.name = Some(name.to_owned());
        }
    }

    fn package_json(&mut self, text: &str, folder: &str) {
        self.npm.there = true;
        let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
            self.npm.open = true;
            return;
        };
        self.named(folder, value["name"].as_str());
        for name in value["scripts"]
            .as_object()
            .into_iter()
            .flat_map(|scripts| scripts.keys())
        {
            self.npm.add(name);
        }
    }

    fn pyproject(&mut self, text: &str, folder: &str) {
        let table = text.parse::<toml::Table>().unwrap_or_default();
        self.named(
            folder,
            table
                .get("project")
                .and_then(|project| project.get("name")?.as_str()),
        );
    }

    /// Gives the name of the package.
    fn cargo_toml(&mut self, text: &str, folder: &str) -> Option<String> {
        for names in [
            &mut self.packages,
            &mut self.bins,
            &mut self.examples,
            &mut self.tests,
            &mut self.benches,
        ] {
            names.there = true;
        }
        let Ok(table) = text.parse::<toml::Table>() else {
            self.packages.open = true;
            return None;
        };
        let list = |kind: &str| {
            table
                .get(kind)
                .and_then(toml::Value::as_array)
                .cloned()
                .unwrap_or_default()
        };
        for (kind, names) in [
            ("bin", &mut self.bins),
            ("example", &mut self.examples),
            ("test", &mut self.tests),
            ("bench", &mut self.benches),
        ] {
            for target in list(kind) {
                if let Some(name) = target.get("name").and_then(toml::Value::as_str) {
                    names.add(name);
                }
            }
        }
        let name = table.get("package")?.get("name")?.as_str()?.to_owned();
        self.packages.add(name.clone());
        self.named(folder, Some(&name));
        Some(name)
    }

    /// Dependencies can be named like packages of the workspace.
    fn cargo_lock(&mut self, text: &str) {
        for line in text.lines() {
            if let Some(name) = line
                .strip_prefix("name = \"")
                .and_then(|name| name.strip_suffix('"'))
            {
                self.packages.add(name);
            }
        }
    }

    /// What Cargo finds by itself: `src/main.rs`, `src/bin/x.rs`, `examples/x/main.rs` and so on.
    fn found_targets(&mut self, folder: &str, package: &str, paths: &[String]) {
        let prefix = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        for path in paths.iter().filter_map(|path| path.strip_prefix(&prefix)) {
            if path == "src/main.rs" {
                self.bins.add(package);
            }
            for (place, names) in [
                ("src/bin/", &mut self.bins),
                ("examples/", &mut self.examples),
                ("tests/", &mut self.tests),
                ("benches/", &mut self.benches),
            ] {
                let Some(rest) = path.strip_prefix(place) else {
                    continue;
                };
                let name = rest
                    .strip_suffix("/main.rs")
                    .or_else(|| rest.strip_suffix(".rs"));
                if let Some(name) = name.filter(|name| !name.contains('/')) {
                    names.add(name);
                }
            }
        }
    }

    fn makefile(&mut self, text: &str) {
        self.make.there = true;
        for line in text
            .lines()
            .filter(|line| !line.starts_with(['\t', ' ', '#']))
        {
            if ["include ", "-include ", "sinclude "]
                .iter()
                .any(|word| line.starts_with(word))
            {
                // What is included may have any name; that of the repository was read already.
                self.make.open |= line.contains('$') || !line.trim_end().ends_with(".mk");
            }
            let Some((names, rest)) = line.split_once(':') else {
                continue;
            };
            if rest.starts_with('=') || rest.starts_with(":=") || names.contains('=') {
                continue;
            }
            // Computed targets, and those of patterns, can be anything.
            self.make.open |= names.contains(['$', '%']);
            names
                .split_whitespace()
                .for_each(|name| self.make.add(name));
            if names.trim() == ".PHONY" {
                self.make.open |= rest.contains('$');
                rest.split_whitespace().for_each(|name| self.make.add(name));
            }
        }
    }

    fn justfile(&mut self, text: &str) {
        self.just.there = true;
        for line in text
            .lines()
            .filter(|line| !line.starts_with(['\t', ' ', '#', '[']))
        {
            let mut words = line.trim_start_matches('@').split_whitespace();
            match words.next() {
                Some("import" | "import?" | "mod" | "mod?") => self.just.open = true,
                Some("alias") => words
                    .next()
                    .into_iter()
                    .for_each(|name| self.just.add(name)),
                Some("set" | "export") | None => {}
                Some(first) if line.contains(':') => self.just.add(first.trim_end_matches(':')),
                Some(_) => {}
            }
        }
    }
}
