//! Places that compilers, linters and tests name in what they print. Only those in files of the step's tree
//! count: whoever looks for `path:line` in any text finds a lot that is none.

mod forms;
mod line;
mod plain;

use crate::bounds::{self, Worst};
use crate::finding::{Finding, Related, Severity};
use forms::Said;
use std::collections::{HashMap, HashSet};

/// Lines that are looked at.
const LINES: usize = 100_000;

/// The findings in what a program printed. `resolve` turns a path as it is printed into one of the repository, where
/// there is such a file; `source` is who says it where the form of a line does not tell.
pub fn spot(text: &str, source: &str, resolve: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let mut spotter = Spotter {
        source,
        resolve,
        known: HashMap::new(),
        seen: HashSet::new(),
        worst: Worst::default(),
        last: None,
        context: Context::default(),
    };
    let plain = plain::without_escapes(text);
    for line in plain.lines().take(LINES) {
        spotter.line(line.trim_end());
    }
    spotter.finish()
}

/// What earlier lines said about the next ones.
#[derive(Default)]
struct Context {
    /// `error[E0308]: mismatched types`, whose place comes below.
    header: Option<(Severity, String, String)>,
    /// The file whose problems follow on lines of their own.
    file: Option<String>,
    /// The frames of a Python traceback, innermost last.
    frames: Option<Vec<(String, u32)>>,
    /// The first line of what a failed assertion of pytest said.
    assertion: Option<String>,
    /// A panic whose message is on the next line.
    panic: Option<(String, u32, Option<u32>)>,
}

/// Path, line, column and message: what is said twice counts once.
type Key = (String, u32, Option<u32>, String);

struct Spotter<'s, R> {
    source: &'s str,
    resolve: R,
    known: HashMap<String, Option<String>>,
    seen: HashSet<Key>,
    worst: Worst,
    /// The newest finding waits for notes that belong to it.
    last: Option<Finding>,
    context: Context,
}

impl<R: Fn(&str) -> Option<String>> Spotter<'_, R> {
    fn line(&mut self, line: &str) {
        if let Some((path, row, column)) = self.context.panic.take() {
            return self.say(Severity::Error, "panic", line, ("rust", &path, row, column));
        }
        if self.context.frames.is_some() && self.in_traceback(line) {
            return;
        }
        match forms::read(line) {
            Said::Traceback => self.context.frames = Some(Vec::new()),
            Said::Assertion(text) => {
                self.context
                    .assertion
                    .get_or_insert_with(|| text.to_owned());
            }
            Said::Header(severity, code, message) => {
                self.context.header = Some((severity, code.to_owned(), message.to_owned()));
            }
            Said::Arrow(place) => self.arrow(&place),
            Said::Panic(place) => {
                if let Some(path) = self.file(place.path) {
                    self.context.panic = Some((path, place.line, place.column));
                }
            }
            Said::Row(row) => self.row(&row),
            Said::Problem(problem) => self.problem(&problem),
            Said::Nothing => {
                let name = line.trim();
                if !name.is_empty() && name.len() < 1024 && name == line {
                    self.context.file = self.file(name);
                }
            }
        }
    }

    /// Whether the line belonged to the traceback.
    fn in_traceback(&mut self, line: &str) -> bool {
        if let Some((path, row)) = forms::frame(line) {
            let known = self.file(path);
            let frames = self.context.frames.get_or_insert_default();
            frames.extend(known.map(|path| (path, row)));
            return true;
        }
        if line.starts_with(' ') || line.is_empty() {
            return true;
        }
        // The line that says what happened ends it.
        let mut frames = self.context.frames.take().unwrap_or_default();
        let Some((path, row)) = frames.pop() else {
            return false;
        };
        let name = line.split([':', ' ']).next().unwrap_or(line);
        let code = name.rsplit('.').next().unwrap_or(name).to_owned();
        self.say(Severity::Error, &code, line, ("python", &path, row, None));
        let frames = frames.into_iter().rev().map(|(path, row)| Related {
            path,
            line: Some(row),
            message: "called from here".to_owned(),
        });
        if let Some(last) = &mut self.last {
            last.related.extend(frames);
        }
        true
    }

    fn arrow(&mut self, place: &line::Place<'_>) {
        let (Some((severity, code, message)), Some(path)) =
            (self.context.header.take(), self.file(place.path))
        else {
            return;
        };
        let place = ("rustc", path.as_str(), place.line, place.column);
        self.say(severity, &code, &message, place);
    }

    fn row(&mut self, row: &forms::Row<'_>) {
        if let Some(path) = self.context.file.clone() {
            let place = ("eslint", path.as_str(), row.line, Some(row.column));
            self.say(row.severity, row.code, row.message, place);
        }
    }

    fn problem(&mut self, problem: &forms::Problem<'_>) {
        let Some(path) = self.file(problem.place.path) else {
            return;
        };
        let place = &problem.place;
        // `a.py:12: AssertionError` ends what pytest prints of a failure; what was asserted stands before.
        let asserted = self.context.assertion.take();
        let is_name = problem.message.split_whitespace().count() == 1;
        let (source, message) = match asserted.filter(|_| is_name && place.column.is_none()) {
            Some(text) => ("pytest", text),
            None => (
                problem.source.unwrap_or(self.source),
                problem.message.to_owned(),
            ),
        };
        if problem.is_note {
            return self.note(path, place.line, message);
        }
        let code = if source == "pytest" {
            problem.message
        } else {
            problem.code
        };
        let source = source.to_owned();
        let place = (source.as_str(), path.as_str(), place.line, place.column);
        self.say(problem.severity, code, &message, place);
    }

    /// A note belongs to the problem before it.
    fn note(&mut self, path: String, line: u32, message: String) {
        match &mut self.last {
            Some(last) => last.related.push(Related {
                path,
                line: Some(line),
                message,
            }),
            None => {
                let source = self.source.to_owned();
                let place = (source.as_str(), path.as_str(), line, None);
                self.say(Severity::Info, "", &message, place);
            }
        }
    }

    fn say(
        &mut self,
        severity: Severity,
        code: &str,
        message: &str,
        (source, path, line, column): (&str, &str, u32, Option<u32>),
    ) {
        let message = bounds::message(message);
        let key = (path.to_owned(), line, column, message.clone());
        if message.is_empty() || !self.seen.insert(key) {
            return;
        }
        let finding = Finding {
            severity,
            code: code.to_owned(),
            message,
            source: source.to_owned(),
            path: Some(path.to_owned()),
            line: Some(line),
            column,
            ..Finding::default()
        };
        if let Some(before) = self.last.replace(finding) {
            self.worst.take(before);
        }
    }

    /// The file of the repository that a printed path is; asked once for each.
    fn file(&mut self, path: &str) -> Option<String> {
        if let Some(known) = self.known.get(path) {
            return known.clone();
        }
        let found = (self.resolve)(path);
        if self.known.len() < LINES {
            self.known.insert(path.to_owned(), found.clone());
        }
        found
    }

    fn finish(mut self) -> Vec<Finding> {
        if let Some(last) = self.last.take() {
            self.worst.take(last);
        }
        self.worst.finish().0
    }
}

#[cfg(test)]
mod tests;
