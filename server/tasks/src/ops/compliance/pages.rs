//! What the rules about pages, lockfiles and checks look for.

use super::super::check::yaml::{Node, load};
use super::super::check::{Hits, Place, name};
use super::manifests::without_lock;
use super::repository::{Repository, is_workflow};

const SECURITY: [&str; 3] = ["SECURITY.md", ".github/SECURITY.md", "docs/SECURITY.md"];

pub(super) fn no_readme(repository: &Repository, hits: &mut Hits) {
    if repository.root_files(&["readme"]).next().is_none() {
        hits.whole("nothing says what this is");
    }
}

pub(super) fn no_security(repository: &Repository, hits: &mut Hits) {
    if repository.first(&SECURITY).is_none() {
        hits.whole("nothing says how to report a vulnerability");
    }
}

pub(super) fn no_contact(repository: &Repository, hits: &mut Hits) {
    let Some(path) = repository.first(&SECURITY) else {
        return hits.not_applicable();
    };
    let text = repository.text(path);
    let way = [
        "@",
        "https://",
        "http://",
        "mailto:",
        "private vulnerability",
        "Security tab",
    ];
    if !way.iter().any(|way| text.contains(way)) {
        hits.in_file(path, None, "it names no address and no page to report to");
    }
}

pub(super) fn no_contributing(repository: &Repository, hits: &mut Hits) {
    let places = [
        "CONTRIBUTING.md",
        ".github/CONTRIBUTING.md",
        "docs/CONTRIBUTING.md",
        "CONTRIBUTING.rst",
        "CONTRIBUTING",
    ];
    if repository.first(&places).is_none() {
        hits.whole("nothing says how to contribute");
    }
}

pub(super) fn no_conduct(repository: &Repository, hits: &mut Hits) {
    let places = [
        "CODE_OF_CONDUCT.md",
        ".github/CODE_OF_CONDUCT.md",
        "docs/CODE_OF_CONDUCT.md",
    ];
    if repository.first(&places).is_none() {
        hits.whole("nothing says how people treat each other here");
    }
}

pub(super) fn no_changelog(repository: &Repository, hits: &mut Hits) {
    if repository
        .root_files(&["changelog", "changes", "history", "news", "releases"])
        .next()
        .is_none()
        && !repository
            .files
            .iter()
            .any(|path| path.to_ascii_lowercase().ends_with("/changelog.md"))
    {
        hits.whole("nothing says what a new version changes");
    }
}

pub(super) fn no_lock(repository: &Repository, hits: &mut Hits) {
    for (path, lock) in without_lock(repository) {
        hits.in_file(
            path,
            None,
            format!(
                "`{lock}` is not there, or git ignores it: what is built tomorrow is something else"
            ),
        );
    }
}

fn has_manifest(repository: &Repository) -> bool {
    [
        "Cargo.toml",
        "package.json",
        "pyproject.toml",
        "go.mod",
        "Gemfile",
        "composer.json",
        "pom.xml",
        "build.gradle",
        "requirements.txt",
    ]
    .iter()
    .any(|manifest| repository.named(manifest).next().is_some())
}

pub(super) fn no_updates(repository: &Repository, hits: &mut Hits) {
    let places = [
        ".github/dependabot.yml",
        ".github/dependabot.yaml",
        "renovate.json",
        "renovate.json5",
        ".renovaterc",
        ".renovaterc.json",
        ".github/renovate.json",
        ".github/renovate.json5",
        ".gitlab/renovate.json",
    ];
    if !has_manifest(repository) {
        return hits.not_applicable();
    }
    if repository.first(&places).is_none() {
        hits.whole("nobody is told when a dependency has a new version");
    }
}

pub(super) fn no_checks(repository: &Repository, hits: &mut Hits) {
    let places = [
        ".gitlab-ci.yml",
        "azure-pipelines.yml",
        "Jenkinsfile",
        ".circleci/config.yml",
        ".drone.yml",
        "bitbucket-pipelines.yml",
        ".travis.yml",
        ".woodpecker.yml",
        ".buildkite/pipeline.yml",
        ".forgejo/workflows/ci.yml",
    ];
    let workflow = repository.files.iter().any(|path| is_workflow(path));
    if !workflow && repository.first(&places).is_none() {
        hits.whole("no workflow checks what is committed");
    }
}

/// Whether a node gives no more than it needs: something is said, and at the top nothing may be written.
fn is_least(root: &Node) -> Result<(), Place> {
    let Some((key, given)) = root.entry("permissions") else {
        let jobs = root.get("jobs").into_iter().flat_map(Node::entries);
        let mut without = jobs.filter(|(_, job)| job.get("permissions").is_none());
        let at = root.entry("on").map_or(root.place, |(key, _)| key.place);
        return without.next().map_or(Ok(()), |_| Err(at));
    };
    if given.is("write-all") {
        return Err(key.place);
    }
    let jobs = root.get("jobs").into_iter().flat_map(Node::entries).count();
    let writes = given.entries().find(|(_, value)| value.is("write"));
    match writes {
        Some((key, _)) if jobs > 1 => Err(key.place),
        _ => Ok(()),
    }
}

pub(super) fn wide_token(repository: &Repository, hits: &mut Hits) {
    let mut any = false;
    for path in repository.files.iter().filter(|path| is_workflow(path)) {
        any = true;
        for root in load(repository.text(path)).0 {
            if let (Err(at), true) = (is_least(&root), root.get("jobs").is_some()) {
                hits.in_file(
                    path,
                    Some(at),
                    format!(
                        "the token of `{}` may more than its jobs need, or nobody says what",
                        name(path)
                    ),
                );
            }
        }
    }
    if !any {
        hits.not_applicable();
    }
}
