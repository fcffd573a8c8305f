//! What comes next for a file that was taken: decided from its attempts alone, so that a watcher that was
//! killed goes on where it was.

use std::time::Duration;

/// The longest wait before another attempt.
const LONGEST: Duration = Duration::from_secs(60);

/// One attempt at one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tried {
    /// Index of the command.
    pub(super) command: usize,
    /// From 1.
    pub(super) number: u32,
    /// What became of it.
    pub(super) became: Became,
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    /// Its supervisor lives.
    Running,
    /// Exit code 0.
    Succeeded,
    /// It ended in another way, or its supervisor died.
    Failed,
    /// A person stopped it.
    Stopped,
    /// It never began, and never will.
    NeverBegan,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub(super) enum Next {
    /// Start a command.
    Launch {
        command: usize,
        number: u32,
        /// First wait this long.
        after: Duration,
        /// A failure of this one is the last.
        last: bool,
    },
    /// Wait for the end of the attempt under way.
    Wait { command: usize, number: u32 },
    /// All commands succeeded.
    Completed,
    /// A command failed for the last time.
    Failed { command: usize, number: u32 },
    /// A person stopped it.
    Cancelled,
}

/// Decides. `tried` is in the order of commands and numbers.
pub(super) fn next(commands: usize, retries: u32, tried: &[Tried]) -> Next {
    for command in 0..commands {
        let of_this: Vec<&Tried> = tried.iter().filter(|one| one.command == command).collect();
        let has = |became| of_this.iter().any(|one| one.became == became);
        if has(Became::Succeeded) {
            continue;
        }
        let number = of_this.last().map_or(0, |one| one.number);
        if has(Became::Running) {
            return Next::Wait { command, number };
        }
        if has(Became::Stopped) {
            return Next::Cancelled;
        }
        let failures = of_this
            .iter()
            .filter(|one| one.became == Became::Failed)
            .count();
        let failures = u32::try_from(failures).unwrap_or(u32::MAX);
        if failures > retries {
            return Next::Failed { command, number };
        }
        return Next::Launch {
            command,
            number: number + 1,
            after: delay(failures),
            last: failures == retries,
        };
    }
    Next::Completed
}

/// 1 s, 2 s, 4 s … up to a minute.
fn delay(failures: u32) -> Duration {
    match failures {
        0 => Duration::ZERO,
        _ => Duration::from_secs(1 << (failures - 1).min(10)).min(LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::Became::{Failed, NeverBegan, Running, Stopped, Succeeded};
    use super::{Became, Next, Tried, next};
    use std::time::Duration;

    fn tried(of: &[(usize, u32, Became)]) -> Vec<Tried> {
        of.iter()
            .map(|(command, number, became)| Tried {
                command: *command,
                number: *number,
                became: *became,
            })
            .collect()
    }

    #[track_caller]
    fn check(retries: u32, of: &[(usize, u32, Became)], expected: Next) {
        assert_eq!(next(2, retries, &tried(of)), expected, "{of:?}");
    }

    fn launch(command: usize, number: u32, after: u64, last: bool) -> Next {
        Next::Launch {
            command,
            number,
            after: Duration::from_secs(after),
            last,
        }
    }

    #[test]
    fn commands_follow_each_other() {
        check(0, &[], launch(0, 1, 0, true));
        check(0, &[(0, 1, Succeeded)], launch(1, 1, 0, true));
        check(0, &[(0, 1, Succeeded), (1, 1, Succeeded)], Next::Completed);
        check(
            0,
            &[(0, 1, Running)],
            Next::Wait {
                command: 0,
                number: 1,
            },
        );
    }

    #[test]
    fn failures_are_tried_again_as_often_as_was_asked() {
        check(1, &[], launch(0, 1, 0, false));
        check(1, &[(0, 1, Failed)], launch(0, 2, 1, true));
        check(
            1,
            &[(0, 1, Failed), (0, 2, Failed)],
            Next::Failed {
                command: 0,
                number: 2,
            },
        );
        check(
            9,
            &[(0, 1, Failed), (0, 2, Failed), (0, 3, Failed)],
            launch(0, 4, 4, false),
        );
        // The second command has its own.
        check(
            1,
            &[(0, 1, Failed), (0, 2, Succeeded), (1, 1, Failed)],
            launch(1, 2, 1, true),
        );
    }

    #[test]
    fn what_never_began_does_not_count() {
        check(0, &[(0, 1, NeverBegan)], launch(0, 2, 0, true));
        check(0, &[(0, 1, NeverBegan), (0, 2, Stopped)], Next::Cancelled);
    }
}
