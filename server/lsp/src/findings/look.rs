//! What a file looks like in the editor: its language's problems and the findings about it, in its present
//! text. Pure, but for reading a file that is not open.

use super::board::{FileFindings, Found, Group, Origin};
use super::lines::{LineMap, lines};
use super::place;
use super::to_lsp::{Style, diagnostic};
use crate::diagnostics::check;
use crate::positions::{Encoding, Lines};
use crate::uri;
use model::diagnostic::Position as Place;
use model::language;
use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{self as lsp, Diagnostic};

/// The largest file that findings are placed in.
const LARGEST: u64 = 16 << 20;

/// Texts in which findings had the lines they say: of a file's groups, by their run and step.
pub(super) type Baselines = HashMap<(String, Option<String>), Arc<str>>;

/// A file to look at.
#[derive(Debug, Clone)]
pub(super) struct Job {
    /// As the client is told.
    pub(super) uri: String,
    /// Its text.
    pub(super) source: Source,
    /// What it was at the last look: broken text may still be a workflow.
    pub(super) was_workflow: bool,
    /// Findings to be placed.
    pub(super) findings: Arc<FileFindings>,
    /// From the last look.
    pub(super) baselines: Baselines,
    /// How positions are counted.
    pub(super) encoding: Encoding,
}

/// Where a text comes from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// The editor has it open.
    Open {
        /// The text.
        text: Arc<str>,
        /// It may be a workflow or settings.
        yaml: bool,
        /// The editor's count.
        version: i32,
    },
    /// It lies here.
    Disk(PathBuf),
}

impl Source {
    /// The editor's count of the text; none for a file on disk.
    pub(super) fn version(&self) -> Option<i32> {
        match self {
            Self::Open { version, .. } => Some(*version),
            Self::Disk(_) => None,
        }
    }
}

/// What a look came to.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// It is a workflow, or settings.
    pub(super) workflow: bool,
    /// What is shown.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Findings among them, with their places.
    pub(super) placed: Vec<(lsp::Range, Arc<Found>)>,
    /// For the next look.
    pub(super) baselines: Baselines,
    /// Groups whose text has to be read to place them well.
    pub(super) wants: Vec<(String, Option<String>)>,
}

/// Looks.
pub(super) fn look(job: Job, style: &Style) -> Looked {
    let (text, yaml) = match &job.source {
        Source::Open { text, yaml, .. } => (Arc::clone(text), *yaml),
        Source::Disk(path) => match read(path) {
            Some(text) => (text.into(), false),
            None => return Looked::default(),
        },
    };
    let mut looked = Looked::default();
    if yaml {
        let checked = check(&job.uri, &text, job.was_workflow, job.encoding);
        looked.workflow = checked.workflow;
        looked.diagnostics = checked.diagnostics;
    }
    let sight = Sight {
        lines: Lines::new(&text, job.encoding),
        rows: lines(&text).collect(),
        text: &text,
        style,
    };
    for group in &job.findings.groups {
        sight.group(group, &job, &mut looked);
    }
    sight.steps(&job, &mut looked);
    looked
}

/// A text under the eyes.
struct Sight<'a> {
    text: &'a Arc<str>,
    rows: Vec<&'a str>,
    lines: Lines<'a>,
    style: &'a Style,
}

impl Sight<'_> {
    /// Places findings about one result of the file.
    fn group(&self, group: &Group, job: &Job, looked: &mut Looked) {
        let (run_id, step_id) = group.of();
        let key = (run_id.to_owned(), step_id.map(str::to_owned));
        let stand = || {
            group
                .found
                .iter()
                .all(|found| place::stands(&found.finding, &self.rows) == Some(true))
        };
        let baseline = match (job.baselines.get(&key), &group.origin) {
            // The result itself is better than a text that happened to fit.
            (_, Origin::Text(text)) => Some(Arc::clone(text)),
            (Some(text), _) => Some(Arc::clone(text)),
            (None, _) if stand() => Some(Arc::clone(self.text)),
            (None, Origin::Unread) => {
                looked.wants.push(key.clone());
                None
            }
            (None, _) => None,
        };
        match baseline {
            Some(baseline) => {
                self.mapped(group, &baseline, looked);
                // Kept for what is open: that is what changes letter by letter.
                if matches!(job.source, Source::Open { .. }) {
                    looked.baselines.insert(key, baseline);
                }
            }
            None => self.searched(group, looked),
        }
    }

    fn mapped(&self, group: &Group, baseline: &Arc<str>, looked: &mut Looked) {
        let map = (!Arc::ptr_eq(baseline, self.text)).then(|| LineMap::new(baseline, self.text));
        for found in &group.found {
            let at = match &map {
                Some(map) => place::mapped(&found.finding, map),
                None => Some(place::lines_of(&found.finding).unwrap_or_default()),
            };
            if let Some(at) = at {
                self.put(
                    found,
                    &place::range(&found.finding, at, &self.rows),
                    "",
                    looked,
                );
            }
        }
    }

    /// The text they were made in is not there, or not yet.
    fn searched(&self, group: &Group, looked: &mut Looked) {
        for found in &group.found {
            let at = match place::stands(&found.finding, &self.rows) {
                Some(true) => place::lines_of(&found.finding).or(Some((0, 0))),
                Some(false) => place::search(&found.finding, &self.rows),
                None => place::lines_of(&found.finding),
            };
            if let Some(at) = at {
                self.put(
                    found,
                    &place::range(&found.finding, at, &self.rows),
                    "",
                    looked,
                );
            }
        }
    }

    /// Places what belongs to steps of this workflow.
    fn steps(&self, job: &Job, looked: &mut Looked) {
        if job.findings.steps.is_empty() {
            return;
        }
        let own = uri::to_path(&job.uri);
        let own = own.as_deref();
        let map = language::parse(&uri::file_name(&job.uri), self.text.as_bytes()).map;
        for found in &job.findings.steps {
            let id = found.step_id.as_deref().unwrap_or_default();
            let step = map
                .steps
                .iter()
                .find(|step| !id.is_empty() && step.id == id);
            let whole = || place::range(&found.finding, (0, 0), &self.rows);
            let range = step.map_or_else(whole, |step| step.name.clone());
            let about = match (&found.finding.path, found.finding.line) {
                (Some(path), Some(line)) => format!("{path}:{line}: "),
                (Some(path), None) if !own.is_some_and(|own| own.ends_with(path)) => {
                    format!("{path}: ")
                }
                _ => String::new(),
            };
            self.put(found, &range, &about, looked);
        }
    }

    fn put(&self, found: &Arc<Found>, range: &Range<Place>, about: &str, looked: &mut Looked) {
        let range = self.lines.range(range);
        looked
            .diagnostics
            .push(diagnostic(found, range, about, self.style));
        looked.placed.push((range, Arc::clone(found)));
    }
}

/// A text in UTF-8 that is not too large.
fn read(path: &PathBuf) -> Option<String> {
    let file = std::fs::File::open(path).ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    file.take(LARGEST).read_to_string(&mut text).ok()?;
    Some(text)
}
