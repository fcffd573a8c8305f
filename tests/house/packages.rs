//! Packages: each of the ten the product is built on does work, and no Cargo.toml lists one its source never names.

use crate::metadata::{MEMBERS, Member, licences};
use std::fs;
use support::tree::{files, source_root};

/// The ten, as the source names them.
const TEN: [&str; 10] = [
    "tower_lsp",
    "tokio",
    "serde",
    "serde_json",
    "serde_yaml",
    "notify",
    "git2",
    "tracing",
    "thiserror",
    "walkdir",
];

/// Listed for its features alone: package, crate, why.
const UNNAMED: &[(&str, &str, &str)] = &[];

#[test]
fn each_of_the_ten_named_packages_does_work() {
    let idle: Vec<_> = TEN
        .into_iter()
        .filter(|name| {
            !MEMBERS
                .iter()
                .filter(|member| member.folder != "tests")
                .any(|member| {
                    let listed = member
                        .dependencies
                        .iter()
                        .any(|dependency| dependency.alias == *name && !dependency.dev);
                    listed && names(&source(member), name)
                })
        })
        .collect();
    assert!(
        idle.is_empty(),
        "no crate lists these and names them in its source: {idle:?}"
    );
}

#[test]
fn no_cargo_toml_lists_what_its_source_never_names() {
    let mut idle = Vec::new();
    for member in MEMBERS.iter() {
        let source = source(member);
        for dependency in &member.dependencies {
            let known = UNNAMED
                .iter()
                .any(|(package, user, _)| *package == dependency.package && *user == member.name);
            if !known && !names(&source, &dependency.alias) {
                idle.push(format!(
                    "{} lists {} and never names it",
                    member.name, dependency.alias
                ));
            }
        }
    }
    assert!(idle.is_empty(), "{}", idle.join("\n"));
}

#[test]
fn packages_come_from_the_public_registries() {
    let lock =
        fs::read_to_string(source_root().join("Cargo.lock")).expect("Cargo.lock is committed");
    for line in lock.lines().filter(|line| line.starts_with("source = ")) {
        assert_eq!(
            line,
            "source = \"registry+https://github.com/rust-lang/crates.io-index\""
        );
    }
}

#[test]
fn licences_are_among_those_we_take() {
    let deny = fs::read_to_string(source_root().join("deny.toml")).expect("deny.toml");
    let list = deny
        .split_once("\nallow = [")
        .and_then(|(_, rest)| rest.split_once(']'));
    let (list, _) = list.expect("deny.toml has a list of licences");
    let allowed: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    let foreign: Vec<_> = licences()
        .into_iter()
        .filter(|(_, licence)| !acceptable(licence, &allowed))
        .collect();
    assert!(foreign.is_empty(), "deny.toml does not allow {foreign:?}");
}

/// One alternative of an SPDX expression of which everything is allowed. Parentheses only occur around
/// alternatives of which one allowed one is enough, beside a term that is allowed or not.
fn acceptable(expression: &str, allowed: &[&str]) -> bool {
    if let Some((_, inside)) = expression.split_once('(')
        && let Some((inside, outside)) = inside.split_once(')')
    {
        let rest = outside.trim().strip_prefix("AND ").unwrap_or("");
        return acceptable(inside, allowed) && (rest.is_empty() || acceptable(rest, allowed));
    }
    expression
        .split(" OR ")
        .flat_map(|part| part.split('/'))
        .any(|part| {
            part.split(" AND ")
                .all(|term| allowed.contains(&term.trim()))
        })
}

#[test]
fn licence_expressions_are_understood() {
    let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"];
    for fine in [
        "MIT",
        "GPL-3.0 OR MIT",
        "MIT/Apache-2.0",
        "(MIT OR GPL-3.0) AND Unicode-3.0",
        "MIT AND Apache-2.0",
    ] {
        assert!(acceptable(fine, &allowed), "{fine}");
    }
    for not in [
        "",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(MIT OR Apache-2.0) AND GPL-3.0",
    ] {
        assert!(!acceptable(not, &allowed), "{not}");
    }
}

fn source(member: &Member) -> String {
    let folder = source_root().join(&member.folder);
    files(&folder, &|path| {
        folder.join(path).is_dir() || path.extension().is_some_and(|end| end == "rs")
    })
    .iter()
    .filter_map(|path| fs::read_to_string(folder.join(path)).ok())
    .collect()
}

/// Whether code (not a comment) uses a crate: as a path `name::`, in an attribute path, or in `use name`.
fn names(source: &str, name: &str) -> bool {
    source
        .lines()
        .map(str::trim_start)
        .filter(|line| !line.starts_with("//"))
        .any(|line| {
            line.match_indices(name).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                let after = &line[at + name.len()..];
                let starts = !before.is_some_and(|c| c.is_alphanumeric() || c == '_');
                starts
                    && (after.starts_with("::")
                        || (line.starts_with("use ") && after.starts_with([';', ' '])))
            })
        })
}

#[test]
fn naming_is_told_from_mentioning() {
    assert!(names("use walkdir::WalkDir;", "walkdir"));
    assert!(names("    let x = serde_json::to_value(1);", "serde_json"));
    assert!(names("use tower_lsp as lsp;", "tower_lsp"));
    assert!(!names("// walkdir::WalkDir would do", "walkdir"));
    assert!(!names("let x = my_serde::to_value(1);", "serde"));
    assert!(!names("serde_json::to_value(1)", "serde"));
}
