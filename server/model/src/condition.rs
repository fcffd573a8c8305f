//! Conditions of steps: parse once, evaluate against what is known.

/// An expression: `steps.<id>.status`, `steps.<id>.outputs.<name>`, `inputs.<name>`,
/// `scoring.passed`, `gate_last.passed`, `== != && || ! ()`, quoted strings, booleans.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr;
