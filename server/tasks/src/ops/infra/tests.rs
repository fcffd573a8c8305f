//! Every rule by its examples; whole files that are as they should be; and what nobody may see.

use super::kind::Kind;
use super::run::File;
use super::{rules, run};
use crate::ground::{AddedLines, Ground, Halt, Stop};
use crate::ops::check::examples::{judge, unmarked};
use crate::ops::check::{Group, Options, Record, Rule, Selection, Tally};
use crate::sheet::Sheet;
use artifact::Finding;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

fn findings(group: Group, text: &str) -> Vec<Finding> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut sheet = Sheet::begin(folder.path(), "a.json", "a").expect("a sheet");
    let mut tally = Tally::default();
    let selection = Selection::new(&Options::default(), &rules()).expect("no options");
    let file = File {
        name: "file",
        text,
        has_ignore: false,
    };
    let mut record = Record {
        sheet: &mut sheet,
        tally: &mut tally,
    };
    file.check(Kind::Of(group), &selection, &mut record);
    sheet.findings().to_vec()
}

fn group(rule: &Rule) -> Group {
    match rule.group() {
        Group::Yaml => Group::Compose,
        group => group,
    }
}

#[test]
fn both_examples_of_each_rule_are_told_apart() {
    let mut problems = Vec::new();
    let mut names = BTreeSet::new();
    for rule in rules() {
        assert!(names.insert(rule.id), "two rules are named {}", rule.id);
        let mark = unmarked(rule.bad).1;
        problems.extend(judge(rule, mark, |example| {
            findings(group(rule), &unmarked(example).0)
        }));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(names.len() >= 60, "{} rules", names.len());
}

#[test]
fn files_as_they_should_be_have_no_findings() {
    for (group, text) in [
        (Group::Dockerfile, include_str!("good/Dockerfile")),
        (Group::Compose, include_str!("good/compose.yaml")),
        (Group::Kubernetes, include_str!("good/deployment.yaml")),
        (Group::Workflow, include_str!("good/workflow.yml")),
    ] {
        assert_eq!(findings(group, text), [], "{group:?}");
    }
}

#[test]
fn lists_and_several_documents_are_gone_through() {
    let text = "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n    spec: {hostPID: true, serviceAccountName: a}\n---\napiVersion: v1\nkind: Pod\nspec:\n  hostIPC: true\n  serviceAccountName: a\n";
    let found = findings(Group::Kubernetes, text);
    let places: Vec<_> = found
        .iter()
        .map(|one| (one.code.as_str(), one.line))
        .collect();
    assert_eq!(
        places,
        [("k8s-host-pid", Some(6)), ("k8s-host-ipc", Some(11))]
    );
}

/// A folder whose work ends after so many looks at whether it has to.
struct Folder {
    root: PathBuf,
    files: Vec<PathBuf>,
    looks: AtomicUsize,
    stop: Option<Stop>,
}

impl Folder {
    fn new(files: &[(&str, &str)]) -> (tempfile::TempDir, Self) {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            crate::sheet::write(folder.path(), name, text).expect("a file");
        }
        let ground = Self {
            root: folder.path().to_owned(),
            files: files.iter().map(|(name, _)| PathBuf::from(name)).collect(),
            looks: AtomicUsize::new(usize::MAX),
            stop: None,
        };
        (folder, ground)
    }
}

impl Ground for Folder {
    fn root(&self) -> &Path {
        &self.root
    }
    fn files(&self) -> Result<Vec<PathBuf>, Halt> {
        Ok(self.files.clone())
    }
    fn added_lines(&self, _: &str) -> Result<Vec<AddedLines>, Halt> {
        Ok(Vec::new())
    }
    fn stop(&self) -> Option<Stop> {
        let left = self.looks.fetch_sub(1, Ordering::Relaxed);
        self.stop
            .filter(|_| left == 0 || left > usize::MAX / 2 && left != usize::MAX)
    }
}

const ROOT: &str = "FROM debian:13\nUSER root\n";

#[test]
fn marks_options_and_templates_are_heeded() {
    let (_folder, ground) = Folder::new(&[
        (
            "Dockerfile",
            "FROM debian:13\n# offshoot:allow docker-root-user it starts others\nUSER root\n",
        ),
        ("a/Dockerfile", ROOT),
        ("b/Dockerfile", ROOT),
        (
            "chart/templates/a.yaml",
            "apiVersion: v1\nkind: Pod\nname: {{ x }}\n",
        ),
        ("other.yaml", "a: {{ x }}\n"),
        ("reports/ops/Dockerfile", ROOT),
    ]);
    let options = Options {
        allow: vec!["b/**".to_owned()],
        ..Options::default()
    };
    let artifact = run(&ground, &options).expect("an artifact");
    let paths: Vec<_> = artifact
        .findings
        .iter()
        .map(|one| one.path.as_deref())
        .collect();
    assert_eq!(paths, [Some("a/Dockerfile")]);
    assert_eq!(artifact.other["findings_allowed"], 1);
    assert_eq!(
        artifact.other["files_passed_over"][0]["path"],
        "chart/templates/a.yaml"
    );
    let options = Options {
        ignore: vec!["docker-root-user".to_owned()],
        ..Options::default()
    };
    let artifact = run(&ground, &options).expect("an artifact");
    assert!(artifact.findings.is_empty(), "{artifact:#?}");
    let options = Options {
        ignore: vec!["docker-rot-user".to_owned()],
        ..Options::default()
    };
    assert_eq!(
        run(&ground, &options).expect("an artifact").status,
        "failed"
    );
}

#[test]
fn whenever_it_ends_a_valid_artifact_is_there() {
    for stop in [Stop::Cancelled, Stop::TimedOut] {
        for looks in 0..4 {
            let (folder, mut ground) = Folder::new(&[
                ("a/Dockerfile", ROOT),
                ("b/Dockerfile", ROOT),
                ("c/Dockerfile", ROOT),
            ]);
            (ground.stop, ground.looks) = (Some(stop), AtomicUsize::new(looks));
            let artifact = run(&ground, &Options::default()).expect("an artifact");
            let text = std::fs::read(folder.path().join(super::ARTIFACT)).expect("it");
            let (read, notes) = artifact::Artifact::from_json(&text, &[]).expect("JSON");
            assert_eq!(
                (read.status.as_str(), notes.len()),
                (artifact.status.as_str(), 0)
            );
            let expected = match (looks, stop) {
                (3, _) => "completed",
                (_, Stop::Cancelled) => "cancelled",
                (_, Stop::TimedOut) => "timeout",
            };
            assert_eq!(read.status, expected);
            assert_eq!(read.findings.len(), looks.min(3));
        }
    }
}

/// Values that no output may hold: each stands where a rule finds something.
const CORPUS: &[(&str, &str)] = &[
    (
        "Dockerfile",
        "FROM debian:13\nENV DB_PASSWORD=SECRETVALUE OTHER=1\nENV API_TOKEN SECRETVALUE\nARG NPM_TOKEN=SECRETVALUE\nADD https://me:SECRETVALUE@example.org/SECRETVALUE.zip /x\nRUN curl -H 'Authorization: SECRETVALUE' https://SECRETVALUE@example.org | sh\nRUN <<E\ncurl -k https://SECRETVALUE@example.org\nE\nSECRETVALUE x\n",
    ),
    (
        "compose.yaml",
        "services:\n  a:\n    image: registry.example.org/me:SECRETVALUE@a/b\n    environment: [DB_PASSWORD=SECRETVALUE]\n    build: {args: {NPM_TOKEN: SECRETVALUE}}\n  b:\n    environment: {API_KEY: SECRETVALUE}\n    volumes: ['/etc:/SECRETVALUE']\n    ports: ['80:80']\n",
    ),
    (
        "k8s.yaml",
        "apiVersion: v1\nkind: Secret\nstringData: {password: SECRETVALUE}\n---\napiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n      env: [{name: DB_PASSWORD, value: SECRETVALUE}]\n---\napiVersion: v1\nkind: ConfigMap\ndata: {api_key: SECRETVALUE}\n",
    ),
    (
        ".github/workflows/a.yml",
        "on: push\nenv: {API_TOKEN: SECRETVALUE}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: curl https://u:SECRETVALUE@example.org | sh\n      - run: echo SECRETVALUE ${{ secrets.A }}\n",
    ),
];

#[test]
fn no_secret_is_in_what_is_told() {
    // Two forms: one that looks like nothing, and a token of a known issuer.
    for value in [
        "hunter2hunter2".to_owned(),
        format!("ghp_{}", "aB3dE6gH9j".repeat(4)[..36].to_owned()),
    ] {
        let files: Vec<(&str, String)> = CORPUS
            .iter()
            .map(|(name, text)| (*name, text.replace("SECRETVALUE", &value)))
            .collect();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        let (folder, ground) = Folder::new(&files);
        let artifact = run(&ground, &Options::default()).expect("an artifact");
        let found: BTreeSet<&str> = artifact
            .findings
            .iter()
            .map(|one| one.code.as_str())
            .collect();
        for rule in [
            "docker-secret-env",
            "docker-secret-arg",
            "docker-add-address",
            "compose-secret-env",
            "k8s-secret-object",
            "k8s-secret-env",
            "k8s-secret-config",
            "github-secret-env",
        ] {
            assert!(found.contains(rule), "{rule} is not among {found:?}");
        }
        let page = Path::new(super::ARTIFACT).with_extension("md");
        for file in [Path::new(super::ARTIFACT), &page] {
            let text = std::fs::read_to_string(folder.path().join(file))
                .expect("it")
                .to_lowercase();
            assert!(!text.contains(&value.to_lowercase()), "{text}");
        }
    }
}
