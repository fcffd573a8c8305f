//! Where problems are collected.

use super::tree::Span;
use super::{MAX_DIAGNOSTICS, nearest};
use crate::diagnostic::{Diagnostic, Severity};

/// Looking for a near name costs as much as there are names, so a file full of wrong ones gets no
/// more suggestions than this.
const MAX_SEARCHES: usize = 50;

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    diagnostics: Vec<Diagnostic>,
    /// How many of them, and of those not kept, are errors.
    errors: usize,
    /// How many were not kept.
    left_out: usize,
    searches: usize,
}

impl Report {
    /// The workflow cannot run.
    pub(super) fn error(
        &mut self,
        span: Span,
        code: &'static str,
        message: String,
        hint: Option<String>,
    ) {
        self.errors += 1;
        self.push(Diagnostic {
            range: span,
            code,
            severity: Severity::Error,
            message,
            hint,
        });
    }

    /// The workflow runs, perhaps not as meant.
    pub(super) fn warning(
        &mut self,
        span: Span,
        code: &'static str,
        message: String,
        hint: Option<String>,
    ) {
        self.push(Diagnostic {
            range: span,
            code,
            severity: Severity::Warning,
            message,
            hint,
        });
    }

    /// The name among these that was probably meant, as a hint.
    pub(super) fn did_you_mean<'a>(
        &mut self,
        name: &str,
        names: impl Iterator<Item = &'a str>,
    ) -> Option<String> {
        if !self.may_search() {
            return None;
        }
        self.searches += 1;
        nearest(name, names).map(|near| format!("did you mean `{near}`?"))
    }

    /// Whether there are suggestions left.
    pub(super) fn may_search(&self) -> bool {
        self.searches < MAX_SEARCHES
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        } else {
            self.left_out += 1;
        }
    }

    /// All problems by place, and whether one is an error.
    pub(super) fn finish(mut self) -> (Vec<Diagnostic>, bool) {
        self.diagnostics
            .sort_by_key(|diagnostic| (diagnostic.range.start, diagnostic.range.end));
        if let (1.., Some(last)) = (self.left_out, self.diagnostics.last()) {
            let range = last.range.clone();
            let message = format!("{} more problems are not listed", self.left_out);
            // An error where one was left out, so that severities alone tell whether it runs.
            let severity = if self.errors > 0 {
                Severity::Error
            } else {
                Severity::Warning
            };
            self.diagnostics.push(Diagnostic {
                range,
                code: "too-many-problems",
                severity,
                message,
                hint: None,
            });
        }
        (self.diagnostics, self.errors > 0)
    }
}
