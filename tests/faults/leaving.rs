//! Ways a daemon goes: killed while nobody looks, stopped, restarted, idle. The work goes on as promised.

use crate::bed::{
    SIX, counted, lock_holder, make, once, running, wait_for, wait_nobody, with_work,
};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};
use support::process::{alive, kill9};
use support::run::{id, step, text};
use support::wait::poll;
use support::{LIMIT, sandbox, wait_until};

const WAITING: &str = "steps:\n  - {id: a, run: 'mkdir \"$HOME/on$OFFSHOOT_ATTEMPT_NUMBER\"; await-file \"$HOME/go\"; echo a >> \"$HOME/done\"; touch a'}\n  \
                       - {id: b, run: 'echo b >> \"$HOME/done\"; touch b'}\n";

#[test]
fn a_detached_run_goes_on_without_daemon_and_client() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WAITING)]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on1");
    kill9(lock_holder(&sandbox).expect("a daemon"));
    assert_eq!(lock_holder(&sandbox), None);
    make(&sandbox, "go");
    // From here on no client: git tells the end.
    let branch = format!("refs/heads/offshoot/{run}");
    let there = poll(LIMIT, || {
        let refs = repo.git(&["for-each-ref", "--format=%(refname)"]);
        refs.contains(&branch).then_some(())
    });
    let log = || std::fs::read_to_string(sandbox.state().join("daemon.log")).unwrap_or_default();
    assert!(
        there.is_some(),
        "no result branch; {:#?}\n{}",
        sandbox.processes(),
        log()
    );
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    let once = BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 1)]);
    assert_eq!(counted(&sandbox, "done"), once);
    // What that daemon says can be read like that of any other.
    let daemon = sandbox
        .daemon_pid()
        .expect("the daemon that the supervisor started");
    let log = sandbox.offshoot(&["background", "logs"]).expect_code(0);
    let ready = log.stdout.lines().filter(|line| line.contains("ready"));
    assert!(
        ready
            .clone()
            .any(|line| line.contains(&format!("pid={daemon}"))),
        "nothing of the daemon {daemon}: {log}"
    );
}

#[test]
fn stop_puts_attempts_back_into_the_queue_and_the_next_daemon_goes_on() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WAITING)]);
    let run = id(&repo.detach(&["w.yaml"]));
    let script = "mkdir -p \"$HOME/task\"; await-file \"$HOME/go\"; echo t >> \"$HOME/done\"";
    let task = repo.json(&[
        "background",
        "submit",
        "--no-worktree",
        "--",
        "sh",
        "-c",
        script,
    ]);
    wait_for(&sandbox, "on1");
    wait_for(&sandbox, "task");
    repo.wait_step(&run, "a", "running");
    let stopped = sandbox.json(&["background", "stop"]);
    assert_eq!(stopped["attempts"], 2, "{stopped:#}");
    wait_nobody(&sandbox);
    make(&sandbox, "go");
    sandbox.start_daemon();
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    let attempts = step(&end, "a")["attempts"].as_array().expect("attempts");
    assert_eq!(attempts.len(), 2, "{attempts:#?}");
    assert_eq!(attempts[0]["status"], "interrupted");
    wait_until("the task", LIMIT, || {
        let now = repo.json(&["background", "show", text(&task, "task_id")]);
        (now["status"] == "completed").then_some(())
    });
    let once = ["a", "b", "t"].map(|name| (name.to_owned(), 1)).into();
    assert_eq!(counted(&sandbox, "done"), once);
}

/// The teardown of a worktree is no part of an attempt any more; a supervisor that is still at work would start the
/// daemon again when it finds none.
#[test]
fn stop_waits_for_the_last_supervisor() {
    let sandbox = sandbox!();
    let settings = "offshoot:\n  worktrees:\n    teardown: ['mkdir \"$HOME/down\"; await-file \"$HOME/go\"; echo x >> \"$HOME/done\"']\n";
    let repo = sandbox.repo(&[
        (".tapps-agents/config.yaml", settings),
        ("w.yaml", "steps:\n  - {id: a, run: touch a}\n"),
    ]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "down");
    let stop = sandbox
        .call(&sandbox.path("home"))
        .args(&["background", "stop"])
        .spawn();
    let daemon = lock_holder(&sandbox).expect("a daemon");
    let _: Option<()> = poll(Duration::from_secs(1), || None);
    assert_eq!(lock_holder(&sandbox), Some(daemon), "it did not wait");
    make(&sandbox, "go");
    stop.wait().expect_code(0);
    wait_nobody(&sandbox);
    assert_eq!(counted(&sandbox, "done"), [("x".to_owned(), 1)].into());
    sandbox.start_daemon();
    assert_eq!(repo.wait_end(&run)["status"], "completed");
}

/// A supervisor that has said its end and is slow to leave finds the daemon that it would start otherwise.
#[test]
fn stop_waits_for_a_supervisor_that_is_slow_to_leave() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WAITING)]);
    let run = id(&repo.detach(&["w.yaml"]));
    let caught = (1..=5).any(|round| {
        wait_for(&sandbox, &format!("on{round}"));
        repo.wait_step(&run, "a", "running");
        let supervisor = running(&sandbox, "supervise").remove(0);
        let folder = supervisor.command.split(' ').next_back().expect("a folder");
        let result = Path::new(folder).join("result.json");
        let stop = sandbox.spawn(&["background", "stop"]);
        let late = Instant::now() + LIMIT;
        while !result.exists() && Instant::now() < late {
            std::hint::spin_loop();
        }
        // Between its word and its end there are some milliseconds.
        let caught = kill(Pid::from_raw(supervisor.pid), Signal::SIGSTOP).is_ok()
            && poll(LIMIT, || stands_still(supervisor.pid)) == Some(true);
        if caught {
            let left = poll(Duration::from_secs(1), || {
                lock_holder(&sandbox).is_none().then_some(())
            });
            assert_eq!(left, None, "the daemon left before its supervisor");
            kill(Pid::from_raw(supervisor.pid), Signal::SIGCONT).expect("it is there");
        }
        stop.wait().expect_code(0);
        wait_nobody(&sandbox);
        if !caught {
            sandbox.start_daemon();
        }
        caught
    });
    assert!(caught, "no supervisor could be held");
    make(&sandbox, "go");
    sandbox.start_daemon();
    assert_eq!(repo.wait_end(&run)["status"], "completed");
}

/// Whether a process was halted: false for one that has ended; nothing while it cannot be told.
fn stands_still(pid: i32) -> Option<bool> {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return Some(false);
    };
    match stat.rsplit_once(") ")?.1.chars().next()? {
        'T' => Some(true),
        'Z' | 'X' => Some(false),
        _ => None,
    }
}

#[test]
fn what_is_left_running_is_adopted_and_can_be_cancelled() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[
        ("w.yaml", WAITING),
        (
            "other.yaml",
            "steps:\n  - {id: a, run: 'mkdir \"$HOME/other\"; await-file /nowhere'}\n",
        ),
    ]);
    let run = id(&repo.detach(&["w.yaml"]));
    let other = id(&repo.detach(&["other.yaml"]));
    for name in ["on1", "other"] {
        wait_for(&sandbox, name);
    }
    for run in [&run, &other] {
        repo.wait_step(run, "a", "running");
    }
    let left = sandbox.json(&["background", "stop", "--leave-running"]);
    assert_eq!(left["attempts"], 2, "{left:#}");
    wait_until("the daemon to leave", LIMIT, || {
        running(&sandbox, "daemon").is_empty().then_some(())
    });
    let supervisors = running(&sandbox, "supervise");
    assert_eq!(supervisors.len(), 2, "{supervisors:#?}");
    sandbox.start_daemon();
    // Adopted, not started again.
    assert!(supervisors.iter().all(|found| alive(found.pid)));
    assert_eq!(running(&sandbox, "supervise").len(), 2);
    repo.offshoot(&["workflow", "cancel", &other]);
    assert_eq!(repo.wait_end(&other)["status"], "cancelled");
    make(&sandbox, "go");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    once(&end, "a");
}

#[test]
fn a_daemon_without_work_and_clients_ends_itself_and_one_with_work_does_not() {
    let sandbox = sandbox!();
    sandbox.user_settings("offshoot:\n  idle_exit: 1\n");
    let repo = sandbox.repo(&[("w.yaml", WAITING)]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on1");
    let daemon = lock_holder(&sandbox).expect("a daemon");
    let _: Option<()> = poll(Duration::from_secs(3), || None);
    assert_eq!(lock_holder(&sandbox), Some(daemon), "it left its work");
    make(&sandbox, "go");
    wait_nobody(&sandbox);
    assert!(
        !sandbox.state().join("daemon.sock").exists(),
        "the socket is left"
    );
    let end = repo.run(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
}

#[test]
fn term_to_the_daemon_leaves_agents_to_the_next_one() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WAITING)]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on1");
    repo.wait_step(&run, "a", "running");
    let daemon = lock_holder(&sandbox).expect("a daemon");
    support::process::signal(daemon, Signal::SIGTERM);
    wait_until("the daemon to end", LIMIT, || {
        (!alive(daemon)).then_some(())
    });
    assert_eq!(running(&sandbox, "supervise").len(), 1);
    make(&sandbox, "go");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    once(&end, "a");
}

#[test]
fn a_stop_while_a_daemon_recovers_loses_nothing() {
    let sandbox = sandbox!();
    with_work(&sandbox);
    let repo = sandbox.repo(&[("w.yaml", SIX)]);
    let run = id(&repo.detach(&["w.yaml"]));
    // Stopped and started as fast as it goes: what was under way comes back each time.
    for leave in [false, true, false, true] {
        let mut args = vec!["background", "stop"];
        args.extend(leave.then_some("--leave-running"));
        sandbox.offshoot(&args);
        sandbox.start_daemon();
    }
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
}
