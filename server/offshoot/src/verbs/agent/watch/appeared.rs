//! A file that appeared, read: what it asks for, and which work it is.

use super::files::Found;
use super::identity::{Identity, digest};
use agents::handoff::names::{COMMAND_FILE, SIMPLE_FILE};
use agents::handoff::skill::{SkillCommand, read_command};
use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How the names of command files begin.
const COMMAND: &str = ".cursor-skill-command";
/// What TappsCodingAgents writes to find out whether it can write at all.
const PROBE: &str = ".cursor-skill-command-test.txt";
/// The largest file that is copied or compared.
const MAX_BYTES: u64 = 16 << 20;
/// The plain text of a command is written before the command: alone, it is one only after this long.
const TWIN: Duration = Duration::from_secs(2);
/// Contents that are remembered by the time and size of their file.
const REMEMBERED: usize = 10_000;

/// A file that appeared, read.
#[derive(Debug)]
pub(super) struct Appeared {
    /// The file.
    pub(super) path: PathBuf,
    /// Which work it is.
    pub(super) identity: Identity,
    /// What it asks for, where it is a command file.
    pub(super) command: Option<SkillCommand>,
    /// Its content, for a command file.
    pub(super) bytes: Option<Vec<u8>>,
    /// When it was last changed, in milliseconds since 1970.
    pub(super) changed_at: i64,
}

/// Why a file is not taken now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotNow {
    /// It went away again, or asks for nothing.
    Nothing,
    /// It cannot be understood; somebody may still be writing it.
    Unreadable(String),
}

/// Contents of files that are no commands, so that they are read when they change and not at each look.
#[derive(Debug, Default)]
pub(super) struct Contents(HashMap<PathBuf, (SystemTime, u64, String)>);

/// Reads a file that somebody waits for, in a repository. `since`: what is no command and older is no news.
pub(super) fn appeared(
    found: &Found,
    root: &Path,
    since: i64,
    contents: &mut Contents,
) -> Result<Appeared, NotNow> {
    let meta = std::fs::metadata(&found.path).map_err(|_| NotNow::Nothing)?;
    let changed_at = changed_at(&meta);
    let name = found.path.file_name().unwrap_or_default().to_string_lossy();
    if name == PROBE {
        return Err(NotNow::Nothing);
    }
    if name.starts_with(COMMAND) {
        return command(&found.path, &meta, root);
    }
    if changed_at < since {
        return Err(NotNow::Nothing);
    }
    let digest = contents.of(&found.path, &meta)?;
    Ok(Appeared {
        identity: Identity::of_file(&found.path, digest, changed_at),
        path: found.path.clone(),
        command: None,
        bytes: None,
        changed_at,
    })
}

/// The command file whose plain text a file is, where there is one.
pub(super) fn twin(path: &Path) -> Option<PathBuf> {
    let simple = path.file_name().is_some_and(|name| name == SIMPLE_FILE);
    let twin = path.with_file_name(COMMAND_FILE);
    (simple && twin.is_file()).then_some(twin)
}

fn command(path: &Path, meta: &Metadata, root: &Path) -> Result<Appeared, NotNow> {
    if meta.len() > MAX_BYTES {
        return Err(NotNow::Unreadable("it is larger than 16 MiB".to_owned()));
    }
    let twin = twin(path);
    let simple = path.file_name().is_some_and(|name| name == SIMPLE_FILE);
    let age = meta.modified().ok().and_then(|at| at.elapsed().ok());
    if simple && twin.is_none() && age.is_some_and(|age| age < TWIN) {
        return Err(NotNow::Nothing);
    }
    // The plain text alone says nothing of its step: what is done is the command whose text it is.
    let source = twin.as_deref().unwrap_or(path);
    let bytes = std::fs::read(source).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => NotNow::Nothing,
        _ => NotNow::Unreadable(error.to_string()),
    })?;
    let command = read_command(source).map_err(|error| {
        if source.exists() {
            NotNow::Unreadable(error.to_string())
        } else {
            NotNow::Nothing
        }
    })?;
    if !is_inside(&command.worktree, root) {
        let folder = command.worktree.display();
        return Err(NotNow::Unreadable(format!(
            "its `worktree_path` {folder} is not in this repository"
        )));
    }
    let changed_at = changed_at(meta);
    Ok(Appeared {
        identity: Identity::of_command(&command, source, &bytes, changed_at),
        path: path.to_owned(),
        command: Some(command),
        bytes: Some(bytes),
        changed_at,
    })
}

/// Commands run and answers are written only in the repository: a file there may say what it likes.
fn is_inside(folder: &Path, root: &Path) -> bool {
    match (folder.canonicalize(), root.canonicalize()) {
        (Ok(folder), Ok(root)) => folder.starts_with(root),
        _ => false,
    }
}

fn changed_at(meta: &Metadata) -> i64 {
    let modified = meta.modified().ok();
    modified
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
        .map_or(0, |at| i64::try_from(at.as_millis()).unwrap_or(i64::MAX))
}

impl Contents {
    /// Stands for the content of a file; of one that is large, for when it was changed.
    fn of(&mut self, path: &Path, meta: &Metadata) -> Result<String, NotNow> {
        let at = meta.modified().unwrap_or(UNIX_EPOCH);
        if let Some((known, length, digest)) = self.0.get(path)
            && (*known, *length) == (at, meta.len())
        {
            return Ok(digest.clone());
        }
        let digest = if meta.len() > MAX_BYTES {
            format!("{} {}", changed_at(meta), meta.len())
        } else {
            let bytes = std::fs::read(path).map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => NotNow::Nothing,
                _ => NotNow::Unreadable(error.to_string()),
            })?;
            digest(&bytes)
        };
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0
            .insert(path.to_owned(), (at, meta.len(), digest.clone()));
        Ok(digest)
    }
}
