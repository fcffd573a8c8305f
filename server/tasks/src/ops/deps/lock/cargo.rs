//! `Cargo.lock`. Packages without a source are the project's own, or lie beside it.

use super::toml::Document;
use crate::ops::deps::package::{Ecosystem, Hash, Parsed, Wanted};
use std::collections::{HashMap, HashSet};

const REGISTRIES: [&str; 2] = [
    "registry+https://github.com/rust-lang/crates.io-index",
    "sparse+https://index.crates.io/",
];

pub(super) fn parse(text: &str) -> Result<Parsed, String> {
    let document = Document::parse(text)?;
    let root = document.root();
    let tables = document.tables(root, "package");
    if tables.is_empty() && root.has("package") {
        return Err("its `package` is no list of tables".to_owned());
    }
    let mut parsed = Parsed::default();
    let mut needs = Vec::new();
    let mut asked = HashSet::new();
    // The project itself, in the files of the first years.
    if let Some(own) = document.child(root, "root") {
        asked.extend(own.texts("dependencies").into_iter().map(dependency));
    }
    for table in tables {
        let (Some(name), Some(version)) = (table.text("name"), table.text("version")) else {
            parsed.note(table.line, "a package without a name or a version");
            continue;
        };
        let line = document.line_of(table, "name");
        let wanted = table.texts("dependencies").into_iter().map(dependency);
        let Some(source) = table.text("source") else {
            asked.extend(wanted);
            continue;
        };
        if !REGISTRIES.contains(&source) {
            let text = format!("`{name}` does not come from crates.io: it is not looked up");
            parsed.note(line, text);
            continue;
        }
        if let Some(package) = parsed.add(Ecosystem::Crates, name, version, line) {
            let sum = table.text("checksum").and_then(Hash::hex);
            package.hashes = sum.into_iter().collect();
            package.direct = Some(false);
            needs.push((parsed.packages.len() - 1, wanted.collect()));
        }
    }
    parsed.connect(&needs);
    let mut of_name: HashMap<String, usize> = HashMap::new();
    for package in &parsed.packages {
        *of_name.entry(package.name.clone()).or_default() += 1;
    }
    for package in &mut parsed.packages {
        let exact = (package.name.clone(), Some(package.version.clone()));
        let only = of_name.get(&package.name) == Some(&1);
        let named = only && asked.contains(&(package.name.clone(), None));
        package.direct = Some(named || asked.contains(&exact));
    }
    Ok(parsed)
}

/// `name`, `name version` or `name version (source)`.
fn dependency(text: &str) -> Wanted {
    let mut words = text.split(' ');
    let name = words.next().unwrap_or_default().to_owned();
    (name, words.next().map(str::to_owned))
}
