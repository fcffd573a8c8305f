//! Schemas of the files that people write: what editors complete, explain and check there. Those of settings
//! come from the table that the daemon reads by; `background-agents.json` is written by hand.

use crate::agentic;
use crate::generated;
use daemon::settings::background_agents;
use daemon::settings::{Bound, Kind, Scope, Setting, foreign, reference};
use serde_json::{Map, Value, json};
use support::tree::source_root;

/// Written by hand: the format is another program's.
const BY_HAND: &str = "background-agents.json";

/// Names of the generated ones.
fn name(scope: Scope) -> &'static str {
    match scope {
        Scope::Auto => "auto-execution-config.json",
        Scope::Project => "project-config.json",
        Scope::Agentic => "agentic-config.json",
        Scope::User => "user-config.json",
    }
}

/// Whether a file of `schemas/` is one of them.
pub(crate) fn is_one(file: &str) -> bool {
    file == BY_HAND || Scope::ALL.iter().any(|scope| name(*scope) == file)
}

/// What sections are for; each is a part of a key of the table.
const SECTIONS: &[(&str, &str)] = &[
    (
        "auto_execution",
        "Whether and how agent steps are started without a person.",
    ),
    (
        "auto_execution.features",
        "Switches of parts of auto execution.",
    ),
    (
        "auto_execution.polling",
        "How hand-off files are looked at.",
    ),
    (
        "auto_execution.retry",
        "How often a failed agent step is tried again.",
    ),
    ("background", "Background agents of AgenticScrum."),
    ("context7", "Context7 of TappsCodingAgents."),
    (
        "context7.knowledge_base",
        "The documentation of libraries on disk.",
    ),
    ("context7.refresh", "When that documentation is too old."),
    ("offshoot", "Settings of Offshoot."),
    (
        "offshoot.agents",
        "How agents are started, by names of yours.",
    ),
    ("offshoot.agents.<name>", "How this agent is started."),
    ("offshoot.hand_off", "The hand-off in files."),
    ("offshoot.tasks", "Which built-in tasks may run."),
    ("offshoot.tasks.docs", "Documentation."),
    ("offshoot.tasks.ops", "Operations and security."),
    (
        "offshoot.tasks.context",
        "The knowledge base of the libraries that a project uses.",
    ),
    (
        "offshoot.worktrees",
        "What is put into worktrees, and how much of the disk they may take.",
    ),
    ("offshoot.personas", "Which agent does the work of a role."),
    (
        "workflow",
        "Workflows, as TappsCodingAgents names the section.",
    ),
];

#[test]
fn schemas_of_settings_files_are_current() {
    for scope in Scope::ALL {
        let text = serde_json::to_string_pretty(&schema(scope)).expect("a schema is JSON");
        generated(&format!("schemas/{}", name(scope)), &format!("{text}\n"));
    }
}

#[test]
fn every_section_is_explained() {
    for setting in reference() {
        let segments: Vec<&str> = setting.key.split('.').collect();
        for length in 1..segments.len() {
            let section = segments[..length].join(".");
            assert!(
                SECTIONS.iter().any(|(name, _)| *name == section),
                "{section} has no sentence in SECTIONS"
            );
        }
    }
}

/// The schema that was written by hand knows the keys that the reader knows, and no others.
#[test]
fn background_agents_have_the_keys_of_their_reader() {
    let text = std::fs::read_to_string(source_root().join("schemas").join(BY_HAND));
    let schema: Value = serde_json::from_str(&text.expect("the schema")).expect("JSON");
    for (place, keys) in background_agents::keys() {
        let properties = &schema.pointer(place).expect("a mapping")["properties"];
        let mut there: Vec<&str> = properties
            .as_object()
            .expect("properties")
            .keys()
            .map(String::as_str)
            .collect();
        let mut wanted = keys.to_vec();
        there.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(there, wanted, "at `{place}`");
    }
}

fn schema(scope: Scope) -> Value {
    let mut root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": scope.file_name(),
        "type": "object",
        // Sections of other programs live in a repository's files; the user's own is ours alone.
        "additionalProperties": scope != Scope::User,
        "properties": {},
    });
    for key in foreign(scope) {
        put(&mut root, &split(key), foreign_schema(scope));
    }
    if scope == Scope::Agentic {
        agentic::complete(&mut root);
    }
    for setting in reference() {
        if setting.scopes.contains(&scope) {
            put(&mut root, &split(setting.key), leaf(setting));
        }
    }
    for setting in reference() {
        // A key that another file holds is known, too: the editor says where it belongs.
        let shared = reference()
            .iter()
            .filter(|other| other.scopes.contains(&scope))
            .any(|other| split(other.key)[0] == split(setting.key)[0]);
        let path = split(setting.key);
        let known = if shared { &path[..] } else { &path[..1] };
        if !setting.scopes.contains(&scope) {
            put(&mut root, known, elsewhere(setting));
        }
    }
    root
}

fn split(key: &str) -> Vec<&str> {
    key.split('.').collect()
}

/// Puts the schema of a key into that of the file, with the sections on the way to it.
fn put(root: &mut Value, path: &[&str], schema: Value) {
    let mut place = root;
    for (depth, segment) in path.iter().enumerate() {
        let last = depth + 1 == path.len();
        let section = path[..=depth].join(".");
        let new = if last {
            schema.clone()
        } else {
            section_schema(&section)
        };
        place = if segment.starts_with('<') {
            let names = &mut place["additionalProperties"];
            if !names.is_object() {
                *names = new;
            }
            names
        } else {
            let properties = place["properties"].as_object_mut().expect("a section");
            properties.entry(*segment).or_insert(new)
        };
    }
}

fn section_schema(section: &str) -> Value {
    let meaning = SECTIONS.iter().find(|(name, _)| *name == section);
    json!({
        "description": meaning.map_or("", |(_, meaning)| meaning),
        "type": "object",
        "additionalProperties": false,
        "properties": {},
    })
}

fn foreign_schema(scope: Scope) -> Value {
    let whose = match scope {
        Scope::Agentic => "AgenticScrum",
        _ => "TappsCodingAgents",
    };
    json!({"description": format!("Of {whose}; left alone here.")})
}

fn elsewhere(setting: &Setting) -> Value {
    let home = setting.scopes[0].file_name();
    json!({
        "description": setting.meaning,
        "deprecated": true,
        "x-belongs-to": if setting.of_machine() { format!("your own {home}") } else { home.to_owned() },
    })
}

fn leaf(setting: &Setting) -> Value {
    let mut schema = Map::new();
    schema.insert("description".to_owned(), json!(setting.meaning));
    schema.extend(kind(setting.kind));
    schema.insert("x-value".to_owned(), json!(setting.kind.describe()));
    match (setting.same_as, setting.default_value()) {
        (Some(key), _) => {
            schema.insert("x-same-as".to_owned(), json!(key));
        }
        (None, Value::Null) => {}
        (None, default) => {
            schema.insert("default".to_owned(), default);
        }
    }
    Value::Object(schema)
}

fn kind(kind: Kind) -> Map<String, Value> {
    let name = r"^[A-Za-z_][A-Za-z0-9_]*$";
    let value = match kind {
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Integer { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
        Kind::Factor { min, max } => json!({"type": "number", "minimum": min, "maximum": max}),
        Kind::Time { bound, never } => time(bound, never),
        Kind::Text => json!({"type": "string", "format": "offshoot-agent"}),
        Kind::FileName => json!({"type": "string", "pattern": r"^[^/\\]+$"}),
        Kind::OneOf(words) => json!({"enum": words}),
        Kind::Version => json!({"type": ["string", "number"]}),
        Kind::Names => json!({"type": "array", "items": {"type": "string", "pattern": name}}),
        Kind::Backends => {
            json!({"type": "array", "items": {"type": "string", "format": "offshoot-backend"}})
        }
        Kind::Argv => json!({
            "type": "array",
            "items": {"type": "string", "format": "offshoot-argument"},
            "minItems": 1,
            "examples": [["my-agent", "--print", "{prompt}"]],
        }),
        Kind::Lines | Kind::Paths => {
            json!({"type": "array", "items": {"type": "string", "minLength": 1}})
        }
        Kind::Size => json!({
            "type": ["integer", "string"],
            "minimum": 0,
            "pattern": r"^\d+ ?([kKmMgGtT]([iI]?[bB])?)?$",
            "examples": ["500M", "20G"],
        }),
        Kind::Ports => json!({
            "type": ["integer", "array"],
            "minimum": 0,
            "maximum": 32,
            "items": {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"},
            "examples": [2, ["web", "db"]],
        }),
    };
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// The text forms are checked by the format where a program knows it; the pattern is for all others.
fn time(bound: Bound, never: bool) -> Value {
    let units = r"(\d+(\.\d+)?(ms|s|m|h|d) ?)+|\d+(\.\d+)?";
    let (pattern, format) = if never {
        (
            format!("^({units}|never|none|off)$"),
            "offshoot-time-or-never",
        )
    } else {
        (format!("^({units})$"), "offshoot-time")
    };
    let mut schema = json!({
        "type": ["number", "string"],
        "pattern": pattern,
        "format": format,
        "examples": ["90s", "5m", "1h30m"],
    });
    match bound {
        Bound::From(least) => schema["minimum"] = json!(least),
        Bound::Above(least) => schema["exclusiveMinimum"] = json!(least),
    }
    schema
}
