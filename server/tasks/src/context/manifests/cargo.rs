//! `Cargo.toml`: packages of the workspace itself are left out, renamed ones have the name that they are published
//! under.

use super::Said;
use toml::{Table, Value};

const LISTS: [(&str, bool); 3] = [
    ("dependencies", false),
    ("dev-dependencies", true),
    ("build-dependencies", true),
];

pub(super) fn read(text: &str) -> Option<Said> {
    let manifest: Table = text.parse().ok()?;
    let mut said = Said::default();
    let package = manifest
        .get("package")
        .and_then(|package| package.get("name"));
    said.own
        .extend(package.and_then(Value::as_str).map(str::to_owned));
    for (list, tool) in LISTS {
        take(manifest.get(list), tool, &mut said);
    }
    let workspace = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"));
    take(workspace, false, &mut said);
    for target in manifest
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flatten()
    {
        for (list, tool) in LISTS {
            take(target.1.get(list), tool, &mut said);
        }
    }
    Some(said)
}

fn take(list: Option<&Value>, tool: bool, said: &mut Said) {
    for (name, value) in list.and_then(Value::as_table).into_iter().flatten() {
        let name = value.get("package").and_then(Value::as_str).unwrap_or(name);
        if value.get("path").is_some() {
            said.own.push(name.to_owned());
        } else {
            said.uses.push((name.to_owned(), tool));
        }
    }
}
