//! Taking back a commit: the branch goes to where it was, if nothing came on top since.

use std::path::PathBuf;

use super::{RawFiles, Undone};
use crate::bytes;
use crate::error::{Error, Result};
use crate::oid::Oid;
use crate::raw_diff::Renames;
use crate::repo::Repo;

/// The file of an undo commit that says so: `<branch, or nothing for a detached HEAD>\n<old>\n<new>\n`.
const MOVED: &str = "moved";

/// A branch that was moved to a commit of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moved {
    /// Its short name; `None`: a detached HEAD.
    pub(crate) branch: Option<String>,
    pub(crate) old: Oid,
    pub(crate) new: Oid,
}

impl Repo {
    pub(crate) fn keep_move(&self, run: &str, moved: &Moved) -> Result<()> {
        let Moved { branch, old, new } = moved;
        let text = format!("{}\n{old}\n{new}\n", branch.as_deref().unwrap_or_default());
        let blob = self
            .git("hash-object")
            .args(["-w", "--no-filters", "--stdin"])
            .input(text.into_bytes())
            .oid()?;
        let files = RawFiles::from([(PathBuf::from(MOVED), ("100644".to_owned(), blob))]);
        self.keep_undo_of(run, &files).map(drop)
    }

    /// The move that an undo commit holds; none where it holds files.
    pub(super) fn read_move(&self, commit: &Oid) -> Result<Option<Moved>> {
        let Some(blob) = self.resolve_with_git(&format!("{commit}:{MOVED}"))? else {
            return Ok(None);
        };
        let text = self.git("cat-file").args(["blob", blob.as_str()]).run()?;
        let odd = || Error::odd_answer("cat-file", &text);
        let lines = bytes::lossy(&text);
        let mut lines = lines.lines();
        let (Some(branch), Some(old), Some(new)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(odd());
        };
        Ok(Some(Moved {
            branch: Some(branch.to_owned()).filter(|name| !name.is_empty()),
            old: Oid::parse(old)?,
            new: Oid::parse(new)?,
        }))
    }

    pub(super) fn move_back(&self, moved: Moved) -> Result<Undone> {
        let Moved { branch, old, new } = moved;
        let name = match &branch {
            Some(branch) => format!("refs/heads/{branch}"),
            None => "HEAD".to_owned(),
        };
        let shown = branch.clone().unwrap_or_else(|| "HEAD".to_owned());
        let here = self.head_branch(self.git_dir())? == branch;
        let tip = self.resolve_ref(&name)?;
        if tip.is_none() && branch.is_some() {
            return Err(Error::BranchGone { branch: shown });
        }
        if tip.as_ref() != Some(&new) || (branch.is_none() && !here) {
            return Err(Error::BranchWentOn {
                branch: shown,
                merge: self.resolve_with_git(&format!("{new}^2"))?.is_some(),
                commit: new,
            });
        }
        let changes = self.changes(&new, &old, Renames::Detect)?;
        if here {
            self.take_checkout_back(&old, &new)?;
        } else {
            self.refuse_checked_out(std::slice::from_ref(&name))?;
            self.move_ref(&name, &old, Some(&new))?;
        }
        Ok(Undone {
            changes,
            branch: Some(shown),
        })
    }

    /// With `reset --keep`, which moves nothing where an uncommitted edit would be lost.
    fn take_checkout_back(&self, old: &Oid, new: &Oid) -> Result<()> {
        if let Some(operation) = crate::unfinished::operation(self.git_dir()) {
            return Err(Error::Unfinished { operation });
        }
        let touched = Self::paths_of(&self.changes(new, old, Renames::Split)?);
        let mut edited = self.dirty_paths()?;
        edited.retain(|path| touched.contains(path));
        if !edited.is_empty() {
            return Err(Error::ChangedSince { paths: edited });
        }
        let call = self.git("reset").args(["--keep", "--quiet", old.as_str()]);
        call.run().map(drop)
    }
}
