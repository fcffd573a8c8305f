//! Clients and daemons of different versions, and what no client of ours would send.

use crate::bed::{lock_holder, make, once, running, wait_for};
use crate::wire::{OtherDaemon, Wire};
use serde_json::json;
use support::process::alive;
use support::run::{id, text};
use support::{LIMIT, sandbox, wait_until};

const NEWER: &str = "999.0.0";

#[test]
fn a_newer_client_takes_over_and_agents_go_on() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: 'mkdir \"$HOME/on\"; await-file \"$HOME/go\"; touch a'}\n  - {id: b, run: touch b}\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on");
    repo.wait_step(&run, "a", "running");
    let old = lock_holder(&sandbox).expect("a daemon");
    let supervisors = running(&sandbox, "supervise");
    let mut wire = Wire::open(&sandbox);
    let hello = wire.call("daemon.hello", &json!({"version": NEWER, "protocol": 1}));
    assert_eq!(hello["result"]["pid"], old, "{hello:#}");
    let gone = wire.call("daemon.handover", &json!({"version": NEWER, "protocol": 1}));
    assert_eq!(gone["result"]["attempts"], 1, "{gone:#}");
    wait_until("the older daemon to make room", LIMIT, || {
        (!alive(old)).then_some(())
    });
    assert!(
        supervisors.iter().all(|found| alive(found.pid)),
        "an agent was ended"
    );
    assert_ne!(sandbox.start_daemon(), old);
    make(&sandbox, "go");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    once(&end, "a");
}

#[test]
fn a_daemon_hands_over_to_newer_ones_only() {
    let sandbox = sandbox!();
    let daemon = sandbox.start_daemon();
    let version = text(&sandbox.json(&["background", "status"]), "version").to_owned();
    for asking in ["0.0.0", &format!("{version}-rc.1"), &version, "", "x"] {
        let mut wire = Wire::open(&sandbox);
        let answer = wire.call(
            "daemon.handover",
            &json!({"version": asking, "protocol": 1}),
        );
        assert_eq!(
            answer["error"]["data"]["kind"], "refused",
            "{asking}: {answer:#}"
        );
    }
    assert_eq!(sandbox.daemon_pid(), Some(daemon));
}

#[test]
fn an_older_daemon_is_asked_to_go_and_one_of_this_version_comes() {
    let sandbox = sandbox!();
    let older = OtherDaemon::start(&sandbox, "0.0.1", 1);
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: touch a}\n")]);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let asked = older.asked();
    assert!(asked.contains(&"daemon.handover".to_owned()), "{asked:?}");
    assert!(!asked.contains(&"run.start".to_owned()), "{asked:?}");
    // Its socket is the new daemon's by now: it must not be removed with the old one.
    std::mem::forget(older);
}

#[test]
fn a_newer_daemon_is_used_or_named_and_never_replaced() {
    for (protocol, code) in [(1, 0), (99, 3)] {
        let sandbox = sandbox!();
        let newer = OtherDaemon::start(&sandbox, NEWER, protocol);
        let output = sandbox
            .call(&sandbox.path("home"))
            .args(&["--json", "background", "start"])
            .run();
        let asked = newer.asked();
        assert!(
            !asked
                .iter()
                .any(|method| method == "daemon.handover" || method == "daemon.stop"),
            "{asked:?}"
        );
        assert!(
            running(&sandbox, "daemon").is_empty(),
            "a downgrade: {output}"
        );
        if code != 0 {
            assert_eq!(output.code, code, "{output}");
            assert_eq!(output.json()["error"]["kind"], "version", "{output}");
            assert!(output.stdout.contains(NEWER), "{output}");
        }
    }
}

#[test]
fn what_no_client_of_ours_would_send_ends_no_daemon() {
    let sandbox = sandbox!();
    let daemon = sandbox.start_daemon();
    for line in [
        "",
        "x",
        "null",
        "[]",
        "{}",
        "{\"jsonrpc\":\"2.0\",\"id\":1}",
        "\u{0}",
        "{\"id\":\"text\",\"method\":\"daemon.status\"}",
    ] {
        let mut wire = Wire::open(&sandbox);
        wire.write(line.as_bytes());
        wire.write(b"\n");
        // The same connection still answers.
        wire.write(b"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"daemon.status\",\"params\":{}}\n");
        let answer = std::iter::from_fn(|| wire.read()).find(|answer| answer["id"] == 7);
        assert_eq!(
            answer.map(|answer| answer["result"]["pid"].clone()),
            Some(json!(daemon)),
            "{line}"
        );
    }
    for (method, params, code) in [
        ("no.such.method", json!({}), -32601),
        ("run.show", json!([]), -32602),
        ("run.show", json!({"run_id": 5}), -32602),
        ("run.show", json!({"run_id": "nothing-like-it"}), -32001),
        (
            "run.start",
            json!({"repo": "relative", "file": "w.yaml"}),
            -32602,
        ),
    ] {
        let answer = Wire::open(&sandbox).call(method, &params);
        assert_eq!(
            answer["error"]["code"], code,
            "{method} {params}: {answer:#}"
        );
    }
    // Half a message, and gone; bytes that are no text; fields of a version to come.
    Wire::open(&sandbox).write(b"{\"jsonrpc\":");
    Wire::open(&sandbox).write(&[0xff, 0xfe, b'\n']);
    let hello = json!({"version": NEWER, "protocol": 1, "new_field": {"a": 1}});
    let answer = Wire::open(&sandbox).call("daemon.hello", &hello);
    assert_eq!(answer["result"]["pid"], daemon, "{answer:#}");
    assert_eq!(sandbox.daemon_pid(), Some(daemon));
}
