//! Where links lead: files of the repository, and anchors in its pages.

use super::tree::{Tree, folder_of, join};
use super::{Link, Page};
use crate::docs::place::{Note, Rule};
use crate::input::is_own_output;
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

/// Files that tell that pages are read by a program that makes a site of them, with addresses of its own.
const SITES: [&str; 12] = [
    "mkdocs.yml",
    "mkdocs.yaml",
    "_config.yml",
    "book.toml",
    "docusaurus.config.js",
    "docusaurus.config.ts",
    "antora.yml",
    "hugo.toml",
    "astro.config.mjs",
    "conf.py",
    "docs.json",
    "config.mts",
];

/// Judges the links of a page. Those that lead outside are given back.
pub(crate) fn judge<'a>(
    path: &str,
    page: &'a Page,
    pages: &BTreeMap<&str, &Page>,
    tree: &Tree<'_>,
    notes: &mut Vec<Note>,
) -> Vec<&'a Link> {
    let site = is_site(path, tree);
    let mut outside = Vec::new();
    for link in &page.links {
        match target(path, &link.address) {
            Target::Outside => outside.push(link),
            Target::Unjudged => {}
            Target::Inside {
                path: target,
                anchor,
                from_root,
            } => {
                let Some(found) = find(&target, tree) else {
                    if !(site && (from_root || !target.ends_with(".md"))) {
                        notes.push(broken(link, &target, tree));
                    }
                    continue;
                };
                let anchors = if found == path {
                    Some(page)
                } else {
                    pages.get(found.as_str()).copied()
                };
                if let (Some(anchor), Some(page)) = (anchor, anchors)
                    && !page.anchors.contains(&anchor)
                    && !(site && page.anchors.is_empty())
                {
                    notes.push(broken_anchor(link, &found, &anchor, page));
                }
            }
        }
    }
    outside
}

enum Target {
    Outside,
    /// A place of its own kind, a template, or something that was made here.
    Unjudged,
    Inside {
        path: String,
        anchor: Option<String>,
        from_root: bool,
    },
}

fn target(page: &str, address: &str) -> Target {
    let lower = address.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") || address.starts_with("//") {
        return Target::Outside;
    }
    let scheme = address
        .split([':', '/', '#', '?'])
        .next()
        .unwrap_or_default();
    let has_scheme = address
        .get(scheme.len()..)
        .is_some_and(|rest| rest.starts_with(':'));
    if has_scheme || address.contains(['{', '}', '<', '>', '$', '*', '`']) {
        return Target::Unjudged;
    }
    let (rest, anchor) = address
        .split_once('#')
        .map_or((address, None), |(rest, anchor)| (rest, Some(anchor)));
    let rest = rest.split('?').next().unwrap_or(rest);
    let decoded = percent_decode_str(rest).decode_utf8_lossy().into_owned();
    let from_root = decoded.starts_with('/');
    let path = if decoded.is_empty() {
        Some(page.to_owned())
    } else if from_root {
        join("", &decoded)
    } else {
        join(folder_of(page), &decoded)
    };
    let anchor = anchor.map(|anchor| percent_decode_str(anchor).decode_utf8_lossy().into_owned());
    let anchor =
        anchor.filter(|anchor| !anchor.is_empty() && anchor != "top" && !anchor.starts_with(":~:"));
    match path {
        Some(path) if is_own_output(&path) || path == "docs/api" => Target::Unjudged,
        Some(path) => Target::Inside {
            path,
            anchor,
            from_root,
        },
        // `../../issues` leads to another page of the place where the repository is shown.
        None => Target::Unjudged,
    }
}

/// The file or folder that is meant; pages may be named as sites name them.
fn find(target: &str, tree: &Tree<'_>) -> Option<String> {
    if tree.has_file(target) {
        return Some(target.to_owned());
    }
    let stem = target.strip_suffix(".html").unwrap_or(target);
    let names = [
        format!("{stem}.md"),
        format!("{stem}.mdx"),
        format!("{stem}/README.md"),
        format!("{stem}/index.md"),
    ];
    let found = names
        .into_iter()
        .map(|name| name.trim_start_matches('/').to_owned());
    let found = found.into_iter().find(|name| tree.has_file(name));
    found.or_else(|| tree.has(target).then(|| target.to_owned()))
}

fn is_site(page: &str, tree: &Tree<'_>) -> bool {
    let mut folder = folder_of(page);
    loop {
        let here = |name: &&str| join(folder, name).is_some_and(|path| tree.has_file(&path));
        if SITES.iter().any(here) {
            return true;
        }
        if folder.is_empty() {
            return false;
        }
        folder = folder_of(folder);
    }
}

fn broken(link: &Link, target: &str, tree: &Tree<'_>) -> Note {
    let name = target.rsplit('/').next().unwrap_or(target);
    let hint = tree
        .named(name)
        .map_or(String::new(), |path| format!("; there is `{path}`"));
    Note {
        rule: Rule::BrokenLink,
        message: format!("`{target}` is not there{hint}"),
        place: link.place,
    }
}

fn broken_anchor(link: &Link, path: &str, anchor: &str, page: &Page) -> Note {
    let alike = page
        .anchors
        .iter()
        .map(|other| (strsim::jaro_winkler(anchor, other), other));
    let alike = alike
        .filter(|(alike, _)| *alike > 0.85)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = alike.map_or(String::new(), |(_, other)| {
        format!("; is `#{other}` meant?")
    });
    let message = format!("`{path}` has no heading or anchor `#{anchor}`{hint}");
    Note {
        rule: Rule::BrokenAnchor,
        message,
        place: link.place,
    }
}
