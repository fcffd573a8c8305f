//! When an attempt is ended, and how: decided here from facts, done elsewhere.

use std::time::{Duration, Instant};

use crate::attempt::signal::Usage;
use crate::attempt::{AttemptSpec, LimitClass, Limits, Outcome};

/// Between two KILLs of what did not go.
const KILL_AGAIN: Duration = Duration::from_millis(20);
/// A process that survives KILL for this long hangs in the kernel (a dead network disk); the
/// attempt ends without it and names it.
const GIVE_UP: Duration = Duration::from_secs(20);

/// What is known at one moment.
#[derive(Debug, Clone)]
pub(super) struct Facts<'a> {
    pub(super) now: Instant,
    /// The main process was reaped.
    pub(super) main_ended: bool,
    /// There are processes below us, the main one included.
    pub(super) children: bool,
    /// Somebody asked for the end, for this reason.
    pub(super) stop: Option<&'a str>,
    pub(super) output_bytes: u64,
    pub(super) last_output: Instant,
    pub(super) usage: Usage,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) enum Action {
    Wait,
    /// TERM to the whole tree.
    Term,
    /// The same, and write down what is still there: it has leaked.
    TermLeaked,
    Kill,
    Over,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    /// TERM was sent; the grace runs.
    Ending {
        kill_at: Instant,
    },
    /// The main process ended by itself and left others behind.
    Lingering {
        term_at: Instant,
    },
    /// Those got their TERM.
    Clearing {
        kill_at: Instant,
    },
    Killing {
        again_at: Instant,
        give_up_at: Instant,
    },
}

/// The course of one attempt.
pub(super) struct Course {
    limits: Limits,
    grace: Duration,
    leak_grace: Duration,
    started: Instant,
    phase: Phase,
    cause: Option<Outcome>,
}

impl Course {
    pub(super) fn new(spec: &AttemptSpec, started: Instant) -> Self {
        Self {
            limits: spec.limits,
            grace: Duration::from_millis(spec.grace_ms),
            leak_grace: Duration::from_millis(spec.leak_grace_ms),
            started,
            phase: Phase::Running,
            cause: None,
        }
    }

    /// What ended the attempt, if the main process did not do so itself.
    pub(super) fn cause(self) -> Option<Outcome> {
        self.cause
    }

    pub(super) fn decide(&mut self, facts: &Facts<'_>) -> Action {
        if facts.main_ended && !facts.children {
            return Action::Over;
        }
        match self.phase {
            Phase::Running if facts.main_ended => {
                self.phase = Phase::Lingering {
                    term_at: facts.now + self.leak_grace,
                };
                Action::Wait
            }
            Phase::Running => self.run_on(facts),
            Phase::Lingering { term_at } if facts.now >= term_at || facts.stop.is_some() => {
                self.phase = Phase::Clearing {
                    kill_at: facts.now + self.leak_grace,
                };
                Action::TermLeaked
            }
            Phase::Ending { kill_at } | Phase::Clearing { kill_at } if facts.now >= kill_at => {
                let again_at = facts.now + KILL_AGAIN;
                self.phase = Phase::Killing {
                    again_at,
                    give_up_at: facts.now + GIVE_UP,
                };
                Action::Kill
            }
            Phase::Killing { give_up_at, .. } if facts.now >= give_up_at => Action::Over,
            Phase::Killing {
                again_at,
                give_up_at,
            } if facts.now >= again_at => {
                self.phase = Phase::Killing {
                    again_at: facts.now + KILL_AGAIN,
                    give_up_at,
                };
                Action::Kill
            }
            _ => Action::Wait,
        }
    }

    fn run_on(&mut self, facts: &Facts<'_>) -> Action {
        let stopped = facts.stop.map(|reason| Outcome::Stopped {
            reason: reason.to_owned(),
        });
        self.cause = stopped.or_else(|| self.limit_hit(facts));
        if self.cause.is_none() {
            return Action::Wait;
        }
        self.phase = Phase::Ending {
            kill_at: facts.now + self.grace,
        };
        Action::Term
    }

    fn limit_hit(&self, facts: &Facts<'_>) -> Option<Outcome> {
        let ran = millis(facts.now.saturating_duration_since(self.started));
        let silent = millis(facts.now.saturating_duration_since(facts.last_output));
        let Limits {
            wall_ms,
            silence_ms,
            output_bytes,
            memory_bytes,
            processes,
        } = self.limits;
        let reached = |limit: Option<u64>, value: u64| limit.filter(|limit| value >= *limit);
        let above = |limit: Option<u64>, value: u64| limit.filter(|limit| value > *limit);
        [
            (LimitClass::Timeout, reached(wall_ms, ran)),
            (LimitClass::Output, above(output_bytes, facts.output_bytes)),
            (
                LimitClass::Memory,
                above(memory_bytes, facts.usage.rss_bytes),
            ),
            (LimitClass::Process, above(processes, facts.usage.processes)),
            (LimitClass::Silent, reached(silence_ms, silent)),
        ]
        .into_iter()
        .find_map(|(class, hit)| hit.map(|allowed| Outcome::Limit { class, allowed }))
    }

    /// When to decide again if nothing else happens.
    pub(super) fn wake_at(&self, last_output: Instant) -> Option<Instant> {
        match self.phase {
            Phase::Running => {
                let after =
                    |from: Instant, ms: Option<u64>| from.checked_add(Duration::from_millis(ms?));
                let wall = after(self.started, self.limits.wall_ms);
                let silence = after(last_output, self.limits.silence_ms);
                [wall, silence].into_iter().flatten().min()
            }
            Phase::Ending { kill_at } | Phase::Clearing { kill_at } => Some(kill_at),
            Phase::Lingering { term_at } => Some(term_at),
            Phase::Killing { again_at, .. } => Some(again_at),
        }
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
