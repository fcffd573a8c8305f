//! `kill -9` of supervisors: what they held is ended before the step is tried again.

use crate::bed::{Chance, SIX, counted, lock_holder, running, wait_for};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::process::kill9;
use support::run::{id, step};
use support::{LIMIT, sandbox, wait_until};

/// A tree that does not like to go: it holds a lock, all of it, however it detaches itself. A second attempt
/// beside it would not get the lock, and would say so.
const EXCLUSIVE: &str = "exec 9>> \"$HOME/lock\"\nflock --nonblock 9 || echo overlap >> \"$HOME/overlap\"\n\
                         trap '' TERM\n(setsid sh -c 'trap \"\" TERM; await-file \"$HOME/go\"' &)\n";

#[test]
fn a_step_whose_supervisor_died_is_tried_again_after_its_tree_has_gone() {
    let sandbox = sandbox!();
    sandbox.script("hold", &format!("{EXCLUSIVE}mkdir \"$HOME/on$OFFSHOOT_ATTEMPT_NUMBER\"\nawait-file \"$HOME/go\"\ntouch a"));
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: hold}\n")]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on1");
    let first = running(&sandbox, "supervise");
    assert_eq!(first.len(), 1, "{first:#?}");
    kill9(first[0].pid);
    wait_for(&sandbox, "on2");
    crate::bed::make(&sandbox, "go");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    let attempts = step(&end, "a")["attempts"].as_array().expect("attempts");
    assert_eq!(attempts.len(), 2, "{attempts:#?}");
    assert_eq!(attempts[0]["class"], "supervisor");
    assert!(
        counted(&sandbox, "overlap").is_empty(),
        "two attempts at once"
    );
}

#[test]
fn daemon_and_supervisor_may_die_together() {
    let sandbox = sandbox!();
    sandbox.script("hold", &format!("{EXCLUSIVE}mkdir \"$HOME/on$OFFSHOOT_ATTEMPT_NUMBER\"\nawait-file \"$HOME/go\"\ntouch a"));
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: hold}\n")]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on1");
    let daemon = lock_holder(&sandbox).expect("a daemon");
    for pid in [daemon, running(&sandbox, "supervise")[0].pid] {
        kill(Pid::from_raw(pid), Signal::SIGKILL).expect("it lives");
    }
    // Nobody is there who could start a daemon: the next client does, and looks after the rest.
    sandbox.start_daemon();
    wait_for(&sandbox, "on2");
    crate::bed::make(&sandbox, "go");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    assert!(
        counted(&sandbox, "overlap").is_empty(),
        "two attempts at once"
    );
}

#[test]
fn supervisors_killed_at_any_moment_leave_nothing_and_steps_are_tried_again() {
    let sandbox = sandbox!();
    sandbox.script(
        "work",
        "exec 9>> \"$HOME/lock.$OFFSHOOT_STEP_ID\"\nflock --nonblock 9 || echo overlap >> \"$HOME/overlap\"\n\
         (sleep 0.2 &)\nsleep 0.05\ntouch \"$OFFSHOOT_STEP_ID.txt\"\necho x >> \"$HOME/done\"",
    );
    let repo = sandbox.repo(&[("w.yaml", SIX)]);
    let mut chance = Chance::new();
    let run = id(&repo.detach(&["w.yaml"]));
    let mut killed: Vec<String> = Vec::new();
    wait_until("the end of the run", LIMIT, || {
        // The first attempt of every step dies; an attempt's folder is named on the command line.
        for found in running(&sandbox, "supervise") {
            let first = found.command.ends_with("-1") || found.command.ends_with(".1");
            if first && !killed.contains(&found.command) {
                let _: Option<()> = chance.moment(60, || None);
                let _ = kill(Pid::from_raw(found.pid), Signal::SIGKILL);
                killed.push(found.command);
            }
        }
        (repo.run(&run)["status"] != "running").then_some(())
    });
    let end = repo.run(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    assert!(killed.len() >= 3, "{killed:#?}");
    assert!(
        counted(&sandbox, "overlap").is_empty(),
        "two attempts at once"
    );
}
