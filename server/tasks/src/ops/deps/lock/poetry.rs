//! `poetry.lock`. What the project asks for itself stands in `pyproject.toml` only.

use super::Beside;
use super::toml::{Document, Table};
use crate::ops::deps::manifest;
use crate::ops::deps::package::{Ecosystem, Hash, Parsed};
use std::collections::HashSet;

pub(super) fn parse(text: &str, beside: &dyn Beside) -> Result<Parsed, String> {
    let document = Document::parse(text)?;
    let root = document.root();
    let mut parsed = Parsed::default();
    let mut needs = Vec::new();
    for table in document.tables(root, "package") {
        let (Some(name), Some(version)) = (table.text("name"), table.text("version")) else {
            parsed.note(table.line, "a package without a name or a version");
            continue;
        };
        let line = document.line_of(table, "name");
        let source = document.child(table, "source");
        let kind = source.and_then(|source| source.text("type"));
        if let Some("git" | "directory" | "file" | "url") = kind {
            let text = format!("`{name}` does not come from PyPI: it is not looked up");
            parsed.note(line, text);
            continue;
        }
        if let Some(package) = parsed.add(Ecosystem::PyPi, name, version, line) {
            // Since version 2 groups are named instead of a category.
            let groups = table.texts("groups");
            package.development = table.text("category") == Some("dev")
                || (!groups.is_empty() && !groups.contains(&"main"));
            package.hashes = hashes(&document, table, name);
            let wanted = document.child(table, "dependencies");
            let wanted = wanted.map(|wanted| document.entries(wanted));
            let wanted = wanted.unwrap_or_default().into_iter();
            needs.push((
                parsed.packages.len() - 1,
                wanted.map(|(name, _)| (name.to_owned(), None)).collect(),
            ));
        }
    }
    parsed.connect(&needs);
    if let Some(project) = beside.file(Ecosystem::PyPi.manifest()) {
        let asked: HashSet<String> = manifest::asked(Ecosystem::PyPi, &project)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        for package in &mut parsed.packages {
            package.direct = Some(asked.contains(&package.name));
        }
    }
    Ok(parsed)
}

/// `files = [{file, hash = "sha256:…"}]` of the package, or of older versions in `[metadata.files]`.
fn hashes(document: &Document<'_>, table: Table<'_, '_>, name: &str) -> Vec<Hash> {
    let mut files = document.tables(table, "files");
    if files.is_empty()
        && let Some(metadata) = document.child(document.root(), "metadata")
        && let Some(all) = document.child(metadata, "files")
    {
        files = document.tables(all, name);
    }
    let sums = files.iter().filter_map(|file| file.text("hash"));
    let mut hashes: Vec<Hash> = sums
        .filter_map(|sum| Hash::hex(sum.split_once(':')?.1))
        .collect();
    hashes.sort();
    hashes.dedup();
    hashes
}
