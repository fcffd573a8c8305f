//! Files of settings, by their schemas.

use super::{agents, apply, cursor, reading};
use crate::language::complete::{Client, complete};
use crate::language::fixes::fixes;
use crate::language::hover::hover;
use crate::language::{Known, Schema};
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
    let found = schema.problems(text);
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

/// The words are those of the crate `settings`, and told there; here, that each file is read as what it is.
#[test]
fn each_file_is_read_as_what_it_is() {
    problems(
        AUTO,
        "enabled: true\n",
        &[
            "1:1-1:8 error misplaced-key `enabled` has no effect here | put it under `auto_execution:`",
        ],
    );
    problems(
        PROJECT,
        "enabled: true\noffshoot: {max_paralel: 1}\n",
        &[
            "2:12-2:23 warning unknown-key unknown key `max_paralel` in `offshoot` | did you mean `max_parallel`?",
        ],
    );
    problems(
        USER,
        "ofshoot: {}\n",
        &["1:1-1:8 warning unknown-key `ofshoot` has no effect here | did you mean `offshoot`?"],
    );
    // Somebody else's file, which must not keep anything from running where it is no YAML.
    problems(
        AGENTIC,
        "background: {a: b: c}\n",
        &[
            "1:18-1:19 warning syntax did not find expected ',' or '}', while parsing a flow mapping at line 1 column 13",
        ],
    );
    problems(
        AGENTIC,
        "background:\n  task_timeout: soon\n",
        &[
            "2:17-2:21 error type background.task_timeout must be a length of time (got: \"soon\") | write seconds, or 90s, 5m, 1h30m",
        ],
    );
    problems(
        BACKGROUND,
        "agents: 3\n",
        &[
            "1:9-1:10 error value `agents` must be a list of at least one agent (got: 3) | see `offshoot background-agent-config generate`",
        ],
    );
    problems(PROJECT, "", &[]);
    problems(PROJECT, "offshoot:\n", &[]);
}

#[test]
fn what_is_not_read_is_renamed_or_taken_out() {
    let text = "auto_execution:\n  enabld: true\n  version: 1.0\n";
    let at = Schema::of_file(AUTO).unwrap().problems(text)[0]
        .range
        .clone();
    let fixes = fixes(&reading(AUTO, text), &at);
    let told: Vec<(&str, String)> = fixes
        .iter()
        .map(|fix| {
            let edit = std::slice::from_ref(&fix.edit);
            (fix.title.as_str(), apply(text, edit))
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Change to `enabled`", text.replace("enabld", "enabled")),
            ("Remove `enabld`", text.replace("enabld: true\n  ", "")),
        ]
    );
}

/// A text that nobody would write is told of within bounds.
#[test]
fn a_file_full_of_mistakes_is_told_of_within_bounds() {
    let text = (0..20_000).fold("offshoot:\n".to_owned(), |text, n| {
        format!("{text}  k{n}: 1\n")
    });
    assert_eq!(
        Schema::of_file(PROJECT).unwrap().problems(&text).len(),
        1_000
    );
}
