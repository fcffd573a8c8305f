//! Where findings stand: in `findings`, and in the reports that TappsCodingAgents writes.

use crate::finding::Severity;
use crate::item::Item;
use crate::read::{Collect, Fields, list, word};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Fields by which a report of that system is told from other JSON.
const MARKS: &[&str] = &["correlation_id", "worktree_path", "operation_type"];

/// Fields that are in one kind of report only.
const KINDS: &[(&str, &str)] = &[
    ("security_issues", "operations"),
    ("files_documented", "documentation"),
    ("libraries_cached", "context"),
    ("tests_run", "testing"),
    ("tools", "quality"),
    ("security_findings", "review"),
    ("changes", "code"),
];

/// What of a list is a finding.
#[derive(Clone, Copy)]
enum Take {
    /// Each entry.
    All,
    /// An entry with one of these words in `status`.
    Status(&'static [&'static str]),
}

const BAD: Take = Take::Status(&["error", "failed"]);

/// Lists of those reports, and the code of an entry that has none.
const LISTS: &[(&str, Take, &str)] = &[
    ("security_issues", Take::All, "security-issue"),
    (
        "compliance_checks",
        Take::Status(&["fail", "error", "warning"]),
        "compliance",
    ),
    ("security_findings", Take::All, "security"),
    ("refactoring_suggestions", Take::All, "refactoring"),
    ("comments", Take::All, "comment"),
    ("infrastructure_files", BAD, "infrastructure"),
    ("files_documented", BAD, "documentation"),
    ("changes", BAD, "change"),
];

/// Reads all lists; returns the kind of the report where its fields say so.
pub(crate) fn read(fields: &Fields<'_>, collect: &mut Collect<'_>) -> Option<&'static str> {
    if let Some(findings) = fields.get("findings") {
        for raw in list(findings) {
            collect.item(raw, |_| {});
        }
    }
    let report = fields.contains_key("schema_version")
        && MARKS.iter().any(|mark| fields.contains_key(*mark));
    if !report {
        return None;
    }
    // Of operations, the operation says more than the kind.
    let source = word(fields, "operation_type").map(|word| word.replace('_', "-"));
    for (name, take, code) in LISTS {
        for raw in fields
            .get(*name)
            .map(|value| list(value))
            .unwrap_or_default()
        {
            entry(raw, *take, code, source.as_deref(), collect);
        }
    }
    if let Some(tools) = fields.get("tools") {
        of_tools(tools, collect);
    }
    let kind = KINDS.iter().find(|(field, _)| fields.contains_key(*field));
    kind.map(|(_, kind)| *kind)
}

fn entry(raw: &RawValue, take: Take, code: &str, source: Option<&str>, collect: &mut Collect<'_>) {
    let mut severity = None;
    if let Take::Status(words) = take {
        let Some(status) = status(raw).filter(|status| words.contains(&status.as_str())) else {
            return;
        };
        severity = Severity::of(&status);
    }
    collect.item(raw, |item| {
        let Item { finding, .. } = item;
        if finding.code.is_empty() {
            finding.code = code.to_owned();
        }
        if let (Some(source), true) = (source, finding.source.is_empty()) {
            finding.source = source.to_owned();
        }
        if let Some(severity) = severity {
            finding.severity = severity;
        }
    });
}

fn status(raw: &RawValue) -> Option<String> {
    let fields: Fields<'_> = serde_json::from_str(raw.get()).ok()?;
    word(&fields, "status").map(|status| status.to_ascii_lowercase())
}

/// `{name: {issues: […]}}`: what the tools themselves said.
fn of_tools(tools: &RawValue, collect: &mut Collect<'_>) {
    let tools: BTreeMap<String, &RawValue> = serde_json::from_str(tools.get()).unwrap_or_default();
    for (name, tool) in tools {
        let tool: Fields<'_> = serde_json::from_str(tool.get()).unwrap_or_default();
        for raw in tool
            .get("issues")
            .map(|value| list(value))
            .unwrap_or_default()
        {
            collect.item(raw, |item| item.finding.source.clone_from(&name));
        }
    }
}
