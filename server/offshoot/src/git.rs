//! What the command line itself asks of git: where a repository begins, and whether git is there.

use protocol::{Error, ErrorKind};
use std::error::Error as _;
use std::path::Path;
use worktree::{Environment, Repo};

/// The repository a folder lies in.
pub(crate) fn open(folder: &Path) -> Result<Repo, Error> {
    Repo::open(folder, Environment::of_this_process()).map_err(|error| edge(&error))
}

/// An error of git as the surfaces show it.
pub(crate) fn edge(error: &worktree::Error) -> Error {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    match error {
        worktree::Error::NotARepository { .. } => Error::new(ErrorKind::NotARepository, message)
            .hint("`git init` makes one; --repo names another folder"),
        _ => Error::new(ErrorKind::Failed, message),
    }
}
