//! YAML as a tree in which every key and value knows its place. What the values mean lives in
//! [`super::read()`].

use crate::diagnostic::Position;
use crate::workflow::Value;
use std::ops::Range;

/// A place with a length.
pub type Span = Range<Position>;

/// The empty place at this line and column, both from 0.
pub(super) fn at(line: u32, column: u32) -> Span {
    let position = Position { line, column };
    position..position
}

/// A value.
#[derive(Debug, Clone)]
pub struct Node {
    /// From its first to its last character; that of a block ends with its last value.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// One text, number, boolean, or nothing.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// Each key once, in file order; what `<<` brought comes last.
    Map(Vec<Entry>),
}

/// A value that is neither list nor mapping.
#[derive(Debug, Clone)]
pub struct Scalar {
    /// Its text, quotes and escapes undone.
    pub text: String,
    /// Without quotes, tag and block sign: only then it may be a number, a boolean or null.
    pub plain: bool,
    /// How many characters of the span stand before its text, when the text is in the file
    /// character by character on one line.
    pub(super) verbatim: Option<u32>,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its text.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// What it holds.
    pub value: Node,
}

impl Scalar {
    /// `null`, `~`, or nothing at all.
    pub fn is_null(&self) -> bool {
        self.plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// `true` or `false`; also `yes` and `on`, which the files of TappsCodingAgents may hold
    /// because Python reads YAML 1.1. Only where a boolean is wanted.
    pub fn truth(&self) -> Option<bool> {
        match self.text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" if self.plain => Some(true),
            "false" | "no" | "off" if self.plain => Some(false),
            _ => None,
        }
    }

    fn value(&self) -> Value {
        match self.text.as_str() {
            _ if self.is_null() => Value::Null,
            "true" | "True" | "TRUE" if self.plain => Value::Bool(true),
            "false" | "False" | "FALSE" if self.plain => Value::Bool(false),
            text if self.plain && crate::command::is_number(text) => Value::Number(text.to_owned()),
            text => Value::Text(text.to_owned()),
        }
    }
}

impl Node {
    /// Nothing is written there, or `null`.
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar(scalar) if scalar.is_null())
    }

    /// The entries of a mapping.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            Kind::Scalar(_) | Kind::List(_) => None,
        }
    }

    /// The value of this key, where this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries()?
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }

    /// What it is, for messages.
    pub fn describe(&self) -> &'static str {
        match &self.kind {
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
            Kind::Scalar(scalar) => match scalar.value() {
                Value::Null => "nothing",
                Value::Bool(_) => "a boolean",
                Value::Number(_) => "a number",
                Value::Text(_) | Value::List(_) | Value::Map(_) => "text",
            },
        }
    }

    /// As the model has it. The depth is bounded by the loader.
    pub fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Scalar(scalar) => scalar.value(),
            Kind::List(items) => Value::List(items.iter().map(Self::to_value).collect()),
            Kind::Map(entries) => Value::Map(pairs(entries)),
        }
    }
}

/// The entries of a mapping, as the model has them.
pub(super) fn pairs(entries: &[Entry]) -> Vec<(String, Value)> {
    entries
        .iter()
        .map(|entry| (entry.key.clone(), entry.value.to_value()))
        .collect()
}
