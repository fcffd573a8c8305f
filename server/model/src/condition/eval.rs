//! What an expression comes to.

use super::{Expr, Reference};
use std::fmt;

/// What an expression knows of the world.
pub trait Scope {
    /// What the reference stands for; none where nothing is known of it (yet).
    fn get(&self, reference: &Reference) -> Option<Value>;
}

impl<F: Fn(&Reference) -> Option<Value>> Scope for F {
    fn get(&self, reference: &Reference) -> Option<Value> {
        self(reference)
    }
}

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text, also that of a number.
    Text(String),
    /// Yes or no.
    Bool(bool),
}

impl Value {
    /// Whether it counts as true. Outputs are text, so a text that says `false` or `0` does not
    /// hold, nor does an empty one.
    pub fn holds(&self) -> bool {
        match self {
            Self::Bool(value) => *value,
            Self::Text(text) => !matches!(text.as_str(), "" | "false" | "0"),
        }
    }

    /// Its text: that of a `Bool` is `true` or `false`.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Expr {
    /// Whether the condition holds.
    pub fn holds(&self, scope: &dyn Scope) -> bool {
        self.eval(scope).holds()
    }

    /// What it comes to. Cannot fail: what is not known is the empty text.
    pub fn eval(&self, scope: &dyn Scope) -> Value {
        match self {
            Self::Text(text) => Value::Text(text.clone()),
            Self::Bool(value) => Value::Bool(*value),
            Self::Ref(reference, _) => scope
                .get(reference)
                .unwrap_or_else(|| Value::Text(String::new())),
            Self::Not(inner) => Value::Bool(!inner.holds(scope)),
            Self::All(parts) => Value::Bool(parts.iter().all(|part| part.holds(scope))),
            Self::Any(parts) => Value::Bool(parts.iter().any(|part| part.holds(scope))),
            Self::Equal(left, right) => Value::Bool(equal(left, right, scope)),
            Self::Differs(left, right) => Value::Bool(!equal(left, right, scope)),
        }
    }
}

/// Values are equal when their texts are: `steps.a.outputs.ok == true` is what people write.
/// An unknown reference is also equal to `false`.
fn equal(left: &Expr, right: &Expr, scope: &dyn Scope) -> bool {
    let (left, right) = (left.eval(scope), right.eval(scope));
    match (&left, &right) {
        (Value::Bool(flag), Value::Text(text)) | (Value::Text(text), Value::Bool(flag))
            if text.is_empty() =>
        {
            !flag
        }
        _ => left.text() == right.text(),
    }
}
