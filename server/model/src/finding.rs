//! A finding: something noticed about a step's result, with the place it is about.
//!
//! Its id is not here: it is made of what stands here, where findings are told.

use crate::diagnostic::Severity;

/// The source of what Offshoot says itself.
pub const OFFSHOOT: &str = "offshoot";

/// Something noticed about a step's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Who says so: [`OFFSHOOT`], a tool, or the kind of the artifact.
    pub source: String,
    /// Stable name, for example `escaped` or `unchanged-artifact`.
    pub code: String,
    /// How bad.
    pub severity: Severity,
    /// One sentence.
    pub message: String,
    /// Where, in the repository's files.
    pub place: Option<Place>,
    /// The lines of the place as they stand in the step's result.
    pub text: Option<String>,
    /// Path of the artifact that says so.
    pub artifact: Option<String>,
    /// Other places that matter.
    pub related: Vec<Related>,
    /// Address of a page, or a sentence: the way out.
    pub help: Option<String>,
}

/// A file, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Relative to the repository.
    pub path: String,
    /// Which part; none = the file.
    pub span: Option<Span>,
}

/// A part of a file. Lines and columns count from 1, columns in characters; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First line.
    pub line: u32,
    /// First character.
    pub column: Option<u32>,
    /// Last line; none = the first.
    pub end_line: Option<u32>,
    /// The character after the last one; none = the end of the line.
    pub end_column: Option<u32>,
}

/// Another place that matters to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Relative to the repository.
    pub path: String,
    /// Line from 1.
    pub line: Option<u32>,
    /// What is there.
    pub message: String,
}

impl Finding {
    /// Something that Offshoot says, without a place.
    pub fn new(code: &str, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            source: OFFSHOOT.to_owned(),
            code: code.to_owned(),
            severity,
            message: message.into(),
            place: None,
            text: None,
            artifact: None,
            related: Vec::new(),
            help: None,
        }
    }

    /// The same about a file.
    #[must_use]
    pub fn about(mut self, path: impl Into<String>) -> Self {
        self.place = Some(Place {
            path: path.into(),
            span: None,
        });
        self
    }

    /// The same about a line of the file it is about.
    #[must_use]
    pub fn at_line(mut self, line: Option<u32>) -> Self {
        if let Some(place) = &mut self.place {
            place.span = line.map(Span::line);
        }
        self
    }

    /// The same with the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl Span {
    /// A whole line.
    pub fn line(line: u32) -> Self {
        Self {
            line,
            column: None,
            end_line: None,
            end_column: None,
        }
    }

    /// The last line it covers.
    pub fn last_line(&self) -> u32 {
        self.end_line.unwrap_or(self.line).max(self.line)
    }
}
