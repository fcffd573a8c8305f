//! What is said about mistakes, and where.

use super::{AGENTIC, AUTO, PROJECT, Place, USER, check_problems};

#[test]
fn sections_of_others_are_left_alone() {
    check_problems(
        &[
            (
                PROJECT,
                "project_name: x\nversion: 1\nagents: {a: 1}\nscoring: {w: [1]}\ncontext7: {}\nwhatever: {x: 1}\nworkflow:\n  state_persistence: {enabled: true}\n  branch_cleanup: {retention_days: 7}\n  duration_threshold_seconds: 30\n  retention_days: null\noffshoot:\n",
            ),
            (AUTO, "other: 1\n"),
            (AGENTIC, "background: {}\nllm: 1\n"),
            (USER, "# nothing\n"),
        ],
        &[],
    );
}

#[test]
fn unknown_keys_get_the_nearest_name() {
    check_problems(
        &[(
            PROJECT,
            "workflow:\n  auto_execution_enable: true\n  zzz: 1\noffshoot:\n  hand_off:\n    pickup_after: 5\n",
        )],
        &[
            ".tapps-agents/config.yaml:2:3 warning unknown-key: unknown key `auto_execution_enable` in `workflow` | did you mean `auto_execution_enabled`?",
            ".tapps-agents/config.yaml:3:3 warning unknown-key: unknown key `zzz` in `workflow` | known are auto_execution_enabled, polling_interval, timeout_seconds",
            ".tapps-agents/config.yaml:6:5 warning unknown-key: unknown key `pickup_after` in `offshoot.hand_off` | did you mean `pick_up_after`?",
        ],
    );
    check_problems(
        &[(USER, "ofshoot: {}\nstrange: 1\nmax_parallel: 3\n")],
        &[
            "home/config.yaml:1:1 warning unknown-key: `ofshoot` has no effect here | did you mean `offshoot`?",
            "home/config.yaml:2:1 warning unknown-key: `strange` has no effect here | known are workflow, offshoot",
            "home/config.yaml:3:1 warning misplaced-key: `max_parallel` has no effect here | put it under `offshoot:`",
        ],
    );
}

#[test]
fn keys_in_the_wrong_file_are_sent_home() {
    check_problems(
        &[
            (
                PROJECT,
                "auto_execution:\n  enabled: true\noffshoot:\n  pool_size: 9\n",
            ),
            (AUTO, "workflow: {}\n"),
        ],
        &[
            ".tapps-agents/auto_execution_config.yaml:1:1 warning misplaced-key: `workflow` has no effect in this file | it belongs in .tapps-agents/config.yaml",
            ".tapps-agents/config.yaml:1:1 warning misplaced-key: `auto_execution` has no effect in this file | it belongs in .tapps-agents/auto_execution_config.yaml",
            ".tapps-agents/config.yaml:4:3 warning machine-setting: `offshoot.pool_size` is not taken from a repository: it is about the machine | set it in your own offshoot/config.yaml or as OFFSHOOT_POOL_SIZE; a repository may limit itself with offshoot.max_parallel",
        ],
    );
}

#[test]
fn the_auto_execution_file_has_the_original_messages() {
    check_problems(
        &[(
            AUTO,
            "auto_execution:\n  enabled: true\n  retry: {max_attempts: 0, backoff_multiplier: 0.5, initial_delay_seconds: -1}\n  polling:\n    enabled: false\n    interval_seconds: 0\n    timeout_seconds: 1\n",
        )],
        &[
            ".tapps-agents/auto_execution_config.yaml:3:25 error range: retry.max_attempts must be >= 1",
            ".tapps-agents/auto_execution_config.yaml:3:48 error range: retry.backoff_multiplier must be >= 1.0",
            ".tapps-agents/auto_execution_config.yaml:3:76 error range: retry.initial_delay_seconds must be >= 0",
            ".tapps-agents/auto_execution_config.yaml:5:14 error conflict: polling must be enabled when auto_execution is enabled",
            ".tapps-agents/auto_execution_config.yaml:6:23 error range: polling.interval_seconds must be > 0",
            ".tapps-agents/auto_execution_config.yaml:7:22 error range: polling.timeout_seconds must be >= polling.interval_seconds",
        ],
    );
    check_problems(
        &[(AUTO, "enabled: true\n")],
        &[
            ".tapps-agents/auto_execution_config.yaml:1:1 error misplaced-key: `enabled` has no effect here | put it under `auto_execution:`",
        ],
    );
    check_problems(
        &[(AUTO, "auto_execution: [1]\n")],
        &[
            ".tapps-agents/auto_execution_config.yaml:1:17 error type: auto_execution must be a mapping (got: a list)",
        ],
    );
    check_problems(
        &[(
            AUTO,
            "auto_execution:\n  enabled: \"yes\"\n  version: 2.0\n  features:\n    error_handling: false\n  retry:\n    enabled:\n",
        )],
        &[
            ".tapps-agents/auto_execution_config.yaml:2:12 error type: enabled must be true or false (got: \"yes\") | write true, without quotes",
            ".tapps-agents/auto_execution_config.yaml:3:12 warning version: version 2.0 is not known here: the file is read as version 1.0",
            ".tapps-agents/auto_execution_config.yaml:5:21 info no-effect: features.error_handling has no effect: errors are always handled",
            ".tapps-agents/auto_execution_config.yaml:7:5 info empty: retry.enabled is empty and counts as not set",
        ],
    );
}

#[test]
fn commands_are_lists() {
    check_problems(
        &[(
            PROJECT,
            "offshoot:\n  agents:\n    a: {command: 'claude -p \"{prompt}\"'}\n    b: claude -p x\n    c: {timeout: 5}\n    d: {command: []}\n    e: {command: [x, '{promt}', '${HOME}', '{\"j\": 1}']}\n    f: {command: [x, 1]}\n    a.b: {command: [x]}\n    g: {command: ['{prompt}']}\n  backends: file\n  env: [A=1, GIT_DIR, 'x y']\n",
        )],
        &[
            ".tapps-agents/config.yaml:3:18 error argv: offshoot.agents.a.command must be a list of arguments, not a string: no shell reads it | write [claude, -p, \"{prompt}\"]",
            ".tapps-agents/config.yaml:4:8 error type: offshoot.agents.b must be a mapping (got: \"claude -p x\") | write `b: {command: [claude, -p, x]}`",
            ".tapps-agents/config.yaml:5:5 error missing-command: agent `c` has no command | write `command: [program, argument, \"{prompt}\"]`",
            ".tapps-agents/config.yaml:6:18 error argv: offshoot.agents.d.command must name at least a program",
            ".tapps-agents/config.yaml:7:22 error placeholder: offshoot.agents.e.command has an unknown placeholder {promt} | did you mean {prompt}? known are {prompt} {command} {worktree} {step_id} {run_id} {instructions_file}",
            ".tapps-agents/config.yaml:8:22 error type: offshoot.agents.f.command must hold only texts (got: 1)",
            ".tapps-agents/config.yaml:9:5 error name: `a.b` cannot be a name: letters, digits, `-` and `_` can",
            ".tapps-agents/config.yaml:10:19 error argv: offshoot.agents.g.command must start with a program, not with what a step says",
            ".tapps-agents/config.yaml:11:13 error type: offshoot.backends must be a list (got: \"file\") | write [file]",
            ".tapps-agents/config.yaml:12:9 error name: offshoot.env holds names of variables, never values | write only the name: values are taken from the environment of the client",
            ".tapps-agents/config.yaml:12:14 error name: offshoot.env holds `GIT_DIR`, which never reaches a step | GIT_* could lead git out of the step's worktree; OFFSHOOT_* is set by offshoot",
            ".tapps-agents/config.yaml:12:23 error name: offshoot.env holds `x y`, which is not the name of a variable",
        ],
    );
}

#[test]
fn agents_that_nobody_defines() {
    check_problems(
        &[(
            PROJECT,
            "offshoot:\n  agents: {claude: {command: [c]}}\n  default_agent: claud\n  personas: {qa: other}\n  backends: [claude, file, fiel]\n",
        )],
        &[
            ".tapps-agents/config.yaml:3:18 warning unknown-agent: offshoot.default_agent names `claud`, and there is no such agent | did you mean `claude`?",
            ".tapps-agents/config.yaml:4:18 warning unknown-agent: offshoot.personas.qa names `other`, and there is no such agent | define it under offshoot.agents.other, with a command",
            ".tapps-agents/config.yaml:5:13 warning unknown-agent: offshoot.backends names `fiel`, and there is no such agent | did you mean `file`?",
        ],
    );
}

#[test]
fn broken_files_have_places() {
    for (text, expected) in [
        ("a: [", "1:1"),
        ("a: 1\n\tb: 2\n", "2:1"),
        ("- a\n", "1:1"),
        (
            "workflow:\n  polling_interval: 5\n  polling_interval: 6\n",
            "3:3",
        ),
        ("a: b: c\n", "1:5"),
        ("a: 1\n---\nb: 1\n", "1:1"),
    ] {
        let place = Place::new(&[(PROJECT, text)]);
        let loaded = place.load();
        assert_eq!(loaded.diagnostics.len(), 1, "{text:?}");
        assert!(loaded.has_errors());
        let start = loaded.diagnostics[0].diagnostic.range.start;
        let line = format!("{}:{}", start.line + 1, start.column + 1);
        assert!(line == expected || text == "a: [", "{text:?} {line}");
    }
    check_problems(
        &[(PROJECT, "workflow:\n\tpolling_interval: 5\n")],
        &[
            ".tapps-agents/config.yaml:2:1 error syntax: found character that cannot start any token, while scanning for the next token | indent with spaces: YAML allows no tabs there",
        ],
    );
    check_problems(
        &[(AGENTIC, "a: [\n")],
        &[
            "agentic_config.yaml:2:1 warning syntax: did not find expected node content, while parsing a flow node",
        ],
    );
}

#[test]
fn files_that_are_no_text() {
    let place = Place::new(&[]);
    place.write(PROJECT, b"a: 1\nb: \xff\n");
    std::fs::create_dir_all(place.path(AUTO)).unwrap();
    place.write(USER, &vec![b'#'; 1024 * 1024 + 1]);
    let found: Vec<_> = place
        .problems(&place.load())
        .iter()
        .map(|line| line.split(" | ").next().unwrap().to_owned())
        .collect();
    assert_eq!(
        found,
        [
            ".tapps-agents/auto_execution_config.yaml:1:1 error unreadable: the file is not a file",
            ".tapps-agents/config.yaml:2:4 error unreadable: the file is not UTF-8 from here on",
            "home/config.yaml:1:1 error unreadable: the file is larger than 1 MiB, too large for settings",
        ]
    );
}

#[test]
fn alias_bombs_and_depth_are_refused() {
    let bomb = (b'b'..=b'l').fold(
        "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned(),
        |text, c| {
            let (name, before) = (char::from(c), char::from(c - 1));
            format!(
                "{text}{name}: &{name} [{}]\n",
                vec![format!("*{before}"); 9].join(", ")
            )
        },
    );
    let deep = format!("a: {}", "[".repeat(100_000));
    let nested = [
        deep,
        "- ".repeat(50_000),
        "? ".repeat(50_000),
        "a: {".repeat(250_000),
    ];
    for text in nested.into_iter().chain([bomb]) {
        let loaded = Place::new(&[(PROJECT, &text)]).load();
        assert!(loaded.has_errors());
    }
}

#[test]
fn variables_are_judged_too() {
    let place = Place::new(&[(PROJECT, "offshoot: {max_parallel: 2}")]).with(
        &[
            ("OFFSHOOT_MAX_PARALLEL", "many"),
            ("OFFSHOOT_TASK_SILENCE", "never"),
            ("OFFSHOOT_BACKENDS", "command, file"),
            ("OFFSHOOT_AUTO_EXECUTION_ENABLED", "1"),
            ("OFFSHOOT_POLL_SIZE", "3"),
            ("OFFSHOOT_HOME", "/x"),
            ("OFFSHOOT_SOMETHING_ELSE", "1"),
        ],
        &[("offshoot.nope", "1")],
    );
    let loaded = place.load();
    assert_eq!(
        place.problems(&loaded),
        [
            "offshoot.nope:1:1 error unknown-key: offshoot.nope is not a setting",
            "$OFFSHOOT_MAX_PARALLEL:1:1 error type: OFFSHOOT_MAX_PARALLEL must be a whole number (got: \"many\")",
            "$OFFSHOOT_POLL_SIZE:1:1 warning unknown-variable: OFFSHOOT_POLL_SIZE is not a setting | did you mean OFFSHOOT_POOL_SIZE?",
        ]
    );
    assert_eq!(loaded.tenant.max_parallel, Some(2));
    assert_eq!(loaded.tenant.task_silence, None);
    assert_eq!(loaded.tenant.chain, ["command", "file"]);
    assert!(loaded.tenant.auto_execution);
}
