//! Findings as SARIF, fit for code scanning: relative addresses, a rule for each code, and our own ids as
//! fingerprints, so that a place that moved is not taken for a new one.

use crate::finding::{Finding, Related, Severity};
use crate::identity::{Identity, ids};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
use serde_sarif::sarif::{
    ArtifactLocation, Location, Message, MultiformatMessageString, PhysicalLocation, Region,
    ReportingDescriptor, Result, ResultColumnKind, Run, SCHEMA_URL, Sarif, Tool, ToolComponent,
    Version,
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

/// The findings as SARIF 2.1.0: one run for each tool. The same for the same findings.
///
/// # Errors
/// Never for what was read here.
pub fn to_sarif<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    version: &str,
) -> serde_json::Result<String> {
    let mut by_tool: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        let tool = match finding.source.as_str() {
            "" => TOOL,
            source => source,
        };
        by_tool.entry(tool).or_default().push(finding);
    }
    if by_tool.is_empty() {
        by_tool.insert(TOOL, Vec::new());
    }
    let runs = by_tool
        .into_iter()
        .map(|(tool, findings)| run(tool, &findings, version))
        .collect::<serde_json::Result<Vec<_>>>()?;
    let log = Sarif::builder()
        .schema(SCHEMA_URL.to_owned())
        .version(serde_json::to_value(Version::V2_1_0)?)
        .runs(runs)
        .build();
    serde_json::to_string_pretty(&log).map(|text| text + "\n")
}

fn run(tool: &str, findings: &[&Finding], version: &str) -> serde_json::Result<Run> {
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
    let index = |finding: &Finding| rules.keys().position(|known| *known == code(finding));
    let results = findings
        .iter()
        .zip(fingerprints)
        .map(|(finding, id)| result(finding, index(finding), id))
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
    Ok(Run::builder()
        .tool(Tool::from(driver))
        .column_kind(serde_json::to_value(ResultColumnKind::UnicodeCodePoints)?)
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
    let is_address = |help: &str| help.starts_with("https://") || help.starts_with("http://");
    match first.help.as_deref() {
        Some(help) if is_address(help) && !help.contains(' ') => {
            rule.help_uri = Some(help.to_owned());
        }
        Some(help) => rule.help = Some(words(help)),
        None => {}
    }
    rule.short_description = Some(words(&code.replace(['-', '_'], " ")));
    rule
}

fn words(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder()
        .text(text.to_owned())
        .build()
}

fn result(finding: &Finding, rule: Option<usize>, id: String) -> serde_json::Result<Result> {
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
        let location = location(path, region(finding));
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

fn region(finding: &Finding) -> Option<Region> {
    let line = finding.line?;
    let mut region = Region::builder().start_line(i64::from(line)).build();
    region.start_column = finding.column.map(i64::from);
    region.end_line = finding.end_line.map(i64::from);
    region.end_column = finding.end_column.map(i64::from);
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
