//! Results of tools, as findings.

use crate::finding::{Finding, Related, Severity, Units};
use crate::path::inside;
use crate::read::{Collect, Fields, list, word};
use percent_encoding::percent_decode_str;
use serde_sarif::sarif::{
    self, ArtifactLocation, Location, Region, ReportingConfigurationLevel, ReportingDescriptor,
    ResultKind, ResultLevel, ToolComponent,
};
use std::collections::BTreeMap;

/// Whether this is SARIF: it says so, or has what nothing else has.
pub(crate) fn is_one(fields: &Fields<'_>) -> bool {
    let schema = word(fields, "$schema").is_some_and(|schema| schema.contains("sarif"));
    let version = word(fields, "version").is_some_and(|version| version.starts_with("2."));
    fields.contains_key("runs") && (schema || version)
}

pub(crate) fn read(fields: &Fields<'_>, collect: &mut Collect<'_>) {
    for raw in fields
        .get("runs")
        .map(|runs| list(runs))
        .unwrap_or_default()
    {
        let Ok(run) = serde_json::from_str::<Fields<'_>>(raw.get()) else {
            collect.odd();
            continue;
        };
        let context = Context::of(&run);
        for raw in run.get("results").map(|all| list(all)).unwrap_or_default() {
            match serde_json::from_str::<sarif::Result>(raw.get()) {
                Ok(result) => context.result(&result, collect),
                Err(_) => collect.odd(),
            }
        }
    }
}

/// What a run says once for all its results.
struct Context {
    tool: String,
    rules: Vec<ReportingDescriptor>,
    /// Files that results name by number.
    files: Vec<Option<ArtifactLocation>>,
    /// Folders that results name.
    bases: BTreeMap<String, ArtifactLocation>,
    units: Units,
}

impl Context {
    fn of(run: &Fields<'_>) -> Self {
        let tool: Fields<'_> = parse(run, "tool").unwrap_or_default();
        let driver: Fields<'_> = parse(&tool, "driver").unwrap_or_default();
        let mut rules = rules(&driver);
        let extensions = tool.get("extensions").map(|all| list(all));
        for raw in extensions.unwrap_or_default() {
            let extension = serde_json::from_str::<ToolComponent>(raw.get());
            rules.extend(extension.ok().and_then(|one| one.rules).unwrap_or_default());
        }
        let files = run
            .get("artifacts")
            .map(|all| list(all))
            .unwrap_or_default();
        let file = |raw: &&serde_json::value::RawValue| {
            let file: sarif::Artifact = serde_json::from_str(raw.get()).ok()?;
            file.location
        };
        let characters = word(run, "columnKind").is_some_and(|kind| kind == "unicodeCodePoints");
        Self {
            tool: word(&driver, "name").unwrap_or_default(),
            rules,
            files: files.iter().map(file).collect(),
            bases: parse(run, "originalUriBaseIds").unwrap_or_default(),
            units: if characters {
                Units::Characters
            } else {
                Units::Utf16
            },
        }
    }

    fn result(&self, result: &sarif::Result, collect: &mut Collect<'_>) {
        if !holds(result) {
            return;
        }
        let rule = self.rule(result);
        let Some(message) = message(&result.message, rule) else {
            return collect.odd();
        };
        let locations = result.locations.as_deref().unwrap_or_default();
        let mut finding = Finding {
            severity: severity(result, rule),
            code: code(result, rule),
            message,
            source: self.tool.clone(),
            help: rule.and_then(help),
            units: self.units,
            ..Finding::default()
        };
        if let Some(location) = locations.first() {
            self.place(location, &mut finding, collect);
        }
        let related = result.related_locations.iter().flatten();
        finding.related = locations
            .iter()
            .skip(1)
            .chain(related)
            .filter_map(|location| self.related(location, collect))
            .collect();
        collect.finding(finding);
    }

    fn rule(&self, result: &sarif::Result) -> Option<&ReportingDescriptor> {
        let own = result.rule.as_ref();
        let index = result.rule_index.or(own.and_then(|rule| rule.index));
        let id = result
            .rule_id
            .as_deref()
            .or(own.and_then(|rule| rule.id.as_deref()));
        let by_index = index.and_then(|index| self.rules.get(usize::try_from(index).ok()?));
        let by_index = by_index.filter(|rule| id.is_none_or(|id| id.starts_with(&rule.id)));
        by_index.or_else(|| self.rules.iter().find(|rule| Some(rule.id.as_str()) == id))
    }

    fn place(&self, location: &Location, finding: &mut Finding, collect: &mut Collect<'_>) {
        let Some(physical) = &location.physical_location else {
            return;
        };
        finding.path = self.path(physical.artifact_location.as_ref(), collect);
        if let Some(region) = physical.region.as_ref().filter(|_| finding.path.is_some()) {
            finding.line = line(region);
            finding.column = number(region.start_column);
            finding.end_line = number(region.end_line);
            finding.end_column = number(region.end_column);
        }
    }

    fn related(&self, location: &Location, collect: &mut Collect<'_>) -> Option<Related> {
        let physical = location.physical_location.as_ref()?;
        let message = location.message.as_ref();
        Some(Related {
            path: self.path(physical.artifact_location.as_ref(), collect)?,
            line: physical.region.as_ref().and_then(line),
            message: message
                .and_then(|message| message.text.clone())
                .unwrap_or_default(),
        })
    }

    /// Relative to the repository; a refused one is counted.
    fn path(
        &self,
        location: Option<&ArtifactLocation>,
        collect: &mut Collect<'_>,
    ) -> Option<String> {
        let given = location?;
        let by_index = given.index.and_then(|index| {
            let index = usize::try_from(index).ok()?;
            self.files.get(index)?.as_ref()
        });
        let location = if given.uri.is_some() {
            given
        } else {
            by_index.unwrap_or(given)
        };
        let uri = self.absolute(location, 0)?;
        let path = uri.strip_prefix("file://").unwrap_or(&uri);
        let path = path
            .strip_prefix("localhost/")
            .map_or_else(|| path.to_owned(), |rest| format!("/{rest}"));
        let path = percent_decode_str(&path).decode_utf8_lossy().into_owned();
        match inside(&path, collect.roots) {
            Ok(path) => Some(path),
            Err(_) => {
                collect.refused(&path);
                None
            }
        }
    }

    /// The URI with the folders it is relative to, where they are known; a base may have a base.
    fn absolute(&self, location: &ArtifactLocation, depth: usize) -> Option<String> {
        let uri = location.uri.clone()?;
        let relative = !uri.starts_with('/') && !uri.contains("://");
        let base = location
            .uri_base_id
            .as_ref()
            .filter(|_| relative && depth < 5);
        let base = base.and_then(|id| self.bases.get(id));
        Some(match base.and_then(|base| self.absolute(base, depth + 1)) {
            Some(base) if base.ends_with('/') || base.is_empty() => base + &uri,
            Some(base) => format!("{base}/{uri}"),
            None => uri,
        })
    }
}

fn rules(component: &Fields<'_>) -> Vec<ReportingDescriptor> {
    let all = component.get("rules").map(|rules| list(rules));
    let all = all.unwrap_or_default().into_iter();
    // The place of a rule in the list is what results name: an odd one keeps its place.
    let odd = || ReportingDescriptor::builder().id("").build();
    all.map(|raw| serde_json::from_str(raw.get()).unwrap_or_else(|_| odd()))
        .collect()
}

fn parse<'t, T: serde::Deserialize<'t>>(fields: &Fields<'t>, name: &str) -> Option<T> {
    serde_json::from_str(fields.get(name)?.get()).ok()
}

/// Whether it is something found that still stands: neither passed, nor gone, nor set aside in its source.
fn holds(result: &sarif::Result) -> bool {
    let passed = matches!(
        result.kind,
        Some(ResultKind::Pass | ResultKind::NotApplicable)
    );
    let gone = result
        .baseline_state
        .as_ref()
        .is_some_and(|state| state == "absent");
    let suppressed = result.suppressions.iter().flatten().any(|suppression| {
        let status = suppression
            .status
            .as_ref()
            .and_then(|status| status.as_str());
        status.is_none_or(|status| status == "accepted")
    });
    !passed && !gone && !suppressed
}

fn severity(result: &sarif::Result, rule: Option<&ReportingDescriptor>) -> Severity {
    if result
        .kind
        .as_ref()
        .is_some_and(|kind| *kind != ResultKind::Fail)
    {
        return Severity::Info;
    }
    if let Some(level) = result.level {
        return match level {
            ResultLevel::Error => Severity::Error,
            ResultLevel::Warning => Severity::Warning,
            ResultLevel::Note | ResultLevel::None => Severity::Info,
        };
    }
    let configuration = rule.and_then(|rule| rule.default_configuration.as_ref());
    let level = configuration.and_then(|configuration| configuration.level.as_ref());
    let level = level.and_then(|level| serde_json::from_value(level.clone()).ok());
    match level {
        Some(ReportingConfigurationLevel::Error) => Severity::Error,
        Some(ReportingConfigurationLevel::Note | ReportingConfigurationLevel::None) => {
            Severity::Info
        }
        Some(ReportingConfigurationLevel::Warning) | None => Severity::Warning,
    }
}

fn code(result: &sarif::Result, rule: Option<&ReportingDescriptor>) -> String {
    let own = result.rule.as_ref().and_then(|rule| rule.id.as_ref());
    let of_rule = rule.map(|rule| &rule.id);
    result
        .rule_id
        .as_ref()
        .or(own)
        .or(of_rule)
        .cloned()
        .unwrap_or_default()
}

/// The text, or that of the rule with its `{0}` filled in.
fn message(message: &sarif::Message, rule: Option<&ReportingDescriptor>) -> Option<String> {
    let by_id = || {
        let strings = rule?.message_strings.as_ref()?;
        Some(strings.get(message.id.as_ref()?)?.text.clone())
    };
    let mut text = message.text.clone().or_else(by_id)?;
    for (number, argument) in message.arguments.iter().flatten().enumerate() {
        text = text.replace(&format!("{{{number}}}"), argument);
    }
    Some(text).filter(|text| !text.trim().is_empty())
}

fn help(rule: &ReportingDescriptor) -> Option<String> {
    let text = || rule.help.as_ref().map(|help| help.text.clone());
    rule.help_uri.clone().or_else(text)
}

fn line(region: &Region) -> Option<u32> {
    number(region.start_line)
}

fn number(number: Option<i64>) -> Option<u32> {
    u32::try_from(number?).ok().filter(|number| *number > 0)
}
