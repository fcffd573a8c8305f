//! Workflow files on this side of the daemon: the same language, without a run.

use crate::context::Context;
use model::workflow::Workflow;
use protocol::error::Diagnostic;
use protocol::{Error, ErrorKind};
use std::path::Path;

/// What a file came to.
pub(crate) struct Checked {
    /// Where no problem is an error.
    pub(crate) workflow: Option<Workflow>,
    /// Every problem, in the order of their places.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Reads a workflow file. `given` is how the user wrote its path: problems name it so.
pub(crate) fn parse(given: &Path, file: &Path) -> Result<Checked, Error> {
    let bytes = read(file).map_err(|error| {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => ErrorKind::NotFound,
            _ => ErrorKind::InvalidInput,
        };
        Error::new(
            kind,
            format!(
                "the workflow file `{}` cannot be read: {error}",
                given.display()
            ),
        )
        .hint("`offshoot workflow list --files` lists those of the repository")
    })?;
    let name = given.to_string_lossy();
    let parsed = model::language::parse(&name, &bytes);
    let found = parsed.diagnostics.iter();
    Ok(Checked {
        diagnostics: found.map(|one| daemon::diagnostic(&name, one)).collect(),
        workflow: parsed.workflow,
    })
}

/// A pipe or a device would be waited for, or read for ever.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    if !std::fs::metadata(file)?.is_file() {
        return Err(std::io::Error::other("it is not a file"));
    }
    std::fs::read(file)
}

/// Shows the warnings of a file; an error where it cannot be run.
pub(crate) fn check(context: &Context, given: &Path, file: &Path) -> Result<Workflow, Error> {
    let checked = parse(given, file)?;
    match checked.workflow {
        Some(workflow) => {
            context.out.diagnostics(&checked.diagnostics);
            Ok(workflow)
        }
        None => Err(Error::invalid(
            format!("the workflow file `{}` cannot be run", given.display()),
            &checked.diagnostics,
        )),
    }
}
