//! Which source wins.

use super::{AGENTIC, AUTO, PROJECT, Place, USER, check};
use crate::settings::user_config_path;
use model::settings::{MachineSettings, TenantSettings};
use std::path::PathBuf;
use std::time::Duration;

#[test]
fn nothing_written_is_the_default() {
    let loaded = Place::new(&[]).load();
    assert_eq!(loaded.tenant, TenantSettings::default());
    assert_eq!(loaded.machine, MachineSettings::default());
    assert!(!loaded.has_errors());
    assert_eq!(loaded.files.len(), 5);
}

/// Each source that may hold a key, strongest first: whatever is left of them, the first wins.
#[test]
fn matrix() {
    let polling = [
        (
            AUTO,
            "auto_execution:\n  polling:\n    interval_seconds: 2\n",
            "2s @ auto:3",
        ),
        (
            PROJECT,
            "workflow:\n  polling_interval: 3\n",
            "3s @ project:2",
        ),
        (USER, "workflow: {polling_interval: 4}\n", "4s @ user:1"),
    ];
    matrix_of(
        "auto_execution.polling.interval_seconds",
        "OFFSHOOT_WORKFLOW_POLLING_INTERVAL",
        &polling,
        "5s @ default",
    );
    matrix_of(
        "workflow.polling_interval",
        "OFFSHOOT_AUTO_EXECUTION_POLLING_INTERVAL_SECONDS",
        &polling,
        "5s @ default",
    );
    let parallel = [
        (
            PROJECT,
            "# c\noffshoot:\n  max_parallel: 2\n",
            "2 @ project:3",
        ),
        (
            AGENTIC,
            "background:\n  max_concurrent_agents: 3\n",
            "3 @ project:2",
        ),
        (USER, "offshoot:\n  max_parallel: 4\n", "4 @ user:2"),
    ];
    matrix_of(
        "offshoot.max_parallel",
        "OFFSHOOT_MAX_PARALLEL",
        &parallel,
        "not set @ default",
    );
}

fn matrix_of(key: &str, variable: &str, files: &[(&str, &str, &str)], default: &str) {
    for first in 0..=files.len() {
        let present: Vec<_> = files[first..]
            .iter()
            .map(|(name, text, _)| (*name, *text))
            .collect();
        let expected = files
            .get(first)
            .map_or(default, |(_, _, expected)| expected);
        let unit = if key.contains("poll") { "s" } else { "" };
        for (env, flags, expected) in [
            (None, None, expected.to_owned()),
            (Some("7"), None, format!("7{unit} @ environment")),
            (Some("7"), Some("8"), format!("8{unit} @ flag")),
            (Some(" "), None, expected.to_owned()),
        ] {
            let env: Vec<_> = env.iter().map(|text| (variable, *text)).collect();
            let flags: Vec<_> = flags.iter().map(|text| (key, *text)).collect();
            let place = Place::new(&present).with(&env, &flags);
            let loaded = place.load();
            assert_eq!(place.problems(&loaded), Vec::<String>::new());
            assert_eq!(place.show(&loaded, key), expected, "{key} {present:?}");
        }
    }
}

#[test]
fn auto_execution_of_both_files() {
    for (auto, project, expected) in [
        ("true", "false", true),
        ("false", "true", false),
        ("", "true", true),
        ("", "", false),
        ("true", "", true),
    ] {
        let mut files = Vec::new();
        let auto = format!("auto_execution: {{enabled: {auto}}}");
        let project = format!("workflow: {{auto_execution_enabled: {project}}}");
        if !auto.contains(": }") {
            files.push((AUTO, auto.as_str()));
        }
        if !project.contains(": }") {
            files.push((PROJECT, project.as_str()));
        }
        assert_eq!(
            Place::new(&files).load().tenant.auto_execution,
            expected,
            "{files:?}"
        );
    }
}

#[test]
fn the_guides_example_is_read_as_written() {
    let text = "auto_execution:
  enabled: true
  retry:
    enabled: true
    max_attempts: 3
    backoff_multiplier: 2.0
    initial_delay_seconds: 1.0
  polling:
    enabled: true
    interval_seconds: 5.0
    timeout_seconds: 3600.0
  features:
    artifact_detection: true
    status_tracking: true
    error_handling: true
    metrics_collection: true
    audit_logging: true
  version: \"1.0\"
";
    let project = "workflow:\n  auto_execution_enabled: true\n  polling_interval: 5.0\n  timeout_seconds: 3600\n";
    check(
        &[(AUTO, text), (PROJECT, project)],
        &[
            ("auto_execution.enabled", "true @ auto:2"),
            ("auto_execution.retry.max_attempts", "3 @ auto:5"),
            ("auto_execution.polling.timeout_seconds", "1h @ auto:11"),
            ("auto_execution.version", "1.0 @ auto:18"),
            ("workflow.timeout_seconds", "1h @ project:4"),
        ],
    );
    let retry = Place::new(&[(AUTO, text)]).load().tenant.retry.unwrap();
    assert_eq!((retry.max_attempts, retry.backoff_multiplier), (3, 2.0));
    assert_eq!(retry.initial_delay, Duration::from_secs(1));
}

#[test]
fn retry_is_set_only_where_something_is_said() {
    for (retry, expected) in [
        ("{}", None),
        ("{max_attempts: 5}", Some(5)),
        ("{enabled: true}", Some(3)),
        ("{enabled: false, max_attempts: 5}", Some(1)),
    ] {
        let text = format!("auto_execution: {{retry: {retry}}}");
        let tenant = Place::new(&[(AUTO, &text)]).load().tenant;
        assert_eq!(
            tenant.retry.map(|retry| retry.max_attempts),
            expected,
            "{retry}"
        );
    }
}

#[test]
fn a_hand_off_lasts_as_long_as_a_step_unless_said() {
    let hand_off = (
        "auto_execution.polling.timeout_seconds",
        "workflow.timeout_seconds",
    );
    let auto = (AUTO, "auto_execution: {polling: {timeout_seconds: 20}}");
    let project = (PROJECT, "workflow: {timeout_seconds: 30}");
    check(
        &[project],
        &[
            (hand_off.0, "30s @ project:1"),
            (hand_off.1, "30s @ project:1"),
        ],
    );
    check(
        &[auto],
        &[(hand_off.0, "20s @ auto:1"), (hand_off.1, "1h @ default")],
    );
    check(
        &[auto, project],
        &[
            (hand_off.0, "20s @ auto:1"),
            (hand_off.1, "30s @ project:1"),
        ],
    );
    let place = Place::new(&[auto]).with(&[("OFFSHOOT_WORKFLOW_TIMEOUT_SECONDS", "9")], &[]);
    assert_eq!(place.show(&place.load(), hand_off.0), "9s @ environment");
    assert_eq!(place.load().tenant.hand_off.timeout, Duration::from_secs(9));
}

#[test]
fn the_machine_listens_to_its_user_only() {
    let place = Place::new(&[
        (PROJECT, "offshoot: {pool_size: 99}"),
        (
            USER,
            "offshoot: {pool_size: 3, idle_exit: never, retention: 7d}",
        ),
    ]);
    let loaded = place
        .with(&[("OFFSHOOT_HAND_OFF_LIMIT", "4"), ("HOME", "/h")], &[])
        .load();
    let expected = MachineSettings {
        pool_size: 3,
        hand_off_limit: 4,
        idle_exit: None,
        retention: Duration::from_secs(7 * 86_400),
        retention_runs: 200,
        ..MachineSettings::default()
    };
    assert_eq!(loaded.machine, expected);
}

#[test]
fn task_settings_of_agentic_config() {
    let text = "agents: [poa, saa]\nbackground:\n  enabled: true\n  max_concurrent_agents: 3\n  task_timeout: 300\n  retry_attempts: 3\n  log_level: INFO\n  agents:\n    saa: {max_memory: \"512MB\"}\nqa: {x: 1}\n";
    check(
        &[(AGENTIC, text)],
        &[
            ("offshoot.max_parallel", "3 @ project:4"),
            ("offshoot.task_timeout", "5m @ project:5"),
            ("background.retry_attempts", "3 @ project:6"),
        ],
    );
    let tenant = Place::new(&[(AGENTIC, text)]).load().tenant;
    assert_eq!(tenant.task_timeout, Duration::from_secs(300));
    assert_eq!(tenant.task_retries, Some(3));
    assert_eq!(
        Place::new(&[]).load().tenant.task_timeout,
        Duration::from_secs(600)
    );
}

#[test]
fn the_users_file_is_where_xdg_says() {
    for (env, expected) in [
        (
            vec![("XDG_CONFIG_HOME", "/x"), ("HOME", "/h")],
            Some("/x/offshoot/config.yaml"),
        ),
        (
            vec![("XDG_CONFIG_HOME", "x"), ("HOME", "/h")],
            Some("/h/.config/offshoot/config.yaml"),
        ),
        (
            vec![("HOME", "/h")],
            Some("/h/.config/offshoot/config.yaml"),
        ),
        (vec![("HOME", "")], None),
        (vec![], None),
    ] {
        let env: Vec<_> = env
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect();
        assert_eq!(
            user_config_path(&env),
            expected.map(PathBuf::from),
            "{env:?}"
        );
    }
}
