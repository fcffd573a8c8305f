//! Tasks that are switched off: they leave artifacts that say so.

use super::ops::all::{self, Done};
use super::{ground, report};
use crate::context::Context;
use crate::exit::Exit;
use crate::settings;
use model::built_in::{self, Group};
use protocol::{Error, ErrorKind};
use std::path::Path;

/// Why a group's tasks are not to be run: as whoever called says, else as the settings of the folder do.
pub(super) fn off(
    context: &Context,
    group: Group,
    folder: Option<&Path>,
    told: Option<String>,
) -> Result<Option<String>, Error> {
    if told.is_some() {
        return Ok(told);
    }
    let root = ground::root(context, folder)?;
    let environment: Vec<(String, String)> = context.environment().into_iter().collect();
    let settings = settings::of_folder(&root, &environment).map_err(|message| {
        Error::new(ErrorKind::InvalidInput, message).hint("see `offshoot config validate`")
    })?;
    Ok(settings.tasks.off(group, false))
}

/// Leaves the artifacts, and shows them.
pub(super) fn not_run(
    context: &Context,
    group: Group,
    operation: &str,
    folder: Option<&Path>,
    reason: &str,
) -> Result<Exit, Error> {
    let root = ground::root(context, folder)?;
    let leaves = built_in::by_operation(group, operation).map_or(&[][..], |task| task.leaves);
    let made = leaves.iter().map(|leaves| {
        let made = tasks::not_run(&root, leaves.path, leaves.kind, reason);
        made.map(|artifact| (leaves.path, artifact))
    });
    let made: Vec<Done> = made
        .collect::<Result<_, _>>()
        .map_err(|error| ground::unwritten(&error))?;
    match made.as_slice() {
        [(path, artifact)] => Ok(report::show(context, path, artifact, false)),
        several => {
            all::show(context, several);
            Ok(Exit::DONE)
        }
    }
}
