//! Our worktrees as they are on disk, against those that should be there.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::add::{LOCK_REASON, branch_of, is_ours, owner_of, read_note, registered_path};
use crate::error::{Error, Result};
use crate::oid::Oid;
use crate::remove::is_set_aside;
use crate::repo::Repo;
use crate::salvage::SalvageRef;

/// Folders of the daemon's own beside the worktrees begin like this; see there.
const OURS_BESIDE: &str = ".offshoot-";

/// Making an entry takes less than a thousandth of it.
const BEGUN: Duration = Duration::from_secs(60);

/// One of our worktrees, as git's entry for it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The folder.
    pub path: PathBuf,
    /// Whether the folder is there.
    pub exists: bool,
    /// The short name of its branch; `None` for one that was never finished.
    pub branch: Option<String>,
    /// The commit it was made from; `None` for one that was never finished.
    pub base: Option<Oid>,
    /// Its git folder.
    pub git_dir: PathBuf,
    /// Whose it is; `None` where that was not noted. See [`Repo::owned_by`].
    pub owner: Option<PathBuf>,
}

/// What was found and done at start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Worktrees nobody expected, removed.
    pub removed: Vec<PathBuf>,
    /// What was saved of them before.
    pub salvaged: Vec<SalvageRef>,
    /// Expected worktrees that are not there, or are no worktrees any more.
    pub missing: Vec<PathBuf>,
    /// Folders below the roots that are not ours to judge: left alone.
    pub left: Vec<PathBuf>,
    /// Folders that were renamed on their way out, and are to be deleted by the caller: that takes a while.
    pub rubbish: Vec<PathBuf>,
    /// Worktrees that could not be saved or removed, and why.
    pub failed: Vec<(PathBuf, String)>,
}

impl Repo {
    /// Our worktrees, from git's entries; no process is started.
    pub fn worktrees(&self) -> Result<Vec<Registered>> {
        let root = self.admin_root();
        let entries = match fs::read_dir(&root) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(Error::io("read", &root, e)),
        };
        let folders = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|dir| is_ours(dir));
        let mut found: Vec<Registered> = folders.filter_map(registered).collect();
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// Clears up after a crash: worktrees of ours below `roots` that are not `expected` are saved
    /// and removed, with their branch where it never moved from its base. Paths must be canonical.
    /// One that fails does not keep the others. Entries that were begun and name no worktree go, too.
    pub fn reconcile(&self, expected: &[PathBuf], roots: &[PathBuf]) -> Result<Reconciled> {
        let mut done = Reconciled::default();
        for worktree in self.worktrees()? {
            let below = roots.iter().any(|root| worktree.path.starts_with(root));
            let foreign = self.is_foreign(worktree.owner.as_deref());
            if below && !foreign && !expected.contains(&worktree.path) {
                self.clear(&worktree.path, &mut done);
                self.drop_untouched_branch(&worktree)?;
            }
        }
        for folder in roots.iter().flat_map(|root| folders_in(root)) {
            self.look_at_folder(&folder, expected, &mut done);
        }
        let begun = folders_in(&self.admin_root());
        begun
            .iter()
            .filter(|dir| is_only_begun(dir))
            .for_each(|dir| {
                let _ = fs::remove_dir_all(dir);
            });
        let sound = |path: &&PathBuf| self.worktree_at(path).is_err();
        done.missing = expected.iter().filter(sound).cloned().collect();
        Ok(done)
    }

    /// Whose a worktree is where it is another's than ours, who may be at work in it.
    pub fn other_owner<'w>(&self, worktree: &'w Registered) -> Option<&'w Path> {
        let owner = worktree.owner.as_deref();
        owner.filter(|owner| self.is_foreign(Some(owner)))
    }

    /// Whether a worktree is somebody else's.
    fn is_foreign(&self, owner: Option<&Path>) -> bool {
        owner.is_some() && self.owner().is_some() && owner != self.owner()
    }

    fn look_at_folder(&self, folder: &Path, expected: &[PathBuf], done: &mut Reconciled) {
        let name = folder.file_name().unwrap_or_default();
        if is_set_aside(name) {
            if !done.rubbish.iter().any(|known| known == folder) {
                done.rubbish.push(folder.to_owned());
            }
        } else if name.as_encoded_bytes().starts_with(OURS_BESIDE.as_bytes())
            || expected.iter().any(|path| path == folder)
            || done.removed.iter().any(|path| path == folder)
        {
            // The daemon's own, a step's, or dealt with.
        } else if self
            .admin_dir_for(folder)
            .is_some_and(|dir| self.is_foreign(owner_of(&dir).as_deref()))
        {
            done.left.push(folder.to_owned());
        } else if self.points_below_us(folder) {
            self.clear(folder, done);
        } else if fs::remove_dir(folder).is_ok() {
            // Empty: made, but killed before git got to it.
            done.removed.push(folder.to_owned());
        } else {
            done.left.push(folder.to_owned());
        }
    }

    fn clear(&self, path: &Path, done: &mut Reconciled) {
        let name = format!("orphan/{}", crate::refs::sanitized(path));
        match self.put_away(path, &name, None) {
            Ok(away) => {
                done.salvaged.extend(away.salvaged);
                done.rubbish.extend(away.folder);
                done.removed.push(path.to_owned());
            }
            Err(error) => done.failed.push((path.to_owned(), error.to_string())),
        }
    }

    /// A branch that still lies at its base holds no work.
    fn drop_untouched_branch(&self, worktree: &Registered) -> Result<()> {
        let (Some(branch), Some(base)) = (&worktree.branch, &worktree.base) else {
            return Ok(());
        };
        let name = format!("refs/heads/{branch}");
        if self.resolve_ref(&name)?.as_ref() != Some(base) {
            return Ok(());
        }
        match self.delete_ref(&name, base) {
            Err(Error::RefMoved { .. }) => Ok(()),
            other => other,
        }
    }
}

fn registered(git_dir: PathBuf) -> Option<Registered> {
    let path = registered_path(&git_dir)?;
    let base = read_note(&git_dir).map(|(base, _)| base);
    Some(Registered {
        exists: path.is_dir(),
        branch: branch_of(&git_dir),
        owner: owner_of(&git_dir),
        base,
        path,
        git_dir,
    })
}

/// Whether an entry was begun a while ago and names no worktree yet: whoever made it was killed. git does not list
/// such a one, and never prunes it, because it is locked.
fn is_only_begun(git_dir: &Path) -> bool {
    let locked = fs::read_to_string(git_dir.join("locked"));
    let ours = locked.is_ok_and(|reason| matches!(reason.trim_end(), "" | LOCK_REASON));
    let made = fs::metadata(git_dir).and_then(|meta| meta.modified());
    let age = made.ok().and_then(|made| made.elapsed().ok());
    ours && registered_path(git_dir).is_none()
        && read_note(git_dir).is_none()
        && age.is_some_and(|age| age > BEGUN)
}

fn folders_in(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.map(|entry| entry.path()).collect()
}
