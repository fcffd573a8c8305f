//! What a step left in its worktree, as a commit on the step's branch.
//!
//! The truth is what lies on disk, and the commits on HEAD where they descend from the base.
//! Index, branches and half-done operations of the agent have no say, and stand in nobody's way.

mod agent;
mod created;

use std::fs;
use std::path::{Path, PathBuf};

pub use created::{Created, CreatedStatus};

use crate::add::{admin_dir, copy_with_time, read_note, ready_since};
use crate::artifacts::{ArtifactLimits, StoredArtifact};
use crate::error::Result;
use crate::index::{Snapshot, TempIndex};
use crate::oid::Oid;
use crate::raw_diff::{Change, GITLINK, Renames};
use crate::repo::{Identity, Repo};
use crate::submodules::kept_as;

/// A worktree to be harvested. No process may be at work in it any more.
#[derive(Debug, Clone)]
pub struct HarvestJob {
    /// The worktree's folder.
    pub path: PathBuf,
    /// The short name of the step's branch.
    pub branch: String,
    /// The commit that the step started from.
    pub base: Oid,
    /// The commit's message, trailers included.
    pub message: String,
    /// Who commits.
    pub identity: Identity,
    /// Hand-off files: git globs from the root (`.cursor-skill-*`). They never enter a commit; one
    /// that is tracked keeps the base's content.
    pub exclude: Vec<String>,
    /// Files and folders that the step declared to create, relative to the root.
    pub creates: Vec<String>,
    /// The folder for copies of declared files that git ignores; made when needed.
    pub artifact_store: PathBuf,
    /// The bound for each of them.
    pub limits: ArtifactLimits,
}

/// What a step left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Harvest {
    /// The commit; `None` when nothing changed, so that the step's result is its base.
    pub commit: Option<Oid>,
    /// The tree of the result.
    pub tree: Oid,
    /// The files that differ from the base.
    pub changed: Vec<Change>,
    /// Declared files that git ignores, and their copies.
    pub artifacts: Vec<StoredArtifact>,
    /// Each declared path, in the order given.
    pub created: Vec<Created>,
    /// Commits of the agent that the result contains.
    pub agent_commits: usize,
    /// What was odd.
    pub notes: Vec<Note>,
}

/// Something odd about a harvested worktree that people should know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// A repository inside the worktree; its files are not in the commit.
    NestedRepository(PathBuf),
    /// An operation was left half done: `merge`, `rebase`, `cherry-pick`, `revert`, `bisect`.
    LeftInProgress(&'static str),
    /// HEAD was not on the step's branch: the branch it was on, or `None` when detached.
    OffBranch(Option<String>),
    /// The step's branch had been deleted.
    BranchDeleted,
    /// The worktree was no longer registered with git; its files were taken all the same.
    Unregistered(String),
    /// The agent's commits were squashed: the reason.
    Squashed(&'static str),
    /// Commits that the result does not contain were kept under this ref.
    KeptAside(String),
    /// A declared artifact was not stored: the path and why.
    NotStored(PathBuf, String),
}

/// A harvest on its way.
struct Field<'a> {
    repo: &'a Repo,
    job: &'a HarvestJob,
    /// The worktree's own git folder, unless it was pruned.
    git_dir: Option<PathBuf>,
    notes: Vec<Note>,
}

impl Repo {
    /// Commits what the step left, moves the step's branch there, and puts the worktree's HEAD
    /// and index in order. May be called again: the same state gives the same tree.
    pub fn harvest(&self, job: &HarvestJob) -> Result<Harvest> {
        let (git_dir, notes) = match admin_dir(&job.path) {
            Ok(git_dir) => (Some(git_dir), Vec::new()),
            Err(reason) => (None, vec![Note::Unregistered(reason)]),
        };
        Field {
            repo: &self.held(),
            job,
            git_dir,
            notes,
        }
        .harvest()
    }
}

impl Field<'_> {
    fn harvest(mut self) -> Result<Harvest> {
        let left = self.what_the_agent_left()?;
        self.take_in_submodules()?;
        let (index, tree, changed) = self.read_tree(left.head.as_ref())?;
        let parent = left.head.as_ref().unwrap_or(&self.job.base);
        let commit = if self.repo.tree_of(parent)? == tree {
            left.head.clone()
        } else {
            Some(
                self.repo
                    .commit_tree(&tree, &[parent], &self.job.message, &self.job.identity)?,
            )
        };
        let result = commit.clone().unwrap_or_else(|| self.job.base.clone());
        self.keep_aside(&left, &result)?;
        self.put_in_order()?;
        // The index makes a new file, which takes as long as a git process on some file systems.
        std::thread::scope(|scope| {
            let copied = scope.spawn(|| self.hand_over(&index));
            self.move_branch(&left, &result)?;
            copied.join().unwrap_or(Ok(()))
        })?;
        let (created, artifacts) = self.look_at_created(&tree)?;
        let (agent_commits, notes) = (left.commits, self.notes);
        Ok(Harvest {
            commit,
            tree,
            changed,
            artifacts,
            created,
            agent_commits,
            notes,
        })
    }

    /// Before the superproject is read, which takes of a submodule only the commit that is checked out there.
    fn take_in_submodules(&self) -> Result<()> {
        let HarvestJob {
            path,
            branch,
            message,
            identity,
            exclude,
            ..
        } = self.job;
        self.repo
            .take_in_submodules(path, kept_as(branch), message, identity, exclude)
    }

    /// The working tree as a git tree, and how it differs from the base.
    /// Files that the agent committed count also where they are ignored.
    fn read_tree(&mut self, head: Option<&Oid>) -> Result<(TempIndex, Oid, Vec<Change>)> {
        let (repo, job) = (self.repo, self.job);
        let git_dir = self
            .git_dir
            .clone()
            .unwrap_or_else(|| repo.common_dir().to_owned());
        let snapshot = Snapshot {
            repo,
            git_dir: &git_dir,
            work_tree: &job.path,
            exclude: &job.exclude,
        };
        // The kept index is of use only where it is the one of this base.
        let same_base = read_note(&git_dir).is_some_and(|(base, _)| base == job.base);
        let first = same_base.then(|| git_dir.join(crate::add::FIRST_INDEX));
        let index = snapshot.start(first.as_deref(), Some(&job.base))?;
        if let (Some(_), Some(ready)) = (&first, ready_since(&git_dir)) {
            index.settle(&job.path, ready);
        }
        if let Some(head) = head {
            snapshot.read_over(&index, head)?;
        }
        let mut nested = snapshot.add_all(&index)?;
        let mut tree = snapshot.write_tree(&index)?;
        let mut changed = repo.changes(&job.base, &tree, Renames::Detect)?;
        let links = nested_repositories(&job.path, &changed);
        if !links.is_empty() {
            snapshot.drop_entries(&index, &links)?;
            tree = snapshot.write_tree(&index)?;
            changed = repo.changes(&job.base, &tree, Renames::Detect)?;
            nested.extend(links);
        }
        repo.refuse_raw_large_files(&git_dir, &job.path, &tree, &changed)?;
        self.notes
            .extend(nested.into_iter().map(Note::NestedRepository));
        Ok((index, tree, changed))
    }

    /// Leaves the worktree on its branch with nothing half done: a person who opens it sees the result.
    fn put_in_order(&self) -> Result<()> {
        let Some(git_dir) = &self.git_dir else {
            return Ok(());
        };
        for name in agent::LEFTOVERS {
            let path = git_dir.join(name);
            let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
        }
        let head = format!("refs/heads/{}", self.job.branch);
        if self.repo.head_branch(git_dir)?.as_deref() != Some(&self.job.branch) {
            self.repo
                .git_at(git_dir, &self.job.path, "symbolic-ref")
                .args(["HEAD", &head])
                .run()?;
        }
        Ok(())
    }

    /// Makes the worktree's index the one that the result was read with.
    fn hand_over(&self, index: &TempIndex) -> Result<()> {
        match &self.git_dir {
            Some(git_dir) => copy_with_time(index.path(), &git_dir.join("index")),
            None => Ok(()),
        }
    }
}

/// New entries that are repositories of their own, but for submodules that `.gitmodules` names.
pub(crate) fn nested_repositories(root: &Path, changed: &[Change]) -> Vec<PathBuf> {
    let new = changed
        .iter()
        .filter(|c| c.new_mode == GITLINK && c.old_mode != GITLINK);
    let new: Vec<PathBuf> = new.map(|c| c.path.clone()).collect();
    if new.is_empty() {
        return new;
    }
    let modules = fs::read_to_string(root.join(".gitmodules")).unwrap_or_default();
    let declared: Vec<&str> = modules
        .lines()
        .filter_map(|line| {
            line.trim()
                .strip_prefix("path")?
                .trim_start()
                .strip_prefix('=')
        })
        .map(|path| path.trim().trim_matches('"'))
        .collect();
    new.into_iter()
        .filter(|path| !declared.iter().any(|d| Path::new(d) == path))
        .collect()
}
