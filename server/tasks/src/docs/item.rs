//! What a source file declares, whatever its language.

use super::place::Place;

/// What is read of a file.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// The text about the whole file.
    pub(crate) module: Option<Doc>,
    /// Its declarations, in their order.
    pub(crate) items: Vec<Item>,
}

/// A declaration.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    /// With the names around it: `Type::method` or `Type.method`.
    pub(crate) name: String,
    pub(crate) public: bool,
    /// On one line, without its body.
    pub(crate) signature: String,
    pub(crate) doc: Option<Doc>,
    /// Where its name stands.
    pub(crate) place: Place,
    /// What it takes and gives, if it can be called.
    pub(crate) callable: Option<Callable>,
}

/// What kind of thing is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Module,
    Function,
    Method,
    Constructor,
    Class,
    Struct,
    Enum,
    Union,
    Trait,
    Interface,
    Record,
    Annotation,
    Type,
    Constant,
    Variable,
    Field,
    Variant,
    Macro,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Function => "function",
            Self::Method => "method",
            Self::Constructor => "constructor",
            Self::Class => "class",
            Self::Struct => "struct",
            Self::Enum => "enum",
            Self::Union => "union",
            Self::Trait => "trait",
            Self::Interface => "interface",
            Self::Record => "record",
            Self::Annotation => "annotation",
            Self::Type => "type",
            Self::Constant => "constant",
            Self::Variable => "variable",
            Self::Field => "field",
            Self::Variant => "variant",
            Self::Macro => "macro",
        }
    }

    /// Whether it stands inside another item and is told beneath that one.
    pub(crate) fn is_member(self) -> bool {
        matches!(
            self,
            Self::Method | Self::Constructor | Self::Field | Self::Variant
        )
    }
}

/// A documenting text, without what makes it a comment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Doc {
    /// Each line with its number in the file.
    pub(crate) lines: Vec<(u32, String)>,
}

impl Doc {
    /// Whether it says anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.iter().all(|(_, line)| line.trim().is_empty())
    }

    /// What it says, none for nothing.
    pub(crate) fn some(self) -> Option<Self> {
        (!self.is_empty()).then_some(self)
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(_, line)| line.as_str())
    }

    /// The text of a block comment `/** … */` that begins on this line.
    pub(crate) fn of_block(comment: &str, line: u32) -> Self {
        let inner = comment
            .trim_start_matches('/')
            .trim_start_matches(['*', '!']);
        let inner = inner.strip_suffix("*/").unwrap_or(inner);
        let stripped = inner.lines().enumerate().map(|(index, text)| {
            let text = if index == 0 { text } else { starless(text) };
            let text = text.strip_prefix(' ').unwrap_or(text).trim_end();
            (
                line.saturating_add(u32::try_from(index).unwrap_or(u32::MAX)),
                text.to_owned(),
            )
        });
        let mut doc = Self {
            lines: stripped.collect(),
        };
        doc.trim();
        doc
    }

    /// One more line of a comment of lines, without its mark.
    pub(crate) fn push(&mut self, line: u32, text: &str) {
        let text = text.strip_prefix(' ').unwrap_or(text).trim_end();
        self.lines.push((line, text.to_owned()));
    }

    /// Without empty lines at both ends.
    pub(crate) fn trim(&mut self) {
        let blank = |line: &(u32, String)| line.1.trim().is_empty();
        while self.lines.last().is_some_and(blank) {
            self.lines.pop();
        }
        let first = self
            .lines
            .iter()
            .position(|line| !blank(line))
            .unwrap_or_default();
        self.lines.drain(..first);
    }
}

/// A line of a block comment without the star that begins it.
fn starless(text: &str) -> &str {
    text.trim_start().strip_prefix('*').unwrap_or(text)
}

/// What a function takes and gives.
#[derive(Debug, Default)]
pub(crate) struct Callable {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) type_parameters: Vec<String>,
    /// Whether it gives a value, where that can be told.
    pub(crate) returns: Option<bool>,
    /// Exceptions it declares.
    pub(crate) throws: Vec<String>,
    /// Names that its overloads have.
    pub(crate) also: Vec<String>,
    /// Whether it takes other names too, as `**kwargs` does.
    pub(crate) open: bool,
}

/// A parameter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    /// It has a name.
    Named(String),
    /// It is taken apart on the spot: a text may name it as it likes.
    Pattern,
}

impl Parameter {
    /// Its name, if it has one.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Pattern => None,
        }
    }

    pub(crate) fn into_name(self) -> Option<String> {
        match self {
            Self::Named(name) => Some(name),
            Self::Pattern => None,
        }
    }
}
