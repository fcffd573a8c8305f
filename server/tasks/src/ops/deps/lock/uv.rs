//! `uv.lock`. The project and its workspace are packages whose source is a folder.

use super::toml::{Document, Table};
use crate::ops::deps::package::{Ecosystem, Hash, Parsed, Wanted};
use std::collections::HashSet;

pub(super) fn parse(text: &str) -> Result<Parsed, String> {
    let document = Document::parse(text)?;
    let mut parsed = Parsed::default();
    let mut needs = Vec::new();
    let mut asked: HashSet<String> = HashSet::new();
    for table in document.tables(document.root(), "package") {
        let Some(name) = table.text("name") else {
            parsed.note(table.line, "a package without a name");
            continue;
        };
        let line = document.line_of(table, "name");
        let source = document.child(table, "source");
        let own = ["editable", "virtual", "directory", "workspace"];
        if source.is_some_and(|source| own.iter().any(|kind| source.has(kind))) {
            let wanted = wants(&document, table);
            asked.extend(
                wanted
                    .into_iter()
                    .map(|(name, _)| Ecosystem::PyPi.normal(&name)),
            );
            continue;
        }
        if source.is_some_and(|source| !source.has("registry")) {
            let text = format!("`{name}` does not come from PyPI: it is not looked up");
            parsed.note(line, text);
            continue;
        }
        let Some(version) = table.text("version") else {
            parsed.note(
                line,
                format!("`{name}` has no version: it is not looked up"),
            );
            continue;
        };
        if let Some(package) = parsed.add(Ecosystem::PyPi, name, version, line) {
            package.hashes = hashes(&document, table);
            needs.push((parsed.packages.len() - 1, wants(&document, table)));
        }
    }
    parsed.connect(&needs);
    for package in &mut parsed.packages {
        package.direct = Some(asked.contains(&package.name));
    }
    Ok(parsed)
}

/// The names in `dependencies`, `optional-dependencies` and `dev-dependencies`.
fn wants(document: &Document<'_>, table: Table<'_, '_>) -> Vec<Wanted> {
    let mut lists = vec![document.tables(table, "dependencies")];
    for group in ["optional-dependencies", "dev-dependencies"] {
        if let Some(groups) = document.child(table, group) {
            let names = document.entries(groups).into_iter();
            lists.extend(names.map(|(name, _)| document.tables(groups, name)));
        }
    }
    let one = |wanted: Table<'_, '_>| {
        let version = wanted.text("version").map(str::to_owned);
        Some((wanted.text("name")?.to_owned(), version))
    };
    lists.into_iter().flatten().filter_map(one).collect()
}

fn hashes(document: &Document<'_>, table: Table<'_, '_>) -> Vec<Hash> {
    let mut files = document.tables(table, "wheels");
    files.extend(document.child(table, "sdist"));
    let sums = files.iter().filter_map(|file| file.text("hash"));
    let mut hashes: Vec<Hash> = sums
        .filter_map(|sum| Hash::hex(sum.split_once(':')?.1))
        .collect();
    hashes.sort();
    hashes.dedup();
    hashes
}
