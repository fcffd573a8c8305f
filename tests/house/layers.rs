//! Who may depend on whom: the table of `docs/architecture.md`. A line of a Cargo.toml that breaks it fails here.

use crate::metadata::MEMBERS;

/// Crate, and what of ours it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("artifact", &[]),
    ("engine", &["model"]),
    ("store", &["model"]),
    ("worktree", &["model"]),
    ("agents", &["model", "artifact"]),
    ("settings", &["model"]),
    ("tasks", &["artifact"]),
    ("protocol", &["artifact"]),
    ("client", &["protocol"]),
    (
        "daemon",
        &[
            "model", "settings", "artifact", "engine", "store", "worktree", "agents", "tasks",
            "protocol", "client",
        ],
    ),
    (
        "lsp",
        &["client", "protocol", "artifact", "model", "settings"],
    ),
    ("mcp", &["client", "protocol", "artifact", "model"]),
    (
        "offshoot",
        &[
            "model", "settings", "artifact", "engine", "store", "worktree", "agents", "tasks",
            "protocol", "client", "daemon", "lsp", "mcp",
        ],
    ),
    (
        "offshoot-tests",
        &[
            "offshoot", "protocol", "artifact", "model", "daemon", "client", "store", "tasks",
        ],
    ),
];

/// Package from outside, and the only crates that may use it.
const BELONGS_TO: &[(&str, &[&str], &str)] = &[
    ("git2", &["worktree"], "only `worktree` touches git"),
    (
        "rusqlite",
        &["store", "offshoot-tests"],
        "only `store` writes the database; tests stand in for another program that locks it",
    ),
    (
        "tower-lsp-server",
        &["lsp"],
        "only `lsp` knows the language server protocol",
    ),
    ("clap", &["offshoot"], "only the binary has a command line"),
    (
        "schemars",
        &["protocol", "artifact", "tasks", "offshoot-tests"],
        "schemas come from the wire, from artifacts and from what tasks report",
    ),
];

/// What `model`, `artifact` and `protocol` may never see: IO, time, threads of a runtime.
const IMPURE: &[&str] = &[
    "tokio", "nix", "rustix", "notify", "git2", "rusqlite", "jiff", "walkdir", "tempfile",
    "tracing",
];

#[test]
fn crates_depend_only_on_what_the_architecture_allows() {
    let mut broken = Vec::new();
    for member in MEMBERS.iter() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == member.name) else {
            broken.push(format!(
                "{} is not in the table of the architecture",
                member.name
            ));
            continue;
        };
        for dependency in member
            .dependencies
            .iter()
            .filter(|dependency| dependency.ours)
        {
            if !allowed.contains(&dependency.package.as_str()) {
                broken.push(format!(
                    "{} must not depend on {}",
                    member.name, dependency.package
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn packages_with_an_owner_are_used_by_it_alone() {
    let mut broken = Vec::new();
    for member in MEMBERS.iter() {
        for dependency in &member.dependencies {
            for (package, owners, why) in BELONGS_TO {
                if dependency.package == *package && !owners.contains(&member.name.as_str()) {
                    broken.push(format!("{} must not use {package}: {why}", member.name));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_pure_crates_know_nothing_of_io_or_time() {
    let mut broken = Vec::new();
    for member in MEMBERS
        .iter()
        .filter(|member| ["model", "artifact", "protocol"].contains(&&*member.name))
    {
        for dependency in member
            .dependencies
            .iter()
            .filter(|dependency| !dependency.dev)
        {
            if IMPURE.contains(&dependency.package.as_str()) {
                broken.push(format!(
                    "{} is pure and must not use {}",
                    member.name, dependency.package
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_crate_is_named_as_its_folder() {
    for member in MEMBERS
        .iter()
        .filter(|member| member.name != "offshoot-tests")
    {
        assert_eq!(member.folder, format!("server/{}", member.name));
    }
}
