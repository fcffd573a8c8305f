//! A wrong settings file is told of in the same words, at the same place, by `config validate`, by
//! `background-agent-config validate` and by the editor.

use serde_json::{Value, json};
use support::session::Session;
use support::{Repo, Sandbox, sandbox};

const AUTO: &str = ".tapps-agents/auto_execution_config.yaml";
const PROJECT: &str = ".tapps-agents/config.yaml";
const AGENTIC: &str = "agentic_config.yaml";
const BACKGROUND: &str = ".cursor/background-agents.yaml";
/// Below the user's folder for settings.
const USER: &str = "offshoot/config.yaml";

/// A file, what stands in it, and the codes that are told.
const ROWS: &[(&str, &str, &[&str])] = &[
    (AUTO, "auto_execution:\n  enabld: true\n", &["unknown-key"]),
    (AUTO, "enabled: true\n", &["misplaced-key"]),
    (AUTO, "auto_execution: [1]\n", &["type"]),
    (AUTO, "workflow: {}\n", &["misplaced-key"]),
    (
        AUTO,
        "auto_execution:\n  enabled: \"yes\"\n  version: 2.0\n  features: {error_handling: false}\n  retry:\n    enabled:\n    max_attempts: 0\n",
        &["type", "version", "no-effect", "empty", "range"],
    ),
    (
        AUTO,
        "auto_execution:\n  enabled: true\n  polling: {enabled: false, interval_seconds: 9, timeout_seconds: 1, status_file_name: a/b}\n",
        &["conflict", "range", "type"],
    ),
    (
        PROJECT,
        "project_name: x\nofshoot: {}\nworkflow:\n  zzz: 1\noffshoot:\n  pool_size: 3\n",
        &["unknown-key", "unknown-key", "machine-setting"],
    ),
    (
        PROJECT,
        "offshoot:\n  agents:\n    ä: {command: 'x -p \"{prompt}\"', timeout: soon}\n    b: x\n    c: {timeout: 5}\n    d: {command: [x, '{promt}', 1]}\n    a.b: {command: [x]}\n  backends: file\n  env: [A=1, GIT_DIR]\n  overlap: maybe\n",
        &[
            "argv",
            "type",
            "type",
            "missing-command",
            "placeholder",
            "type",
            "name",
            "type",
            "name",
            "name",
            "type",
        ],
    ),
    (
        PROJECT,
        "offshoot:\n  worktrees: {ports: 99, budget: 3G, link: [/etc], setup: x, repository_budget: many}\n",
        &["range", "machine-setting", "path", "type", "type"],
    ),
    (
        PROJECT,
        "context7:\n  knowledge_base: {location: .tapps-agents/kb/context7-cache, sharding: false, max_cache_size: much, fuzy: 1}\n  refresh: {enabled: false, auto_queue: true, default_max_age_days: 0, check_on_access: }\n",
        &["no-effect", "type", "unknown-key", "no-effect", "range"],
    ),
    (
        PROJECT,
        "offshoot: {max_parallel: 2, max_parallel: 3}\n",
        &["duplicate-key"],
    ),
    (PROJECT, "offshoot:\n\tmax_parallel: 2\n", &["syntax"]),
    (PROJECT, "offshoot:\n  max_parallel: [\n", &["syntax"]),
    (PROJECT, "- a\n", &["type"]),
    (
        AGENTIC,
        "project: {name: x}\nagents: [saa]\nbackground:\n  task_timeout: soon\n  max_agents: 1\n",
        &["type", "unknown-key"],
    ),
    (AGENTIC, "background: {\n", &["syntax"]),
    (
        USER,
        "ofshoot: {}\nstrange: 1\nmax_parallel: 3\noffshoot: {pool_size: 0, idle_exit: now}\n",
        &[
            "unknown-key",
            "unknown-key",
            "misplaced-key",
            "range",
            "type",
        ],
    ),
    (BACKGROUND, "agents: 3\nglobal: x\n", &["value", "value"]),
    (
        BACKGROUND,
        "agents:\n  - {name: a, type: background, commands: ['x {comand}'], watch_paths: [a], typo: 1}\n",
        &["placeholder", "unknown-key"],
    ),
    (
        BACKGROUND,
        "agents:\n  - name: a\n    type: foreground\n    commands: []\n    environment: ['1=2']\n",
        &["value", "not-watching", "value", "value"],
    ),
    (BACKGROUND, "agents: [\n", &["syntax"]),
];

#[test]
fn the_editor_and_validate_say_the_same() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("f", "x\n")]);
    let mut session = Session::start(&sandbox, &repo.path);
    let general = json!({"positionEncodings": ["utf-32"]});
    let params = json!({"capabilities": {"general": general}});
    session.call("initialize", params);
    session.notify("initialized", json!({}));
    for (file, text, codes) in ROWS {
        let validated = validate(&sandbox, &repo, file, text);
        let shown = shown(&mut session, &sandbox, &repo, file, text);
        assert_eq!(shown, validated, "{file} with\n{text}");
        let mut told: Vec<&str> = validated
            .iter()
            .filter_map(|found| found["code"].as_str())
            .collect();
        let mut codes = codes.to_vec();
        told.sort_unstable();
        codes.sort_unstable();
        assert_eq!(told, codes, "{file} with\n{text}\n{validated:#?}");
    }
    session.call("shutdown", Value::Null);
    session.notify("exit", Value::Null);
    assert_eq!(session.exit_code(), 0);
}

/// What the command line says of a file, in the editor's terms. The file is empty afterwards.
fn validate(sandbox: &Sandbox, repo: &Repo<'_>, file: &str, text: &str) -> Vec<Value> {
    let write = |text: &str| match file {
        USER => sandbox.user_settings(text),
        file => repo.write(file, text),
    };
    write(text);
    let verb = match file {
        BACKGROUND => ["--json", "background-agent-config", "validate"],
        _ => ["--json", "config", "validate"],
    };
    let answer = repo.offshoot(&verb).json();
    let found = match answer["error"]["details"]["diagnostics"].as_array() {
        Some(found) => found.clone(),
        None => answer["diagnostics"]
            .as_array()
            .cloned()
            .unwrap_or_default(),
    };
    write("");
    found.iter().map(|found| as_shown(found, text)).collect()
}

/// An editor has no place behind the end of a line, where the command line marks what is missing.
fn as_shown(found: &Value, text: &str) -> Value {
    let place = |line: &str, column: &str| {
        let from_zero = |key: &str| found[key].as_u64().expect("a number from 1") - 1;
        let line = from_zero(line);
        let of_line = text.lines().nth(usize::try_from(line).expect("a line"));
        let longest = of_line.map_or(0, |line| line.chars().count() as u64);
        json!({"line": line, "character": from_zero(column).min(longest)})
    };
    let severity = match found["severity"].as_str() {
        Some("error") => 1,
        Some("warning") => 2,
        _ => 3,
    };
    let message = match (found["message"].as_str(), found["hint"].as_str()) {
        (message, Some(hint)) => format!("{}\n{hint}", message.unwrap_or_default()),
        (message, None) => message.unwrap_or_default().to_owned(),
    };
    json!({"range": {"start": place("line", "column"), "end": place("end_line", "end_column")},
        "severity": severity, "code": found["code"], "message": message, "source": "offshoot"})
}

/// What the editor shows of a file.
fn shown(
    session: &mut Session,
    sandbox: &Sandbox,
    repo: &Repo<'_>,
    file: &str,
    text: &str,
) -> Vec<Value> {
    let folder = match file {
        USER => sandbox.path("config"),
        _ => repo.path.clone(),
    };
    let uri = format!("file://{}", folder.join(file).display());
    let document = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": text});
    session.notify("textDocument/didOpen", json!({"textDocument": document}));
    let published = |message: &Value| {
        message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == *uri
    };
    let shown = session.expect("diagnostics", |message| {
        published(message) && message["params"]["version"] == 1
    });
    let close = json!({"textDocument": {"uri": uri}});
    session.notify("textDocument/didClose", close);
    session.expect("their end", published);
    shown["params"]["diagnostics"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}
