//! Files of settings, by their schemas.

use super::{agents, cursor, reading};
use crate::language::complete::{Client, complete};
use crate::language::hover::hover;
use crate::language::{Known, Schema, check_settings};
use model::language::yaml::Yaml;
use std::sync::Arc;

const PROJECT: &str = "file:///r/.tapps-agents/config.yaml";
const AUTO: &str = "file:///r/.tapps-agents/auto_execution_config.yaml";
const BACKGROUND: &str = "file:///r/.cursor/background-agents.yaml";
const AGENTIC: &str = "file:///r/agentic_config.yaml";
const USER: &str = "file:///home/u/.config/offshoot/config.yaml";

fn known() -> Known {
    Known {
        run: None,
        agents: Arc::new(agents()),
    }
}

fn labels(uri: &str, marked: &str) -> Vec<String> {
    let (text, at) = cursor(marked);
    let items = complete(&reading(uri, &text), at, &known(), Client::default());
    items.into_iter().map(|item| item.label).collect()
}

#[track_caller]
fn completes(uri: &str, marked: &str, expected: &[&str]) {
    assert_eq!(labels(uri, marked), expected, "in\n{marked}");
}

#[test]
fn keys_that_may_stand_there() {
    completes(AUTO, "‸", &["auto_execution"]);
    completes(
        AUTO,
        "auto_execution:\n  ‸",
        &["enabled", "features", "polling", "retry", "version"],
    );
    completes(
        AUTO,
        "auto_execution:\n  retry: {max_attempts: 2, ‸}",
        &["backoff_multiplier", "enabled", "initial_delay_seconds"],
    );
    completes(
        PROJECT,
        "offshoot:\n  agents:\n    mine:\n      ‸",
        &["command", "confine", "env", "timeout"],
    );
    completes(
        BACKGROUND,
        "agents:\n  - name: x\n    output:\n      ‸",
        &["delivery", "format", "location"],
    );
    completes(BACKGROUND, "agents: []\n‸", &["global"]);
    assert!(labels(BACKGROUND, "agents:\n  ‸").contains(&"watch_paths".to_owned()));
    // Settings of the machine are not offered in a repository.
    let pool_size = "pool_size".to_owned();
    assert!(labels(USER, "offshoot:\n  ‸").contains(&pool_size));
    assert!(!labels(PROJECT, "offshoot:\n  ‸").contains(&pool_size));
}

#[test]
fn values_that_may_stand_there() {
    completes(AUTO, "auto_execution:\n  enabled: ‸", &["true", "false"]);
    completes(
        AUTO,
        "auto_execution:\n  polling:\n    interval_seconds: ‸",
        &["5", "90s", "5m", "1h30m"],
    );
    completes(PROJECT, "offshoot:\n  default_agent: ‸", &["mine"]);
    completes(
        PROJECT,
        "offshoot:\n  backends: [file, ‸]",
        &["command", "built-in", "mine"],
    );
    completes(
        PROJECT,
        "offshoot:\n  agents:\n    mine:\n      command: [x, '‸']",
        &[
            "{prompt}",
            "{command}",
            "{worktree}",
            "{step_id}",
            "{run_id}",
            "{instructions_file}",
        ],
    );
    completes(
        PROJECT,
        "offshoot:\n  task_silence: n‸",
        &["never", "300", "90s", "5m", "1h30m"],
    );
    completes(
        BACKGROUND,
        "agents:\n  - name: x\n    type: ‸",
        &["background"],
    );
    completes(
        AGENTIC,
        "background:\n  agents:\n    saa:\n      priority: ‸",
        &["high", "medium", "low"],
    );
}

#[test]
fn keys_are_explained() {
    let (text, at) = cursor("auto_execution:\n  retry:\n    max_att‸empts: 3\n");
    let (shown, _) = hover(&reading(AUTO, &text), at, &known()).unwrap();
    let expected = "**`max_attempts`**: whole number, 1 to 100\n\nAttempts in all, the first included.\n\nDefault: `3`";
    assert_eq!(shown, expected);
    let (text, at) = cursor("offshoot:\n  agents:\n    mine:\n      time‸out: 3\n");
    let (shown, _) = hover(&reading(USER, &text), at, &known()).unwrap();
    assert!(
        shown.contains("Wall clock of one attempt of this agent."),
        "{shown}"
    );
}

/// `line:column-line:column severity code message | hint`, from 1.
#[track_caller]
fn problems(uri: &str, text: &str, expected: &[&str]) {
    let schema = Schema::of_file(uri).unwrap();
    let found = check_settings(schema, &Yaml::of(text.as_bytes()));
    let shown: Vec<String> = found
        .iter()
        .map(|found| {
            let (start, end) = (found.range.start, found.range.end);
            let hint = found.hint.as_ref();
            format!(
                "{}:{}-{}:{} {} {} {}{}",
                start.line + 1,
                start.column + 1,
                end.line + 1,
                end.column + 1,
                found.severity,
                found.code,
                found.message,
                hint.map(|hint| format!(" | {hint}")).unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(shown, expected, "in\n{text}");
}

#[test]
fn problems_of_our_files_have_places() {
    problems(
        AUTO,
        "auto_execution:\n  enabld: true\n",
        &[
            "2:3-2:9 warning unknown-key `auto_execution` has no key `enabld`; it is not read | did you mean `enabled`?",
        ],
    );
    problems(
        AUTO,
        "auto_execution:\n  enabled: yes\n  retry: {max_attempts: 0}\n  polling: 3\n",
        &[
            "2:12-2:15 error wrong-type `enabled` must be true or false (got: `yes`) | write true, without quotes",
            "3:25-3:26 error wrong-type `max_attempts` must be >= 1",
            "4:12-4:13 error wrong-type `polling` must be mapping (got: `3`)",
        ],
    );
    problems(
        AUTO,
        "enabled: true\n",
        &[
            "1:1-1:8 warning misplaced-key `enabled` has no effect here | put it under `auto_execution:`",
        ],
    );
    problems(
        PROJECT,
        "project_name: x\nscoring: {a: 1}\nother: 1\noffshoot:\n  pool_size: 3\n  agents:\n    mine: {command: x, timeout: soon}\n",
        &[
            "5:3-5:12 warning misplaced-key `pool_size` has no effect in this file | it belongs into your own offshoot/config.yaml",
            "7:21-7:22 error wrong-type `command` must be list of arguments (got: `x`) | write a list: `[a, b]`; no shell reads it",
            "7:33-7:37 error wrong-type `timeout` must be time (seconds, 90s, 5m, 1h30m) (got: `soon`)",
        ],
    );
    problems(
        PROJECT,
        "offshoot: {agents: {a: {command: [x, '{promt}', '${HOME}']}}}\n",
        &["1:38-1:47 error wrong-type `command` has an unknown placeholder {promt}"],
    );
    problems(
        USER,
        "ofshoot: {}\n",
        &[
            "1:1-1:8 warning unknown-key the file has no key `ofshoot`; it is not read | did you mean `offshoot`?",
        ],
    );
    problems(PROJECT, "", &[]);
    problems(PROJECT, "offshoot:\n", &[]);
}

#[test]
fn problems_of_other_programs_files_have_places() {
    problems(
        BACKGROUND,
        "agents:\n  - name: x\n    type: backgrond\n    commands: []\n",
        &[
            "3:11-3:20 error unknown-value `type` is background, not `backgrond` | did you mean `background`?",
            "4:15-4:17 error wrong-type `commands` must hold at least 1",
        ],
    );
    problems(
        BACKGROUND,
        "global: {timeout_seconds: 0}\n",
        &[
            "1:27-1:28 error wrong-type `timeout_seconds` must be >= 1",
            "1:1-1:7 error missing-key the file has no `agents` | add `agents:`",
        ],
    );
    // Somebody else's file: never an error.
    problems(
        AGENTIC,
        "project: {name: x}\nagents: [saa]\nbackground:\n  task_timeout: soon\n  max_agents: 1\n",
        &[
            "4:17-4:21 warning wrong-type `task_timeout` must be time (seconds, 90s, 5m, 1h30m) (got: `soon`)",
            "5:3-5:13 warning unknown-key `background` has no key `max_agents`; it is not read",
        ],
    );
    problems(
        PROJECT,
        "offshoot:\n  max_parallel: [\n",
        &[
            "3:1-3:2 error yaml-syntax this is no YAML: while parsing a node, did not find expected node content | a value is missing here, or a bracket above is not closed",
        ],
    );
}
