//! The documentation: the pages that have to be there, and links that lead somewhere.

use std::fs;
use std::path::Path;
use support::tree::{source_files, source_root};

const PAGES: [&str; 16] = [
    "docs/architecture.md",
    "docs/user-guide.md",
    "docs/workflows.md",
    "docs/built-in-tasks.md",
    "docs/criteria.md",
    "docs/configuration.md",
    "docs/cli.md",
    "docs/protocol.md",
    "docs/file-handoff.md",
    "docs/task-states.md",
    "docs/security.md",
    "docs/rules.md",
    "docs/performance.md",
    "docs/dependencies.md",
    "docs/glossary.md",
    "docs/CONTRIBUTING.md",
];

#[test]
fn the_pages_are_there_and_can_be_found() {
    let readme = fs::read_to_string(source_root().join("README.md")).expect("a README.md");
    let mut missing = Vec::new();
    for page in PAGES {
        if !source_root().join(page).is_file() {
            missing.push(format!("{page} is missing"));
        } else if !readme.contains(page) {
            missing.push(format!("README.md does not lead to {page}"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn relative_links_lead_somewhere() {
    let mut broken = Vec::new();
    for page in source_files()
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        // What a task wrote about its samples leads to where it would lie.
        .filter(|path| !path.starts_with("server/tasks/src/docs/samples"))
    {
        let text = fs::read_to_string(source_root().join(page)).expect("pages are UTF-8");
        for target in links(&text) {
            if let Some(problem) = follow(page, target) {
                broken.push(format!("{}: {target}: {problem}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Targets of `[text](target)`, without those that lead outside. Code blocks are not prose.
fn links(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            code = !code;
        }
        if code {
            continue;
        }
        for (at, _) in line.match_indices("](") {
            let rest = &line[at + 2..];
            let target = &rest[..rest.find(')').unwrap_or(rest.len())];
            if !target.contains("://") && !target.starts_with("mailto:") {
                found.push(target);
            }
        }
    }
    found
}

fn follow(page: &Path, target: &str) -> Option<String> {
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let root = source_root();
    let path = match file {
        "" => root.join(page),
        file => root.join(page).parent()?.join(file),
    };
    if !path.exists() {
        return Some("no such file".to_owned());
    }
    if anchor.is_empty() || path.extension().is_none_or(|end| end != "md") {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    let known = text
        .lines()
        .filter(|line| line.starts_with('#'))
        .any(|line| slug(line) == anchor);
    (!known).then(|| "no such heading".to_owned())
}

/// The anchor of a heading, as code forges make it.
fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[test]
fn headings_become_anchors() {
    assert_eq!(
        slug("## What `apply` does, and when"),
        "what-apply-does-and-when"
    );
    assert_eq!(
        links("see [a](b.md#c) and [d](https://e)\n```\n[x](y)\n```"),
        ["b.md#c"]
    );
}
