//! `kill -9`, cancelling and stopping while a built-in task runs before its agent: in the phase in which an attempt
//! is prepared.

use crate::bed::{Chance, counted, lock_holder, running};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::path::PathBuf;
use support::process::parent;
use support::run::{id, step, text};
use support::schema::assert_document;
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

const REPORT: &str = "reports/ops/dependency-audit.json";
const AUDIT: &str = "task ops audit";
const WORKFLOW: &str =
    "steps:\n  - {id: audit, agent: ops, action: dependency-audit, params: {tools: true}}\n";
const LOCK: &str = "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"inner\"\nversion = \"0.3.0\"\n\
    source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";

/// A built-in task that works until [`let_through`], and an agent that goes on only from a whole artifact; it says so
/// each time.
fn begin(sandbox: &Sandbox) -> (Repo<'_>, String) {
    let script = format!(
        "grep -q '\"status\": \"completed\"' {REPORT} || exit 3\necho done >> \"$HOME/done\"\n\
         echo '{{\"findings\": [{{\"path\": \"w.yaml\", \"line\": 1, \"message\": \"looked at\"}}]}}' > reports/ops/dependency-audit.agent.json"
    );
    sandbox.script("mine", &script);
    let held = format!(
        "await-file {}\necho '{{\"vulnerabilities\": {{\"list\": []}}}}'",
        sandbox.path("through").display()
    );
    sandbox.script("cargo-audit", &held);
    sandbox.user_settings(
        "offshoot:\n  default_agent: mine\n  agents:\n    mine: {command: [mine]}\n",
    );
    let repo = sandbox.repo(&[("w.yaml", WORKFLOW), ("Cargo.lock", LOCK)]);
    let run = id(&repo.detach(&["--auto", "w.yaml"]));
    (repo, run)
}

/// Lets the built-in task come to its end.
fn let_through(sandbox: &Sandbox) {
    std::fs::File::create(sandbox.path("through")).expect("a file");
}

/// Waits until the built-in task is at work; never are two of them.
#[track_caller]
fn at_work(sandbox: &Sandbox) {
    wait_until("the built-in task", LIMIT, || {
        let there = audits(sandbox);
        assert!(there <= 1, "{there} at once");
        (there == 1).then_some(())
    });
}

/// How many built-in tasks are at work. What one starts bears its name until it becomes another program.
fn audits(sandbox: &Sandbox) -> usize {
    let all = running(sandbox, AUDIT);
    let tasks: Vec<i32> = all
        .iter()
        // A supervisor names the program only by its folder.
        .filter(|found| !found.command.contains("supervise"))
        .map(|found| found.pid)
        .collect();
    let of_another = |pid: i32| parent(pid).is_some_and(|parent| tasks.contains(&parent));
    let mut own = tasks.clone();
    own.retain(|pid| !of_another(*pid));
    if own.len() > 1 {
        // Looked at one after the other: the first may have ended before the second began.
        let still = running(sandbox, AUDIT);
        own.retain(|pid| still.iter().any(|found| found.pid == *pid));
    }
    own.len()
}

fn supervisor(sandbox: &Sandbox) -> Option<i32> {
    let all = running(sandbox, "supervise").into_iter();
    let mut ground = all.filter(|found| found.command.ends_with(".io/ground"));
    ground.next().map(|found| found.pid)
}

#[track_caller]
fn found(artifact: &str) -> Value {
    let artifact = serde_json::from_str(artifact).expect("JSON");
    assert_document("artifact", &artifact);
    artifact
}

/// The run ends well, the agent was asked once, and its artifact is whole.
#[track_caller]
fn all_well(sandbox: &Sandbox, repo: &Repo<'_>, run: &str) {
    let end = repo.wait_end(run);
    assert_eq!(end["status"], "completed", "{end:#}");
    assert_eq!(counted(sandbox, "done").get("done"), Some(&1));
    let artifact = found(&repo.show(text(&end, "result_branch"), REPORT));
    assert_eq!(artifact["status"], "completed");
    let sources = artifact["sources"].as_array().expect("sources");
    let tool = sources
        .iter()
        .find(|source| source["name"] == "cargo-audit");
    assert_eq!(tool.map(|tool| &tool["status"]), Some(&"answered".into()));
    assert_eq!(artifact["findings"].as_array().map(Vec::len), Some(1));
    wait_until("worktrees to be gone", LIMIT, || {
        (repo.git(&["worktree", "list"]).lines().count() == 1).then_some(())
    });
    let folders = std::fs::read_dir(sandbox.state().join("worktrees")).expect("a folder");
    let left: Vec<_> = folders.flatten().map(|entry| entry.file_name()).collect();
    assert!(
        left.iter()
            .all(|name| name.to_string_lossy().starts_with('.')),
        "{left:?}"
    );
}

#[test]
fn a_daemon_killed_meanwhile_begins_it_anew_and_nothing_is_done_twice() {
    let sandbox = sandbox!();
    let (repo, run) = begin(&sandbox);
    let mut chance = Chance::new();
    for _ in 0..3 {
        at_work(&sandbox);
        let _: Option<()> = chance.moment(300, || None);
        let Some(daemon) = lock_holder(&sandbox) else {
            continue;
        };
        let _ = kill(Pid::from_raw(daemon), Signal::SIGKILL);
        sandbox.start_daemon();
    }
    let_through(&sandbox);
    all_well(&sandbox, &repo, &run);
    sandbox.finish();
}

#[test]
fn its_supervisor_killed_it_is_done_once_more() {
    let sandbox = sandbox!();
    let (repo, run) = begin(&sandbox);
    at_work(&sandbox);
    let supervisor = wait_until("its supervisor", LIMIT, || supervisor(&sandbox));
    support::process::kill9(supervisor);
    let_through(&sandbox);
    all_well(&sandbox, &repo, &run);
    sandbox.finish();
}

#[test]
fn killed_again_and_again_its_artifact_says_so_and_the_agent_is_asked_all_the_same() {
    let sandbox = sandbox!();
    let (repo, run) = begin(&sandbox);
    for _ in 0..2 {
        at_work(&sandbox);
        let supervisor = wait_until("its supervisor", LIMIT, || supervisor(&sandbox));
        support::process::kill9(supervisor);
        wait_until("it to be gone", LIMIT, || {
            (!support::process::alive(supervisor)).then_some(())
        });
    }
    // The agent is content with a whole artifact only.
    let end = repo.wait_end(&run);
    let audit = step(&end, "audit");
    assert_eq!(audit["class"], "exit", "{end:#}");
    let text = std::fs::read_to_string(PathBuf::from(text(audit, "worktree")).join(REPORT));
    let artifact = found(&text.expect("an artifact"));
    assert_eq!(artifact["status"], "failed", "{artifact:#}");
    assert_eq!(artifact["error"], "its supervisor died");
    sandbox.finish();
}

#[test]
fn daemon_and_supervisor_killed_together_lose_nothing() {
    let sandbox = sandbox!();
    let (repo, run) = begin(&sandbox);
    at_work(&sandbox);
    let supervisor = wait_until("its supervisor", LIMIT, || supervisor(&sandbox));
    let daemon = lock_holder(&sandbox).expect("a daemon");
    for pid in [daemon, supervisor] {
        kill(Pid::from_raw(pid), Signal::SIGKILL).expect("it lives");
    }
    sandbox.start_daemon();
    at_work(&sandbox);
    let_through(&sandbox);
    all_well(&sandbox, &repo, &run);
    sandbox.finish();
}

#[test]
fn cancelled_meanwhile_it_ends_at_once_and_says_so() {
    let sandbox = sandbox!();
    let (repo, run) = begin(&sandbox);
    at_work(&sandbox);
    repo.call(&["workflow", "cancel", &run]).run();
    let end = repo.wait_end(&run);
    let audit = step(&end, "audit");
    assert_eq!(audit["status"], "cancelled", "{end:#}");
    assert!(counted(&sandbox, "done").is_empty(), "the agent was asked");
    assert_eq!(audits(&sandbox), 0);
    let text = std::fs::read_to_string(PathBuf::from(text(audit, "worktree")).join(REPORT));
    let artifact = found(&text.expect("an artifact"));
    assert_eq!(artifact["status"], "cancelled", "{artifact:#}");
    sandbox.finish();
}

#[test]
fn cancelled_while_nobody_is_there_it_ends_with_the_next_daemon() {
    let sandbox = sandbox!();
    let (repo, run) = begin(&sandbox);
    at_work(&sandbox);
    repo.call(&["workflow", "cancel", &run]).run();
    if let Some(daemon) = lock_holder(&sandbox) {
        let _ = kill(Pid::from_raw(daemon), Signal::SIGKILL);
    }
    sandbox.start_daemon();
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "cancelled", "{end:#}");
    wait_until("it to be gone", LIMIT, || {
        (audits(&sandbox) == 0).then_some(())
    });
    assert!(counted(&sandbox, "done").is_empty(), "the agent was asked");
    sandbox.finish();
}

#[test]
fn stopped_meanwhile_nothing_stays_and_the_next_daemon_does_it() {
    let sandbox = sandbox!();
    let (repo, run) = begin(&sandbox);
    at_work(&sandbox);
    sandbox.offshoot(&["background", "stop"]).expect_code(0);
    assert!(sandbox.processes().is_empty(), "{:#?}", sandbox.processes());
    sandbox.start_daemon();
    at_work(&sandbox);
    let_through(&sandbox);
    all_well(&sandbox, &repo, &run);
    sandbox.finish();
}
