//! Where something stands in a text.

use artifact::{Finding, Severity};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A place: lines and columns count from 1, columns are characters, the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) end_column: u32,
}

/// Something worth telling about a place of a file; the file is known by where this is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) rule: Rule,
    pub(crate) message: String,
    pub(crate) place: Place,
}

macro_rules! rules {
    ($($name:ident $code:literal $severity:ident $help:literal;)*) => {
        /// The rules. Their names are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub(crate) enum Rule {
            $(#[doc = $help] $name,)*
        }

        impl Rule {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            pub(crate) fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity),* }
            }

            fn help(self) -> &'static str {
                match self { $(Self::$name => $help),* }
            }
        }
    };
}

rules! {
    Undocumented "undocumented" Info "say what it is for, or make it private";
    UnknownParameter "unknown-parameter" Warning "use the name that the function has, or take the line out";
    MissingParameter "missing-parameter" Info "the text tells of other parameters: tell of this one too";
    UnknownReturn "unknown-return" Warning "take the line out, or return what it promises";
    MissingReturn "missing-return" Info "the text tells of the parameters: say what comes back too";
    MissingThrows "missing-throws" Info "the text tells of the parameters: say when this is thrown too";
    BrokenLink "broken-link" Warning "correct the path, or add the file";
    BrokenAnchor "broken-anchor" Warning "use the anchor of a heading that is there";
    UndefinedReference "undefined-reference" Warning "define the reference: `[name]: address`";
    DeadLink "dead-link" Warning "correct the address, or take the link out";
    UnreachableLink "unreachable-link" Info "look whether the server is still there";
    UnknownCommand "unknown-command" Warning "correct the command, or add what it names";
    UnparsableCode "unparsable-code" Warning "correct the code, or change the word behind the fence";
    ForeignPage "foreign-page" Info "rename the file, or delete it to have the page made";
}

impl Note {
    /// As it stands in an artifact.
    pub(crate) fn finding(&self, path: &str) -> Finding {
        Finding {
            severity: self.rule.severity(),
            code: self.rule.code().to_owned(),
            message: self.message.clone(),
            path: Some(path.to_owned()),
            line: Some(self.place.line),
            column: Some(self.place.column),
            end_column: Some(self.place.end_column).filter(|end| *end > self.place.column),
            help: Some(self.rule.help().to_owned()),
            ..Finding::default()
        }
    }
}

/// A number for a place; what is beyond is the last.
pub(crate) fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The lines of a text, to find places by bytes.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(newlines.map(|(at, _)| at + 1));
        Self {
            text,
            starts: starts.collect(),
        }
    }

    /// Number of the line of a byte, from 1.
    pub(crate) fn line(&self, at: usize) -> u32 {
        narrow(self.starts.partition_point(|start| *start <= at))
    }

    /// The place of a range; no longer than the line it begins in.
    pub(crate) fn place(&self, range: &Range<usize>) -> Place {
        let line = self.line(range.start);
        let start = self
            .starts
            .get(line as usize - 1)
            .copied()
            .unwrap_or_default();
        let characters = |range: Range<usize>| {
            let text = self.text.get(range).unwrap_or_default();
            narrow(text.lines().next().unwrap_or_default().chars().count())
        };
        let column = characters(start..range.start) + 1;
        Place {
            line,
            column,
            end_column: column + characters(range.clone()),
        }
    }

    /// The place of a word in a line, of the whole line where it is not there.
    pub(crate) fn word(&self, line: u32, word: &str) -> Place {
        let start = self
            .starts
            .get((line as usize).saturating_sub(1))
            .copied()
            .unwrap_or_default();
        let text = self
            .text
            .get(start..)
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default();
        let found = find_word(text, word).unwrap_or_else(|| {
            let trimmed = text.trim();
            let at = text.len() - text.trim_start().len();
            at..at + trimmed.len()
        });
        self.place(&(start + found.start..start + found.end))
    }
}

fn find_word(text: &str, word: &str) -> Option<Range<usize>> {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let whole = |at: &usize| {
        let end = at + word.len();
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text.get(end..).and_then(|text| text.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    };
    let found =
        (!word.is_empty()).then(|| text.match_indices(word).map(|(at, _)| at).find(whole))??;
    Some(found..found + word.len())
}

#[cfg(test)]
mod tests {
    use super::{Lines, Place, Rule};

    #[test]
    fn places_count_characters_from_one() {
        let lines = Lines::of("é = 1\nlet naïve = b\n");
        let place = |line, column, end_column| Place {
            line,
            column,
            end_column,
        };
        assert_eq!(lines.place(&(0..2)), place(1, 1, 2));
        assert_eq!(lines.place(&(3..4)), place(1, 3, 4));
        assert_eq!(lines.word(2, "b"), place(2, 13, 14));
        assert_eq!(
            lines.word(2, "na"),
            place(2, 1, 14),
            "no whole word: the line"
        );
        assert_eq!(
            lines.place(&(0..20)).end_column,
            6,
            "no longer than its line"
        );
    }

    #[test]
    fn names_of_rules_are_one_each() {
        let mut codes: Vec<_> = Rule::ALL.iter().map(|rule| rule.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Rule::ALL.len());
    }
}
