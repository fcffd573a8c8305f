//! `run.start` with `from`: starts from a step instead of from the beginning. What completed before it is in the
//! newest run of the same file, so that run goes on: the step and all that builds on it are done again.
//!
//! That is only the same as a new run where nothing else has changed: another text or another base would make
//! other results of the steps before, and is refused.

use super::{Session, again};
use model::machine::Command;
use model::run::{Run, Source};
use protocol::run::StepRef;
use protocol::{Error, ErrorKind};
use std::path::Path;
use store::RunFilter;

/// Runs among which the newest of a file is looked for.
const RECENT: u32 = 500;

/// What is asked for.
pub(super) struct From<'a> {
    /// Root of the repository.
    pub(super) root: &'a Path,
    /// Of the workflow file, as runs name it.
    pub(super) path: &'a str,
    /// What it says now.
    pub(super) text: &'a str,
    /// The commit that a run would start from now.
    pub(super) head: &'a str,
    /// The step to start from.
    pub(super) step: &'a str,
}

/// Sets the newest run of the file going again from the step.
pub(super) async fn start(
    session: &Session,
    from: From<'_>,
    environment: Vec<(String, String)>,
) -> Result<protocol::run::Run, Error> {
    let newest = newest(session, from.root, from.path).await?;
    let newest = newest.ok_or_else(|| {
        let message = format!(
            "no run of {} has completed anything before `{}`",
            from.path, from.step
        );
        Error::new(ErrorKind::Refused, message).hint("run the whole workflow first")
    })?;
    same(&newest, &from)?;
    let step = StepRef {
        run_id: newest.id.to_string(),
        step_id: Some(from.step.to_owned()),
        environment: environment.into_iter().collect(),
        repo: None,
    };
    again::again(session, step, |id, step| Ok(Command::Retry(id, step))).await
}

async fn newest(session: &Session, root: &Path, path: &str) -> Result<Option<Run>, Error> {
    let (filter, path) = (
        RunFilter {
            repo: Some(root.to_owned()),
            limit: RECENT,
            ..RunFilter::default()
        },
        path.to_owned(),
    );
    let read = move |store: &mut store::Store| {
        for line in store.runs(&filter)?.items {
            if let Some((run, _)) = store.run(&line.run.id)?
                && is_of(&run, &path)
            {
                return Ok(Some(run));
            }
        }
        Ok(None)
    };
    session.core.store().with(read).await
}

fn is_of(run: &Run, wanted: &str) -> bool {
    matches!(&run.source, Source::File { path, .. } if path == wanted)
}

/// Whether a new run would make the same of the steps before.
fn same(newest: &Run, from: &From<'_>) -> Result<(), Error> {
    let text = match &newest.source {
        Source::File { text, .. } => &**text,
        Source::Submission(_) => "",
    };
    let changed = if text != from.text {
        format!("{} has changed since run {}", from.path, newest.id)
    } else if newest.base != from.head {
        format!(
            "HEAD has moved since run {} started from {:.10}",
            newest.id, newest.base
        )
    } else {
        return Ok(());
    };
    let message = format!(
        "what completed before `{}` may not be taken over: {changed}",
        from.step
    );
    Err(Error::new(ErrorKind::Refused, message).hint(format!(
        "run the whole workflow, or do the step again as it was: `offshoot workflow retry {} {}`",
        newest.id, from.step
    )))
}
