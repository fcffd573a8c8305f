//! How attempts end: by themselves, by request, not at all.

use agents::attempt::folder::{self, Lock, STARTED, Started};
use agents::attempt::{
    Condition, End, Outcome, Revocation, Signal, Tree, inspect, revoke, run_check, run_to_end, stop,
};
use model::failure::FailureClass;

use crate::Test;
use crate::support::{BARE, Case, files, wait_until};

pub(crate) const TESTS: &[Test] = &[
    (
        "a_normal_exit_leaves_a_full_result",
        a_normal_exit_leaves_a_full_result,
    ),
    (
        "exit_codes_and_signals_are_told_apart",
        exit_codes_and_signals_are_told_apart,
    ),
    ("a_stop_carries_its_reason", a_stop_carries_its_reason),
    (
        "signals_tell_of_start_and_output",
        signals_tell_of_start_and_output,
    ),
    (
        "the_condition_follows_the_attempt",
        the_condition_follows_the_attempt,
    ),
    ("a_revoked_attempt_never_runs", a_revoked_attempt_never_runs),
    ("an_attempt_runs_once", an_attempt_runs_once),
    (
        "a_check_is_an_attempt_in_a_folder_of_its_own",
        a_check_is_an_attempt_in_a_folder_of_its_own,
    ),
];

fn a_normal_exit_leaves_a_full_result() {
    let case = Case::new();
    let result = case.run(case.script("echo one; echo two >&2; exec true"));
    assert_eq!(result.outcome, Outcome::Exited { code: 0 });
    assert_eq!((result.version, result.exit_code), (1, Some(0)));
    assert_eq!((result.log.bytes, result.log.dropped), (8, 0));
    assert!(result.ended_at >= result.started_at && result.started_at > 1_700_000_000_000);
    assert!(result.peak_rss_bytes > 0);
    let bare = BARE.get();
    let tree = if bare {
        Tree::Cookie
    } else {
        agents::supervise::mechanism()
    };
    assert_eq!(result.tree, tree);
    assert_eq!(result.leaked_processes, []);
    assert_eq!(result.last_lines.len(), 2);
    assert_eq!(result.failure(), None);
    let modes = |name: &str| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(case.dir().join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(modes(""), 0o700);
    for (name, _) in files(&case.dir()) {
        assert_eq!(modes(&name), 0o600, "{name}");
    }
}

fn exit_codes_and_signals_are_told_apart() {
    for (script, outcome, class) in [
        ("exit 3", Outcome::Exited { code: 3 }, FailureClass::Exit),
        (
            "false; echo not reached",
            Outcome::Exited { code: 1 },
            FailureClass::Exit,
        ),
        (
            "kill -SEGV $$",
            Outcome::Signalled { signal: 11 },
            FailureClass::Signal,
        ),
        (
            "kill -KILL $$",
            Outcome::Signalled { signal: 9 },
            FailureClass::Signal,
        ),
    ] {
        let case = Case::new();
        let result = case.run(case.script(script));
        assert_eq!(result.outcome, outcome, "{script}");
        assert_eq!(result.failure().unwrap().class, class, "{script}");
    }
}

fn a_stop_carries_its_reason() {
    let case = Case::new();
    let launched = case.launch(case.script("echo here > \"$HERE/word\"; exec sleep 600"));
    case.word("word");
    stop(&case.dir(), launched.pid, "cancelled").unwrap();
    let result = case.result(&launched);
    assert_eq!(
        result.outcome,
        Outcome::Stopped {
            reason: "cancelled".into()
        }
    );
    assert_eq!(result.failure().unwrap().class, FailureClass::Interrupted);
    // Once more, when nobody is there to hear it.
    stop(&case.dir(), launched.pid, "cancelled").unwrap();
}

fn signals_tell_of_start_and_output() {
    let case = Case::new();
    let mut launched =
        case.launch(case.script("printf 'a\\nb'; read line < \"$HERE/../none\" || exec sleep 600"));
    let started = case.signal(&mut launched, |signal| match signal {
        Signal::Started(started) => Some(started),
        _ => None,
    });
    assert_eq!(started.supervisor_pid, launched.pid);
    let stored = || folder::read::<Started>(&case.dir(), STARTED).unwrap();
    wait_until("the same on disk", || stored().as_ref() == Some(&started));
    let bytes = case.signal(&mut launched, |signal| match signal {
        Signal::Output { bytes, .. } => Some(bytes),
        _ => None,
    });
    assert!(bytes >= 3);
    let usage = case.signal(&mut launched, |signal| match signal {
        Signal::Usage(usage) => Some(usage),
        _ => None,
    });
    assert!(usage.processes == 1 && usage.rss_bytes > 0, "{usage:?}");
    stop(&case.dir(), launched.pid, "enough").unwrap();
    case.result(&launched);
}

fn the_condition_follows_the_attempt() {
    let case = Case::new();
    folder::create(&case.dir()).unwrap();
    assert_eq!(inspect(&case.dir()).unwrap(), Condition::NotStarted);
    std::fs::remove_dir(case.dir()).unwrap();

    let launched = case.launch(case.script("echo here > \"$HERE/word\"; exec sleep 600"));
    case.word("word");
    let condition = inspect(&case.dir()).unwrap();
    assert!(
        matches!(&condition, Condition::Running { started: Some(s) } if s.supervisor_pid == launched.pid)
    );
    assert_eq!(revoke(&case.dir()).unwrap(), Revocation::StillAlive);

    stop(&case.dir(), launched.pid, "enough").unwrap();
    let result = case.result(&launched);
    assert_eq!(
        inspect(&case.dir()).unwrap(),
        Condition::Ended(Box::new(result.clone()))
    );
    assert_eq!(
        revoke(&case.dir()).unwrap(),
        Revocation::Ended(Box::new(result))
    );
}

fn a_revoked_attempt_never_runs() {
    let case = Case::new();
    // Made by hand, as `launch` wants the folder not to be there: a supervisor that comes late.
    folder::create(&case.dir()).unwrap();
    folder::write(
        &case.dir(),
        "spec.json",
        &case.script("touch \"$HERE/ran\""),
    )
    .unwrap();
    assert_eq!(revoke(&case.dir()).unwrap(), Revocation::Revoked);
    assert_eq!(supervise(&case), agents::supervise::NOT_TO_RUN);
    assert!(!case.file("ran").exists());
    assert_eq!(inspect(&case.dir()).unwrap(), Condition::Dead);
    assert_eq!(case.end_of(None), End::Vanished);
}

fn an_attempt_runs_once() {
    let case = Case::new();
    let launched = case
        .launch(case.script("echo run >> \"$HERE/word\"; test -e \"$HERE/go\" || exec sleep 600"));
    case.word("word");
    // While it runs, and after it ended.
    assert_eq!(supervise(&case), agents::supervise::BUSY);
    stop(&case.dir(), launched.pid, "enough").unwrap();
    case.result(&launched);
    assert_eq!(supervise(&case), agents::supervise::NOT_TO_RUN);
    assert_eq!(case.word("word"), "run");

    // Two that start at the same moment.
    let case = Case::new();
    folder::create(&case.dir()).unwrap();
    folder::write(
        &case.dir(),
        "spec.json",
        &case.script("echo run >> \"$HERE/word\""),
    )
    .unwrap();
    std::thread::scope(|scope| {
        let codes: Vec<_> = (0..4).map(|_| scope.spawn(|| supervise(&case))).collect();
        let codes: Vec<i32> = codes.into_iter().map(|code| code.join().unwrap()).collect();
        assert_eq!(
            codes
                .iter()
                .filter(|code| **code == agents::supervise::ENDED)
                .count(),
            1,
            "{codes:?}"
        );
    });
    assert_eq!(case.word("word"), "run");

    // A lock that is only looked at keeps nobody from starting.
    let case = Case::new();
    folder::create(&case.dir()).unwrap();
    folder::write(&case.dir(), "spec.json", &case.script("true")).unwrap();
    let lock = Lock::try_take(&case.dir()).unwrap().unwrap();
    std::thread::scope(|scope| {
        let late = scope.spawn(|| supervise(&case));
        wait_until("the supervisor to meet the lock", || {
            lock_is_open_twice(&case)
        });
        drop(lock);
        assert_eq!(late.join().unwrap(), agents::supervise::ENDED);
    });
}

fn lock_is_open_twice(case: &Case) -> bool {
    let lock = case.dir().join("lock");
    let opened = |pid: i32| {
        std::fs::read_dir(format!("/proc/{pid}/fd"))
            .into_iter()
            .flatten()
            .flatten()
            .count()
    };
    // A supervisor is there as soon as its command line names the folder.
    let named = |pid: &i32| {
        std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| {
            line.windows(lock.parent().unwrap().as_os_str().len())
                .any(|part| part == lock.parent().unwrap().as_os_str().as_encoded_bytes())
        })
    };
    let pids = std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|e| e.file_name().to_str()?.parse().ok());
    pids.filter(named).any(|pid| opened(pid) > 3)
}

fn a_check_is_an_attempt_in_a_folder_of_its_own() {
    let case = Case::new();
    case.run(case.script("true"));
    let end = case
        .runtime
        .block_on(run_check(
            &case.dir(),
            case.job(case.script("echo checked; exit 4")),
        ))
        .unwrap();
    let End::Result(result) = end else {
        panic!("vanished")
    };
    assert_eq!(
        (result.exit_code, result.last_lines),
        (Some(4), vec!["checked".to_owned()])
    );
    assert!(case.dir().join("check/result.json").exists());
    // The folder is there: an attempt is not run twice.
    let again = case
        .runtime
        .block_on(run_to_end(case.job(case.script("true"))));
    assert!(again.unwrap_err().to_string().contains("folder"));
}

/// A supervisor that nobody listens to.
fn supervise(case: &Case) -> i32 {
    use std::process::{Command, Stdio};
    let mut command = Command::new(std::env::current_exe().unwrap());
    let status = command
        .arg("supervise")
        .arg(case.dir())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status();
    status.unwrap().code().unwrap()
}
