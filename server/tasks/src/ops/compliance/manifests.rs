//! Manifests of packages: what they are called, which lockfile belongs to them, what licence they name.

use super::super::check::{Place, yaml};
use super::repository::{Repository, folder, place};

/// A licence that a manifest names.
pub(super) struct Declared<'r> {
    pub(super) path: &'r str,
    pub(super) expression: String,
    pub(super) place: Place,
}

const NAMES: [&str; 4] = [
    "Cargo.toml",
    "package.json",
    "pyproject.toml",
    "composer.json",
];

/// The manifests that name a licence.
pub(super) fn declared(repository: &Repository) -> Vec<Declared<'_>> {
    let all = NAMES.iter().flat_map(|name| repository.named(name));
    all.filter_map(|path| {
        let (expression, place) = licence(path, repository.text(path))?;
        Some(Declared {
            path,
            expression,
            place,
        })
    })
    .collect()
}

/// Manifests of packages that are published and name no licence: path, and where they name the package.
pub(super) fn without_licence(repository: &Repository) -> Vec<(&str, Option<Place>)> {
    let all = NAMES.iter().flat_map(|name| repository.named(name));
    all.filter_map(|path| {
        let text = repository.text(path);
        let package = match path.rsplit('.').next() {
            Some("toml") => {
                let section = if path.ends_with("Cargo.toml") {
                    "package"
                } else {
                    "project"
                };
                let name = toml(text, section, "name")?;
                let private = toml(text, section, "publish").is_some()
                    || text.lines().any(|line| line.trim().starts_with("publish"));
                let other = [
                    "license",
                    "license-file",
                    "license.workspace",
                    "license-files",
                ]
                .iter()
                .any(|key| has_key(text, section, key));
                (!private && !other).then_some(name.1)?
            }
            _ => {
                let root = json(text)?;
                let (key, _) = root.entry("name")?;
                let private = root.get("private").is_some_and(yaml::Node::is_true);
                (!private && root.get("license").is_none() && root.get("version").is_some())
                    .then_some(key.place)?
            }
        };
        Some((path, Some(package)))
    })
    .collect()
}

fn licence(path: &str, text: &str) -> Option<(String, Place)> {
    if path.ends_with(".json") {
        let root = json(text)?;
        let value = root.get("license")?;
        let listed = value.items().iter().filter_map(yaml::Node::text);
        let expression = match value.text() {
            Some(text) => text.to_owned(),
            None => listed.collect::<Vec<_>>().join(" OR "),
        };
        let none =
            expression.is_empty() || expression == "UNLICENSED" || expression.starts_with("SEE ");
        return (!none).then_some((expression, value.place));
    }
    ["package", "workspace.package", "project", "tool.poetry"]
        .iter()
        .find_map(|section| toml(text, section, "license"))
}

/// JSON is YAML, and YAML has places.
fn json(text: &str) -> Option<yaml::Node> {
    yaml::load(text).0.into_iter().next()
}

/// The lines of a section of TOML, with their numbers.
fn section<'t>(text: &'t str, wanted: &'t str) -> impl Iterator<Item = (usize, &'t str)> {
    let mut inside = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        if let Some(head) = line.trim().strip_prefix('[') {
            inside = head.split(']').next().map(str::trim) == Some(wanted);
            return None;
        }
        inside.then_some((index + 1, line))
    })
}

fn has_key(text: &str, name: &str, key: &str) -> bool {
    section(text, name).any(|(_, line)| line.split('=').next().map(str::trim) == Some(key))
}

/// A text that stands in quotes on the line of its key. What is written otherwise is not asked for here.
fn toml(text: &str, name: &str, key: &str) -> Option<(String, Place)> {
    section(text, name).find_map(|(number, line)| {
        let (found, value) = line.split_once('=')?;
        let quoted = value.trim();
        let quote = quoted.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let inner = quoted.get(1..)?.split(quote).next()?;
        (found.trim() == key && !inner.is_empty())
            .then(|| (inner.to_owned(), place(number, line, inner)))
    })
}

/// Manifest, what it says when it needs a lockfile, and the lockfiles of which one is enough.
const LOCKS: &[(&str, &str, &[&str])] = &[
    (
        "package.json",
        "ependencies\"",
        &[
            "package-lock.json",
            "pnpm-lock.yaml",
            "yarn.lock",
            "bun.lock",
            "bun.lockb",
            "npm-shrinkwrap.json",
        ],
    ),
    ("go.mod", "require", &["go.sum"]),
    ("Gemfile", "", &["Gemfile.lock"]),
    ("composer.json", "\"require", &["composer.lock"]),
    ("Pipfile", "", &["Pipfile.lock"]),
    ("mix.exs", "", &["mix.lock"]),
    ("Cargo.toml", "[[bin]]", &["Cargo.lock"]),
    (
        "pyproject.toml",
        "dependencies",
        &[
            "uv.lock",
            "poetry.lock",
            "pdm.lock",
            "pylock.toml",
            "requirements.txt",
        ],
    ),
];

/// Manifests without a lockfile beside them or in a folder above, and the name of the usual one.
pub(super) fn without_lock(repository: &Repository) -> Vec<(&str, &'static str)> {
    let mut found = Vec::new();
    for (manifest, needs, locks) in LOCKS {
        for path in repository.named(manifest) {
            let binary = *manifest == "Cargo.toml"
                && repository
                    .files
                    .contains(&format!("{}src/main.rs", folder(path)));
            let needed = binary || needs.is_empty() || repository.text(path).contains(needs);
            if needed
                && !above(folder(path)).any(|folder| {
                    locks
                        .iter()
                        .any(|lock| repository.files.contains(&format!("{folder}{lock}")))
                })
            {
                found.push((path, locks[0]));
            }
        }
    }
    found.sort_unstable();
    found
}

/// A folder and those above it, each with a `/` at its end, down to the root.
fn above(start: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(start);
    std::iter::from_fn(move || {
        let current = next?;
        next = current
            .strip_suffix('/')
            .map(|inner| inner.rfind('/').map_or("", |at| &inner[..=at]));
        Some(current)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_above() {
        let all = |start| above(start).collect::<Vec<_>>();
        assert_eq!(all("a/b/"), ["a/b/", "a/", ""]);
        assert_eq!(all(""), [""]);
    }

    #[test]
    fn keys_of_a_section() {
        let text = "[a]\nlicense = \"X\"\n[package] # c\n  license = 'MIT' # c\nname=1\n";
        let (found, at) = toml(text, "package", "license").expect("it");
        assert_eq!((found.as_str(), at), ("MIT", Place::new(4, 14, Some(17))));
        assert!(toml(text, "package", "name").is_none() && has_key(text, "package", "name"));
    }
}
