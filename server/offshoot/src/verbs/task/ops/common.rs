//! Arguments that the operations have in common.

use super::super::ground::{Folder, perform};
use crate::context::Context;
use protocol::Error;
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use tasks::ground::Ground;

/// What the story of these tasks gives them.
const TIMEOUT: u64 = 1200;

#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    /// The folder; without it the repository, or the working directory
    pub(super) folder: Option<PathBuf>,
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
        work: impl FnOnce(&dyn Ground) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let time = Duration::from_secs(self.timeout);
        let folder = Folder::open(context, self.folder.as_deref(), time)?;
        perform(folder, work).await
    }
}
