//! The top of the file: flat or wrapped in `workflow:`, the workflow's own keys, and its steps.

use super::keys::Level;
use super::read::{At, Fields, shortened, wrong};
use super::report::Report;
use super::source_map::{ArtifactPlace, KeyPlace, SourceMap, StepPlaces};
use super::step::{self, Draft};
use super::tree::{Entry, Kind, Node, Span, pairs};
use super::{names, order, step_parts};
use crate::ids::slug;
use crate::overlap::{self, Overlap};
use crate::workflow::{Retry, Step, Workflow};
use std::time::Duration;

/// Whether this has a list of steps and belongs to no other program.
pub(super) fn is_workflow(root: &Node) -> bool {
    let workflow = root
        .get("workflow")
        .filter(|inner| inner.entries().is_some())
        .unwrap_or(root);
    let steps = workflow
        .get("steps")
        .is_some_and(|steps| matches!(steps.kind, Kind::List(_)));
    steps && root.get("jobs").is_none() && root.get("apiVersion").is_none()
}

/// Reads the workflow of a file; nothing where there is none to speak of.
pub(super) fn read(
    file_name: &str,
    root: &Node,
    complete: bool,
    report: &mut Report,
    map: &mut SourceMap,
) -> Option<Workflow> {
    let entries = unwrapped(root, complete, report)?;
    let fields = Fields::open(entries, Level::Workflow, report);
    let id = id(file_name, &fields, report, map);
    let defaults = Defaults::read(&fields, report);
    let mut workflow = about(id, &fields, &defaults, report);
    let items = steps(&fields, root, complete, report)?;
    workflow.steps = read_steps(items, complete, workflow.overlap, report, map);
    workflow
        .steps
        .iter_mut()
        .for_each(|step| defaults.apply(step));
    Some(workflow)
}

/// Whether the workflow stands in `workflow:`.
pub(super) fn is_wrapped(root: &Node) -> bool {
    root.get("workflow").is_some() && root.get("steps").is_none()
}

/// The entries of the workflow itself.
fn unwrapped<'t>(root: &'t Node, complete: bool, report: &mut Report) -> Option<&'t [Entry]> {
    let Some(entries) = root.entries() else {
        if root.is_null() {
            let hint = Some("a workflow starts with `steps:`".to_owned());
            report.error(
                root.span.clone(),
                "empty-file",
                "the file is empty".to_owned(),
                hint,
            );
        } else if complete {
            let message = format!(
                "a workflow is a mapping with `steps`, not {}",
                root.describe()
            );
            report.error(root.span.clone(), "not-a-workflow", message, None);
        }
        return None;
    };
    let inner = entries.iter().find(|entry| entry.key == "workflow");
    let Some(inner) = inner.filter(|_| root.get("steps").is_none()) else {
        return Some(entries);
    };
    for entry in entries.iter().filter(|entry| entry.key != "workflow") {
        let message = format!("`{}` is not read beside `workflow`", shortened(&entry.key));
        let hint = Some("put it into `workflow`".to_owned());
        report.warning(entry.key_span.clone(), "unknown-key", message, hint);
    }
    if inner.value.entries().is_none() {
        wrong(&inner.value, "workflow", "a mapping", report);
    }
    inner.value.entries()
}

fn id(file_name: &str, fields: &Fields<'_>, report: &mut Report, map: &mut SourceMap) -> String {
    if let Some(At { value, span }) = fields.filled("id", report) {
        map.id = Some(span.clone());
        if let Some(why) = names::unsafe_id(&value) {
            let hint = Some("it names folders, branches and metrics of its runs".to_owned());
            report.error(
                span,
                "bad-id",
                format!("the id `{}` {why}", shortened(&value)),
                hint,
            );
        }
        return value;
    }
    let file = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file
        .strip_suffix(".yaml")
        .or_else(|| file.strip_suffix(".yml"))
        .unwrap_or(file);
    match slug(stem, 64) {
        id if id.is_empty() => "workflow".to_owned(),
        id => id,
    }
}

fn about(id: String, fields: &Fields<'_>, defaults: &Defaults, report: &mut Report) -> Workflow {
    let mut text = |key| {
        fields
            .text(key, report)
            .map(|text| text.value)
            .unwrap_or_default()
    };
    let (name, description, version) = (text("name"), text("description"), text("version"));
    one_of(
        fields,
        "type",
        &["greenfield", "brownfield", "hybrid"],
        report,
    );
    one_of(fields, "schema_version", &["1.0", "2.0"], report);
    fields.boolean("auto_detect", report);
    Workflow {
        id,
        name,
        description,
        auto_execution: defaults.auto_execution,
        features: defaults.features.clone(),
        overlap: defaults.overlap,
        max_parallel: fields.whole("max_parallel", 1, u32::MAX, report),
        version,
        settings: fields
            .node("settings")
            .and_then(Node::entries)
            .map(pairs)
            .unwrap_or_default(),
        metadata: fields
            .node("metadata")
            .and_then(Node::entries)
            .map(pairs)
            .unwrap_or_default(),
        steps: Vec::new(),
    }
}

/// Values that are shown only; another one is worth a warning.
fn one_of(fields: &Fields<'_>, key: &str, known: &[&str], report: &mut Report) {
    let Some(found) = fields.text(key, report) else {
        return;
    };
    if known
        .iter()
        .any(|known| known.eq_ignore_ascii_case(&found.value))
    {
        return;
    }
    let hint = report.did_you_mean(&found.value, known.iter().copied());
    let message = format!(
        "`{key}` is one of {}; `{}` has no effect",
        known.join(", "),
        shortened(&found.value)
    );
    report.warning(found.span, "unknown-value", message, hint);
}

/// What the workflow says for steps that say nothing themselves.
#[derive(Default)]
struct Defaults {
    auto_execution: Option<bool>,
    features: Vec<(String, bool)>,
    overlap: Option<Overlap>,
    context_tier: Option<u8>,
    /// `quality_gates: false`.
    no_gates: bool,
    /// `code_scoring: false`.
    no_scoring: bool,
    retry: Option<Retry>,
    timeout: Option<Duration>,
}

impl Defaults {
    fn read(fields: &Fields<'_>, report: &mut Report) -> Self {
        let mut defaults = Self::default();
        if let Some(entries) = fields.map("settings", report) {
            let settings = Fields::open(entries, Level::Settings, report);
            defaults.no_gates = settings.boolean("quality_gates", report) == Some(false);
            defaults.no_scoring = settings.boolean("code_scoring", report) == Some(false);
            settings.boolean("auto_detect", report);
            defaults.context_tier =
                step_parts::context_tier(&settings, "context_tier_default", report);
        }
        if let Some(entries) = fields.map("metadata", report) {
            let metadata = Fields::open(entries, Level::Metadata, report);
            defaults.auto_execution(&metadata, report);
            // It is free: what stands there may be somebody else's.
            one_of(&metadata, "overlap", overlap::WORDS, report);
            let word = metadata.text("overlap", report);
            defaults.overlap = word.and_then(|word| Overlap::parse(&word.value));
        }
        defaults
    }

    /// A boolean, or the mapping of the auto-execution config.
    fn auto_execution(&mut self, metadata: &Fields<'_>, report: &mut Report) {
        let Some(node) = metadata.node("auto_execution") else {
            return;
        };
        let Some(entries) = node.entries() else {
            self.auto_execution = metadata.boolean("auto_execution", report);
            return;
        };
        let fields = Fields::open(entries, Level::AutoExecution, report);
        self.auto_execution = Some(fields.boolean("enabled", report).unwrap_or(true));
        fields.text("version", report);
        self.retry = step_parts::retry(&fields, Level::AutoRetry, report);
        if let Some(entries) = fields.map("polling", report) {
            let polling = Fields::open(entries, Level::AutoPolling, report);
            polling.boolean("enabled", report);
            polling.duration("interval_seconds", report);
            self.timeout = polling.duration("timeout_seconds", report);
        }
        if let Some(entries) = fields.map("features", report) {
            let features = Fields::open(entries, Level::Features, report);
            let flags = entries.iter().filter_map(|entry| {
                Some((entry.key.clone(), features.boolean(&entry.key, report)?))
            });
            self.features = flags.collect();
        }
    }

    /// Retry and time of auto-execution are those of agents, not of `run`.
    fn apply(&self, step: &mut Step) {
        step.context_tier = step.context_tier.or(self.context_tier);
        if let Some(gate) = step.gate.as_mut().filter(|_| self.no_gates) {
            gate.enabled = false;
        }
        if let Some(scoring) = step.scoring.as_mut().filter(|_| self.no_scoring) {
            scoring.enabled = false;
        }
        if step.is_agent() {
            step.retry = step.retry.or(self.retry);
            step.timeout = step.timeout.or(self.timeout);
        }
    }
}

/// The items of `steps`.
fn steps<'t>(
    fields: &Fields<'t>,
    root: &Node,
    complete: bool,
    report: &mut Report,
) -> Option<&'t [Node]> {
    let start = root.span.start..root.span.start;
    let Some(entry) = fields.entry("steps") else {
        if complete {
            let foreign = root
                .get("jobs")
                .or_else(|| root.get("apiVersion"))
                .is_some();
            let hint = if foreign {
                "this seems to be a file of another program"
            } else {
                "add `steps:` with a list of steps"
            };
            let span = fields.key_span("steps").unwrap_or(start);
            report.error(
                span,
                "no-steps",
                "the workflow has no steps".to_owned(),
                Some(hint.to_owned()),
            );
        }
        return None;
    };
    match &entry.value.kind {
        Kind::List(items) if items.is_empty() => {
            let hint = Some("add a step with `run`, `agent` or `prompt`".to_owned());
            report.error(
                entry.key_span.clone(),
                "no-steps",
                "the workflow has no steps".to_owned(),
                hint,
            );
            None
        }
        Kind::List(items) => Some(items),
        Kind::Scalar(_) | Kind::Map(_) => {
            let message = format!("`steps` is a list, not {}", entry.value.describe());
            report.error(
                entry.key_span.clone(),
                "wrong-type",
                message,
                Some("each step starts with `- `".to_owned()),
            );
            None
        }
    }
}

fn read_steps(
    items: &[Node],
    complete: bool,
    overlap: Option<Overlap>,
    report: &mut Report,
    map: &mut SourceMap,
) -> Vec<Step> {
    let last = items.len().saturating_sub(1);
    let items_with_ends = items
        .iter()
        .enumerate()
        .map(|(index, item)| (item, complete || index < last));
    let mut drafts: Vec<Option<Draft>> = items_with_ends
        .map(|(item, whole)| step::read(item, whole, report))
        .collect();
    let ids = names::settle(&mut drafts, report);
    order::settle(&mut drafts, &ids, complete, overlap, report, map);
    map.artifacts = artifacts(&drafts);
    map.steps = items
        .iter()
        .zip(&drafts)
        .map(|(item, draft)| places(item, draft.as_ref()))
        .collect();
    drafts
        .into_iter()
        .flatten()
        .map(|draft| draft.step)
        .collect()
}

fn artifacts(drafts: &[Option<Draft>]) -> Vec<ArtifactPlace> {
    let mut places = Vec::new();
    for (step, draft) in drafts.iter().enumerate() {
        let Some(draft) = draft else { continue };
        for (made, paths) in [(true, &draft.creates), (false, &draft.requires)] {
            places.extend(paths.iter().map(|path| ArtifactPlace {
                range: path.span.clone(),
                step,
                made,
                path: path.value.clone(),
            }));
        }
    }
    places.sort_by_key(|place| (place.range.start, place.range.end));
    places
}

fn places(item: &Node, draft: Option<&Draft>) -> StepPlaces {
    let place = |entry: &Entry| KeyPlace {
        name: entry.key.clone(),
        key: entry.key_span.clone(),
        value: entry.value.span.clone(),
    };
    let start: Span = item.span.start..item.span.start;
    StepPlaces {
        id: draft
            .map(|draft| draft.step.id.as_str().to_owned())
            .unwrap_or_default(),
        range: item.span.clone(),
        name: draft.map_or(start, |draft| draft.name.clone()),
        keys: item
            .entries()
            .unwrap_or_default()
            .iter()
            .map(place)
            .collect(),
    }
}
