//! A worktree made of a warm tree: only what differs is written.

use std::fs;
use std::path::{Path, PathBuf};

use super::index_file::IndexFile;
use super::occupants;
use super::set_up::{SetUp, moment};
use super::sweep::{Sweep, Swept};
use crate::add::{AddWorktree, Worktree, write_new};
use crate::error::{Error, Result};
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
    },
    /// It is not to be used, for this reason. Where there is a folder, the tree was there and is to be deleted.
    Doubt(String, Option<PathBuf>),
}

impl Repo {
    /// Makes a worktree and its branch out of a warm tree. Where anything about the tree is in doubt,
    /// nothing of the new worktree is left, and the tree is to be thrown away.
    ///
    /// # Errors
    /// Those of making a worktree: then the tree is still where it was.
    pub fn recycle(&self, job: &AddWorktree, warm: &WarmTree) -> Result<Recycled> {
        let id_length = job.base.as_str().len() / 2;
        let index = match IndexFile::read(&warm.index, id_length) {
            Ok(Ok(index)) => index,
            Ok(Err(why)) => return Ok(doubt(format!("its index: {why}"))),
            Err(error) => return Ok(doubt(format!("its index: {error}"))),
        };
        // Three things that wait for different parts of the machine.
        let (made, swept, occupant) = std::thread::scope(|scope| {
            let swept = scope.spawn(|| sweep(warm, &index));
            let occupant = scope.spawn(|| occupants::occupant(&warm.tree));
            let made = self.add_empty(job);
            (made, swept.join(), occupant.join())
        });
        let made = made?;
        let fail = |why: String| {
            self.unmake(&made.path, &made.branch, &made.base);
            Ok(doubt(why))
        };
        let (swept, set_up) = match (swept, occupant) {
            (_, Ok(Some(who))) => return fail(who),
            (Ok(Ok(swept)), Ok(None)) => swept,
            (Ok(Err(why)), _) => return fail(why.to_string()),
            _ => return fail("it could not be looked at".into()),
        };
        if folder_mode(&made.path) != Some(warm.folder_mode) {
            return fail("new folders have other permissions now".into());
        }
        match self.fill(&made, warm, &index, &swept) {
            Ok(new) => Ok(self.judge(made, warm, &index, &new, &swept, set_up)),
            Err(error) => Ok(self.give_up(&made, error.to_string())),
        }
    }

    /// Puts the tree into the empty worktree, and has git bring it up to date.
    fn fill(
        &self,
        made: &Worktree,
        warm: &WarmTree,
        index: &IndexFile,
        swept: &Swept,
    ) -> Result<IndexFile> {
        let own = made.git_dir.join("index");
        write_new(&own, &index.with_only(|at| swept.intact[at]))?;
        let dot_git = made.path.join(".git");
        let pointer = fs::read(&dot_git).map_err(|e| Error::io("read", &dot_git, e))?;
        write_new(&warm.tree.join(".git"), &pointer)?;
        // The empty folder makes way in one step; killed before it, the tree is still warm.
        fs::remove_file(&dot_git).map_err(|e| Error::io("remove", &dot_git, e))?;
        fs::rename(&warm.tree, &made.path).map_err(|e| Error::io("rename", &warm.tree, e))?;
        self.git_at(&made.git_dir, &made.path, "read-tree")
            .set(crate::add::workers())
            .var("GIT_LFS_SKIP_SMUDGE", "1")
            .args(["-m", "-u", made.base.as_str()])
            .run()?;
        self.note(made)?;
        let id_length = made.base.as_str().len() / 2;
        let read = IndexFile::read(&own, id_length).map_err(|e| Error::io("read", &own, e))?;
        read.map_err(|why| Error::odd_answer("read-tree", why.as_bytes()))
    }

    /// Last doubts: attributes of the tree say how files are written, also those that did not change.
    fn judge(
        &self,
        made: Worktree,
        warm: &WarmTree,
        old: &IndexFile,
        new: &IndexFile,
        swept: &Swept,
        set_up: Option<SetUp>,
    ) -> Recycled {
        let attributes = |name: &[u8]| name == b".gitattributes";
        if !old.named(&attributes).eq(new.named(&attributes)) {
            return self.give_up(&made, ".gitattributes changed".into());
        }
        let inputs = |name: &[u8]| warm.inputs.iter().any(|input| input.as_bytes() == name);
        let same = old.named(&inputs).eq(new.named(&inputs));
        if let Some(set_up) = set_up.as_ref().filter(|_| !same)
            && let Err(error) = set_up.take_out_of(&made.path)
        {
            return self.give_up(&made, error.to_string());
        }
        let intact = swept.intact.iter().filter(|intact| **intact).count();
        Recycled::Made {
            worktree: made,
            set_up: set_up.is_some() && same,
            intact,
        }
    }

    /// Takes a worktree back in which the tree lies already.
    fn give_up(&self, made: &Worktree, why: String) -> Recycled {
        let folder = set_aside(&made.path).ok();
        self.unmake(&made.path, &made.branch, &made.base);
        Recycled::Doubt(why, folder)
    }
}

fn doubt(why: String) -> Recycled {
    Recycled::Doubt(why, None)
}

/// Goes over the tree; a second time without what setup put there, where that is not whole.
fn sweep(warm: &WarmTree, index: &IndexFile) -> std::io::Result<(Swept, Option<SetUp>)> {
    let written = moment(&Some(fs::metadata(&warm.index)?));
    let set_up = warm.set_up.as_deref().and_then(SetUp::read);
    let nothing = SetUp::default();
    let mut job = Sweep {
        root: &warm.tree,
        index,
        written,
        set_up: set_up.as_ref().unwrap_or(&nothing),
        folder_mode: warm.folder_mode,
    };
    let swept = job.run()?;
    if set_up.is_none() || swept.set_up {
        return Ok((swept, set_up));
    }
    job.set_up = &nothing;
    Ok((job.run()?, None))
}

impl WarmTree {
    /// Removes what is not wanted already now, when nobody waits for it. An error is a doubt.
    ///
    /// # Errors
    /// What speaks against the tree, in words.
    pub fn tidy(&self, id_length: usize) -> std::result::Result<(), String> {
        if let Some(who) = occupants::occupant(&self.tree) {
            return Err(who);
        }
        let index = IndexFile::read(&self.index, id_length).map_err(|e| e.to_string())?;
        sweep(self, &index?).map(drop).map_err(|e| e.to_string())
    }
}

fn folder_mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    Some(fs::metadata(path).ok()?.mode() & 0o7777)
}
