//! Steps that edit the same files at once: what is done about them, and whose edits meet.

use crate::glob::Glob;
use crate::ids::{RunId, StepId};
use crate::workflow::Step;
use std::sync::Arc;

/// What is done where two steps would edit the same files at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Overlap {
    /// Nothing.
    Off,
    /// It is said.
    #[default]
    Warn,
    /// The later one waits.
    Serialize,
}

/// The words of [`Overlap`].
pub const WORDS: &[&str] = &["off", "warn", "serialize"];

/// The most patterns of one step that are told apart; one with more edits everything.
pub const MOST_PATTERNS: usize = 32;
/// The most files that are noted of what one step wrote.
pub const MOST_FILES: usize = 1000;

impl Overlap {
    /// Of its word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "off" => Some(Self::Off),
            "warn" => Some(Self::Warn),
            "serialize" => Some(Self::Serialize),
            _ => None,
        }
    }
}

/// A step that ended while another was at work in the same repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// Its run.
    pub run: RunId,
    /// Its id in that.
    pub step: StepId,
    /// Files that it changed, no more than [`MOST_FILES`].
    pub files: Arc<[String]>,
}

/// What a step edits: the files it is seen to have changed, or what it declares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Edits {
    declared: Vec<Glob>,
    written: Vec<Glob>,
}

impl Edits {
    /// What a step declares.
    pub(crate) fn declared(step: &Step) -> Self {
        let declared = match step.touches.len() > MOST_PATTERNS {
            true => vec![Glob::new("**")],
            false => step.touches.iter().map(|text| Glob::new(text)).collect(),
        };
        Self {
            declared,
            written: Vec::new(),
        }
    }

    /// With the files that it was seen to write.
    pub(crate) fn with(mut self, written: Option<&Arc<[String]>>) -> Self {
        let files = written.into_iter().flat_map(|files| files.iter());
        self.written = files.map(|path| Glob::file(path)).collect();
        self
    }

    /// How many patterns and files.
    pub(crate) fn len(&self) -> usize {
        self.declared.len() + self.written.len()
    }

    /// The first in `other` that this meets. What one was seen to write says more than what it declares.
    pub(crate) fn meeting<'a>(&self, other: &'a Self) -> Option<&'a Glob> {
        let own = || self.written.iter().chain(&self.declared);
        let mut others = other.written.iter().chain(&other.declared);
        others.find(|theirs| own().any(|own| own.meets(theirs)))
    }
}

/// Files that two steps have both changed, in order.
pub(crate) fn both(one: &[String], other: &[String]) -> Vec<String> {
    let other: std::collections::BTreeSet<&String> = other.iter().collect();
    let both = one.iter().filter(|path| other.contains(path));
    let mut both: Vec<String> = both.cloned().collect();
    both.sort_unstable();
    both.dedup();
    both
}
