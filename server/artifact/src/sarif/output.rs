//! Findings as SARIF, fit for code scanning: relative addresses, a rule for each code, and our own ids as
//! fingerprints, so that a place that moved is not taken for a new one.

use crate::finding::{Finding, Related, Severity, Units};
use crate::identity::{Identity, ids};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
use serde_sarif::sarif::{
    ArtifactLocation, Location, Message, MultiformatMessageString, PhysicalLocation, Region,
    ReportingDescriptor, Result, ResultColumnKind, Run, Tool, ToolComponent,
};
use std::collections::BTreeMap;

/// The tool of findings that name none.
pub const TOOL: &str = "offshoot";
/// The name of our fingerprints.
const FINGERPRINT: &str = "offshoot/v1";
/// What a path in an address may not hold as it is.
const IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b':');

/// A run of one tool with these findings.
pub(super) fn run(tool: &str, findings: &[&Finding], version: &str) -> serde_json::Result<Run> {
    let mut rules: BTreeMap<&str, &Finding> = BTreeMap::new();
    for finding in findings {
        let first = rules.entry(code(finding)).or_insert(finding);
        if first.help.is_none() {
            *first = finding;
        }
    }
    let fingerprints = ids(findings.iter().map(|finding| Identity {
        source: tool,
        code: &finding.code,
        path: finding.path.as_deref(),
        text: None,
        message: &finding.message,
    }));
    let index: BTreeMap<&str, usize> = rules.keys().copied().zip(0..).collect();
    let units = findings.first().map_or(Units::Characters, |one| one.units);
    let results = findings
        .iter()
        .zip(fingerprints)
        .map(|(finding, id)| result(finding, index.get(code(finding)).copied(), id, units))
        .collect::<serde_json::Result<Vec<_>>>()?;
    let mut driver = ToolComponent::builder()
        .name(tool.to_owned())
        .rules(
            rules
                .iter()
                .map(|(code, first)| rule(code, first))
                .collect::<Vec<_>>(),
        )
        .build();
    if tool == TOOL {
        driver.semantic_version = Some(version.to_owned());
    }
    let kind = match units {
        Units::Characters => ResultColumnKind::UnicodeCodePoints,
        Units::Utf16 => ResultColumnKind::Utf16CodeUnits,
    };
    Ok(Run::builder()
        .tool(Tool::from(driver))
        .column_kind(serde_json::to_value(kind)?)
        .results(results)
        .build())
}

/// A result needs the name of a rule.
fn code(finding: &Finding) -> &str {
    match finding.code.as_str() {
        "" => "finding",
        code => code,
    }
}

fn rule(code: &str, first: &Finding) -> ReportingDescriptor {
    let mut rule = ReportingDescriptor::builder().id(code.to_owned()).build();
    let short = code.replace(['-', '_'], " ");
    // Code scanning wants all three of every rule.
    rule.short_description = Some(words(&short));
    rule.full_description = Some(words(&short));
    rule.help = Some(words(first.help.as_deref().unwrap_or(&short)));
    let is_address = |help: &str| help.starts_with("https://") || help.starts_with("http://");
    rule.help_uri = first
        .help
        .clone()
        .filter(|help| is_address(help) && !help.contains(' '));
    rule
}

fn words(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder()
        .text(text.to_owned())
        .build()
}

fn result(
    finding: &Finding,
    rule: Option<usize>,
    id: String,
    units: Units,
) -> serde_json::Result<Result> {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let mut result = Result::builder()
        .message(Message::from(&finding.message))
        .rule_id(code(finding).to_owned())
        .partial_fingerprints(BTreeMap::from([(FINGERPRINT.to_owned(), id)]))
        .build();
    result.level = Some(serde_json::from_value(Value::from(level))?);
    result.rule_index = rule.and_then(|index| i64::try_from(index).ok());
    if let Some(path) = &finding.path {
        let location = location(path, region(finding, units));
        result.locations = Some(vec![location]);
    }
    let related: Vec<Location> = finding.related.iter().map(related).collect();
    result.related_locations = Some(related).filter(|related| !related.is_empty());
    Ok(result)
}

fn location(path: &str, region: Option<Region>) -> Location {
    let uri = utf8_percent_encode(path, IN_PATH).to_string();
    let mut physical = PhysicalLocation::builder()
        .artifact_location(ArtifactLocation::builder().uri(uri).build())
        .build();
    physical.region = region;
    Location::builder().physical_location(physical).build()
}

/// Columns that count something else than the run says are left out.
fn region(finding: &Finding, units: Units) -> Option<Region> {
    let line = finding.line?;
    let mut region = Region::builder().start_line(i64::from(line)).build();
    region.end_line = finding.end_line.map(i64::from);
    if finding.units == units {
        region.start_column = finding.column.map(i64::from);
        region.end_column = finding.end_column.map(i64::from);
    }
    Some(region)
}

fn related(related: &Related) -> Location {
    let region = related
        .line
        .map(|line| Region::builder().start_line(i64::from(line)).build());
    let mut location = location(&related.path, region);
    if !related.message.is_empty() {
        location.message = Some(Message::from(&related.message));
    }
    location
}
