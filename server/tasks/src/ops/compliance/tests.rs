//! Every rule by its examples, and the sections of frameworks.

use super::{FRAMEWORKS, Options, Repository, rules, run};
use crate::ground::{AddedLines, Ground, Halt, Stop};
use crate::ops::check::examples::{files, judge};
use crate::ops::check::{Check, Hits};
use artifact::Finding;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn repository(example: &str) -> Repository {
    let mut repository = Repository::default();
    for (name, size, text, _) in files(example) {
        if size << 20 >= super::repository::LARGE {
            repository.large.insert(name.clone(), size << 20);
        }
        repository.texts.insert(name.clone(), text);
        repository.files.insert(name);
    }
    repository
}

fn findings(example: &str) -> Vec<Finding> {
    let repository = repository(example);
    let mut found = Vec::new();
    for rule in rules() {
        let Check::Repository(check) = rule.check else {
            panic!("{} looks at something else", rule.id)
        };
        let mut hits = Hits::default();
        check(&repository, &mut hits);
        found.extend(hits.hits.into_iter().map(|hit| Finding {
            severity: rule.severity,
            code: rule.id.to_owned(),
            message: hit.message,
            path: hit.path,
            line: hit.place.map(|place| place.line),
            column: hit.place.map(|place| place.column),
            help: Some(rule.help.to_owned()),
            ..Finding::default()
        }));
    }
    found
}

#[test]
fn both_examples_of_each_rule_are_told_apart() {
    let mut problems = Vec::new();
    let mut names = BTreeSet::new();
    for rule in rules() {
        assert!(names.insert(rule.id), "two rules are named {}", rule.id);
        let mark = files(rule.bad).into_iter().find_map(|(_, _, _, mark)| mark);
        problems.extend(judge(rule, mark, findings));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn frameworks_name_rules_that_there_are() {
    let known: BTreeSet<&str> = rules().iter().map(|rule| rule.id).collect();
    for section in FRAMEWORKS.iter().flat_map(|framework| framework.sections) {
        for rule in section.rules {
            assert!(
                known.contains(rule),
                "{}: there is no rule {rule}",
                section.name
            );
        }
    }
}

struct Folder(PathBuf, Option<Stop>);

impl Ground for Folder {
    fn root(&self) -> &Path {
        &self.0
    }
    fn files(&self) -> Result<Vec<PathBuf>, Halt> {
        Ok([".env", ".gitignore", "deploy.pem", "gone.txt"]
            .map(PathBuf::from)
            .to_vec())
    }
    fn added_lines(&self, _: &str) -> Result<Vec<AddedLines>, Halt> {
        Ok(Vec::new())
    }
    fn stop(&self) -> Option<Stop> {
        self.1
    }
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let key = [
        "# offshoot:allow repo-key a sample\n-----BEGIN PRIVATE",
        " KEY-----\nhunter2hunter2\n",
    ]
    .concat();
    for (name, text) in [
        (".env", "PASSWORD=hunter2hunter2\n"),
        (".gitignore", "x\n"),
        ("deploy.pem", &key),
    ] {
        crate::sheet::write(folder.path(), name, text).expect("a file");
    }
    folder
}

#[test]
fn a_framework_selects_rules_and_says_of_which_sections() {
    let folder = folder();
    let options = Options {
        framework: "soc2".to_owned(),
        ..Options::default()
    };
    let artifact = run(&Folder(folder.path().to_owned(), None), &options).expect("an artifact");
    assert_eq!(
        (artifact.status.as_str(), &artifact.other["files"]),
        ("completed", &3.into())
    );
    let codes: BTreeSet<&str> = artifact
        .findings
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    assert!(
        codes.contains("repo-env") && !codes.contains("repo-no-licence"),
        "{codes:?}"
    );
    assert!(!codes.contains("repo-key"), "a mark allows it");
    let checks = artifact.other["checks"].as_array().expect("checks");
    let env = checks
        .iter()
        .find(|one| one["rule"] == "repo-env")
        .expect("it");
    assert_eq!(
        (&env["result"], &env["sections"][0]),
        (&"failed".into(), &"CC6.1".into())
    );
    let page = std::fs::read_to_string(folder.path().join("reports/ops/compliance-report.md"))
        .expect("it");
    assert!(
        page.contains("| CC6.1 |") && page.contains("prove compliance with nothing"),
        "{page}"
    );
    assert!(!page.contains("hunter2") && !artifact.to_json().expect("JSON").contains("hunter2"));
}

#[test]
fn when_it_is_stopped_a_valid_artifact_is_there() {
    for (stop, status) in [(Stop::Cancelled, "cancelled"), (Stop::TimedOut, "timeout")] {
        let folder = folder();
        run(
            &Folder(folder.path().to_owned(), Some(stop)),
            &Options::default(),
        )
        .expect("an artifact");
        let text = std::fs::read(folder.path().join(super::ARTIFACT)).expect("it");
        let (read, _) = artifact::Artifact::from_json(&text, &[]).expect("JSON");
        assert_eq!(read.status, status);
    }
}
