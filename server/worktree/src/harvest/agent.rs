//! What the agent did with git itself: its commits, its branches, its half-done operations.

use std::fs;
use std::path::Path;

use super::{Field, Note};
use crate::bytes;
use crate::error::Result;
use crate::oid::Oid;
use crate::refs::SALVAGE;
use crate::unfinished::OPERATIONS;

/// What half-done operations and interrupted commands leave in a worktree's git folder.
pub(super) const LEFTOVERS: &[&str] = &[
    "index.lock",
    "HEAD.lock",
    "MERGE_HEAD",
    "MERGE_MSG",
    "MERGE_MODE",
    "MERGE_RR",
    "AUTO_MERGE",
    "SQUASH_MSG",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "REBASE_HEAD",
    "BISECT_LOG",
    "BISECT_START",
    "rebase-merge",
    "rebase-apply",
    "sequencer",
];

/// The agent's doings.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// The commit on HEAD that the result builds on; `None`: it builds on the base.
    pub(super) head: Option<Oid>,
    /// How many commits of the agent that brings along.
    pub(super) commits: usize,
    /// Where the step's branch is now.
    branch: Option<Oid>,
    /// Commits that must not be lost if the result does not contain them.
    tips: Vec<Oid>,
}

impl Field<'_> {
    pub(super) fn what_the_agent_left(&mut self) -> Result<Left> {
        let branch = self
            .repo
            .resolve_ref(&format!("refs/heads/{}", self.job.branch))?;
        if branch.is_none() {
            self.notes.push(Note::BranchDeleted);
        }
        let mut left = Left {
            branch: branch.clone(),
            tips: branch.into_iter().collect(),
            ..Left::default()
        };
        let Some(git_dir) = self.git_dir.clone() else {
            return Ok(left);
        };
        self.note_operations(&git_dir)?;
        let original =
            fs::read_to_string(git_dir.join("rebase-merge/orig-head")).unwrap_or_default();
        left.tips.extend(Oid::parse(original.trim()));
        if let Some(head) = self.head(&git_dir)?.filter(|head| *head != self.job.base) {
            left.tips.push(head.clone());
            self.take_commits(head, &mut left)?;
        }
        Ok(left)
    }

    fn note_operations(&mut self, git_dir: &Path) -> Result<()> {
        let mut seen = Vec::new();
        for (file, operation) in OPERATIONS {
            if git_dir.join(file).exists() && !seen.contains(operation) {
                seen.push(operation);
                self.notes.push(Note::LeftInProgress(operation));
            }
        }
        let on = self.repo.head_branch(git_dir)?;
        if on.as_deref() != Some(&self.job.branch) {
            self.notes.push(Note::OffBranch(on));
        }
        Ok(())
    }

    /// The commit on the worktree's HEAD; where its branch was deleted, the last one in its log.
    fn head(&self, git_dir: &Path) -> Result<Option<Oid>> {
        // The usual case costs no process: HEAD is on a branch, and that is there.
        if let Some(branch) = self.repo.head_branch(git_dir)?
            && let Some(commit) = self.repo.resolve_ref(&format!("refs/heads/{branch}"))?
        {
            return Ok(Some(commit));
        }
        let call = self.repo.git_at(git_dir, &self.job.path, "rev-parse");
        let output = call
            .args(["--verify", "--quiet", "HEAD^{commit}"])
            .output()?;
        if output.code == Some(0) {
            return Oid::parse(&bytes::lossy(bytes::line(&output.stdout))).map(Some);
        }
        let log = fs::read(git_dir.join("logs/HEAD")).unwrap_or_default();
        let last = log.split(|b| *b == b'\n').rfind(|line| !line.is_empty());
        // `<old> <new> <who> <when>\t<what>`; the deletion itself has a `<new>` of zeros.
        let ids = last
            .into_iter()
            .flat_map(|line| line.split(|b| *b == b' ').take(2));
        let mut ids = ids
            .filter_map(|id| Oid::parse(&bytes::lossy(id)).ok())
            .collect::<Vec<_>>()
            .into_iter()
            .rev();
        Ok(ids.find(|oid| self.repo.tree_of(oid).is_ok()))
    }

    /// Keeps the commits up to `head` if they may stay as they are.
    fn take_commits(&mut self, head: Oid, left: &mut Left) -> Result<()> {
        if !self.repo.is_ancestor(&self.job.base, &head)? {
            // Going back to an older commit and committing nothing is no commit of the agent's.
            if !self.repo.is_ancestor(&head, &self.job.base)? {
                self.notes
                    .push(Note::Squashed("they do not descend from the step's base"));
            }
            return Ok(());
        }
        if self.touches_hand_off(&head)? {
            self.notes
                .push(Note::Squashed("they contain hand-off files"));
            return Ok(());
        }
        let range = format!("{}..{head}", self.job.base);
        let count = self.repo.git("rev-list").args(["--count", &range]).run()?;
        left.commits = bytes::lossy(bytes::line(&count)).parse().unwrap_or(0);
        left.head = Some(head);
        Ok(())
    }

    fn touches_hand_off(&self, head: &Oid) -> Result<bool> {
        if self.job.exclude.is_empty() {
            return Ok(false);
        }
        let range = format!("{}..{head}", self.job.base);
        let globs = self
            .job
            .exclude
            .iter()
            .map(|glob| format!(":(top,glob){glob}"));
        let call = self
            .repo
            .git("rev-list")
            .args(["--max-count=1", "--full-history", &range, "--"])
            .args(globs);
        Ok(!call.run()?.is_empty())
    }

    /// Saves what the agent committed but the result does not contain.
    pub(super) fn keep_aside(&mut self, left: &Left, result: &Oid) -> Result<()> {
        for tip in &left.tips {
            if self.repo.is_ancestor(tip, result)? || self.repo.is_ancestor(tip, &self.job.base)? {
                continue;
            }
            let name = format!("{SALVAGE}{}/{}", self.job.branch, tip.short());
            self.repo
                .git("update-ref")
                .args([&name, tip.as_str()])
                .run()?;
            if !self.notes.contains(&Note::KeptAside(name.clone())) {
                self.notes.push(Note::KeptAside(name));
            }
        }
        Ok(())
    }

    pub(super) fn move_branch(&self, left: &Left, result: &Oid) -> Result<()> {
        if left.branch.as_ref() == Some(result) {
            return Ok(());
        }
        self.repo.move_ref(
            &format!("refs/heads/{}", self.job.branch),
            result,
            left.branch.as_ref(),
        )
    }
}
