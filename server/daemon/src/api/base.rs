//! The commit that a run starts from, and what people should know about it before they wonder.

use crate::core::Core;
use crate::ports::trailer;
use model::ids::RunId;
use model::run::Environment;
use protocol::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use worktree::{Identity, Oid, Repo, UntrackedLimits};

/// Uncommitted files that are named in a warning.
const NAMED: usize = 3;

/// How a run is to start.
pub(super) struct Start {
    /// Its workflow file.
    pub(super) workflow: PathBuf,
    /// From the checkout as it is, not from its last commit.
    pub(super) include_dirty: bool,
    /// The run.
    pub(super) run: RunId,
    /// How the file is called in which agents answer.
    pub(super) status_file: String,
}

impl Start {
    /// The base, and warnings.
    pub(super) fn look(&self, repo: &Repo) -> worktree::Result<(Oid, Vec<String>)> {
        let head = repo.head()?;
        let identity = repo.identity()?;
        let mut warnings = Vec::new();
        if identity.fallback {
            let advice = "set user.name and user.email with `git config`";
            warnings.push(format!(
                "git knows no name of yours: commits are made by Offshoot; {advice}"
            ));
        }
        if self.include_dirty {
            let commit = self.as_it_is(repo, &identity, &mut warnings)?;
            return Ok((commit, warnings));
        }
        warnings.extend(self.left_out(repo)?);
        Ok((head.commit, warnings))
    }

    fn as_it_is(
        &self,
        repo: &Repo,
        identity: &Identity,
        warnings: &mut Vec<String>,
    ) -> worktree::Result<Oid> {
        let message = format!(
            "The checkout as it was, with what was uncommitted\n\n{}\n",
            trailer(&self.run)
        );
        let taken = repo.working_tree_commit(
            identity,
            &message,
            &crate::ports::hand_off_files(&self.status_file),
            UntrackedLimits::default(),
        )?;
        warnings.extend(taken.notes.iter().map(ToString::to_string));
        Ok(taken.commit)
    }

    fn left_out(&self, repo: &Repo) -> worktree::Result<Option<String>> {
        // The workflow file was read, and our own folder is read where it lies: neither is missed.
        let known = |path: &Path| {
            path.starts_with(".tapps-agents") || self.workflow.starts_with(repo.root().join(path))
        };
        let mut dirty = repo.dirty_paths()?;
        dirty.retain(|path| !known(path));
        if dirty.is_empty() {
            return Ok(None);
        }
        let named = dirty.iter().take(NAMED);
        let files = named.map(|path| path.display().to_string());
        let files = files.collect::<Vec<_>>().join(", ");
        let more = match dirty.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Ok(Some(format!(
            "the run starts from the last commit; not in it: {files}{more} (`--include-dirty` takes them along)"
        )))
    }
}

/// Keeps the base commit from garbage collection for as long as the run is kept.
pub(super) async fn keep(
    core: &Core,
    root: &Path,
    environment: &Environment,
    id: &RunId,
    commit: Oid,
) -> Result<String, Error> {
    let (environment, id) = (environment.clone(), id.clone());
    let place = root.to_owned();
    let kept = core.git(move || {
        let repo = crate::ports::open_with(&place, &environment)?;
        repo.keep_base(id.as_str(), &commit)?;
        Ok(commit.to_string())
    });
    kept.await.map_err(|error| read_only(root).unwrap_or(error))
}

/// What git does not say when it cannot make a folder for a ref.
fn read_only(root: &Path) -> Option<Error> {
    let git = root.join(".git");
    let access = rustix::fs::access(&git, rustix::fs::Access::WRITE_OK);
    let error = std::io::Error::from(access.err()?);
    let message = format!(
        "the repository cannot be written: {}: {error}",
        git.display()
    );
    Some(Error::new(ErrorKind::Storage, message).hint("a run keeps its branches in the repository"))
}
