//! Samples in YAML and JSON: workflows, settings, messages.

use crate::page::{Fence, Page, pages};
use daemon::settings::{Scope, Sources, load};
use std::fs;
use std::path::Path;

/// Collects what `judge` finds wrong with the blocks of one kind.
#[track_caller]
fn each(kind: &str, least: usize, judge: impl Fn(&Page, &Fence) -> Vec<String>) {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        for fence in page.fences().iter().filter(|fence| fence.info == kind) {
            seen += 1;
            let found = judge(&page, fence).into_iter();
            wrong.extend(found.map(|problem| format!("{}:{}: {problem}", page.name, fence.line)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen >= least, "only {seen} blocks of `{kind}` were found");
}

#[test]
fn workflows_are_valid() {
    each("yaml workflow", 8, |_, fence| {
        let parsed = model::language::parse("sample.yaml", fence.text.as_bytes());
        let problems = parsed.diagnostics.iter();
        problems
            .map(|one| format!("{} (line {})", one.message, one.range.start.line + 1))
            .collect()
    });
}

#[test]
fn artifacts_are_valid_and_fully_understood() {
    each("json artifact", 1, |_, fence| {
        let read = artifact::Artifact::from_json(fence.text.as_bytes(), &[]);
        let (artifact, mut problems) = match read {
            Ok(read) => read,
            Err(error) => return vec![error.to_string()],
        };
        let value = serde_json::to_value(&artifact).expect("JSON");
        problems.extend(support::schema::check(
            &support::schema::load("artifact"),
            &value,
        ));
        let unknown = artifact
            .findings
            .iter()
            .filter(|found| !found.other.is_empty());
        problems.extend(unknown.map(|found| format!("not understood: {:?}", found.other)));
        if artifact.findings.is_empty() || !artifact.other.is_empty() {
            problems.push("it shows no finding, or fields of no form".to_owned());
        }
        problems
    });
}

#[test]
fn settings_are_valid() {
    each("yaml settings", 4, |_, fence| {
        let Some(scope) = fence.text.lines().next().and_then(scope) else {
            return vec!["its first line names no settings file".to_owned()];
        };
        problems(scope, &fence.text)
    });
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a file of agents in a folder of the test's own"
)]
fn files_of_agents_are_valid() {
    each("yaml agents", 1, |_, fence| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("agents.yaml");
        fs::write(&file, &fence.text).expect("a file");
        let read = daemon::settings::background_agents::read(&file);
        let found = read.diagnostics.iter();
        found.map(|one| one.message.clone()).collect()
    });
}

/// The kind of file that a comment like `# .tapps-agents/config.yaml` names.
fn scope(comment: &str) -> Option<Scope> {
    let file = comment.strip_prefix("# ")?.trim();
    Scope::ALL
        .into_iter()
        .find(|scope| file.ends_with(scope.file_name()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a settings file in a folder of the test's own"
)]
fn problems(scope: Scope, text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let user = folder.path().join("user.yaml");
    let sources = Sources {
        repo: Some(folder.path()),
        user_config: Some(&user),
        ..Sources::default()
    };
    let file = sources.file(scope).expect("each scope has a file");
    fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).expect("a folder");
    fs::write(&file, text).expect("a file");
    let loaded = load(&sources);
    let found = loaded.diagnostics.iter();
    found.map(|one| one.diagnostic.message.clone()).collect()
}

#[test]
fn json_is_json() {
    each("json", 5, |_, fence| {
        let parsed = serde_json::from_str::<serde_json::Value>(&fence.text);
        parsed.err().iter().map(ToString::to_string).collect()
    });
}

#[test]
fn every_block_of_yaml_is_one_that_is_checked() {
    each("yaml", 0, |_, _| {
        vec![
            "write `yaml workflow`, `yaml settings` or `yaml agents`, so that it is checked"
                .to_owned(),
        ]
    });
}
