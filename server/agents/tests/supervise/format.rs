//! What is stored in the folder, as text: other versions of the program read it.

use agents::attempt::folder::Started;
use agents::attempt::{
    AttemptResult, AttemptSpec, LeakedProcess, LimitClass, Limits, LogCaps, LogTotals, Outcome,
    Program, StartDaemon, Tree,
};
use serde_json::{Value, json, to_value};

use crate::Test;

pub(crate) const TESTS: &[Test] = &[
    ("the_spec_is_version_1", the_spec_is_version_1),
    ("the_result_is_version_1", the_result_is_version_1),
    ("started_is_version_1", started_is_version_1),
];

/// The value is written like this, and read from it, also with a field that nobody knows.
#[track_caller]
fn check<T>(value: &T, text: Value)
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    assert_eq!(to_value(value).unwrap(), text);
    let mut extended = text;
    extended["of_a_later_version"] = json!({"a": 1});
    assert_eq!(&serde_json::from_value::<T>(extended).unwrap(), value);
}

fn the_spec_is_version_1() {
    let mut spec = AttemptSpec::new("t-a-1", Program::Argv(vec!["x".into(), "y".into()]), "/w");
    spec.env = vec![("A".into(), "1".into())];
    spec.secrets = vec!["TOKEN".into()];
    spec.limits = Limits {
        wall_ms: Some(1),
        silence_ms: Some(2),
        output_bytes: Some(3),
        memory_bytes: Some(4),
        processes: Some(5),
    };
    spec.log = LogCaps {
        head_bytes: 6,
        tail_bytes: 7,
    };
    spec.start_daemon = Some(StartDaemon {
        lock: "/l".into(),
        argv: vec!["/d".into()],
        env: vec![("H".into(), "h".into())],
    });
    check(
        &spec,
        json!({
            "version": 1, "cookie": "t-a-1", "program": {"argv": ["x", "y"]}, "cwd": "/w", "env": [["A", "1"]], "secrets": ["TOKEN"],
            "limits": {"wall_ms": 1, "silence_ms": 2, "output_bytes": 3, "memory_bytes": 4, "processes": 5},
            "log": {"head_bytes": 6, "tail_bytes": 7}, "grace_ms": 10_000, "leak_grace_ms": 2_000,
            "start_daemon": {"lock": "/l", "argv": ["/d"], "env": [["H", "h"]]},
        }),
    );
    let least =
        json!({"version": 1, "cookie": "c", "program": {"shell": "true"}, "cwd": "/", "env": []});
    let read: AttemptSpec = serde_json::from_value(least).unwrap();
    assert_eq!(
        read,
        AttemptSpec::new("c", Program::Shell("true".into()), "/")
    );
}

fn the_result_is_version_1() {
    let result = AttemptResult {
        version: 1,
        outcome: Outcome::Limit {
            class: LimitClass::Timeout,
            allowed: 9,
        },
        exit_code: Some(143),
        started_at: 1,
        ended_at: 2,
        duration_ms: 3,
        peak_rss_bytes: 4,
        cpu_ms: 5,
        leaked_processes: vec![LeakedProcess {
            pid: 6,
            name: "n".into(),
            alive: false,
        }],
        log: LogTotals {
            bytes: 7,
            dropped: 8,
        },
        tree: Tree::Cgroup,
        last_lines: vec!["l".into()],
    };
    check(
        &result,
        json!({
            "version": 1, "outcome": {"limit": {"class": "timeout", "allowed": 9}}, "exit_code": 143, "started_at": 1, "ended_at": 2,
            "duration_ms": 3, "peak_rss_bytes": 4, "cpu_ms": 5, "leaked_processes": [{"pid": 6, "name": "n", "alive": false}],
            "log": {"bytes": 7, "dropped": 8}, "tree": "cgroup", "last_lines": ["l"],
        }),
    );
    for (outcome, text) in [
        (Outcome::Exited { code: 1 }, json!({"exited": {"code": 1}})),
        (
            Outcome::Signalled { signal: 9 },
            json!({"signalled": {"signal": 9}}),
        ),
        (
            Outcome::Stopped { reason: "r".into() },
            json!({"stopped": {"reason": "r"}}),
        ),
        (
            Outcome::SpawnFailed {
                message: "m".into(),
                errno: Some(2),
            },
            json!({"spawn_failed": {"message": "m", "errno": 2}}),
        ),
    ] {
        assert_eq!(to_value(&outcome).unwrap(), text);
        assert_eq!(serde_json::from_value::<Outcome>(text).unwrap(), outcome);
    }
}

fn started_is_version_1() {
    let started = Started {
        version: 1,
        supervisor_pid: 2,
        supervisor_start: 3,
        agent_pid: Some(4),
        cgroup: Some("/c".into()),
        at: 5,
    };
    check(
        &started,
        json!({"version": 1, "supervisor_pid": 2, "supervisor_start": 3, "agent_pid": 4, "cgroup": "/c", "at": 5}),
    );
}
