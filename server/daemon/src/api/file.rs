//! A file of a run or step, before and after: from its commits, from a worktree in which somebody works, or, where git
//! ignores it, from the artifact store.

use super::{Session, checkout, find, results};
use model::run::Run;
use model::task::Task;
use protocol::file::{FileContent, FileRead, Side};
use protocol::{Error, ErrorKind};
use std::path::{Component, Path, PathBuf};
use worktree::{FileAt, Oid};

/// The largest file that is sent.
const LARGEST: u64 = 8 << 20;

/// Where a file is read.
enum From {
    Commit(String),
    Folder(PathBuf),
}

pub(super) async fn read(session: &Session, params: FileRead) -> Result<FileContent, Error> {
    let path = inside(&params.path)?;
    let (run, tasks) = find::run(session, &params.run_id, params.repo.as_deref()).await?;
    let from = from(&run, &tasks, params.step_id.as_deref(), params.side)?;
    let kept = match (params.step_id.as_deref(), params.side) {
        (Some(step), Side::Result) => stored(results::task_of(&run, &tasks, step)?, &path),
        _ => None,
    };
    let (found, commit) = session
        .core
        .git(move || match from {
            From::Folder(folder) => Ok((worktree::file_below(&folder, &path, LARGEST)?, None)),
            From::Commit(commit) => {
                let repo = checkout::of(&run, params.repo.as_deref())?;
                let found = repo.file_at(&Oid::parse(&commit)?, &path, LARGEST)?;
                match (&found, kept) {
                    (FileAt::Missing, Some((folder, path))) => {
                        Ok((worktree::file_below(&folder, &path, LARGEST)?, None))
                    }
                    _ => Ok((found, Some(commit))),
                }
            }
        })
        .await?;
    content(params.path, commit, found)
}

/// The path, if it can only be one of the tree's own.
fn inside(path: &str) -> Result<PathBuf, Error> {
    let plain = Path::new(path);
    let leaves = |part: Component<'_>| !matches!(part, Component::Normal(_) | Component::CurDir);
    if path.is_empty() || plain.components().any(leaves) {
        let message = format!("the path `{path}` leaves the repository");
        return Err(Error::new(ErrorKind::InvalidInput, message)
            .hint("give one relative to the repository, without `..`"));
    }
    Ok(plain.to_owned())
}

/// Where a file lies that git ignores and the step promised: a folder of the artifact store, and the path in it.
fn stored(task: &Task, path: &Path) -> Option<(PathBuf, PathBuf)> {
    task.product.artifacts.iter().find_map(|artifact| {
        let stored = artifact.stored.as_ref()?;
        let below = path.strip_prefix(&artifact.path).ok()?;
        if below.as_os_str().is_empty() {
            Some((
                stored.parent()?.to_owned(),
                PathBuf::from(stored.file_name()?),
            ))
        } else {
            Some((stored.clone(), below.to_owned()))
        }
    })
}

fn from(run: &Run, tasks: &[Task], step: Option<&str>, side: Side) -> Result<From, Error> {
    let Some(step) = step else {
        return Ok(From::Commit(match side {
            Side::Base => run.base.clone(),
            Side::Result => find::result(run)?,
        }));
    };
    let task = results::task_of(run, tasks, step)?;
    if side == Side::Base {
        return Ok(From::Commit(results::base_of(run, task)));
    }
    let worktree = task.worktree.as_ref().filter(|made| made.path.is_dir());
    match (&task.product.commit, worktree) {
        // While it is being tried again, what lies there is newer than what was committed.
        (_, Some(worktree)) if !task.is_ended() => Ok(From::Folder(worktree.path.clone())),
        (Some(commit), _) => Ok(From::Commit(commit.clone())),
        (None, Some(worktree)) => Ok(From::Folder(worktree.path.clone())),
        (None, None) => Err(results::no_result(step, task)),
    }
}

fn content(path: String, commit: Option<String>, found: FileAt) -> Result<FileContent, Error> {
    let empty = FileContent {
        commit,
        path,
        ..FileContent::default()
    };
    match found {
        FileAt::Missing => Ok(FileContent {
            missing: true,
            ..empty
        }),
        FileAt::TooLarge(size) => Err(Error::new(
            ErrorKind::Refused,
            format!("{} has {size} bytes; up to 8 MiB are shown", empty.path),
        )
        .hint("open the step's worktree, or check out its branch")),
        FileAt::Content(bytes) => {
            let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let text = String::from_utf8(bytes)
                .ok()
                .filter(|text| !text.contains('\0'));
            Ok(FileContent {
                size,
                binary: text.is_none(),
                text,
                ..empty
            })
        }
    }
}
