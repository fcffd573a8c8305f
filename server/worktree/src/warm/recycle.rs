//! A worktree made of a warm tree: only what differs is written.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, statat};

use super::index_file::IndexFile;
use super::names::is_plain;
use super::occupants;
use super::retire::{Remembered, reusable};
use super::set_up::{SetUp, moment};
use super::sweep::{Sweep, Swept, stamp_of};
use crate::add::{AddWorktree, Worktree, write_new};
use crate::bytes;
use crate::differences::Difference;
use crate::entry::Entered;
use crate::error::{Error, Result};
use crate::index::TempIndex;
use crate::oid::Oid;
use crate::remove::set_aside;
use crate::repo::Repo;

/// A tree that was put away, and what is remembered of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarmTree {
    /// Its folder.
    pub tree: PathBuf,
    /// The copy of its index, as [`Repo::remember`] made it.
    pub index: PathBuf,
    /// The note of what setup put there, as [`Repo::remember_set_up`] made it; where it may stay.
    pub set_up: Option<PathBuf>,
    /// Files on which setup depends: their names. Where one of them differs, nothing of setup stays.
    pub inputs: Vec<String>,
    /// Permissions of a folder that was new when it was made.
    pub folder_mode: u32,
}

/// What became of a warm tree.
#[derive(Debug)]
#[must_use]
pub enum Recycled {
    /// It is a worktree now.
    Made {
        /// The worktree.
        worktree: Worktree,
        /// What setup put there is still there, untouched, and what it depends on is the same.
        set_up: bool,
        /// Tracked files that were as they had been checked out.
        intact: usize,
        /// As [`Repo::remember`] would have it, which is done: at [`WarmTree::index`].
        remembered: Option<Remembered>,
    },
    /// It is not to be used, for this reason. Where there is a folder, the tree was there and is to be deleted.
    Doubt(String, Option<PathBuf>),
}

/// What a warm tree is to become.
pub(super) struct Wanted {
    /// The index of the commit, with the stamps of those files that are the same as before.
    pub(super) index: IndexFile,
    /// What setup put there, where that is still what the commit wants.
    pub(super) set_up: Option<SetUp>,
}

impl Repo {
    /// Makes a worktree and its branch out of a warm tree. Where anything about the tree is in doubt,
    /// nothing of the new worktree is left, and the tree is to be thrown away.
    ///
    /// # Errors
    /// Those of making a worktree: then the tree is still where it was.
    pub fn recycle(&self, job: &AddWorktree, warm: &WarmTree) -> Result<Recycled> {
        let repo = self.held();
        let mut wanted = match repo.wanted(&job.base, warm)? {
            Ok(wanted) => wanted,
            Err(why) => return Ok(Recycled::Doubt(why, None)),
        };
        // Things that wait for different parts of the machine.
        let (made, swept, occupant) = std::thread::scope(|scope| {
            let swept = scope.spawn(|| sweep(warm, &wanted));
            let occupant = scope.spawn(|| occupants::occupant(&warm.tree));
            let made = repo.add_empty(job).and_then(|made| {
                // Else beside the writing of files, where a core is free.
                let nothing_to_write = wanted.index.is_stamped();
                match nothing_to_write {
                    true => repo.with_branch(made),
                    false => Ok(made),
                }
            });
            (made, swept.join(), occupant.join())
        });
        let mut made = made?;
        let fail = |why: String| {
            self.leave(&made);
            Ok(Recycled::Doubt(why, None))
        };
        let (swept, set_up) = match (swept, occupant) {
            (_, Ok(Some(who))) => return fail(who),
            (Ok(Ok(swept)), Ok(None)) => swept,
            (Ok(Err(why)), _) => return fail(why.to_string()),
            _ => return fail("it could not be looked at".into()),
        };
        if folder_mode(&made.worktree.path) != Some(warm.folder_mode) {
            return fail("new folders have other permissions now".into());
        }
        let remembered = match self.fill(&mut made, warm, &mut wanted.index, &swept) {
            Ok(remembered) => remembered,
            Err(error) => return Ok(self.give_up(&made, error.to_string())),
        };
        Ok(Recycled::Made {
            remembered,
            worktree: made.worktree,
            set_up,
            intact: swept.intact.iter().filter(|intact| **intact).count(),
        })
    }

    /// What the tree is to become for this commit. The inner error is a doubt.
    fn wanted(&self, base: &Oid, warm: &WarmTree) -> Result<std::result::Result<Wanted, String>> {
        let of_index = |why: &dyn std::fmt::Display| Ok(Err(format!("its index: {why}")));
        let old = match IndexFile::read(&warm.index, base.bytes().len()) {
            Ok(Ok(index)) => index,
            Ok(Err(why)) => return of_index(&why),
            Err(error) => return of_index(&error),
        };
        let Some(before) = old.tree() else {
            return of_index(&"it does not say which tree it is of");
        };
        let tree = self.tree_of(base)?;
        // The tree that it was of may have been collected since.
        let Ok(differences) = self.differences(&before, &tree) else {
            return Ok(Err("what was checked out cannot be read any more".into()));
        };
        // What git refuses is git's to refuse, in a new worktree.
        let odd = |one: &&Difference| one.new.is_some() && !is_plain(bytes::of(&one.path));
        if let Some(odd) = differences.iter().find(odd) {
            return Ok(Err(format!("a name to check: {}", odd.path.display())));
        }
        let index = old.of_tree(&tree, &differences);
        // Attributes say how files are written, also those that did not change.
        let attributes = |name: &[u8]| name == b".gitattributes";
        if !old.named(&attributes).eq(index.named(&attributes)) {
            return Ok(Err(".gitattributes changed".into()));
        }
        let inputs = |name: &[u8]| warm.inputs.iter().any(|input| input.as_bytes() == name);
        let same = old.named(&inputs).eq(index.named(&inputs));
        let set_up = warm.set_up.as_deref().filter(|_| same);
        Ok(Ok(Wanted {
            index,
            set_up: set_up.and_then(SetUp::read),
        }))
    }

    /// Puts the tree into the empty worktree, has git write what is not there, and notes what that is.
    fn fill(
        &self,
        made: &mut Entered,
        warm: &WarmTree,
        index: &mut IndexFile,
        swept: &Swept,
    ) -> Result<Option<Remembered>> {
        let worktree = &made.worktree;
        let dot_git = worktree.path.join(".git");
        let pointer = fs::read(&dot_git).map_err(|e| Error::io("read", &dot_git, e))?;
        write_new(&warm.tree.join(".git"), &pointer)?;
        // The empty folder makes way in one step; killed before it, the tree is still warm.
        fs::remove_file(&dot_git).map_err(|e| Error::io("remove", &dot_git, e))?;
        fs::rename(&warm.tree, &worktree.path).map_err(|e| Error::io("rename", &warm.tree, e))?;
        // The branch is another process, that waits for other files.
        let (branch, written) = std::thread::scope(|scope| {
            let branch = scope.spawn(|| match made.has_branch {
                true => Ok(worktree.branch.clone()),
                false => self.branch_off(worktree),
            });
            let written = self.write_files(worktree, warm, index, swept);
            (branch.join(), written)
        });
        let branch = branch.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        made.worktree.branch = branch;
        made.has_branch = true;
        let sealed = written?;
        let remembered = reusable(index).ok().map(|()| Remembered {
            folder_mode: warm.folder_mode,
        });
        let (noted, copied) = std::thread::scope(|scope| {
            let noted = scope.spawn(|| self.note(&made.worktree));
            let copied = match remembered {
                // With the time of now, as `remember` does.
                Some(_) => write_new(&warm.index, &sealed),
                None => Ok(()),
            };
            (noted.join(), copied)
        });
        let noted = noted.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        noted.and(copied).map(|()| remembered)
    }

    /// Returns the index that it wrote.
    fn write_files(
        &self,
        made: &Worktree,
        warm: &WarmTree,
        index: &mut IndexFile,
        swept: &Swept,
    ) -> Result<Vec<u8>> {
        if swept.intact.contains(&false) {
            self.write_missing(&made.git_dir, &made.path, index, &swept.intact)?;
        }
        let own = made.git_dir.join("index");
        let sealed = index.sealed();
        write_new(&own, &sealed)?;
        let mode = fs::Permissions::from_mode(warm.folder_mode & 0o666);
        fs::set_permissions(&own, mode).map_err(|e| Error::io("open up", &own, e))?;
        Ok(sealed)
    }

    /// Has git write the files that are not there, from an index of only these: it would read and write all
    /// of the other one.
    pub(super) fn write_missing(
        &self,
        git_dir: &Path,
        tree: &Path,
        index: &mut IndexFile,
        intact: &[bool],
    ) -> Result<()> {
        let few = TempIndex::empty()?;
        write_new(few.path(), &index.only(|at| !intact[at]))?;
        // Without force: what has come there meanwhile is somebody's, and a doubt.
        self.git_at(git_dir, tree, "checkout-index")
            .index(few.path())
            .set(crate::add::workers())
            .var("GIT_LFS_SKIP_SMUDGE", "1")
            .arg("--all")
            .run()?;
        for at in (0..intact.len()).filter(|at| !intact[*at]) {
            let entry = &index.entries[at];
            let path = tree.join(bytes::path(index.name(entry)));
            let stat = statat(rustix::fs::CWD, &path, AtFlags::SYMLINK_NOFOLLOW);
            let stat = stat.map_err(|e| Error::io("look at", &path, e.into()))?;
            // A link is a file where the settings say that there are no links.
            let folder = |kind: FileType| kind == FileType::Directory;
            if folder(FileType::from_raw_mode(stat.st_mode)) != folder(entry.kind()) {
                let odd = std::io::Error::other("git made something else of it");
                return Err(Error::io("look at", &path, odd));
            }
            index.set_stamp(at, stamp_of(&stat));
        }
        Ok(())
    }

    /// Takes a worktree back in which the tree lies already.
    fn give_up(&self, made: &Entered, why: String) -> Recycled {
        let folder = set_aside(&made.worktree.path).ok();
        self.leave(made);
        Recycled::Doubt(why, folder)
    }
}

/// Goes over the tree; a second time without what setup put there, where that is not whole. Says
/// whether it is.
pub(super) fn sweep(warm: &WarmTree, wanted: &Wanted) -> std::io::Result<(Swept, bool)> {
    let written = moment(&Some(fs::metadata(&warm.index)?));
    let nothing = SetUp::default();
    let mut job = Sweep {
        root: &warm.tree,
        index: &wanted.index,
        written,
        set_up: wanted.set_up.as_ref().unwrap_or(&nothing),
        folder_mode: warm.folder_mode,
    };
    let swept = job.run()?;
    if wanted.set_up.is_none() || swept.set_up {
        return Ok((swept, wanted.set_up.is_some()));
    }
    job.set_up = &nothing;
    Ok((job.run()?, false))
}

fn folder_mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    Some(fs::metadata(path).ok()?.mode() & 0o7777)
}
