//! The task: which files are looked at, by which rules, and what is told of it.

use super::kind::{Kind, is_manifest, is_template};
use super::{dockerfile, kubernetes, rules};
use crate::ground::{Ground, Halt, go_on};
use crate::input::{Input, is_own_output, read};
use crate::ops::check::{
    Check, Group, Hits, Marks, Options, PassedOver, Record, Rule, Selection, Tally, yaml,
};
use crate::sheet::Sheet;
use artifact::Artifact;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// Where its artifact lies.
pub const ARTIFACT: &str = "reports/ops/infrastructure-report.json";
/// The kind of its artifact.
pub const KIND: &str = "infrastructure";

/// Files between two savings.
const PORTION: usize = 64;
/// The largest file that is a build file and not data.
const LARGEST: usize = 1 << 20;

/// What it reports beside findings.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Report {
    /// Always `infrastructure_setup`.
    operation_type: &'static str,
    /// Files that were read, by what they are.
    files: BTreeMap<&'static str, usize>,
    /// Files that look like one of these and were not read.
    files_passed_over: Vec<PassedOver>,
    /// How many more were not.
    files_passed_over_more: usize,
    /// The files and folders that it was limited to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    paths: Vec<String>,
    /// Rules that were used.
    rules: usize,
    /// Rules that the caller left out.
    rules_ignored: Vec<String>,
    /// Findings that a mark in the file allows.
    findings_allowed: usize,
}

/// Does it, and leaves the artifact.
///
/// # Errors
/// When the artifact cannot be written; everything else is said in it.
pub fn run(ground: &dyn Ground, options: &Options) -> io::Result<Artifact> {
    let mut sheet = Sheet::begin(ground.root(), ARTIFACT, KIND)?;
    let mut tally = Tally::default();
    let mut report = Report {
        operation_type: "infrastructure_setup",
        ..Report::default()
    };
    let all = rules();
    let outcome = Selection::new(options, &all).and_then(|selection| {
        report.paths = selection.within().told();
        report.rules_ignored = selection.ignored().to_vec();
        report.rules = all.iter().filter(|rule| selection.uses(rule)).count();
        check(
            ground,
            &selection,
            &mut sheet,
            &mut tally,
            &mut report.files,
        )
    });
    report.findings_allowed = tally.allowed;
    report.files_passed_over = tally.passed_over;
    report.files_passed_over_more = tally.passed_over_more;
    sheet.report(&report)?;
    let summary = summary(&report, sheet.findings().len() + sheet.left_out());
    sheet.end(&outcome, &summary)
}

fn summary(report: &Report, findings: usize) -> String {
    let files: usize = report.files.values().sum();
    let mut text = format!(
        "{findings} findings in {files} files, read with {} rules.",
        report.rules
    );
    if report.findings_allowed > 0 {
        text.push_str(&format!(
            " {} more are allowed by marks in the files.",
            report.findings_allowed
        ));
    }
    if !report.rules_ignored.is_empty() {
        text.push_str(&format!(
            " Left out: `{}`.",
            report.rules_ignored.join("`, `")
        ));
    }
    if files == 0 {
        text.push_str(" There is no Dockerfile, compose file, manifest or workflow here.");
    }
    for passed in &report.files_passed_over {
        text.push_str(&format!(
            "\n- not read: `{}`, {}",
            passed.path.replace('`', "'"),
            passed.reason
        ));
    }
    text
}

fn check(
    ground: &dyn Ground,
    selection: &Selection,
    sheet: &mut Sheet,
    tally: &mut Tally,
    counts: &mut BTreeMap<&'static str, usize>,
) -> Result<(), Halt> {
    let files = ground.files()?;
    let files = selection.within().with_named(ground.root(), files);
    let names: BTreeSet<String> = files
        .iter()
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    for (index, name) in names.iter().enumerate() {
        let kind = Kind::of(name);
        if kind == Kind::Other || is_own_output(name) || !selection.wants(name) {
            continue;
        }
        go_on(ground)?;
        let mut record = Record { sheet, tally };
        if let Some(text) = text(ground, name, kind, record.tally) {
            let file = File {
                name,
                text: &text,
                has_ignore: has_ignore(name, &names),
            };
            if let Some(word) = file.check(kind, selection, &mut record) {
                *counts.entry(word).or_default() += 1;
            }
        }
        if index % PORTION == 0 {
            sheet
                .save()
                .map_err(|error| Halt::Failed(error.to_string()))?;
        }
    }
    Ok(())
}

/// The text of a file; none where it is not to be read.
fn text(ground: &dyn Ground, name: &str, kind: Kind, tally: &mut Tally) -> Option<String> {
    let sure = kind != Kind::Perhaps;
    let reason = match read(&ground.root().join(name)) {
        Input::Text(bytes) if bytes.len() > LARGEST => "too large",
        Input::TooLarge(_) => "too large",
        Input::Text(bytes) => match String::from_utf8(bytes) {
            Ok(text) => return Some(text),
            Err(_) => "no UTF-8",
        },
        Input::Binary => "no text, or a link",
        Input::Unreadable(_) => "it cannot be read",
    };
    if sure {
        tally.pass_over(name, reason);
    }
    None
}

/// Whether the context of a Dockerfile has a `.dockerignore`: its folder's, its own, or that of the root.
fn has_ignore(name: &str, names: &BTreeSet<String>) -> bool {
    let folder = name.rsplit_once('/').map(|(folder, _)| folder);
    let beside = folder.map_or_else(
        || ".dockerignore".to_owned(),
        |folder| format!("{folder}/.dockerignore"),
    );
    names.contains(&beside)
        || names.contains(".dockerignore")
        || names.contains(&format!("{name}.dockerignore"))
}

/// A file whose text is there.
pub(super) struct File<'f> {
    pub(super) name: &'f str,
    pub(super) text: &'f str,
    pub(super) has_ignore: bool,
}

impl File<'_> {
    /// Uses the rules; what it turned out to be, none where it is nothing that is looked at.
    pub(super) fn check(
        &self,
        kind: Kind,
        selection: &Selection,
        record: &mut Record<'_>,
    ) -> Option<&'static str> {
        let group = match kind {
            Kind::Other => return None,
            Kind::Of(group) => group,
            Kind::Perhaps if !is_manifest(self.text) => return None,
            Kind::Perhaps => Group::Kubernetes,
        };
        if group == Group::Kubernetes && is_template(self.text) {
            record.tally.pass_over(
                self.name,
                "a template: it is YAML only when it is filled in",
            );
            return None;
        }
        let marks = Marks::of(self.text);
        let used = |rule: &&Rule| selection.uses(rule);
        if group == Group::Dockerfile {
            let file = dockerfile::parse(self.text, self.has_ignore);
            for rule in rules().into_iter().filter(used) {
                if let Check::Dockerfile(check) = rule.check {
                    let mut hits = Hits::default();
                    check(&file, &mut hits);
                    record.take(rule, Some(self.name), &marks, hits);
                }
            }
            return Some("dockerfile");
        }
        let (documents, broken) = yaml::load(self.text);
        for rule in rules().into_iter().filter(used) {
            let mut hits = Hits::default();
            match rule.check {
                Check::Unreadable => {
                    if let Some(broken) = &broken {
                        hits.at(broken.place, format!("{} from here on", broken.reason));
                    }
                }
                Check::Compose(check) if group == Group::Compose => {
                    documents.iter().for_each(|root| check(root, &mut hits));
                }
                Check::Workflow(check) if group == Group::Workflow => {
                    documents.iter().for_each(|root| check(root, &mut hits));
                }
                Check::Kubernetes(check) if group == Group::Kubernetes => {
                    let objects = documents.iter().flat_map(kubernetes::objects_of);
                    objects.for_each(|object| check(object, &mut hits));
                }
                _ => continue,
            }
            record.take(rule, Some(self.name), &marks, hits);
        }
        Some(match group {
            Group::Compose => "compose",
            Group::Workflow => "workflow",
            _ => "kubernetes",
        })
    }
}
