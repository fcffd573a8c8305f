//! All findings of the workspace, by the file they are shown in. Pure.

use crate::runs::Snapshot;
use protocol::finding::{Finding, FoundFinding};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A finding, and where it was made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// Root of its repository.
    pub(crate) root: PathBuf,
    /// The run.
    pub(crate) run_id: String,
    /// The step; none where it is about the run as a whole.
    pub(crate) step_id: Option<String>,
    /// The finding.
    pub(crate) finding: Finding,
}

impl Found {
    pub(super) fn new(root: &Path, found: FoundFinding) -> Self {
        Self {
            root: root.to_owned(),
            run_id: found.run_id,
            step_id: found.step_id,
            finding: found.finding,
        }
    }
}

/// Files with findings, by the path that the client has for them.
pub(super) type Board = BTreeMap<PathBuf, Arc<FileFindings>>;

/// Findings that are shown in one file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct FileFindings {
    /// About the file itself, by the result they are about.
    pub(super) groups: Vec<Group>,
    /// About steps of this workflow file, and about files that are not in the checkout.
    pub(super) steps: Vec<Arc<Found>>,
}

/// Findings about one result of a file: their lines are those of one text.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// All of the same run and step.
    pub(super) found: Vec<Arc<Found>>,
    /// That text, once it had to be read.
    pub(super) origin: Origin,
}

impl PartialEq for Group {
    /// What is known of the text does not make it another group.
    fn eq(&self, other: &Self) -> bool {
        self.found == other.found
    }
}

/// The text that lines are counted in.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// Not asked for.
    Unread,
    /// It is being read.
    Asked,
    /// This.
    Text(Arc<str>),
    /// It cannot be had: the result is gone, or no text.
    Gone,
}

impl Group {
    /// The run and step that made the result.
    pub(super) fn of(&self) -> (&str, Option<&str>) {
        let first = self.found.first();
        let run_id = first.map_or("", |found| found.run_id.as_str());
        (run_id, first.and_then(|found| found.step_id.as_deref()))
    }
}

/// Sorts findings to the files they are shown in. What has no file in the checkout (`is_there`) goes to its
/// step in the workflow file; what has no workflow file either is shown nowhere: it belongs to a submitted
/// task, and stands with that.
pub(super) fn sort(
    all: &[Arc<Found>],
    now: &Snapshot,
    is_there: impl Fn(&Path) -> bool,
    before: &Board,
) -> Board {
    let mut files = BTreeMap::<PathBuf, FileFindings>::new();
    // Many are about the same file: it is looked for once.
    let mut own = HashMap::<(&Path, &str), Option<PathBuf>>::new();
    for found in all {
        let mut at = |path| {
            let shown = || now.repositories.shown(&found.root, Path::new(path));
            let looked = || Some(shown()).filter(|path| is_there(path));
            own.entry((&found.root, path))
                .or_insert_with(looked)
                .clone()
        };
        let path = found.finding.path.as_deref().and_then(&mut at);
        // A finding about a file as a whole may be about its workflow file, and then is about its step.
        let about_step = path.is_none() || found.finding.line.is_none();
        let run = now.get(&found.run_id).filter(|_| about_step);
        let workflow = run.and_then(|run| now.workflow_file(run));
        match path {
            Some(path) if workflow.as_ref() != Some(&path) => {
                files.entry(path).or_default().add(found)
            }
            Some(path) => files.entry(path).or_default().steps.push(Arc::clone(found)),
            None => {
                if let Some(path) = workflow {
                    files.entry(path).or_default().steps.push(Arc::clone(found));
                }
            }
        }
    }
    let keep = |(path, mut file): (PathBuf, FileFindings)| {
        file.keep_texts(before.get(&path).map(|before| &**before));
        (path, Arc::new(file))
    };
    files.into_iter().map(keep).collect()
}

impl FileFindings {
    fn add(&mut self, found: &Arc<Found>) {
        let key = (found.run_id.as_str(), found.step_id.as_deref());
        match self.groups.iter_mut().find(|group| group.of() == key) {
            Some(group) => group.found.push(Arc::clone(found)),
            None => self.groups.push(Group {
                found: vec![Arc::clone(found)],
                origin: Origin::Unread,
            }),
        }
    }

    /// Bytes of the texts that were read for it.
    pub(super) fn bytes(&self) -> usize {
        let texts = self.groups.iter().map(|group| match &group.origin {
            Origin::Text(text) => text.len(),
            Origin::Unread | Origin::Asked | Origin::Gone => 0,
        });
        texts.sum()
    }

    /// Texts that were read of the same findings are those of the same result.
    fn keep_texts(&mut self, before: Option<&Self>) {
        for group in &mut self.groups {
            let known =
                before.and_then(|before| before.groups.iter().find(|known| *known == group));
            if let Some(known) = known {
                group.origin = known.origin.clone();
            }
        }
    }
}
