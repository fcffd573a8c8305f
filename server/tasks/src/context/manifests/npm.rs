//! `package.json`: what is of the workspace is left out, types stand for what they are of.

use super::{Said, standard};
use serde_json::{Map, Value};

const LISTS: [(&str, bool); 4] = [
    ("dependencies", false),
    ("peerDependencies", false),
    ("optionalDependencies", false),
    ("devDependencies", true),
];

pub(super) fn read(text: &str) -> Option<Said> {
    let manifest: Map<String, Value> = serde_json::from_str(text).ok()?;
    let mut said = Said::default();
    said.own.extend(
        manifest
            .get("name")
            .and_then(Value::as_str)
            .map(str::to_owned),
    );
    for (list, tool) in LISTS {
        for (name, version) in manifest
            .get(list)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let version = version.as_str().unwrap_or_default();
            let near = ["workspace:", "file:", "link:", "portal:"];
            if near.iter().any(|near| version.starts_with(near)) {
                said.own.push(name.clone());
                continue;
            }
            let name = published(name, version);
            if !standard::of_node(&name) {
                said.uses.push((name, tool));
            }
        }
    }
    Some(said)
}

/// `@types/node` is about `node`, `@types/babel__core` about `@babel/core`, and `npm:other@1` is `other`.
fn published(name: &str, version: &str) -> String {
    if let Some(other) = version.strip_prefix("npm:") {
        let end = other.rfind('@').filter(|at| *at > 0).unwrap_or(other.len());
        return other[..end].to_owned();
    }
    match name.strip_prefix("@types/") {
        Some(of) => match of.split_once("__") {
            Some((scope, name)) => format!("@{scope}/{name}"),
            None => of.to_owned(),
        },
        None => name.to_owned(),
    }
}
