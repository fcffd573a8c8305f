//! Artifacts as one file of SARIF that code scanning takes: a run for each tool and category, and no more of anything than it
//! allows. What is cut is told, in the file too.

use super::output::{TOOL, run};
use crate::finding::{Finding, Severity};
use crate::form::{Artifact, status};
use serde_json::{Value, json};
use serde_sarif::sarif::{
    Invocation, Notification, Run, RunAutomationDetails, SCHEMA_URL, Sarif, Version,
};
use std::collections::BTreeMap;

/// Runs of a file.
const RUNS: usize = 20;
/// Results of a run: more are taken and not shown.
const RESULTS: usize = 5_000;

/// A file of SARIF, and what is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub text: String,
    /// What was cut, or has to be known, in sentences.
    pub notes: Vec<String>,
}

/// What goes into one run.
#[derive(Default)]
struct Group<'a> {
    findings: Vec<Finding>,
    /// Artifacts that are not complete: path, status and why.
    incomplete: Vec<(&'a str, &'a Artifact)>,
}

/// Artifacts, each with its path, as SARIF 2.1.0. The same for the same artifacts.
///
/// # Errors
/// Never for what was read here.
pub fn to_sarif(artifacts: &[(&str, &Artifact)], version: &str) -> serde_json::Result<Exported> {
    let mut groups: BTreeMap<(&str, &str), Group<'_>> = BTreeMap::new();
    for (path, artifact) in artifacts {
        let own = (TOOL, artifact.kind.as_str());
        if artifact.findings.is_empty() {
            // A run without results says that what was found before is mended.
            groups.entry(own).or_default();
        }
        for finding in &artifact.findings {
            let key = match finding.source.as_str() {
                "" => own,
                source if source == artifact.kind => own,
                source => (source, ""),
            };
            groups
                .entry(key)
                .or_default()
                .findings
                .push(placed(finding, path));
        }
        if artifact.status != status::COMPLETED {
            groups
                .entry(own)
                .or_default()
                .incomplete
                .push((path, artifact));
        }
    }
    let mut notes = Vec::new();
    let names: Vec<String> = groups.keys().skip(RUNS).map(|key| label(*key)).collect();
    if !names.is_empty() {
        notes.push(format!(
            "{} runs were left out, a file has at most {RUNS}: {}",
            names.len(),
            names.join(", ")
        ));
    }
    let runs = groups
        .into_iter()
        .take(RUNS)
        .map(|(key, group)| one(key, group, version, &mut notes))
        .collect::<serde_json::Result<Vec<_>>>()?;
    let log = Sarif::builder()
        .schema(SCHEMA_URL.to_owned())
        .version(serde_json::to_value(Version::V2_1_0)?)
        .runs(runs)
        .build();
    let text = serde_json::to_string_pretty(&log)? + "\n";
    Ok(Exported { text, notes })
}

fn label((tool, category): (&str, &str)) -> String {
    match category {
        "" => tool.to_owned(),
        category => format!("{tool} ({category})"),
    }
}

/// With a place: code scanning takes no result without one. What is about the whole stands at the artifact that says so.
fn placed(finding: &Finding, artifact: &str) -> Finding {
    let mut finding = finding.clone();
    if finding.path.is_none() {
        finding.path = Some(artifact.to_owned());
        (finding.column, finding.end_line, finding.end_column) = (None, None, None);
        finding.line = None;
    }
    finding.line = finding.line.or(Some(1));
    finding
}

fn one(
    key: (&str, &str),
    group: Group<'_>,
    version: &str,
    notes: &mut Vec<String>,
) -> serde_json::Result<Run> {
    let (tool, category) = key;
    let mut findings = group.findings;
    let mut said = Vec::new();
    if findings.len() > RESULTS {
        said.push(format!(
            "{} of {} results were left out, the worst were kept",
            findings.len() - RESULTS,
            findings.len()
        ));
        let rank = |finding: &Finding| match finding.severity {
            Severity::Error => 0,
            Severity::Warning => 1,
            Severity::Info => 2,
        };
        findings.sort_by_key(rank);
        findings.truncate(RESULTS);
    }
    for (path, artifact) in &group.incomplete {
        let why = artifact.error.as_deref().unwrap_or("nothing says why");
        said.push(format!("{path} is {}: {why}", artifact.status));
    }
    notes.extend(said.iter().map(|note| format!("{}: {note}", label(key))));
    let findings: Vec<&Finding> = findings.iter().collect();
    let mut run = run(tool, &findings, version)?;
    if !category.is_empty() {
        run.automation_details = Some(
            RunAutomationDetails::builder()
                .id(format!("{TOOL}/{category}/"))
                .build(),
        );
    }
    if !said.is_empty() {
        let mut invocation = Invocation::builder()
            .execution_successful(group.incomplete.is_empty())
            .build();
        invocation.tool_execution_notifications = Some(
            said.iter()
                .map(|note| notification(note))
                .collect::<serde_json::Result<Vec<_>>>()?,
        );
        run.invocations = Some(vec![invocation]);
    }
    Ok(run)
}

fn notification(text: &str) -> serde_json::Result<Notification> {
    let value: Value = json!({"level": "warning", "message": {"text": text}});
    serde_json::from_value(value)
}
