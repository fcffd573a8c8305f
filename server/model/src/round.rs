//! Rounds: how often a step of a loop has run, and what its gate said each time.
//!
//! A gate is asked when its step has been verified. Where it does not pass and goes back, the steps from
//! `on_fail` to the gate's own begin another round. Pure values; what follows from them is the machine's.

use crate::attempt::{AttemptOutcome, Phase};
use crate::task::{Task, TaskState};
use crate::time::Timestamp;

/// Rounds of one gate where neither it nor a setting says how many.
pub const DEFAULT_ROUNDS: u32 = 3;
/// No gate has more: a loop that needs more will not end well.
pub const MOST_ROUNDS: u32 = 100;

/// A round that is over: of a step that was sent back, or whose gate was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// The number of the attempt that ended it.
    pub attempt: u32,
    /// When it was over.
    pub at: Timestamp,
    /// The commit that it started from.
    pub base: Option<String>,
    /// The commit that holds what the step left in it.
    pub commit: Option<String>,
    /// What the step's own gate said.
    pub answer: Option<GateAnswer>,
}

/// What a gate said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateAnswer {
    /// How it goes on.
    pub way: Way,
    /// One line for people: what was asked, and what was found.
    pub why: String,
}

/// How it goes on after a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It passed.
    On,
    /// It did not: another round.
    Back,
    /// It did not: the step that `on_fail` names comes instead of the one that `on_pass` names.
    Aside,
    /// It did not, and there is no way on.
    Out,
}

impl Way {
    /// All of them, for tables and tests.
    pub const ALL: [Self; 4] = [Self::On, Self::Back, Self::Aside, Self::Out];

    /// The name in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Back => "back",
            Self::Aside => "aside",
            Self::Out => "out",
        }
    }

    /// The way with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == name)
    }
}

impl GateAnswer {
    /// Whether the gate passed.
    pub fn passed(&self) -> bool {
        self.way == Way::On
    }
}

/// Why a step runs again, and what it goes on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentBack {
    /// Index of the step whose gate sent it back.
    pub gate: usize,
    /// A commit that the next attempt builds on beside the results of the steps it needs: for the step
    /// that the gate went back to, what the gate saw; for those behind it, their own last result.
    pub commit: Option<String>,
}

impl Task {
    /// Whether its worktree is to go: that of a completed step has nothing that is not in its commit,
    /// nor has that of one that waits for another round.
    pub fn lets_go(&self) -> bool {
        let done = || {
            let last = self.last_attempt().map(|attempt| &attempt.phase);
            matches!(
                last,
                Some(Phase::Ended {
                    outcome: AttemptOutcome::Completed,
                    ..
                })
            )
        };
        match self.state {
            TaskState::Completed { .. } => self.worktree.is_some(),
            TaskState::Waiting => self.worktree.is_some() && self.back.is_some() && done(),
            _ => false,
        }
    }

    /// The round it is in, or was in last, from 1.
    pub fn round(&self) -> u32 {
        let over = u32::try_from(self.rounds.len()).unwrap_or(u32::MAX);
        let last = self.rounds.last().map(|round| round.attempt);
        let same = last == self.last_attempt().map(|attempt| attempt.number);
        if over > 0 && same && !matches!(self.state, TaskState::Waiting | TaskState::Queued { .. })
        {
            over
        } else {
            over.saturating_add(1)
        }
    }

    /// What its gate said of its last attempt.
    pub fn gate_answer(&self) -> Option<&GateAnswer> {
        let round = self.rounds.last()?;
        let current = self.last_attempt()?.number == round.attempt;
        round.answer.as_ref().filter(|_| current)
    }

    /// Whether its gate sent the run to this step (an index) because it did not pass.
    pub fn sent_aside_to(&self, step: usize) -> bool {
        let aside = self
            .gate_answer()
            .is_some_and(|answer| answer.way == Way::Aside);
        aside && self.step.gate.as_ref().and_then(|gate| gate.on_fail) == Some(step)
    }

    /// Enters the round that its last attempt ended, unless it is there already.
    pub(crate) fn end_round(&mut self, at: Timestamp, answer: Option<GateAnswer>) {
        let Some(attempt) = self.last_attempt().map(|attempt| attempt.number) else {
            return;
        };
        if let Some(round) = self
            .rounds
            .last_mut()
            .filter(|round| round.attempt == attempt)
        {
            round.answer = answer.or(round.answer.take());
            return;
        }
        self.rounds.push(Round {
            attempt,
            at,
            base: self.product.base.clone(),
            commit: self.product.commit.clone(),
            answer,
        });
    }

    /// The commit with what it left in its last round.
    pub fn last_result(&self) -> Option<&str> {
        let commits = self.rounds.iter().rev();
        commits.filter_map(|round| round.commit.as_deref()).next()
    }
}
