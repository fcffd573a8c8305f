//! Rules over more than one key of a file.

use super::read::Reader;
use super::table::Scope;
use model::diagnostic::{Diagnostic, Severity};
use serde_json::Value as Json;
use serde_yaml::Value as Yaml;

/// Keys of TappsCodingAgents that are passed over, the value that says what is done anyway (as YAML), and what that is.
const PASSED_OVER: [(&str, &str, &str); 9] = [
    (
        "context7.knowledge_base.location",
        ".tapps-agents/kb/context7-cache",
        "the knowledge base lies in .tapps-agents/kb/context7-cache",
    ),
    (
        "context7.knowledge_base.sharding",
        "true",
        "each library has a folder of its own",
    ),
    (
        "context7.knowledge_base.indexing",
        "true",
        "there is always an index",
    ),
    (
        "context7.knowledge_base.hit_rate_threshold",
        "0.7",
        "`task context health` asks for 70 %",
    ),
    (
        "context7.knowledge_base.fuzzy_match_threshold",
        "0.7",
        "`task context search --threshold` has it",
    ),
    (
        "context7.refresh.enabled",
        "true",
        "documentation is fetched again when `task context refresh` is run, and only then",
    ),
    (
        "context7.refresh.check_on_access",
        "true",
        "a step is always told that what it is given is stale",
    ),
    (
        "context7.refresh.auto_queue",
        "true",
        "`task context refresh` queues what is stale",
    ),
    (
        "context7.refresh.auto_process_on_startup",
        "false",
        "nothing is fetched unless a task is run",
    ),
];

/// Applies them after all keys are read.
pub(crate) fn apply(reader: &mut Reader<'_>) {
    agents_have_commands(reader);
    if reader.scope == Scope::Project {
        passed_over(reader);
    }
    if reader.scope == Scope::Auto {
        times_fit(reader);
        polling_is_on(reader);
        version_is_known(reader);
        errors_are_handled(reader);
    }
}

/// An agent is taken as a whole from one file, so the command must stand in the same.
fn agents_have_commands(reader: &mut Reader<'_>) {
    let path = ["offshoot", "agents"].map(str::to_owned);
    let agents = reader
        .document
        .root
        .get("offshoot")
        .and_then(|ours| ours.get("agents"))
        .and_then(|agents| agents.as_mapping());
    let Some(agents) = agents else { return };
    let without: Vec<String> = agents
        .iter()
        .filter(|(_, agent)| {
            agent.is_null()
                || agent
                    .as_mapping()
                    .is_some_and(|agent| !agent.contains_key("command"))
        })
        .filter_map(|(name, _)| name.as_str().map(str::to_owned))
        .collect();
    for name in without {
        let range = reader
            .document
            .places
            .key(&[path.as_slice(), std::slice::from_ref(&name)].concat());
        let message = format!("agent `{name}` has no command");
        reader.diagnostics.push(
            Diagnostic::new(range, "missing-command", Severity::Error, message)
                .with_hint("write `command: [program, argument, \"{prompt}\"]`"),
        );
    }
}

fn seconds(reader: &Reader<'_>, key: &str, default: f64) -> f64 {
    let held = reader.held.get(key);
    held.and_then(|held| held.value.as_f64()).unwrap_or(default)
}

fn is(reader: &Reader<'_>, key: &str, flag: bool) -> bool {
    reader.held.get(key).is_some_and(|held| held.value == flag)
}

/// The defaults 5 and 3600 stand in for what the file leaves out, as in TappsCodingAgents.
fn times_fit(reader: &mut Reader<'_>) {
    let (poll, wall) = (
        "auto_execution.polling.interval_seconds",
        "auto_execution.polling.timeout_seconds",
    );
    if seconds(reader, wall, 3600.0) >= seconds(reader, poll, 5.0) {
        return;
    }
    if let Some(held) = reader.held.get(wall).or_else(|| reader.held.get(poll)) {
        let message = "polling.timeout_seconds must be >= polling.interval_seconds".to_owned();
        reader.push(held.range.clone(), "range", Severity::Error, message);
    }
}

fn polling_is_on(reader: &mut Reader<'_>) {
    let polling = "auto_execution.polling.enabled";
    if is(reader, "auto_execution.enabled", true)
        && is(reader, polling, false)
        && let Some(held) = reader.held.get(polling)
    {
        let message = "polling must be enabled when auto_execution is enabled".to_owned();
        reader.push(held.range.clone(), "conflict", Severity::Error, message);
    }
}

/// A newer file is read as far as it is understood.
fn version_is_known(reader: &mut Reader<'_>) {
    let Some(held) = reader.held.get("auto_execution.version") else {
        return;
    };
    let known = held
        .value
        .as_str()
        .and_then(|text| text.parse::<f64>().ok());
    if known.is_none_or(|version| version > 1.0) {
        let version = held.value.as_str().unwrap_or_default();
        let message =
            format!("version {version} is not known here: the file is read as version 1.0");
        reader.push(held.range.clone(), "version", Severity::Warning, message);
    }
}

fn errors_are_handled(reader: &mut Reader<'_>) {
    let key = "auto_execution.features.error_handling";
    if let Some(held) = reader.held.get(key)
        && held.value == Json::Bool(false)
    {
        let message = "features.error_handling has no effect: errors are always handled".to_owned();
        reader.push(held.range.clone(), "no-effect", Severity::Info, message);
    }
}

/// Said where the file wants something else than what is done.
fn passed_over(reader: &mut Reader<'_>) {
    for (key, done, instead) in PASSED_OVER {
        let path: Vec<String> = key.split('.').map(str::to_owned).collect();
        let root = reader.document.root.get("context7");
        let below = path[1..].iter();
        let wanted = below.fold(root, |section, name| section?.get(name.as_str()));
        let meant = serde_yaml::from_str::<Yaml>(done).ok();
        if wanted.is_some_and(|wanted| !wanted.is_null() && Some(wanted) != meant.as_ref()) {
            let range = reader.document.places.value(&path);
            let message = format!("{key} has no effect: {instead}");
            reader.push(range, "no-effect", Severity::Info, message);
        }
    }
}
