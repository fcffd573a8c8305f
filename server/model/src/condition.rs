//! Conditions of steps: parsed once, evaluated against what is known.
//!
//! ```text
//! any     = all { "||" all }
//! all     = term { "&&" term }
//! term    = "!" term | operand [ ("==" | "!=") operand ]
//! operand = "(" any ")" | text | "true" | "false" | number | reference
//! ```
//!
//! References: `steps.<id>.status`, `steps.<id>.outputs.<name>`, `inputs.<name>`, `scoring.passed`,
//! `gate_last.passed`. Text stands in `''` or `""`. A number is the text of its spelling: `8` and
//! `8.0` differ. What is not known is the empty text, and the empty text does not hold.

mod eval;
mod lex;
mod parse;
#[cfg(test)]
mod tests;

pub use eval::{Scope, Value};
pub use parse::{ExprError, parse};

use std::fmt;
use std::ops::Range;

/// A parsed expression. Lists instead of pairs, so that a long chain is not a deep tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// Quoted text, or the spelling of a number.
    Text(String),
    /// `true`, `false`.
    Bool(bool),
    /// Something that is looked up, and where it stands (characters from the expression's start).
    Ref(Reference, Range<usize>),
    /// `!x`.
    Not(Box<Self>),
    /// `a && b && …`, at least two.
    All(Vec<Self>),
    /// `a || b || …`, at least two.
    Any(Vec<Self>),
    /// `a == b`.
    Equal(Box<Self>, Box<Self>),
    /// `a != b`.
    Differs(Box<Self>, Box<Self>),
}

/// What an expression can look up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reference {
    /// `steps.<id>.status`: a step's status by its JSON name.
    StepStatus(String),
    /// `steps.<id>.outputs.<name>`: what the step wrote to its output file.
    StepOutput {
        /// The step's id.
        step: String,
        /// The output's name.
        name: String,
    },
    /// `inputs.<name>`: what the run was started with.
    Input(String),
    /// `scoring.passed`: whether the last scores met their thresholds.
    ScoringPassed,
    /// `gate_last.passed`: whether the last gate passed.
    GatePassed,
}

impl Reference {
    /// The id of the step it speaks of.
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::StepStatus(step) | Self::StepOutput { step, .. } => Some(step),
            Self::Input(_) | Self::ScoringPassed | Self::GatePassed => None,
        }
    }
}

impl Expr {
    /// Everything it looks up, in the order of the text, with places in characters from the
    /// expression's start.
    pub fn references(&self) -> Vec<(&Reference, Range<usize>)> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect<'a>(&'a self, found: &mut Vec<(&'a Reference, Range<usize>)>) {
        match self {
            Self::Text(_) | Self::Bool(_) => {}
            Self::Ref(reference, at) => found.push((reference, at.clone())),
            Self::Not(inner) => inner.collect(found),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.collect(found))
            }
            Self::Equal(left, right) | Self::Differs(left, right) => {
                left.collect(found);
                right.collect(found);
            }
        }
    }

    /// How tightly the outermost operator binds; an operand binds tightest.
    fn binding(&self) -> u8 {
        match self {
            Self::Any(_) => 0,
            Self::All(_) => 1,
            Self::Not(_) | Self::Equal(..) | Self::Differs(..) => 2,
            Self::Text(_) | Self::Bool(_) | Self::Ref(..) => 3,
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StepStatus(step) => write!(f, "steps.{step}.status"),
            Self::StepOutput { step, name } => write!(f, "steps.{step}.outputs.{name}"),
            Self::Input(name) => write!(f, "inputs.{name}"),
            Self::ScoringPassed => f.write_str("scoring.passed"),
            Self::GatePassed => f.write_str("gate_last.passed"),
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write_text(f, text),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Ref(reference, _) => write!(f, "{reference}"),
            Self::Not(inner) => write_list(f, "!", "", std::slice::from_ref(&**inner), 2),
            Self::All(parts) => write_list(f, "", " && ", parts, 2),
            Self::Any(parts) => write_list(f, "", " || ", parts, 1),
            Self::Equal(left, right) => write_pair(f, left, " == ", right),
            Self::Differs(left, right) => write_pair(f, left, " != ", right),
        }
    }
}

/// Text in the quotes it does not hold itself. One that holds both kinds cannot be written.
fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let quote = if text.contains('\'') { '"' } else { '\'' };
    write!(f, "{quote}{text}{quote}")
}

fn write_pair(
    f: &mut fmt::Formatter<'_>,
    left: &Expr,
    operator: &str,
    right: &Expr,
) -> fmt::Result {
    write_list(f, "", "", std::slice::from_ref(left), 3)?;
    f.write_str(operator)?;
    write_list(f, "", "", std::slice::from_ref(right), 3)
}

/// The parts, in parentheses where they bind less tightly than `least`.
fn write_list(
    f: &mut fmt::Formatter<'_>,
    before: &str,
    between: &str,
    parts: &[Expr],
    least: u8,
) -> fmt::Result {
    f.write_str(before)?;
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        if part.binding() < least {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}
