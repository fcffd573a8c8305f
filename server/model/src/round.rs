//! Rounds: how often a step of a loop has run, and what its gate said each time.
//!
//! A gate is asked when its step has been verified. Where it does not pass and goes back, the steps from
//! `on_fail` to the gate's own begin another round. Pure values; what follows from them is the machine's.

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
