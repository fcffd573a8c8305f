//! The task: the repository is read once, then each rule is asked.

use super::frameworks::Framework;
use super::{Repository, rules};
use crate::ground::{Ground, Halt, go_on};
use crate::ops::check::{self, Check, Hits, Marks, Record, Selection, Tally};
use crate::sheet::Sheet;
use artifact::Artifact;
use schemars::JsonSchema;
use serde::Serialize;
use std::io;

/// Where its artifact lies.
pub const ARTIFACT: &str = "reports/ops/compliance-report.json";
/// The kind of its artifact.
pub const KIND: &str = "compliance";

/// What is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Files and rules that are left out.
    pub check: check::Options,
    /// The framework whose rules are used; empty = `general`.
    pub framework: String,
}

/// What it reports beside findings.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Report {
    /// Always `compliance_check`.
    operation_type: &'static str,
    /// The framework whose rules were used.
    framework: &'static str,
    /// The files and folders that it was limited to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    paths: Vec<String>,
    /// Files that were looked at.
    files: usize,
    /// Each rule, and what came of it.
    checks: Vec<Checked>,
    /// Rules that the caller left out.
    rules_ignored: Vec<String>,
    /// Findings that a mark in a file allows.
    findings_allowed: usize,
}

/// A rule that was asked.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Checked {
    /// Its id.
    rule: &'static str,
    /// What came of it.
    result: Outcome,
    /// Sections of the framework for which it is evidence.
    sections: Vec<&'static str>,
}

/// What came of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It found nothing.
    Passed,
    /// It found something.
    Failed,
    /// There was nothing to look at.
    NotApplicable,
}

/// Does it, and leaves the artifact.
///
/// # Errors
/// When the artifact cannot be written; everything else is said in it.
pub fn run(ground: &dyn Ground, options: &Options) -> io::Result<Artifact> {
    let mut sheet = Sheet::begin(ground.root(), ARTIFACT, KIND)?;
    let mut report = Report {
        operation_type: "compliance_check",
        ..Report::default()
    };
    let outcome = check_all(ground, options, &mut sheet, &mut report);
    sheet.report(&report)?;
    let summary = summary(&report);
    sheet.end(&outcome, &summary)
}

fn check_all(
    ground: &dyn Ground,
    options: &Options,
    sheet: &mut Sheet,
    report: &mut Report,
) -> Result<(), Halt> {
    let name = match options.framework.as_str() {
        "" => "general",
        name => name,
    };
    let framework = Framework::of(name)
        .ok_or_else(|| Halt::Failed(format!("there is no framework `{name}`")))?;
    report.framework = framework.name;
    let rules = rules();
    let selection = Selection::new(&options.check, &rules)?;
    report.rules_ignored = selection.ignored().to_vec();
    report.paths = selection.within().told();
    // A rule may look at the whole to judge a part.
    let repository = Repository::read(ground, &|path| selection.reads(path))?;
    let looked_at = repository.files.iter().filter(|path| selection.wants(path));
    report.files = looked_at.count();
    let mut tally = Tally::default();
    for rule in rules {
        go_on(ground)?;
        let Check::Repository(check) = rule.check else {
            continue;
        };
        if !selection.uses(rule) || !framework.has(rule.id) {
            continue;
        }
        let mut hits = Hits::default();
        check(&repository, &mut hits);
        // What the repository lacks as a whole is nothing that a part of it could have.
        let is_part = selection.within().is_part();
        let of_the_whole = is_part && hits.hits.iter().any(|hit| hit.path.is_none());
        let not_applicable = hits.not_applicable || of_the_whole;
        hits.hits.retain(|hit| match &hit.path {
            Some(path) => selection.wants(path),
            None => !is_part,
        });
        let before = sheet.findings().len() + sheet.left_out();
        let mut record = Record {
            sheet,
            tally: &mut tally,
        };
        for hit in hits.hits {
            // Each file has its own marks.
            let text = hit.path.as_deref().map_or("", |path| repository.text(path));
            let one = Hits {
                hits: vec![hit],
                not_applicable: false,
            };
            record.take(rule, None, &Marks::of(text), one);
        }
        let found = sheet.findings().len() + sheet.left_out() > before;
        report.checks.push(Checked {
            rule: rule.id,
            result: match (found, not_applicable) {
                (true, _) => Outcome::Failed,
                (false, true) => Outcome::NotApplicable,
                (false, false) => Outcome::Passed,
            },
            sections: framework.sections_of(rule.id),
        });
        report.findings_allowed = tally.allowed;
        sheet
            .save()
            .map_err(|error| Halt::Failed(error.to_string()))?;
    }
    Ok(())
}

fn summary(report: &Report) -> String {
    let count = |outcome| {
        report
            .checks
            .iter()
            .filter(|one| one.result == outcome)
            .count()
    };
    let mut text = format!(
        "{} of {} rules passed, {} failed, {} had nothing to look at, in {} files.",
        count(Outcome::Passed),
        report.checks.len(),
        count(Outcome::Failed),
        count(Outcome::NotApplicable),
        report.files
    );
    if report.findings_allowed > 0 {
        text.push_str(&format!(
            " {} findings are allowed by marks in the files.",
            report.findings_allowed
        ));
    }
    if let Some(framework) = Framework::of(report.framework).filter(|one| !one.sections.is_empty())
    {
        text.push_str(&format!(
            "\n\nThese are the rules by which a repository can show something for {}. They prove compliance with nothing: most of it is not in a repository.\n\n| section | asks for | rules |\n|---|---|---|\n",
            framework.title
        ));
        for section in framework.sections {
            let of_it = report
                .checks
                .iter()
                .filter(|one| section.rules.contains(&one.rule));
            let failed: Vec<_> = of_it
                .filter(|one| one.result == Outcome::Failed)
                .map(|one| format!("`{}`", one.rule))
                .collect();
            let result = if failed.is_empty() {
                "nothing found against it".to_owned()
            } else {
                format!("failed: {}", failed.join(", "))
            };
            text.push_str(&format!(
                "| {} | {} | {result} |\n",
                section.name, section.title
            ));
        }
    }
    text
}
