//! Taking a run's result: into the working tree, onto a branch, and back.

use super::{Session, checkout, find, results};
use model::run::{Run, RunState};
use protocol::results::{Applied, ApplyMode, ApplyParams, FileChange};
use protocol::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use worktree::{
    ApplyOutcome, Change, ChangeKind, Clash, ClashReason, LandOutcome, Landing, Oid, Repo,
};

pub(super) async fn apply(session: &Session, params: ApplyParams) -> Result<Applied, Error> {
    let branch = branch(&params)?;
    let mode = params.mode;
    let (run, to) = match mode {
        // A run that was given up can have been applied before; and the last apply may not be the newest run's.
        ApplyMode::Undo if params.run_id.is_empty() => {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "name the run whose apply is to be taken back",
            )
            .hint("see `offshoot workflow list`"));
        }
        ApplyMode::Undo => {
            let (run, _) = find::run(session, &params.run_id, params.repo.as_deref()).await?;
            let to = run.base.clone();
            (run, to)
        }
        _ => {
            let found = find::with_result(session, &params.run_id, params.repo.as_deref());
            let (run, _) = found.await?;
            let to = find::result(&run)?;
            (run, to)
        }
    };
    let only = params.paths.iter().map(PathBuf::from).collect();
    let work = move || {
        let repo = checkout::of(&run, params.repo.as_deref())?;
        let (base, to) = (Oid::parse(&run.base)?, Oid::parse(&to)?);
        let job = Job {
            repo: &repo,
            run: &run,
            base,
            to,
            only,
        };
        job.carry_out(mode, &branch)
    };
    session.core.git(work).await
}

/// The branch that `into` needs, and nothing else may have.
fn branch(params: &ApplyParams) -> Result<String, Error> {
    let invalid = |message: &str| Err(Error::new(ErrorKind::InvalidInput, message));
    match (&params.mode, &params.branch) {
        (ApplyMode::Into, None) => invalid("name the branch that the result is to go into"),
        (ApplyMode::Into, Some(branch)) => Ok(branch.clone()),
        (_, Some(_)) => invalid("a branch is named, but the result is not to go into one"),
        (ApplyMode::Undo, None) if !params.paths.is_empty() => {
            invalid("an apply is taken back as a whole: name no files")
        }
        (_, None) => Ok(String::new()),
    }
}

/// A result and what is to be done with it.
struct Job<'a> {
    repo: &'a Repo,
    run: &'a Run,
    base: Oid,
    to: Oid,
    only: Vec<PathBuf>,
}

impl Job<'_> {
    fn carry_out(&self, mode: ApplyMode, branch: &str) -> worktree::Result<Applied> {
        let done = Applied {
            run_id: self.run.id.to_string(),
            mode,
            ..Applied::default()
        };
        if mode != ApplyMode::Undo {
            self.repo.still_there(&self.base)?;
            self.repo.still_there(&self.to)?;
        }
        match mode {
            ApplyMode::Apply | ApplyMode::Check => self.to_working_tree(mode, done),
            ApplyMode::Undo => self.take_back(done),
            ApplyMode::Commit => self.onto_branch(done, |landing| self.repo.apply_commit(landing)),
            ApplyMode::Into => {
                self.onto_branch(done, |landing| self.repo.apply_into(branch, landing))
            }
        }
    }

    fn to_working_tree(&self, mode: ApplyMode, done: Applied) -> worktree::Result<Applied> {
        let (repo, base) = (self.repo, &self.base);
        let to = match self.only.as_slice() {
            [] => self.to.clone(),
            only => repo.narrowed(base, &self.to, only)?,
        };
        let outcome = match mode {
            ApplyMode::Check => repo.apply_check(base, &to)?,
            _ => repo.apply(self.run.id.as_str(), base, &to)?,
        };
        Ok(match outcome {
            ApplyOutcome::Applied(changes) => Applied {
                changed: changes.iter().map(|change| text(&change.path)).collect(),
                changes: with_renames(&changes, &repo.changed_files(base, &to)?),
                ..done
            },
            ApplyOutcome::Clashes(clashes) => self.clashing(done, &clashes),
        })
    }

    fn take_back(&self, done: Applied) -> worktree::Result<Applied> {
        let undone = self.repo.undo(self.run.id.as_str())?;
        Ok(changing(
            Applied {
                branch: undone.branch,
                ..done
            },
            &undone.changes,
        ))
    }

    fn onto_branch(
        &self,
        done: Applied,
        land: impl FnOnce(&Landing<'_>) -> worktree::Result<LandOutcome>,
    ) -> worktree::Result<Applied> {
        let who = self.repo.identity()?;
        let message = self.message();
        let outcome = land(&Landing {
            run: self.run.id.as_str(),
            base: &self.base,
            result: &self.to,
            only: &self.only,
            message: &message,
            who: &who,
        })?;
        let landed = match outcome {
            LandOutcome::Landed(landed) => landed,
            LandOutcome::Clashes(clashes) => return Ok(self.clashing(done, &clashes)),
        };
        let mut notes = Vec::new();
        if landed.changes.is_empty() {
            notes.push("everything was there already: no commit was made".to_owned());
        } else if !landed.merge && self.only.is_empty() {
            notes.push(
                "the run's base is not in the branch's history (uncommitted then, or rebased since): its changes are a \
                 plain commit, not a merge"
                    .to_owned(),
            );
        }
        if landed
            .changes
            .iter()
            .any(|change| change.new_mode == SUBMODULE)
        {
            notes.push(
                "a submodule moved: `git submodule update` brings its checkout along".to_owned(),
            );
        }
        let branch = landed.branch.unwrap_or_else(|| "HEAD".to_owned());
        Ok(Applied {
            commit: Some(landed.commit.to_string()),
            branch: Some(branch),
            notes,
            ..changing(done, &landed.changes)
        })
    }

    /// What stands against it. Where both sides changed something, git can have a person decide.
    fn clashing(&self, done: Applied, clashes: &[Clash]) -> Applied {
        let reason = |clash: &Clash| protocol::results::Clash {
            path: text(&clash.path),
            reason: clash.reason.to_string(),
        };
        let both = |clash: &Clash| clash.reason == ClashReason::BothChanged;
        let branch = match &self.run.state {
            RunState::Ended {
                result: Some(result),
                ..
            } if self.only.is_empty() && clashes.iter().any(both) => Some(&result.name),
            _ => None,
        };
        let note = |branch| format!("`git merge {branch}` lets you decide file by file");
        Applied {
            clashes: clashes.iter().map(|clash| text(&clash.path)).collect(),
            clash_reasons: clashes.iter().map(reason).collect(),
            notes: branch.map(note).into_iter().collect(),
            ..done
        }
    }

    fn message(&self) -> String {
        let workflow = &self.run.workflow;
        let title = if workflow.name.is_empty() {
            &workflow.id
        } else {
            &workflow.name
        };
        let verb = if self.only.is_empty() {
            "Merge"
        } else {
            "Take part of"
        };
        format!(
            "{verb} the result of `{title}`\n\nOffshoot-Run: {}\n",
            self.run.id
        )
    }
}

/// The mode of a submodule's entry.
const SUBMODULE: u32 = 0o160_000;

fn changing(done: Applied, changes: &[Change]) -> Applied {
    let mut files: Vec<FileChange> = changes.iter().map(file).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Applied {
        changed: changes.iter().map(|change| text(&change.path)).collect(),
        changes: files,
        ..done
    }
}

fn file(change: &Change) -> FileChange {
    results::file_change(change, &[])
}

/// What was written and deleted, a file that the result moved as one change; by path.
fn with_renames(done: &[Change], result: &[Change]) -> Vec<FileChange> {
    let was = |path: &Path, kind| {
        done.iter()
            .any(|change| change.path == path && change.kind == kind)
    };
    let moved: Vec<&Change> = result
        .iter()
        .filter(|change| {
            let from = change.from.as_deref();
            from.is_some_and(|from| was(from, ChangeKind::Deleted))
                && was(&change.path, ChangeKind::Added)
        })
        .collect();
    let covered = |path: &Path| {
        moved
            .iter()
            .any(|change| change.path == path || change.from.as_deref() == Some(path))
    };
    let rest = done.iter().filter(|change| !covered(&change.path));
    let mut files: Vec<FileChange> = rest.chain(moved.iter().copied()).map(file).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(kind: ChangeKind, path: &str, from: Option<&str>) -> Change {
        Change {
            path: path.into(),
            from: from.map(PathBuf::from),
            kind,
            old_mode: 0o100_644,
            new_mode: 0o100_644,
        }
    }

    #[test]
    fn a_moved_file_is_one_change_where_both_ends_were_done() {
        use ChangeKind::{Added, Deleted, Modified, Renamed};
        let result = [change(Renamed, "new", Some("old"))];
        let seen = |done: &[Change]| {
            let files = with_renames(done, &result);
            let files = files.into_iter().map(|file| (file.path, file.status));
            files.collect::<Vec<_>>()
        };
        let both = [
            change(Deleted, "old", None),
            change(Modified, "z", None),
            change(Added, "new", None),
        ];
        assert_eq!(
            seen(&both),
            [
                ("new".into(), "renamed".into()),
                ("z".into(), "modified".into())
            ]
        );
        assert_eq!(seen(&both[2..]), [("new".to_owned(), "added".to_owned())]);
    }
}
