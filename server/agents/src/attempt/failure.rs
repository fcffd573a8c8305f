//! From the end of an attempt to a failure: its class, and a sentence that names the next action.

use model::failure::{Failure, FailureClass};

use super::result::{AttemptResult, LimitClass, Outcome};
use super::watch::End;

impl AttemptResult {
    /// The failure this end is; `None` only for exit status 0.
    pub fn failure(&self) -> Option<Failure> {
        let (class, message) = match &self.outcome {
            Outcome::Exited { code: 0 } => return None,
            Outcome::Exited { code } => (FailureClass::Exit, exited(*code)),
            Outcome::Signalled { signal } => (FailureClass::Signal, signalled(*signal)),
            Outcome::Stopped { reason } => (
                FailureClass::Interrupted,
                format!("stopped before it was done ({reason}); retry or resume it"),
            ),
            Outcome::Limit { class, allowed } => limit(*class, *allowed),
            Outcome::SpawnFailed { message, errno } => {
                (FailureClass::Spawn, not_spawned(message, *errno))
            }
        };
        Some(Failure::new(class, message))
    }
}

impl End {
    /// The failure this end is; `None` only for exit status 0.
    pub fn failure(&self) -> Option<Failure> {
        match self {
            Self::Result(result) => result.failure(),
            Self::Vanished => Some(Failure::new(
                FailureClass::Supervisor,
                "the supervisor went away and left no result (killed, out of memory, or a reboot); retry it",
            )),
        }
    }
}

/// The two statuses that shells give a meaning (POSIX 2.8.2).
fn exited(code: i32) -> String {
    match code {
        126 => {
            "ended with status 126: the command is not executable; check its permissions".to_owned()
        }
        127 => {
            "ended with status 127: a command was not found; check PATH and the spelling".to_owned()
        }
        code => format!("ended with status {code}; see the last lines of its log"),
    }
}

fn signalled(number: i32) -> String {
    let name = nix::sys::signal::Signal::try_from(number).map_or_else(
        |_| format!("signal {number}"),
        |signal| signal.as_str().to_owned(),
    );
    let hint = match name.as_str() {
        "SIGKILL" => {
            "somebody killed it, or the machine ran out of memory; look at the kernel's log"
        }
        "SIGSEGV" | "SIGBUS" | "SIGILL" | "SIGFPE" | "SIGABRT" => {
            "it crashed; see the last lines of its log"
        }
        _ => "somebody ended it; retry it",
    };
    format!("ended by {name}: {hint}")
}

fn limit(class: LimitClass, allowed: u64) -> (FailureClass, String) {
    match class {
        LimitClass::Timeout => (
            FailureClass::Timeout,
            format!(
                "ran longer than {}; raise `timeout` or make it smaller",
                span(allowed)
            ),
        ),
        LimitClass::Silent => (
            FailureClass::Silent,
            format!(
                "wrote nothing for {}; it hangs, or waits for an answer that nobody can give",
                span(allowed)
            ),
        ),
        LimitClass::Output => (
            FailureClass::Output,
            format!(
                "wrote more than {} of output; make it quieter or raise the limit",
                size(allowed)
            ),
        ),
        LimitClass::Memory => (
            FailureClass::Memory,
            format!(
                "used more than {} of memory; raise `limits.memory`",
                size(allowed)
            ),
        ),
        LimitClass::Process => (
            FailureClass::Process,
            format!(
                "had more than {allowed} processes at a time; lower its parallelism or raise the limit"
            ),
        ),
    }
}

fn not_spawned(message: &str, errno: Option<i32>) -> String {
    use rustix::io::Errno;
    let hint = match errno.map(Errno::from_raw_os_error) {
        Some(Errno::NOENT) => "install it, or correct the command, PATH or the folder",
        Some(Errno::ACCESS) => "make it executable",
        Some(Errno::NOEXEC) => "it is not a program of this machine",
        Some(Errno::TOOBIG) => "the arguments or the environment are too long; pass them in a file",
        Some(Errno::AGAIN | Errno::NOMEM | Errno::MFILE | Errno::NFILE) => {
            "the machine is out of processes, memory or files; lower `max_parallel`"
        }
        _ => return message.to_owned(),
    };
    format!("{message}; {hint}")
}

/// Milliseconds for people.
fn span(ms: u64) -> String {
    match ms {
        ms if ms % 1_000 == 0 => format!("{} s", ms / 1_000),
        ms => format!("{ms} ms"),
    }
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        bytes if bytes >= 1 << 20 => format!("{} MiB", bytes >> 20),
        bytes if bytes >= 1 << 10 => format!("{} KiB", bytes >> 10),
        bytes => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attempt::folder::now;

    fn check(outcome: Outcome, class: FailureClass, words: &[&str]) {
        let result = AttemptResult {
            outcome,
            ..AttemptResult::not_spawned("", None, now())
        };
        let failure = result.failure().unwrap();
        assert_eq!(failure.class, class);
        for word in words {
            assert!(
                failure.message.contains(word),
                "{word} in {}",
                failure.message
            );
        }
    }

    #[test]
    fn every_end_has_a_class_and_a_next_action() {
        let limit = |class, allowed| Outcome::Limit { class, allowed };
        check(
            Outcome::Exited { code: 3 },
            FailureClass::Exit,
            &["status 3", "log"],
        );
        check(
            Outcome::Exited { code: 127 },
            FailureClass::Exit,
            &["not found", "PATH"],
        );
        check(
            Outcome::Signalled { signal: 11 },
            FailureClass::Signal,
            &["SIGSEGV", "crashed"],
        );
        check(
            Outcome::Signalled { signal: 64 },
            FailureClass::Signal,
            &["signal 64"],
        );
        check(
            Outcome::Stopped {
                reason: "shutdown".into(),
            },
            FailureClass::Interrupted,
            &["shutdown", "retry"],
        );
        check(
            limit(LimitClass::Timeout, 2_000),
            FailureClass::Timeout,
            &["2 s", "timeout"],
        );
        check(
            limit(LimitClass::Silent, 1_500),
            FailureClass::Silent,
            &["1500 ms", "hangs"],
        );
        check(
            limit(LimitClass::Output, 3 << 20),
            FailureClass::Output,
            &["3 MiB"],
        );
        check(
            limit(LimitClass::Memory, 512 << 20),
            FailureClass::Memory,
            &["512 MiB", "limits.memory"],
        );
        check(
            limit(LimitClass::Process, 9),
            FailureClass::Process,
            &["9 processes"],
        );
        let spawn = |errno| Outcome::SpawnFailed {
            message: "cannot start x".into(),
            errno,
        };
        check(
            spawn(Some(2)),
            FailureClass::Spawn,
            &["cannot start x", "PATH"],
        );
        check(spawn(None), FailureClass::Spawn, &["cannot start x"]);
        assert_eq!(
            End::Vanished.failure().unwrap().class,
            FailureClass::Supervisor
        );
    }

    #[test]
    fn status_zero_is_no_failure() {
        let outcome = Outcome::Exited { code: 0 };
        let result = AttemptResult {
            outcome,
            ..AttemptResult::not_spawned("", None, now())
        };
        assert_eq!(result.failure(), None);
    }
}
