//! What git keeps of a worktree, written as `git worktree add --no-checkout` writes it: the same files in the
//! same order. That program starts another one, for the branch; here the branch is the only thing git does.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::add::{AddWorktree, LOCK_REASON, Worktree};
use crate::bytes;
use crate::error::{Error, Result};
use crate::refs::{alternatives, move_ref, safe, sanitized};
use crate::repo::Repo;

/// A worktree without any file but `.git`.
#[derive(Debug)]
pub(crate) struct Entered {
    pub(crate) worktree: Worktree,
    /// False: its HEAD names a branch that is to be made, see [`Repo::branch_off`].
    pub(crate) has_branch: bool,
}

impl Repo {
    /// Makes a worktree without any file but `.git` in this empty folder. Only where git's entries are of the
    /// plain kind. When it fails, the folder is as it was.
    pub(crate) fn enter(&self, path: &Path, job: &AddWorktree) -> Result<Worktree> {
        let git_dir = self.claim_entry(path)?;
        let dot_git = path.join(".git");
        if let Err(error) = fill(&git_dir, &dot_git, &job.branch) {
            let _ = fs::remove_file(&dot_git);
            let _ = fs::remove_dir_all(&git_dir);
            return Err(error);
        }
        Ok(Worktree {
            path: path.to_owned(),
            branch: job.branch.clone(),
            git_dir,
            base: job.base.clone(),
        })
    }

    /// Makes the branch that its HEAD names, or the next one that is free; through HEAD, so that both have it
    /// in their logs.
    pub(crate) fn branch_off(&self, entered: &Worktree) -> Result<String> {
        let Worktree { git_dir, base, .. } = entered;
        for branch in alternatives(&entered.branch) {
            if branch != entered.branch {
                put_head(git_dir, &branch)?;
            }
            let call = self.git_at(git_dir, &entered.path, "update-ref");
            let call = call.args(["-m", &format!("branch: Created from {base}")]);
            match move_ref(call, "HEAD", base, None) {
                Ok(()) => return Ok(branch),
                Err(Error::RefMoved { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::RefMoved {
            name: format!("refs/heads/{}", entered.branch),
        })
    }

    /// The same with its branch. When it cannot be made, nothing is left.
    pub(crate) fn with_branch(&self, mut entered: Entered) -> Result<Entered> {
        if !entered.has_branch {
            let made = self.branch_off(&entered.worktree);
            entered.worktree.branch = made.inspect_err(|_| self.leave(&entered))?;
            entered.has_branch = true;
        }
        Ok(entered)
    }

    /// Takes it back.
    pub(crate) fn leave(&self, entered: &Entered) {
        let Worktree {
            path, branch, base, ..
        } = &entered.worktree;
        match entered.has_branch {
            true => self.unmake(path, branch, base),
            // A branch of that name may be anybody's.
            false => self.unmake_folder(path),
        }
    }

    /// Makes the folder of the entry: making it is what claims the name.
    fn claim_entry(&self, path: &Path) -> Result<PathBuf> {
        let root = self.admin_root();
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.and_then(|name| safe(name).ok());
        for name in alternatives(name.unwrap_or(&sanitized(path))) {
            let git_dir = root.join(name);
            let make = || fs::create_dir(&git_dir);
            let made = make().or_else(|error| match error.kind() {
                // The first one; or the last one has just gone, and their folder with it.
                ErrorKind::NotFound => fs::create_dir_all(&root).and_then(|()| make()),
                _ => Err(error),
            });
            match made {
                Ok(()) => return Ok(git_dir),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::io("make", &git_dir, error)),
            }
        }
        Err(Error::BadName {
            name: path.display().to_string(),
        })
    }
}

/// First what keeps others from removing it, and marks it as ours.
fn fill(git_dir: &Path, dot_git: &Path, branch: &str) -> Result<()> {
    put(
        &git_dir.join("locked"),
        format!("{LOCK_REASON}\n").as_bytes(),
    )?;
    put(
        &git_dir.join("gitdir"),
        &[bytes::of(dot_git), b"\n"].concat(),
    )?;
    put(dot_git, &[b"gitdir: ", bytes::of(git_dir), b"\n"].concat())?;
    put(&git_dir.join("commondir"), b"../..\n")?;
    // Last of what git needs: where there is a HEAD the entry is sound.
    put_head(git_dir, branch)?;
    let refs = git_dir.join("refs");
    fs::create_dir(&refs).map_err(|e| Error::io("make", &refs, e))
}

/// In one step: git may be reading it, and somebody may be killed meanwhile.
fn put_head(git_dir: &Path, branch: &str) -> Result<()> {
    let (next, head) = (git_dir.join("HEAD.next"), git_dir.join("HEAD"));
    put(&next, format!("ref: refs/heads/{branch}\n").as_bytes())?;
    fs::rename(&next, &head).map_err(|e| Error::io("rename", &next, e))
}

/// With the permissions that git's files have.
fn put(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = fs::File::create(path).map_err(|e| Error::io("write", path, e))?;
    file.write_all(content)
        .map_err(|e| Error::io("write", path, e))
}
