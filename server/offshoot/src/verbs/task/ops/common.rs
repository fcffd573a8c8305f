//! Arguments that the operations have in common.

use super::super::ground::{self, Folder, perform};
use crate::context::Context;
use protocol::{Error, ErrorKind};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tasks::Within;
use tasks::ground::Ground;

/// What the story of these tasks gives them.
const TIMEOUT: u64 = 1200;

#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    /// Files that are not read; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub(super) allow: Vec<String>,
    /// End with 1 when there is a finding of severity `error`
    #[arg(long)]
    pub(super) strict: bool,
    /// At most this many seconds
    #[arg(long, value_name = "S", default_value_t = TIMEOUT)]
    pub(super) timeout: u64,
}

impl Common {
    /// Does the work in the folder, until it is done, its time is over or a signal ends it.
    pub(super) async fn perform<T: Send + 'static>(
        &self,
        context: &Context,
        folder: Option<&Path>,
        work: impl FnOnce(&dyn Ground) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let time = Duration::from_secs(self.timeout);
        perform(Folder::open(context, folder, time)?, work).await
    }
}

/// What is looked at.
#[derive(Debug, clap::Args)]
pub(crate) struct Paths {
    /// Files and folders of the repository that are looked at, or one folder elsewhere; without any, the repository or the
    /// working directory
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl Paths {
    /// One folder elsewhere; none where the paths are parts of the repository.
    ///
    /// # Errors
    /// When one of several lies elsewhere, or is not there.
    pub(super) fn folder(&self, context: &Context) -> Result<Option<PathBuf>, Error> {
        match self.resolved(context)? {
            Resolved::Elsewhere(folder) => Ok(Some(folder)),
            Resolved::Parts(_) => Ok(None),
        }
    }

    /// What they limit the work to.
    pub(super) fn within(&self, context: &Context) -> Result<Within, Error> {
        match self.resolved(context)? {
            Resolved::Elsewhere(_) => Ok(Within::default()),
            Resolved::Parts(parts) => Ok(Within::new(parts)),
        }
    }

    fn resolved(&self, context: &Context) -> Result<Resolved, Error> {
        let root = ground::root(context, None)?;
        let mut parts = Vec::new();
        for path in &self.paths {
            let place = context.folder.join(path).canonicalize().map_err(|error| {
                let message = format!("`{}` cannot be used: {error}", path.display());
                Error::new(ErrorKind::NotFound, message)
            })?;
            match place.strip_prefix(&root) {
                Ok(part) => parts.push(part.to_owned()),
                Err(_) if self.paths.len() == 1 && place.is_dir() => {
                    return Ok(Resolved::Elsewhere(place));
                }
                Err(_) => {
                    let message = format!("`{}` is not in `{}`", path.display(), root.display());
                    let hint = "name files and folders of one repository, or one folder elsewhere";
                    return Err(Error::new(ErrorKind::InvalidInput, message).hint(hint));
                }
            }
        }
        Ok(Resolved::Parts(parts))
    }
}

enum Resolved {
    Elsewhere(PathBuf),
    Parts(Vec<PathBuf>),
}
