//! Rules at work: hits become findings, unless a mark allows them; and what is counted on the way.

use super::hits::Hit;
use super::marks::Marks;
use super::{Hits, Rule};
use crate::ops::secrets::Scanner;
use crate::sheet::Sheet;
use artifact::Finding;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::LazyLock;

/// Names that look like a secret are not told.
static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);

/// The most files of which is told why they were passed over.
const PASSED_OVER: usize = 100;

/// A file that was not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PassedOver {
    /// Relative to the folder.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// What is counted while rules are at work.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Findings that a mark in the file allows.
    pub(crate) allowed: usize,
    pub(crate) passed_over: Vec<PassedOver>,
    /// How many more were passed over.
    pub(crate) passed_over_more: usize,
}

impl Tally {
    pub(crate) fn pass_over(&mut self, path: &str, reason: &str) {
        if self.passed_over.len() < PASSED_OVER {
            self.passed_over.push(PassedOver {
                path: path.to_owned(),
                reason: reason.to_owned(),
            });
        } else {
            self.passed_over_more += 1;
        }
    }
}

/// Where hits go: the sheet, with the tally beside it.
pub(crate) struct Record<'s> {
    pub(crate) sheet: &'s mut Sheet,
    pub(crate) tally: &'s mut Tally,
}

impl Record<'_> {
    /// Takes what a rule found in a file with this text; none for the repository as a whole.
    pub(crate) fn take(&mut self, rule: &Rule, path: Option<&str>, marks: &Marks, hits: Hits) {
        for hit in hits.hits {
            let line = hit.place.map(|place| place.line);
            if line.is_some_and(|line| marks.allow(rule.id, line)) {
                self.tally.allowed += 1;
                continue;
            }
            let finding = self.finding(rule, path, hit);
            self.sheet.found(finding);
        }
    }

    fn finding(&self, rule: &Rule, path: Option<&str>, hit: Hit) -> Finding {
        let message = if SCANNER.scan("", hit.message.as_bytes()).is_empty() {
            hit.message
        } else {
            rule.what.to_owned()
        };
        Finding {
            severity: rule.severity,
            code: rule.id.to_owned(),
            message,
            path: hit.path.or_else(|| path.map(str::to_owned)),
            line: hit.place.map(|place| place.line),
            column: hit.place.map(|place| place.column),
            end_column: hit.place.and_then(|place| place.end),
            help: Some(rule.help.to_owned()),
            ..Finding::default()
        }
    }
}
