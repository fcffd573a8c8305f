//! From the file to [`BackgroundAgents`], or to everything that is wrong with it.

use super::fields::{Fields, Section};
use super::placeholders;
use super::{BackgroundAgent, BackgroundAgents, Read, Variable};
use crate::document::{self, Document, start};
use crate::kind::got;
use model::diagnostic::{Diagnostic, Severity};
use serde_yaml::Value as Yaml;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

pub(super) const TOP: [&str; 2] = ["agents", "global"];
pub(super) const GLOBAL: [&str; 7] = [
    "context7_cache",
    "output_directory",
    "worktree_base",
    "progress_reporting",
    "result_delivery",
    "max_parallel_agents",
    "timeout_seconds",
];
pub(super) const AGENT: [&str; 18] = [
    "name",
    "type",
    "description",
    "commands",
    "triggers",
    "watch_paths",
    "watch",
    "environment",
    "timeout_seconds",
    "retry_count",
    "enabled",
    "working_directory",
    "output",
    "context7_cache",
    "repository",
    "worktree",
    "metadata",
    "permissions",
];
pub(super) const OUTPUT: [&str; 3] = ["format", "location", "delivery"];

/// What the generated file has, in seconds.
const TIMEOUT: u32 = 3600;
const MAX_PARALLEL: u32 = 4;
/// More at once than any machine's agents.
const MOST_PARALLEL: u32 = 256;
const MOST_RETRIES: u32 = 100;
const WORKTREES: &str = ".tapps-agents/worktrees";
const REPORTS: &str = ".tapps-agents/reports";

pub(super) fn read(text: &str) -> Read {
    match document::parse(text) {
        Ok(document) => understand(&document),
        Err(diagnostics) => Read {
            agents: None,
            exists: true,
            diagnostics,
        },
    }
}

fn understand(document: &Document) -> Read {
    let mut fields = Fields::new(document);
    let root = Section {
        map: &document.root,
        path: Vec::new(),
    };
    fields.known(&root, &TOP);
    let global = global(&mut fields, &root);
    let agents = agents(&mut fields, &root, &global);
    let mut diagnostics = fields.found;
    diagnostics.sort_by_key(|diagnostic| diagnostic.range.start);
    let mut read = Read {
        agents: None,
        exists: true,
        diagnostics,
    };
    if !read.has_errors() {
        read.agents = Some(BackgroundAgents {
            agents,
            max_parallel: usize::try_from(global.max_parallel).unwrap_or(1),
            worktree_base: global.worktree_base,
        });
    }
    read
}

/// What of `global` has an effect.
struct Global {
    max_parallel: u32,
    timeout: u32,
    worktree_base: PathBuf,
    /// Folder of the reports of agents that name none.
    reports: String,
    /// Whether agents that do not say how their results are delivered leave files.
    delivers_files: bool,
}

fn global(fields: &mut Fields<'_>, root: &Section<'_>) -> Global {
    let mut global = Global {
        max_parallel: MAX_PARALLEL,
        timeout: TIMEOUT,
        worktree_base: PathBuf::from(WORKTREES),
        reports: REPORTS.to_owned(),
        delivers_files: true,
    };
    let Some(section) = mapping(fields, root, "global") else {
        return global;
    };
    fields.known(&section, &GLOBAL);
    if let Some(number) = fields.number(&section, "max_parallel_agents", 1) {
        global.max_parallel = number.min(MOST_PARALLEL);
    }
    global.timeout = fields
        .number(&section, "timeout_seconds", 1)
        .unwrap_or(global.timeout);
    if let Some(base) = folder(fields, &section, "worktree_base") {
        global.worktree_base = PathBuf::from(in_root(&base));
    }
    if let Some(reports) = folder(fields, &section, "output_directory") {
        global.reports = reports;
    }
    global.delivers_files = delivers_files(fields, &section, "result_delivery").unwrap_or(true);
    global
}

fn agents(fields: &mut Fields<'_>, root: &Section<'_>, global: &Global) -> Vec<BackgroundAgent> {
    let example = "see `offshoot background-agent-config generate`";
    let Some(value) = root.get("agents") else {
        let message = "there is no list `agents`";
        let missing = Diagnostic::new(start(), "value", Severity::Error, message);
        fields.found.push(missing.with_hint(example));
        return Vec::new();
    };
    let path = root.at("agents");
    let Some(items) = value.as_sequence().filter(|items| !items.is_empty()) else {
        let message = format!(
            "`agents` must be a list of at least one agent (got: {})",
            got(value)
        );
        fields.error(&path, message, example);
        return Vec::new();
    };
    let mut agents: Vec<BackgroundAgent> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let mut path = path.clone();
        path.push(index.to_string());
        let Yaml::Mapping(map) = item else {
            let message = format!("an agent must be a mapping (got: {})", got(item));
            fields.error(&path, message, example);
            continue;
        };
        let section = Section { map, path };
        let agent = agent(fields, &section, global);
        if !agent.name.is_empty() && agents.iter().any(|other| other.name == agent.name) {
            let message = format!("there is an agent `{}` already", agent.name);
            let hint = "give each a name of its own: reports and messages go by it";
            fields.warning("same-name", &section.at("name"), message, hint);
        }
        agents.push(agent);
    }
    agents
}

fn agent(fields: &mut Fields<'_>, section: &Section<'_>, global: &Global) -> BackgroundAgent {
    fields.known(section, &AGENT);
    let name = required(fields, section, "name").unwrap_or_default();
    match required(fields, section, "type") {
        Some(kind) if kind != "background" => {
            let message = format!("`type` must be `background` (got: \"{kind}\")");
            fields.error(&section.at("type"), message, "");
        }
        _ => {}
    }
    let commands = fields.texts(section, "commands");
    if commands.is_empty() && section.get("commands").is_none_or(Yaml::is_sequence) {
        let path = if section.get("commands").is_some() {
            section.at("commands")
        } else {
            section.path.clone()
        };
        fields.error(&path, "`commands` must hold at least one command", "");
    }
    check_placeholders(fields, section, "commands", &commands);
    let retries = fields.number(section, "retry_count", 0).unwrap_or(0);
    let watch_paths = watch_paths(fields, section);
    BackgroundAgent {
        enabled: fields.flag(section, "enabled").unwrap_or(true),
        environment: environment(fields, section),
        timeout: Duration::from_secs(u64::from(
            fields
                .number(section, "timeout_seconds", 1)
                .unwrap_or(global.timeout),
        )),
        retries: retries.min(MOST_RETRIES),
        working_directory: fields.text(section, "working_directory"),
        report_folder: report_folder(fields, section, global),
        name,
        commands,
        watch_paths,
    }
}

/// The globs. Without any, an agent that has `triggers` is asked for in words, which is not ours to hear.
fn watch_paths(fields: &mut Fields<'_>, section: &Section<'_>) -> Vec<String> {
    // The per-workflow generator of TappsCodingAgents calls it `watch`.
    let key = if section.get("watch_paths").is_some() {
        "watch_paths"
    } else {
        "watch"
    };
    let paths = fields.texts(section, key);
    for (index, path) in paths.iter().enumerate() {
        let mut at = section.at(key);
        at.push(index.to_string());
        if let Err(error) = globset::Glob::new(path) {
            fields.error(&at, format!("not a glob: {}", error.kind()), "");
        } else if !stays_inside(Path::new(in_root(path))) {
            let message = "only files in the repository are watched";
            fields.error(&at, message, "write the path from the repository's root");
        }
    }
    let enabled = section.get("enabled").and_then(Yaml::as_bool) != Some(false);
    if paths.is_empty() && enabled {
        let path = section.path.clone();
        fields.warning(
            "not-watching",
            &path,
            "no file starts this agent",
            "give it `watch_paths: [\"**/.cursor-skill-command.txt\"]`, or `enabled: false`",
        );
    }
    paths
}

fn environment(fields: &mut Fields<'_>, section: &Section<'_>) -> Vec<Variable> {
    let entries = fields.texts(section, "environment");
    check_placeholders(fields, section, "environment", &entries);
    let mut variables = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let mut path = section.at("environment");
        path.push(index.to_string());
        let (name, value) = match entry.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value)),
            None => (entry.trim(), None),
        };
        if let Err(reason) = judge_name(name) {
            fields.error(&path, reason, "write KEY=VALUE, or KEY alone to pass it on");
            continue;
        }
        let inherits = value.is_none_or(|value| value == format!("${{{name}}}"));
        variables.push(match value {
            Some(value) if !inherits => Variable::Plain(name.to_owned(), value.to_owned()),
            _ => Variable::Inherited(name.to_owned()),
        });
    }
    variables
}

fn judge_name(name: &str) -> Result<(), String> {
    let first = name
        .chars()
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if !first || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(format!("`{name}` is not the name of a variable"));
    }
    if crate::variable::refused(name) {
        return Err(format!("`{name}` never reaches a command"));
    }
    Ok(())
}

/// Where an agent that has `output` reports; none = nowhere.
fn report_folder(
    fields: &mut Fields<'_>,
    section: &Section<'_>,
    global: &Global,
) -> Option<String> {
    let output = mapping(fields, section, "output")?;
    fields.known(&output, &OUTPUT);
    if let Some(format) = fields
        .text(&output, "format")
        .filter(|format| format != "json")
    {
        let message = format!("reports are JSON, not {format}");
        fields.warning("no-effect", &output.at("format"), message, "");
    }
    let delivers = delivers_files(fields, &output, "delivery").unwrap_or(global.delivers_files);
    let location = match output.get("location") {
        Some(_) => folder(fields, &output, "location")?,
        None => global.reports.clone(),
    };
    delivers.then_some(location)
}

/// Whether files are among the ways of a list of deliveries; none where there is no such list.
fn delivers_files(fields: &mut Fields<'_>, section: &Section<'_>, key: &str) -> Option<bool> {
    let ways = fields.texts(section, key);
    if ways.iter().any(|way| way != "file") {
        let message = "only `file` is delivered";
        fields.warning("no-effect", &section.at(key), message, "");
    }
    (!ways.is_empty()).then(|| ways.iter().any(|way| way == "file"))
}

/// A folder in the repository.
fn folder(fields: &mut Fields<'_>, section: &Section<'_>, key: &str) -> Option<String> {
    let folder = fields.text(section, key)?;
    if stays_inside(Path::new(in_root(&folder))) {
        return Some(folder);
    }
    let message = format!("`{key}` must be a folder in the repository");
    fields.error(&section.at(key), message, "");
    None
}

/// A path from the repository's root, which may be written before it.
fn in_root(path: &str) -> &str {
    path.strip_prefix("${PROJECT_ROOT}/").unwrap_or(path)
}

fn check_placeholders(
    fields: &mut Fields<'_>,
    section: &Section<'_>,
    key: &str,
    templates: &[String],
) {
    for (index, template) in templates.iter().enumerate() {
        let mut path = section.at(key);
        path.push(index.to_string());
        for name in placeholders::unknown(template) {
            let message = format!("{{{name}}} is no placeholder, and stays as it is");
            let known = placeholders::NAMES.map(|name| format!("{{{name}}}"));
            let hint = format!("known are {}", known.join(" "));
            fields.warning("placeholder", &path, message, &hint);
        }
        for name in placeholders::stuck(template) {
            let message =
                format!("{{{name}}} stays as it is in a here-document whose end is quoted");
            let hint = "leave the quotes away from its end";
            fields.warning("placeholder", &path, message, hint);
        }
    }
}

fn required(fields: &mut Fields<'_>, section: &Section<'_>, key: &str) -> Option<String> {
    if section.get(key).is_none() {
        let path = section.path.clone();
        fields.error(&path, format!("an agent needs `{key}`"), "");
    }
    fields.text(section, key)
}

fn mapping<'b>(
    fields: &mut Fields<'_>,
    section: &'b Section<'_>,
    key: &str,
) -> Option<Section<'b>> {
    let value = section.get(key)?;
    let path = section.at(key);
    if let Yaml::Mapping(map) = value {
        return Some(Section { map, path });
    }
    let message = format!("`{key}` must be a mapping (got: {})", got(value));
    fields.error(&path, message, "");
    None
}

fn stays_inside(path: &Path) -> bool {
    path.components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}
