//! Colour and symbols: calm, and off where nobody sees them.

use std::ffi::OsString;

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// As it is.
    Plain,
    /// What the line is about.
    Bold,
    /// What is there for those who look for it.
    Dim,
    /// Well.
    Green,
    /// Failed.
    Red,
    /// Wants attention.
    Yellow,
    /// Under way.
    Cyan,
}

/// What the reader's terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    /// Escape sequences for colour.
    pub(crate) color: bool,
    /// Symbols beyond ASCII.
    pub(crate) unicode: bool,
}

impl Style {
    /// Of a terminal (or not), by `NO_COLOR`, `TERM` and the locale.
    pub(crate) fn detect(terminal: bool, get: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| get(name).filter(|value| !value.is_empty());
        let dumb = set("TERM").is_some_and(|term| term == "dumb");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        Self {
            color: terminal && !dumb && set("NO_COLOR").is_none(),
            // No locale at all is common in containers, whose terminals show UTF-8 all the same.
            unicode: locale.is_none_or(|locale| locale != "C" && locale != "POSIX"),
        }
    }

    /// The text with the escape sequences of its paint.
    pub(crate) fn paint(self, paint: Paint, text: &str) -> String {
        let code = match paint {
            Paint::Plain => return text.to_owned(),
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Green => "32",
            Paint::Red => "31",
            Paint::Yellow => "33",
            Paint::Cyan => "36",
        };
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// One of two spellings.
    pub(crate) fn either(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.unicode { unicode } else { ascii }
    }
}
