//! What every verb needs: where it was called, how it may print, and the way to the daemon.

use crate::output::Output;
use client::{Client, Home};
use protocol::{Error, ErrorKind};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The surroundings of one call.
#[derive(Debug)]
pub(crate) struct Context {
    /// Streams.
    pub(crate) out: Output,
    /// The working directory.
    pub(crate) folder: PathBuf,
    /// `--repo`, else the working directory; absolute.
    pub(crate) repo: PathBuf,
    /// The user's state.
    pub(crate) home: Home,
    /// This program: started again as the daemon.
    pub(crate) program: PathBuf,
}

impl Context {
    /// Looks around.
    pub(crate) fn new(out: Output, repo: Option<&Path>) -> Result<Self, Error> {
        let folder = working_directory()?;
        let repo = match repo {
            None => folder.clone(),
            Some(repo) => {
                let repo = folder.join(repo);
                repo.canonicalize().map_err(|error| {
                    let message =
                        format!("the folder `{}` cannot be used: {error}", repo.display());
                    Error::new(ErrorKind::NotFound, message)
                })?
            }
        };
        Ok(Self {
            out,
            folder,
            repo,
            home: Home::from_env()?,
            program: program()?,
        })
    }

    /// The daemon, started where it does not run.
    pub(crate) async fn daemon(&self) -> Result<Client, Error> {
        client::ensure_daemon(&self.home, &self.program).await
    }

    /// The daemon, if it runs.
    pub(crate) async fn running_daemon(&self) -> Result<Client, Error> {
        client::connect(&self.home).await
    }

    /// The folder as the daemon is told.
    pub(crate) fn repo_text(&self) -> String {
        self.repo.to_string_lossy().into_owned()
    }

    /// A file named on the command line: from the working directory, else from `--repo`.
    pub(crate) fn file(&self, file: &Path) -> PathBuf {
        let near = self.folder.join(file);
        if near.exists() {
            near
        } else {
            self.repo.join(file)
        }
    }

    /// The environment to run things with; what is no UTF-8 is left out.
    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }
}

/// This program's own path.
pub(crate) fn program() -> Result<PathBuf, Error> {
    std::env::current_exe().map_err(|error| {
        Error::new(
            ErrorKind::Internal,
            format!("this program's own path is unknown: {error}"),
        )
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the command line is where the working directory enters; everything else takes it as a parameter"
)]
fn working_directory() -> Result<PathBuf, Error> {
    std::env::current_dir().map_err(|error| {
        Error::new(
            ErrorKind::InvalidInput,
            format!("the working directory cannot be used: {error}"),
        )
        .hint("change to a folder that exists, or give one with --repo")
    })
}
