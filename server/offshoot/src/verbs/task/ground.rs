//! The folder that a task works on, as the machine has it; and the signals and the clock that end it.

use crate::context::Context;
use crate::follow::Signals;
use crate::git;
use protocol::{Error, ErrorKind};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tasks::ground::{AddedLines, Ground, Halt, Stop};
use walkdir::WalkDir;
use worktree::Repo;

/// Outside a repository nobody says what is not worth reading.
const PASSED_OVER: [&str; 5] = [".git", "node_modules", "target", ".venv", "__pycache__"];
/// Who ends a task ends what it started too, and either may hear of it first. So long it waits to hear it, where a
/// signal ended something of its own.
const HEARD: Duration = Duration::from_secs(1);
const AGAIN: Duration = Duration::from_millis(5);
/// Files of such a folder.
const MOST: usize = 200_000;

/// A folder.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    repo: Option<Repo>,
    until: Instant,
    stopped: Arc<AtomicBool>,
}

impl Folder {
    /// This folder; without one the root of the repository, else the working directory.
    pub(super) fn open(
        context: &Context,
        folder: Option<&Path>,
        time: Duration,
    ) -> Result<Self, Error> {
        let root = root(context, folder)?;
        Ok(Self {
            repo: git::open(&root).ok(),
            root,
            until: Instant::now() + time,
            stopped: Arc::default(),
        })
    }
}

impl Folder {
    /// What all worktrees of its repository have in common; the folder itself outside of one.
    pub(super) fn place(&self) -> &Path {
        self.repo
            .as_ref()
            .map_or(&self.root, |repo| repo.common_dir())
    }

    fn halt(&self, error: &worktree::Error) -> Halt {
        let ended = matches!(error, worktree::Error::Ended { .. });
        match ended.then(|| stop_after_signal(self)).flatten() {
            Some(stop) => stop.into(),
            None => Halt::Failed(git::edge(error).message),
        }
    }
}

/// Why the task has to end, where a signal ended something that it had started; none where that was not meant for it.
pub(super) fn stop_after_signal(ground: &dyn Ground) -> Option<Stop> {
    let until = Instant::now() + HEARD;
    loop {
        let stop = ground.stop();
        if stop.is_some() || Instant::now() >= until {
            return stop;
        }
        std::thread::sleep(AGAIN);
    }
}

/// The folder that is meant.
pub(super) fn root(context: &Context, folder: Option<&Path>) -> Result<PathBuf, Error> {
    let root = match folder {
        Some(folder) => context.folder.join(folder),
        None => git::open(&context.repo)
            .map_or_else(|_| context.repo.clone(), |repo| repo.root().to_owned()),
    };
    let root = root.canonicalize().map_err(|error| {
        let message = format!("the folder `{}` cannot be used: {error}", root.display());
        Error::new(ErrorKind::NotFound, message)
    })?;
    if !root.is_dir() {
        let message = format!("`{}` is no folder", root.display());
        return Err(Error::new(ErrorKind::InvalidInput, message));
    }
    Ok(root)
}

impl Ground for Folder {
    fn root(&self) -> &Path {
        &self.root
    }

    fn files(&self) -> Result<Vec<PathBuf>, Halt> {
        let Some(repo) = &self.repo else {
            return Ok(walk(&self.root));
        };
        let files = repo.working_files().map_err(|error| self.halt(&error))?;
        let below = |path: PathBuf| {
            let path = repo.root().join(path);
            path.strip_prefix(&self.root).ok().map(Path::to_owned)
        };
        Ok(files.into_iter().filter_map(below).collect())
    }

    fn added_lines(&self, range: &str) -> Result<Vec<AddedLines>, Halt> {
        let Some(repo) = &self.repo else {
            let message = "there is no history: the folder is in no git repository";
            return Err(Halt::Failed(message.to_owned()));
        };
        let added = repo.added_lines(range).map_err(|error| self.halt(&error))?;
        let below = |one: worktree::AddedLines| {
            let path = repo.root().join(&one.path);
            Some(AddedLines {
                path: path.strip_prefix(&self.root).ok()?.to_owned(),
                commit: one.commit,
                line: one.line,
                text: one.text,
            })
        };
        Ok(added.into_iter().filter_map(below).collect())
    }

    fn stop(&self) -> Option<Stop> {
        // Its time first: who holds it to a limit of time may send the same signal a moment later.
        if Instant::now() >= self.until {
            Some(Stop::TimedOut)
        } else if self.stopped.load(Ordering::Relaxed) {
            Some(Stop::Cancelled)
        } else {
            None
        }
    }
}

fn walk(root: &Path) -> Vec<PathBuf> {
    let wanted = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_str();
        entry.depth() == 0 || !name.is_some_and(|name| PASSED_OVER.contains(&name))
    };
    let entries = WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(wanted)
        .filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_file());
    let below = |entry: walkdir::DirEntry| entry.path().strip_prefix(root).ok().map(Path::to_owned);
    files.take(MOST).filter_map(below).collect()
}

/// Has a task done beside the signals: each of them ends it, and it still leaves its artifact.
pub(super) async fn perform<T: Send + 'static>(
    folder: Folder,
    work: impl FnOnce(&dyn Ground) -> io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let mut signals = Signals::listen()?;
    let stopped = Arc::clone(&folder.stopped);
    let mut working = tokio::task::spawn_blocking(move || work(&folder));
    let done = loop {
        tokio::select! {
            done = &mut working => break done,
            _ = signals.next() => stopped.store(true, Ordering::Relaxed),
        }
    };
    done.map_err(io::Error::from)
        .and_then(|done| done)
        .map_err(|error| unwritten(&error))
}

/// The artifact cannot be left.
pub(super) fn unwritten(error: &io::Error) -> Error {
    let message = format!("the artifact cannot be written: {error}");
    Error::new(ErrorKind::Failed, message).hint("look for room and rights in the folder")
}
