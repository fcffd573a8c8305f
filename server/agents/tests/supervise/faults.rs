//! What goes wrong around an attempt: the daemon dies, the supervisor dies, the disk is full.

use agents::attempt::folder::{self, STARTED, Started};
use agents::attempt::{
    Condition, End, Outcome, Revocation, StartDaemon, inspect, kill_tree, revoke, stop, survivors,
};
use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGKILL, SIGTERM};

use crate::Test;
use crate::support::{Case, signal, wait_until};

pub(crate) const TESTS: &[Test] = &[
    (
        "a_killed_supervisor_leaves_nothing_behind",
        a_killed_supervisor_leaves_nothing_behind,
    ),
    (
        "a_supervisor_may_die_at_any_moment",
        a_supervisor_may_die_at_any_moment,
    ),
    (
        "an_attempt_outlives_its_launcher",
        an_attempt_outlives_its_launcher,
    ),
    ("a_running_attempt_is_adopted", a_running_attempt_is_adopted),
    (
        "hangup_and_interrupt_do_nothing",
        hangup_and_interrupt_do_nothing,
    ),
    (
        "term_without_a_reason_says_so",
        term_without_a_reason_says_so,
    ),
    (
        "a_full_disk_loses_output_and_no_agent",
        a_full_disk_loses_output_and_no_agent,
    ),
    ("a_broken_spec_is_a_result", a_broken_spec_is_a_result),
    (
        "a_daemon_is_started_where_none_is",
        a_daemon_is_started_where_none_is,
    ),
];

fn a_killed_supervisor_leaves_nothing_behind() {
    let case = Case::new();
    let script = "setsid sh -c 'trap \"\" TERM; sleep 600 & env -i sleep 601 & echo $$ > \"$HERE/word\"; while :; do sleep 0.05; done' & exec sleep 600";
    let launched = case.launch(case.script(script));
    case.word("word");
    let started = || {
        folder::read::<Started>(&case.dir(), STARTED)
            .unwrap()
            .unwrap()
    };
    wait_until("the agent's number", || started().agent_pid.is_some());
    let started = started();
    signal(launched.pid, SIGKILL);
    assert_eq!(case.end(&launched), End::Vanished);
    assert_eq!(inspect(&case.dir()).unwrap(), Condition::Dead);
    // The main process went along with its supervisor.
    let main = started.agent_pid.unwrap();
    wait_until("the main process to die", || {
        !survivors(&case.cookie).contains(&main)
    });
    assert!(!survivors(&case.cookie).is_empty());
    assert_eq!(revoke(&case.dir()).unwrap(), Revocation::Revoked);
    let killed = kill_tree(&case.dir()).unwrap();
    assert!(
        killed.processes.len() >= 2 && killed.left.is_empty(),
        "{killed:?}"
    );
    assert_eq!(survivors(&case.cookie), [0; 0]);
    if let Some(cgroup) = started.cgroup {
        assert!(!cgroup.exists());
    }
    assert_eq!(kill_tree(&case.dir()).unwrap().processes, []);
}

/// From before its first instruction to long after the agent's start.
fn a_supervisor_may_die_at_any_moment() {
    for step in 0..60_u64 {
        let case = Case::new();
        let launched = case.launch(case.script("sleep 600 & setsid sleep 601 & exec sleep 602"));
        // Not to wait for anything: this is the moment of the fault.
        std::thread::sleep(std::time::Duration::from_micros(step * 150));
        signal(launched.pid, SIGKILL);
        assert_eq!(case.end(&launched), End::Vanished, "{step}");
        let started: Option<Started> = folder::read(&case.dir(), STARTED).unwrap();
        assert_eq!(revoke(&case.dir()).unwrap(), Revocation::Revoked, "{step}");
        assert_eq!(kill_tree(&case.dir()).unwrap().left, [0; 0], "{step}");
        wait_until("nothing to be left", || case.processes_here().is_empty());
        let cgroup = started.and_then(|started| started.cgroup);
        assert!(!cgroup.is_some_and(|cgroup| cgroup.exists()), "{step}");
    }
}

fn an_attempt_outlives_its_launcher() {
    let case = Case::new();
    let launched = case.launch(
        case.script("until test -e \"$HERE/go\"; do echo still here; sleep 0.01; done; echo done"),
    );
    let pid = launched.pid;
    // Nobody reads any more: the supervisor's reports end in EPIPE.
    drop(launched.signals);
    let case = case.restarted();
    std::fs::write(case.file("go"), "").unwrap();
    let End::Result(result) = case.end_of(Some(pid)) else {
        panic!("vanished")
    };
    assert_eq!(result.outcome, Outcome::Exited { code: 0 });
    assert_eq!(result.last_lines.last().map(String::as_str), Some("done"));
}

/// By a daemon that did not start it: the supervisor is not its child.
fn a_running_attempt_is_adopted() {
    let case = Case::new();
    folder::create(&case.dir()).unwrap();
    let script =
        "echo here > \"$HERE/word\"; until test -e \"$HERE/go\"; do sleep 0.01; done; exit 9";
    folder::write(&case.dir(), "spec.json", &case.script(script)).unwrap();
    orphan_supervisor(&case);
    case.word("word");
    let Condition::Running {
        started: Some(started),
    } = inspect(&case.dir()).unwrap()
    else {
        panic!("not running")
    };
    std::fs::write(case.file("go"), "").unwrap();
    let End::Result(result) = case.end_of(Some(started.supervisor_pid)) else {
        panic!("vanished")
    };
    assert_eq!(result.outcome, Outcome::Exited { code: 9 });
    // And once more without a number, when it is over.
    assert!(matches!(case.end_of(None), End::Result(_)));
    // A number that is another's by now is not waited for, nor stopped.
    let own = i32::try_from(std::process::id()).unwrap();
    assert!(matches!(case.end_of(Some(own)), End::Result(_)));
    stop(&case.dir(), own, "mistaken").unwrap();
}

/// A supervisor whose parent is gone.
fn orphan_supervisor(case: &Case) {
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(["-c", "\"$0\" supervise \"$1\" >/dev/null 2>&1 &"]);
    shell.arg(std::env::current_exe().unwrap()).arg(case.dir());
    assert!(shell.status().unwrap().success());
}

fn hangup_and_interrupt_do_nothing() {
    let case = Case::new();
    let launched = case.launch(
        case.script("echo here > \"$HERE/word\"; until test -e \"$HERE/go\"; do sleep 0.01; done"),
    );
    case.word("word");
    signal(launched.pid, SIGHUP);
    signal(launched.pid, SIGINT);
    std::fs::write(case.file("go"), "").unwrap();
    assert_eq!(case.result(&launched).outcome, Outcome::Exited { code: 0 });
}

fn term_without_a_reason_says_so() {
    let case = Case::new();
    let launched = case.launch(case.script("echo here > \"$HERE/word\"; exec sleep 600"));
    case.word("word");
    signal(launched.pid, SIGTERM);
    let Outcome::Stopped { reason } = case.result(&launched).outcome else {
        panic!("not stopped")
    };
    assert!(reason.contains("SIGTERM"), "{reason}");
}

/// A disk of one megabyte. Needs the right to mount; without it the test says so and is skipped.
fn a_full_disk_loses_output_and_no_agent() {
    use nix::mount::{MntFlags, MsFlags, mount, umount2};
    let case = Case::new();
    let disk = case.file("disk");
    std::fs::create_dir(&disk).unwrap();
    let none: Option<&str> = None;
    if let Err(error) = mount(
        none,
        &disk,
        Some("tmpfs"),
        MsFlags::empty(),
        Some("size=1m"),
    ) {
        println!("     skipped, cannot mount a small disk: {error}");
        return;
    }
    let mut job = case.job(case.script(
        "head -c 4000000 /dev/zero; echo; until test -e \"$HERE/go\"; do sleep 0.01; done; echo end; exit 6",
    ));
    job.dir = disk.join("attempt");
    let dir = job.dir.clone();
    let launched = {
        let _guard = case.runtime.enter();
        agents::attempt::launch(job).unwrap()
    };
    wait_until("the disk to be full", || {
        agents::attempt::read_log(&dir, u64::MAX, 0).is_ok_and(|log| log.end > 900_000)
    });
    std::fs::write(case.file("go"), "").unwrap();
    // The result finds no room either, until somebody makes some.
    wait_until("the agent to end", || survivors(&case.cookie).is_empty());
    let full = !dir.join("result.json").exists();
    std::fs::remove_file(dir.join("log")).unwrap();
    let end = case
        .runtime
        .block_on(agents::attempt::watch_end(&dir, Some(launched.pid)))
        .unwrap();
    umount2(&disk, MntFlags::MNT_DETACH).unwrap();
    let End::Result(result) = end else {
        panic!("vanished")
    };
    assert_eq!(result.outcome, Outcome::Exited { code: 6 });
    assert_eq!(result.log.bytes, 4_000_005);
    assert!(
        full && result.log.dropped > 2_000_000,
        "{full} {:?}",
        result.log
    );
}

fn a_broken_spec_is_a_result() {
    for spec in ["", "[]", "{\"version\":2}", "null"] {
        let case = Case::new();
        folder::create(&case.dir()).unwrap();
        std::fs::write(case.dir().join("spec.json"), spec).unwrap();
        orphan_supervisor(&case);
        wait_until("the result", || case.dir().join("result.json").exists());
        let End::Result(result) = case.end_of(None) else {
            panic!("vanished")
        };
        assert!(
            result.failure().unwrap().message.contains("spec.json"),
            "{spec}"
        );
    }
}

fn a_daemon_is_started_where_none_is() {
    for (lock_there, held, starts) in [
        (true, false, true),
        (true, true, false),
        (false, false, false),
    ] {
        let case = Case::new();
        let lock = case.file("daemon.lock");
        let file = lock_there.then(|| std::fs::File::create(&lock).unwrap());
        if held {
            rustix::fs::flock(
                file.as_ref().unwrap(),
                rustix::fs::FlockOperation::LockExclusive,
            )
            .unwrap();
        }
        let mut spec = case.script("true");
        let script = "echo \"$(pwd) $MODE ${OFFSHOOT_ATTEMPT-none}\" > \"$0/daemon\"";
        spec.start_daemon = Some(StartDaemon {
            lock,
            argv: vec![
                "/bin/sh".into(),
                "-c".into(),
                script.into(),
                case.root.path().display().to_string(),
            ],
            env: vec![("MODE".into(), "test".into())],
        });
        case.run(spec);
        if starts {
            assert_eq!(case.word("daemon"), "/ test none");
        } else {
            // The supervisor has ended, and it starts a daemon before that or never.
            assert!(!case.file("daemon").exists(), "{lock_there} {held}");
        }
    }
}
