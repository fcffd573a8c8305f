//! One look at everything that may end a hand-off. All reading happens here, bounded and blocking;
//! what it means is decided in [`super::judge`].

use super::artifacts::{Fingerprints, Print};
use super::baseline::{Baseline, Side};
use super::claim::Claim;
use super::marker::{self, Kind};
use super::names::{COMMAND_FILE, COMPLETED_FILE, CURSOR_DIR};
use super::nets::Nets;
use super::place::{Found, Root, Stamp, sha256};
use super::status::{self, Expectation, Freshness, Results, Said, StatusReading};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// In this time after a restart of the daemon every watch has begun.
const CLAIMS_SETTLE: Duration = Duration::from_secs(1);

/// A file that was read: where, what it says, and which content that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) place: String,
    pub(super) reading: StatusReading,
    pub(super) sha256: String,
    pub(super) mtime_ns: i64,
}

/// An expected artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Artifact {
    pub(super) path: String,
    /// Fingerprint of what is there, where it is new or changed.
    pub(super) new: Option<String>,
}

/// A `.skill-completed.txt` that was not there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CompletedFile {
    pub(super) sha256: String,
    /// The base commit has one: this could be its content, half put back.
    pub(super) doubtful: bool,
}

/// What one look found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Look {
    /// The worktree is not there any more; why.
    pub(super) gone: Option<String>,
    pub(super) command_there: bool,
    pub(super) statuses: Vec<Read>,
    pub(super) markers: Vec<Read>,
    pub(super) completed_file: Option<CompletedFile>,
    /// Empty where they are not asked for.
    pub(super) artifacts: Vec<Artifact>,
    /// What cannot be used, for people.
    pub(super) troubles: Vec<String>,
}

/// Who looks.
#[derive(Debug)]
pub(super) struct Eyes {
    baseline: Arc<Baseline>,
    worktree: Option<Root>,
    repo: Option<Root>,
    nets: Nets,
    claim: Option<Claim>,
    /// When markers may be believed: after a restart all watches have to have made their claims.
    markers_from: Duration,
    prints: Fingerprints,
}

impl Eyes {
    /// `already`: how long after the command the watch begins; zero for one that is not resumed.
    pub(super) fn new(baseline: Arc<Baseline>, wake: Arc<Notify>, already: Duration) -> Self {
        let worktree = Root::open(&baseline.worktree).ok();
        let repo = Root::open(&baseline.repo).ok();
        let mut nets = Nets::new(wake);
        let mut claim = None;
        for root in worktree.iter().chain(&repo) {
            for name in baseline
                .marker_folder()
                .into_iter()
                .flat_map(|folder| marker_paths(&folder))
            {
                nets.add(root, &name);
            }
        }
        if let (Some(repo), Some(folder)) = (&repo, baseline.marker_folder()) {
            claim = Some(Claim::new(&repo.path().join(folder)));
        }
        if let Some(root) = &worktree {
            for name in [COMMAND_FILE, COMPLETED_FILE, &baseline.status_file] {
                nets.add(root, name);
                nets.add(root, &format!("{CURSOR_DIR}/{name}"));
            }
            for expected in baseline
                .expected
                .iter()
                .filter(|_| baseline.features.artifact_detection)
            {
                nets.add(root, &expected.path);
            }
        }
        let settled = already + CLAIMS_SETTLE;
        let markers_from = if already.is_zero() {
            already
        } else {
            settled.min(baseline.timeout())
        };
        Self {
            baseline,
            worktree,
            repo,
            nets,
            claim,
            markers_from,
            prints: Fingerprints::default(),
        }
    }

    /// Looks, `at` this long after the command. `artifacts`: whether they could end the step now.
    pub(super) fn look(&mut self, at: Duration, artifacts: bool) -> Look {
        let root = match self.worktree.clone() {
            Some(root) if root.path().is_dir() => root,
            _ => {
                let path = self.baseline.worktree.display();
                return Look {
                    gone: Some(format!("the worktree {path} is not there any more")),
                    ..Look::default()
                };
            }
        };
        let mut look = Look {
            command_there: exists(&root, COMMAND_FILE),
            ..Look::default()
        };
        if let Some(reason) = self.nets.fit() {
            look.troubles.push(format!(
                "no file events here ({reason}); looking every {} s instead",
                self.baseline.poll_ms.div_ceil(1000)
            ));
        }
        if self.baseline.features.status_tracking {
            self.read_statuses(&root, &mut look);
        }
        if at >= self.markers_from {
            self.read_markers(&root, &mut look);
        }
        look.completed_file = self.completed_file(&root);
        if artifacts && self.baseline.features.artifact_detection {
            self.read_artifacts(&root, at, &mut look);
        }
        look
    }

    fn read_statuses(&self, root: &Root, look: &mut Look) {
        let name = &self.baseline.status_file;
        for place in [name.clone(), format!("{CURSOR_DIR}/{name}")] {
            match root.read(&place, status::MAX_BYTES) {
                Found::Absent => {}
                Found::Unusable(reason) => look
                    .troubles
                    .push(format!("{place} cannot be used: {reason}")),
                Found::File(bytes, stamp) => {
                    let freshness = self.freshness(Side::Worktree, &place, &stamp);
                    let mut reading = status::parse(&bytes, &self.expectation(root, freshness));
                    reject_escapes(root, &mut reading);
                    look.statuses.push(read(place, reading, &stamp));
                }
            }
        }
    }

    fn read_markers(&self, root: &Root, look: &mut Look) {
        let Some(folder) = self.baseline.marker_folder() else {
            return;
        };
        let shared = self.claim.as_ref().is_some_and(Claim::is_shared);
        let sides = [
            (Side::Worktree, Some(root), false),
            (Side::Repo, self.repo.as_ref(), shared),
        ];
        for (side, place, shared) in sides {
            let Some(place) = place else { continue };
            for (name, path) in marker::NAMES.iter().zip(marker_paths(&folder)) {
                let (Some(kind), found) = (Kind::of(name), place.read(&path, status::MAX_BYTES))
                else {
                    continue;
                };
                match found {
                    Found::Absent => {}
                    Found::Unusable(reason) => look
                        .troubles
                        .push(format!("{path} cannot be used: {reason}")),
                    Found::File(bytes, stamp) => {
                        let expected = self.expectation(root, self.freshness(side, &path, &stamp));
                        let mut reading = marker::parse(&bytes, kind, &expected, shared);
                        reject_escapes(root, &mut reading);
                        let of = if side == Side::Repo {
                            " of the repository"
                        } else {
                            ""
                        };
                        look.markers
                            .push(read(format!("{path}{of}"), reading, &stamp));
                    }
                }
            }
        }
    }

    fn completed_file(&self, root: &Root) -> Option<CompletedFile> {
        let places = [
            COMPLETED_FILE.to_owned(),
            format!("{CURSOR_DIR}/{COMPLETED_FILE}"),
        ];
        places.iter().find_map(|place| {
            let Found::File(_, stamp) = root.read(place, status::MAX_BYTES) else {
                return None;
            };
            let before = self.baseline.before(Side::Worktree, place);
            let doubtful = before.is_some_and(|before| before.tracked);
            let new = self.freshness(Side::Worktree, place, &stamp) == Freshness::New;
            new.then_some(CompletedFile {
                sha256: stamp.sha256,
                doubtful,
            })
        })
    }

    fn read_artifacts(&mut self, root: &Root, at: Duration, look: &mut Look) {
        for expected in &self.baseline.expected {
            let Print { hash, problem } = self.prints.take(root, &expected.path, at);
            look.troubles.extend(problem);
            let new = hash.filter(|hash| expected.was.as_ref() != Some(hash));
            look.artifacts.push(Artifact {
                path: expected.path.clone(),
                new,
            });
        }
    }

    fn expectation<'a>(&'a self, root: &'a Root, freshness: Freshness) -> Expectation<'a> {
        Expectation {
            execution_id: &self.baseline.execution_id,
            workflow_ids: [&self.baseline.workflow_id, &self.baseline.run_id],
            step_id: &self.baseline.step_id,
            worktree: [root.path(), &self.baseline.worktree],
            freshness,
        }
    }

    /// The same content counts again when it was written anew, as a status may be worded alike
    /// twice. Not where git may have put it back (tracked), and not for markers, which carry a time.
    fn freshness(&self, side: Side, path: &str, stamp: &Stamp) -> Freshness {
        if let Some(before) = self.baseline.before(side, path) {
            let same_content = before.stamp.sha256 == stamp.sha256;
            let may_come_back = before.tracked || before.kept.is_none();
            if before.stamp == *stamp || (same_content && may_come_back) {
                return Freshness::Unchanged;
            }
        }
        // The repository may lie on another file system, whose clock says nothing about ours.
        if side == Side::Worktree && stamp.mtime_ns < self.baseline.not_before_ns {
            return Freshness::Older;
        }
        Freshness::New
    }
}

fn read(place: String, reading: StatusReading, stamp: &Stamp) -> Read {
    Read {
        place,
        reading,
        sha256: stamp.sha256.clone(),
        mtime_ns: stamp.mtime_ns,
    }
}

fn marker_paths(folder: &str) -> [String; 2] {
    marker::NAMES.map(|name| format!("{folder}/{name}"))
}

fn exists(root: &Root, name: &str) -> bool {
    std::fs::symlink_metadata(root.path().join(name)).is_ok()
}

/// Artifacts whose path leaves the worktree through a symlink are no artifacts.
fn reject_escapes(root: &Root, reading: &mut StatusReading) {
    let Said::Completed(Results { artifacts, .. }) = &mut reading.said else {
        return;
    };
    artifacts.retain(|path| match root.resolve(path) {
        Ok(_) => true,
        Err(escape) => {
            reading
                .notes
                .push(format!("the artifact {path:?} {}", escape.as_str()));
            false
        }
    });
}

/// One fingerprint of many.
pub(super) fn combined(artifacts: &[Artifact]) -> Option<String> {
    let mut all = String::new();
    for artifact in artifacts {
        all.push_str(artifact.new.as_ref()?);
    }
    (!artifacts.is_empty()).then(|| sha256(all.as_bytes()))
}
