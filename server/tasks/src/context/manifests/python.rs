//! `requirements*.txt` and `pyproject.toml`: names without versions, extras and markers, and without what comes with
//! Python.

use super::{Said, standard};
use toml::{Table, Value};

/// A name of PEP 508 at the beginning of a requirement.
fn name(requirement: &str) -> Option<String> {
    let end = requirement.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
    let name = requirement
        .get(..end.unwrap_or(requirement.len()))?
        .trim_end_matches(['-', '_', '.']);
    let fine = name.starts_with(|c: char| c.is_ascii_alphanumeric()) && !standard::of_python(name);
    fine.then(|| name.to_owned())
}

pub(super) fn requirements(text: &str) -> Option<Said> {
    let lines = text
        .lines()
        .map(|line| line.split(" #").next().unwrap_or_default().trim());
    // Options, addresses and paths name no package that can be looked up.
    let named = lines.filter(|line| {
        let first = line.split([';', '@', ' ']).next().unwrap_or_default();
        !line.starts_with(['-', '#', '.', '/']) && !first.contains("://") && !first.contains('/')
    });
    let uses = named.filter_map(name).map(|name| (name, false)).collect();
    Some(Said {
        own: Vec::new(),
        uses,
    })
}

pub(super) fn project(text: &str) -> Option<Said> {
    let manifest: Table = text.parse().ok()?;
    let at = |path: &[&str]| {
        let (first, rest) = path.split_first()?;
        rest.iter()
            .try_fold(manifest.get(*first)?, |value, key| value.get(*key))
    };
    let mut said = Said::default();
    for path in [["project", "name"].as_slice(), &["tool", "poetry", "name"]] {
        said.own
            .extend(at(path).and_then(Value::as_str).map(str::to_owned));
    }
    let mut list = |value: Option<&Value>, tool| {
        let items = value.and_then(Value::as_array).into_iter().flatten();
        let names = items.filter_map(Value::as_str).filter_map(name);
        said.uses.extend(names.map(|name| (name, tool)));
    };
    list(at(&["project", "dependencies"]), false);
    for (path, tool) in [
        (["project", "optional-dependencies"].as_slice(), false),
        (&["dependency-groups"], true),
    ] {
        for (_, group) in at(path).and_then(Value::as_table).into_iter().flatten() {
            list(Some(group), tool);
        }
    }
    list(at(&["tool", "uv", "dev-dependencies"]), true);
    let mut table = |value: Option<&Value>, tool| {
        for (key, value) in value.and_then(Value::as_table).into_iter().flatten() {
            if value.get("path").is_some() {
                said.own.push(key.clone());
            } else if key != "python" {
                said.uses.extend(name(key).map(|name| (name, tool)));
            }
        }
    };
    table(at(&["tool", "poetry", "dependencies"]), false);
    table(at(&["tool", "poetry", "dev-dependencies"]), true);
    for (_, group) in at(&["tool", "poetry", "group"])
        .and_then(Value::as_table)
        .into_iter()
        .flatten()
    {
        table(group.get("dependencies"), true);
    }
    Some(said)
}
