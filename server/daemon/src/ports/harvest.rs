//! Taking in what an attempt left, and the translation of git's errors and notes.

use super::findings::{self, Tree};
use super::repository::{failure, hand_off_files, open, open_with, trailers};
use super::scores;
use super::{built_in, called};
use crate::trees::Record;
use engine::Job;
use engine::ports::Harvest;
use model::diagnostic::Severity;
use model::failure::Failure;
use model::finding::Finding;
use model::task::ArtifactRef;
use model::verdict::Created;
use std::path::{Path, PathBuf};
use worktree::{
    ArtifactLimits, CreatedStatus, HarvestJob, Identity, Note, Oid, Repo, SharedState,
    StoredArtifact, Unfilled,
};

/// An attempt's repository when its worktree was made.
pub(super) struct Before {
    /// Opened then: saves asking git again where it lies.
    pub(super) repo: Repo,
    /// Who commits.
    pub(super) identity: Identity,
    /// What agents share with the user.
    pub(super) shared: SharedState,
    /// Submodules that the worktree has to do without.
    pub(super) unfilled: Vec<Unfilled>,
}

/// The ignored artifacts of the steps that a job builds on.
pub(super) fn stored(job: &Job) -> Vec<StoredArtifact> {
    let tasks = job.parents.iter().chain(&job.gate);
    let artifacts = tasks.flat_map(|task| &task.product.artifacts);
    artifacts
        .filter_map(|artifact| {
            let stored = artifact.stored.clone()?;
            Some(StoredArtifact {
                path: PathBuf::from(&artifact.path),
                stored,
            })
        })
        .collect()
}

/// Hand-off files that the worktree's base has: they get their content back at the end.
pub(super) fn tracked_hand_off_files(job: &Job, status_file: &str) -> Vec<String> {
    let environment = job
        .run
        .as_ref()
        .map_or(&job.task.environment, |run| &run.environment);
    let Some(base) = job
        .task
        .worktree
        .as_ref()
        .and_then(|worktree| Oid::parse(&worktree.base).ok())
    else {
        return Vec::new();
    };
    let paths = hand_off_files(status_file);
    open_with(&job.task.tenant, environment)
        .and_then(|repo| repo.tracked(&base, &paths))
        .unwrap_or_default()
}

/// Commits what an attempt left, and looks at what it promised.
pub(super) fn harvest(
    job: &Job,
    keep: bool,
    store: &Path,
    before: Option<Before>,
    record: Option<&Record>,
) -> Result<Harvest, Failure> {
    let mut lacking = Vec::new();
    let (repo, identity, shared) = match before {
        Some(before) => {
            lacking = before.unfilled;
            (before.repo, Some(before.identity), Some(before.shared))
        }
        // An earlier daemon made the worktree.
        None => (open(job)?, None, None),
    };
    // What escaped is looked for while git is at work on what stayed inside.
    std::thread::scope(|scope| {
        let found = scope.spawn(|| escaped(&repo, shared));
        let harvested = match keep {
            true => take_in(job, store, &repo, identity, record),
            false => Ok(left_behind(job, &repo)),
        };
        let mut harvest = harvested?;
        let mut findings = found.join().unwrap_or_default();
        findings.extend(lacking.iter().map(without));
        findings.append(&mut harvest.findings);
        Ok(Harvest {
            findings,
            ..harvest
        })
    })
}

/// What an attempt that failed says it found before; nothing is promised of that.
fn left_behind(job: &Job, repo: &Repo) -> Harvest {
    let Some(worktree) = &job.task.worktree else {
        return Harvest::default();
    };
    built_in::conclude(job);
    let tree = Tree::new(&worktree.path, repo.root());
    let promised = promised(job);
    let found = promised
        .iter()
        .flat_map(|path| findings::of_artifact(&tree, path).findings);
    let mut found: Vec<Finding> = found.collect();
    tree.lay_text(&mut found);
    found.extend(built_in::unused(job));
    Harvest {
        findings: found,
        said: built_in::said(job),
        ..Harvest::default()
    }
}

/// What a built-in task left in a folder that is no worktree.
pub(super) fn look(job: &Job) -> Harvest {
    let Some(task) = job.task.step.built_in() else {
        return Harvest::default();
    };
    built_in::conclude(job);
    let root = called::root(job);
    let tree = Tree::new(root, root);
    let mut harvest = Harvest {
        said: built_in::said(job),
        ..Harvest::default()
    };
    for leaves in task.leaves {
        if root.join(leaves.path).exists() {
            look_at(&tree, leaves.path, None, &mut harvest);
        }
    }
    tree.lay_text(&mut harvest.findings);
    harvest.findings.extend(built_in::unused(job));
    harvest
}

/// What a step promises, and what its built-in task does.
fn promised(job: &Job) -> Vec<String> {
    let mut paths = job.task.step.creates.clone();
    let leaves = job.task.step.built_in().map_or(&[][..], |task| task.leaves);
    for leaves in leaves {
        if !paths.iter().any(|path| path == leaves.path) {
            paths.push(leaves.path.to_owned());
        }
    }
    paths
}

/// Commits what an attempt left on its step's branch.
fn take_in(
    job: &Job,
    store: &Path,
    repo: &Repo,
    identity: Option<Identity>,
    record: Option<&Record>,
) -> Result<Harvest, Failure> {
    let (Some(worktree), Some(run)) = (&job.task.worktree, &job.run) else {
        return Ok(Harvest::default());
    };
    let tree = Tree::new(&worktree.path, repo.root());
    let identity = match identity {
        Some(identity) => identity,
        None => repo
            .remembered_identity()
            .map_err(|error| failure(&error))?,
    };
    let named = job
        .task
        .last_attempt()
        .and_then(|attempt| attempt.end())
        .map_or(&[][..], |end| &end.artifacts);
    let step = &job.task.step;
    let mut creates = promised(job);
    let more = named.iter().filter(|path| !creates.contains(path));
    creates.extend(more.cloned().collect::<Vec<_>>());
    let laid = record.map_or(&[][..], |record| &record.laid);
    let exclude = hand_off_files(&job.settings.hand_off.status_file_name);
    let harvested = repo
        .harvest(&HarvestJob {
            path: worktree.path.clone(),
            branch: worktree.branch.clone(),
            base: Oid::parse(&worktree.base).map_err(|error| failure(&error))?,
            message: format!("{}\n\n{}", step.title, trailers(run, Some(job))),
            identity,
            exclude: exclude
                .into_iter()
                .chain(laid.iter().flat_map(|path| literal(path)))
                .collect(),
            creates,
            artifact_store: store.join(job.attempt().as_str()),
            limits: ArtifactLimits::default(),
        })
        .map_err(|error| failure(&error))?;
    let changed = harvested.changed.iter();
    let changed = changed.flat_map(|change| change.from.iter().chain([&change.path]));
    let changed = changed
        .take(model::overlap::MOST_FILES)
        .map(|path| path.display().to_string())
        .collect();
    let private = record.into_iter().flat_map(private);
    let began = began(repo, &worktree.path);
    let created: Vec<(String, Created)> = harvested
        .created
        .iter()
        .map(|created| (created.path.clone(), became(created, began)))
        .collect();
    let mut harvest = Harvest {
        commit: harvested
            .commit
            .map_or_else(|| worktree.base.clone(), |commit| commit.to_string()),
        branch: worktree.branch.clone(),
        artifacts: Vec::new(),
        changed,
        invalid: Vec::new(),
        findings: private.chain(harvested.notes.iter().map(note)).collect(),
        created: Vec::new(),
        scores: None,
        said: None,
    };
    harvest.findings.extend(built_in::unused(job));
    let scored = step.scoring.as_ref().is_some_and(|scoring| scoring.enabled);
    if scored {
        let changed = harvested.changed.iter().map(|change| change.path.as_path());
        harvest.scores = scores::written(&worktree.path, &created, changed, began);
    }
    for (path, state) in created {
        if state != Created::Missing {
            let stored = harvested
                .artifacts
                .iter()
                .find(|stored| stored.path == Path::new(path.trim_end_matches('/')));
            let stored = stored.map(|stored| stored.stored.clone());
            look_at(&tree, &path, stored, &mut harvest);
        }
        harvest.created.push((path, state));
    }
    tree.lay_text(&mut harvest.findings);
    Ok(harvest)
}

/// Git globs that match a path, whatever is in its name, and everything below it. One letter of it stands in
/// brackets: git refuses to be given an ignored path or one beyond a link, even to leave it out, but not a
/// pattern.
fn literal(path: &Path) -> [String; 2] {
    let mut glob = String::new();
    let mut bracketed = false;
    for c in path.to_string_lossy().chars() {
        if !bracketed && (c.is_ascii_alphanumeric() || c == '.' || c == '_') {
            bracketed = true;
            glob.extend(['[', c, ']']);
            continue;
        }
        if "*?[]\\".contains(c) {
            glob.push('\\');
        }
        glob.push(c);
    }
    let below = format!("{glob}/**");
    [glob, below]
}

/// Files that were laid into the worktree and would have been committed but for us.
fn private(record: &Record) -> Vec<Finding> {
    let found = record.not_ignored.iter().map(|path| {
        let message = format!(
            "{} was copied into the worktree and git does not ignore it: it was kept out of the commit",
            path.display()
        );
        Finding::new("not-ignored", Severity::Warning, message).about(path.display().to_string())
    });
    found.collect()
}

fn became(created: &worktree::Created, began: Option<std::time::SystemTime>) -> Created {
    let written = created
        .modified
        .zip(began)
        .is_some_and(|(modified, began)| modified > began);
    match created.status {
        CreatedStatus::Missing | CreatedStatus::Outside | CreatedStatus::NotTaken => {
            Created::Missing
        }
        CreatedStatus::New | CreatedStatus::Changed => Created::Written,
        CreatedStatus::Unchanged | CreatedStatus::Ignored if written => Created::Written,
        CreatedStatus::Unchanged | CreatedStatus::Ignored => Created::Unchanged,
    }
}

/// When the worktree was ready: what was written later, the attempt wrote.
fn began(repo: &Repo, path: &Path) -> Option<std::time::SystemTime> {
    let git_dir = repo.worktree_at(path).ok()?.git_dir;
    std::fs::metadata(git_dir.join("offshoot"))
        .ok()?
        .modified()
        .ok()
}

/// Enters a file as an artifact, with what it says it found. A JSON file has to be JSON.
fn look_at(tree: &Tree, path: &str, stored: Option<PathBuf>, harvest: &mut Harvest) {
    let read = findings::of_artifact(tree, path);
    harvest.artifacts.push(ArtifactRef {
        path: path.to_owned(),
        kind: read.kind.unwrap_or_else(|| "file".to_owned()),
        schema_version: read.schema_version,
        stored,
    });
    harvest.findings.extend(read.findings);
    harvest
        .invalid
        .extend(read.invalid.map(|problem| (path.to_owned(), problem)));
}

fn escaped(repo: &Repo, before: Option<SharedState>) -> Vec<Finding> {
    let Some(before) = before else {
        return Vec::new();
    };
    let Ok(after) = repo.shared_state() else {
        return Vec::new();
    };
    before
        .escaped(&after)
        .iter()
        .map(|escaped| {
            let message =
                format!("while it ran, something outside its worktree changed: {escaped}");
            Finding::new("escaped", Severity::Warning, message)
        })
        .collect()
}

fn without(submodule: &Unfilled) -> Finding {
    let path = submodule.path.display().to_string();
    let message = format!(
        "the submodule {path} was an empty folder: {}",
        submodule.reason
    );
    Finding::new("submodule", Severity::Warning, message).about(path)
}

fn note(note: &Note) -> Finding {
    let (code, path) = match note {
        Note::NestedRepository(path) => ("nested-repository", Some(path.display().to_string())),
        Note::NotStored(path, _) => ("artifact-not-stored", Some(path.display().to_string())),
        Note::LeftInProgress(_) => ("left-in-progress", None),
        Note::OffBranch(_) | Note::BranchDeleted => ("off-branch", None),
        Note::Unregistered(_) => ("unregistered", None),
        Note::Squashed(_) => ("squashed", None),
        Note::KeptAside(_) => ("kept-aside", None),
        _ => ("worktree", None),
    };
    let finding = Finding::new(code, Severity::Warning, note.to_string());
    match path {
        Some(path) => finding.about(path),
        None => finding,
    }
}
