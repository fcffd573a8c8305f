//! What a run is shown from.

use model::ids::TaskId;
use model::run::Run;
use model::task::Task;
use model::time::Timestamp;
use std::collections::HashMap;
use std::path::Path;

/// What a view of a run is made of.
pub(crate) struct RunView<'a> {
    pub(crate) run: &'a Run,
    pub(crate) tasks: &'a [Task],
    /// The folder of all attempts.
    pub(crate) attempts: &'a Path,
    /// What is to be said of steps that edit the same files as others.
    pub(crate) overlaps: &'a HashMap<TaskId, String>,
    pub(crate) trees: &'a crate::trees::Trees,
    pub(crate) now: Timestamp,
}
