//! `config set`.

use super::{AUTO, PROJECT, Place, USER};
use crate::settings::{Changed, Error, Scope, set};

fn change(place: &Place, scope: Option<Scope>, key: &str, value: &str) -> Result<Changed, Error> {
    place.ask(|sources| set(sources, scope, key, value))
}

/// The project file before and after one change.
fn check(before: &str, key: &str, value: &str, after: &str) {
    let place = Place::new(&[(PROJECT, before)]);
    let changed = change(&place, Some(Scope::Project), key, value);
    assert!(changed.is_ok(), "{before:?} {changed:?}");
    assert_eq!(place.text(PROJECT), after, "{before:?}");
    let once = change(&place, Some(Scope::Project), key, value);
    assert!(once.is_ok());
    assert_eq!(place.text(PROJECT), after, "a second time changes nothing");
}

#[test]
fn everything_else_stays() {
    let key = "workflow.polling_interval";
    for (before, after) in [
        ("", "workflow:\n  polling_interval: 7\n"),
        (
            "# only a comment\n",
            "# only a comment\nworkflow:\n  polling_interval: 7\n",
        ),
        (
            "a: 1 # no newline",
            "a: 1 # no newline\nworkflow:\n  polling_interval: 7\n",
        ),
        (
            "workflow:\n  polling_interval: 5.0  # why\n  x: 1\n",
            "workflow:\n  polling_interval: 7  # why\n  x: 1\n",
        ),
        (
            "workflow:\n  polling_interval: \"5\"   # why\n",
            "workflow:\n  polling_interval: 7   # why\n",
        ),
        (
            "workflow:\n  polling_interval: '5' # it's\n",
            "workflow:\n  polling_interval: 7 # it's\n",
        ),
        (
            "workflow:\n  polling_interval: # why\n  x: 1\n",
            "workflow:\n  polling_interval: 7 # why\n  x: 1\n",
        ),
        (
            "workflow:\n  polling_interval:\n",
            "workflow:\n  polling_interval: 7\n",
        ),
        (
            "workflow: {x: 1, polling_interval: 5} # c\n",
            "workflow: {x: 1, polling_interval: 7} # c\n",
        ),
        (
            "workflow: {x: 1} # c\n",
            "workflow: {x: 1, polling_interval: 7} # c\n",
        ),
        (
            "workflow: {x: 1, }\n",
            "workflow: {x: 1, polling_interval: 7 }\n",
        ),
        (
            "workflow: {}\nb: 2\n",
            "workflow: {polling_interval: 7}\nb: 2\n",
        ),
        (
            "workflow:\nb: 2\n",
            "workflow:\n  polling_interval: 7\nb: 2\n",
        ),
        (
            "workflow: # c\n\nb: 2\n",
            "workflow: # c\n  polling_interval: 7\n\nb: 2\n",
        ),
        (
            "workflow: ~ # c\n",
            "workflow: # c\n  polling_interval: 7\n",
        ),
        (
            "workflow:\n    x: |\n      text\n      more\n\n# about b\nb: 2\n",
            "workflow:\n    x: |\n      text\n      more\n    polling_interval: 7\n\n# about b\nb: 2\n",
        ),
        (
            "workflow:\n  x:\n    y: [1,\n      2] # z\n\n  # w: 1\nb: 2\n",
            "workflow:\n  x:\n    y: [1,\n      2] # z\n  polling_interval: 7\n\n  # w: 1\nb: 2\n",
        ),
        ("{a: 1}\n", "{a: 1, workflow: {polling_interval: 7}}\n"),
        (
            "---\na: 1\n",
            "---\na: 1\nworkflow:\n  polling_interval: 7\n",
        ),
        (
            "a: 1\r\nworkflow:\r\n  x: 1\r\n",
            "a: 1\r\nworkflow:\r\n  x: 1\r\n  polling_interval: 7\r\n",
        ),
        (
            "workflow:\r\n  polling_interval: 5\r\nz: 1\r\n",
            "workflow:\r\n  polling_interval: 7\r\nz: 1\r\n",
        ),
        (
            "\u{feff}workflow:\n  polling_interval: 5\n",
            "\u{feff}workflow:\n  polling_interval: 7\n",
        ),
        (
            "ä: ö # ü\nworkflow:\n  polling_interval: 5 # é\n",
            "ä: ö # ü\nworkflow:\n  polling_interval: 7 # é\n",
        ),
    ] {
        check(before, key, "7", after);
    }
}

#[test]
fn lists_and_agents() {
    check(
        "",
        "offshoot.agents.claude.command",
        "[claude, -p, '{prompt}']",
        "offshoot:\n  agents:\n    claude:\n      command: [claude, -p, \"{prompt}\"]\n",
    );
    check(
        "offshoot:\n  env: # names\n    - A\n    - B # b\n  max_parallel: 2\n",
        "offshoot.env",
        "A, C",
        "offshoot:\n  env: [A, C]  # names # b\n  max_parallel: 2\n",
    );
    check(
        "offshoot:\n  env:\n  - A\nz: 1\n",
        "offshoot.env",
        "[]",
        "offshoot:\n  env: []\nz: 1\n",
    );
    check(
        "offshoot:\n  agents:\n    a:\n      command: [x]\n    b:\n      command: [y]\n",
        "offshoot.agents.a.timeout",
        "1h30m",
        "offshoot:\n  agents:\n    a:\n      command: [x]\n      timeout: 1h30m\n    b:\n      command: [y]\n",
    );
    check(
        "",
        "offshoot.personas.analyst",
        "true",
        "offshoot:\n  personas:\n    analyst: \"true\"\n",
    );
}

#[test]
fn quotes_meant_for_yaml_are_taken_off() {
    check(
        "",
        "offshoot.default_agent",
        "\"claude\"",
        "offshoot:\n  default_agent: claude\n",
    );
}

#[test]
fn a_key_goes_where_it_belongs() {
    for (scope, key, value, file, text) in [
        (
            None,
            "auto_execution.enabled",
            "on",
            AUTO,
            "auto_execution:\n  enabled: true\n",
        ),
        (
            None,
            "workflow.auto_execution_enabled",
            "true",
            PROJECT,
            "workflow:\n  auto_execution_enabled: true\n",
        ),
        (
            Some(Scope::Auto),
            "workflow.auto_execution_enabled",
            "true",
            AUTO,
            "auto_execution:\n  enabled: true\n",
        ),
        (
            Some(Scope::User),
            "auto_execution.enabled",
            "true",
            USER,
            "workflow:\n  auto_execution_enabled: true\n",
        ),
        (
            None,
            "offshoot.max_parallel",
            "3",
            PROJECT,
            "offshoot:\n  max_parallel: 3\n",
        ),
        (
            None,
            "offshoot.pool_size",
            "3",
            USER,
            "offshoot:\n  pool_size: 3\n",
        ),
        (
            None,
            "background.task_timeout",
            "5m",
            PROJECT,
            "offshoot:\n  task_timeout: 5m\n",
        ),
    ] {
        let place = Place::new(&[]);
        let changed = change(&place, scope, key, value).unwrap();
        assert_eq!(changed.file, place.path(file), "{key}");
        assert_eq!(changed.shadowed_by, None, "{key}");
        assert_eq!(place.text(file), text);
    }
}

#[test]
fn a_stronger_source_is_named() {
    let place = Place::new(&[]).with(&[("OFFSHOOT_MAX_PARALLEL", "9")], &[]);
    let changed = change(&place, None, "offshoot.max_parallel", "3").unwrap();
    assert_eq!(changed.shadowed_by.unwrap().name(), "environment");
}

#[test]
fn what_cannot_be_is_not_written() {
    let auto = "auto_execution:\n  polling:\n    interval_seconds: 50\n";
    let tagged = "workflow:\n  polling_interval: &p 5\n  timeout_seconds: *p\n";
    for (file, before, scope, key, value, expected) in [
        (
            PROJECT,
            "",
            None,
            "offshoot.max_parallel",
            "0",
            "offshoot.max_parallel must be >= 1",
        ),
        (
            PROJECT,
            "",
            None,
            "offshoot.max_paralel",
            "1",
            "unknown setting `offshoot.max_paralel`",
        ),
        (
            PROJECT,
            "",
            Some(Scope::Project),
            "offshoot.pool_size",
            "1",
            "`offshoot.pool_size` cannot be set in scope `project`: it belongs in offshoot/config.yaml (scope `user`)",
        ),
        (
            PROJECT,
            "",
            None,
            "offshoot.agents.a.command",
            "claude -p",
            "offshoot.agents.a.command must be a list of arguments, not a string: no shell reads it",
        ),
        (
            PROJECT,
            "",
            None,
            "offshoot.agents.a.timeout",
            "5",
            "line 3: agent `a` has no command",
        ),
        (
            AUTO,
            auto,
            None,
            "auto_execution.polling.timeout_seconds",
            "9",
            "line 4: polling.timeout_seconds must be >= polling.interval_seconds",
        ),
        (
            PROJECT,
            "a: [",
            None,
            "offshoot.max_parallel",
            "1",
            "FILE has errors, correct them first: line 2: ",
        ),
        (
            PROJECT,
            tagged,
            None,
            "workflow.polling_interval",
            "1",
            "cannot change `workflow.polling_interval` in FILE without risk",
        ),
        (
            PROJECT,
            "a: 1\n...\n",
            None,
            "offshoot.max_parallel",
            "1",
            "cannot change",
        ),
        (
            PROJECT,
            "offshoot: 5\n",
            None,
            "offshoot.max_parallel",
            "1",
            "cannot change",
        ),
    ] {
        let place = Place::new(&[(file, before)]);
        let error = change(&place, scope, key, value).unwrap_err();
        let shown = place.path(file).display().to_string();
        let message = error.to_string();
        assert!(
            message.starts_with(&expected.replace("FILE", &shown)),
            "{message}"
        );
        assert_eq!(place.text(file), before);
    }
}

#[test]
fn permissions_links_and_neighbours_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = Place::new(&[("real.yaml", "a: 1\n")]);
    std::fs::create_dir_all(place.path(".tapps-agents")).unwrap();
    symlink(place.path("real.yaml"), place.path(PROJECT)).unwrap();
    let mode = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(place.path("real.yaml"), mode).unwrap();
    change(&place, None, "offshoot.max_parallel", "2").unwrap();
    assert_eq!(
        place.text("real.yaml"),
        "a: 1\noffshoot:\n  max_parallel: 2\n"
    );
    assert!(place.path(PROJECT).is_symlink());
    let meta = std::fs::metadata(place.path("real.yaml")).unwrap();
    assert_eq!(meta.permissions().mode() & 0o777, 0o640);
    let left: Vec<_> = std::fs::read_dir(place.folder.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "no temporary file is left");
}

#[test]
fn without_a_repository_or_home() {
    let sources = crate::settings::Sources::default();
    let error = set(&sources, None, "offshoot.max_parallel", "1").unwrap_err();
    assert!(matches!(error, Error::NoRepository { .. }), "{error}");
    let error = set(&sources, None, "offshoot.pool_size", "1").unwrap_err();
    assert!(matches!(error, Error::NoHome), "{error}");
}
