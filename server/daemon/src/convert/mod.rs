//! From the domain to the wire: the only place that knows both.

mod event;
mod finding;
mod round;
mod run;
mod summary;
mod task;
mod view;

pub(crate) use event::{event, findings_changed, signal};
pub(crate) use finding::{of_run, of_step};
pub(crate) use run::run;
pub(crate) use summary::summary;
pub(crate) use task::{command, priority_name, task};
pub(crate) use view::RunView;

use model::attempt::Attempt;
use model::failure::{Failure, FailureClass};
use model::ids::TaskId;
use model::task::{Need, Task, TaskState};
use protocol::{Diagnostic, Error, ErrorKind};
use std::collections::BTreeMap;
use std::path::Path;

/// A problem in a text: the wire counts from 1. `file` is its name as people are to see it.
pub fn diagnostic(file: &str, found: &model::diagnostic::Diagnostic) -> Diagnostic {
    Diagnostic {
        file: file.to_owned(),
        line: found.range.start.line + 1,
        column: found.range.start.column + 1,
        end_line: found.range.end.line + 1,
        end_column: found.range.end.column + 1,
        code: found.code.to_owned(),
        severity: found.severity.as_str().to_owned(),
        message: found.message.clone(),
        hint: found.hint.clone(),
    }
}

/// Leased ports by the variable that holds them.
pub(crate) fn ports(ports: &[crate::trees::Port]) -> BTreeMap<String, u16> {
    let named = ports.iter().map(|port| (port.variable(), port.number));
    named.collect()
}

/// A failure as an error.
pub(crate) fn failure(failure: &Failure) -> Error {
    let kind = match failure.class {
        FailureClass::Conflict => ErrorKind::Conflict,
        _ => ErrorKind::Failed,
    };
    let mut details = serde_json::json!({ "class": failure.class.as_str() });
    if failure.for_good {
        details["retryable"] = false.into();
    }
    Error::new(kind, failure.message.clone()).details(details)
}

/// What a task that waits for a person needs, with the way on.
pub(crate) fn need(task: &Task) -> Option<Error> {
    if task.active().is_some_and(Attempt::is_manual) {
        let folder = task
            .worktree
            .as_ref()
            .map_or_else(String::new, |worktree| worktree.path.display().to_string());
        let message = "it waits for an agent: its files are in the worktree, and it goes on when a status file comes";
        let hint = format!(
            "run `offshoot workflow execute-skill-command --command-file {folder}/.cursor-skill-command.txt`, \
             point an agent at that file, or start runs with `--auto`"
        );
        return Some(needs(
            "agent",
            Error::new(ErrorKind::NeedsInput, message).hint(hint),
        ));
    }
    let TaskState::NeedsInput { need, .. } = &task.state else {
        return None;
    };
    Some(match need {
        Need::Conflict {
            paths, worktree, ..
        } => {
            let message = format!(
                "the results it builds on do not merge: {}",
                paths.join(", ")
            );
            let error = Error::new(ErrorKind::Conflict, message);
            let run = task.run.as_ref().map_or("RUN", |(run, _)| run.as_str());
            match worktree {
                Some(folder) => conflict(error, folder, run),
                None => needs(
                    "conflict",
                    error.hint(format!("then `offshoot workflow resume {run}`")),
                ),
            }
        }
        Need::Secret { names } => {
            let run = task
                .run
                .as_ref()
                .map_or(task.id.as_str(), |(run, _)| run.as_str());
            let message = format!("these secret variables are not set: {}", names.join(", "));
            let hint = format!("set them in your shell, then `offshoot workflow resume {run}`");
            needs(
                "secret",
                Error::new(ErrorKind::NeedsInput, message).hint(hint),
            )
        }
        Need::Trust => {
            let error = Error::new(ErrorKind::Untrusted, "this repository is not trusted");
            needs("trust", error.hint("`offshoot trust`"))
        }
    })
}

/// Says what is needed in one word: a hint speaks of the command line, and editors have ways of their own.
fn needs(what: &str, error: Error) -> Error {
    error.details(serde_json::json!({ "needs": what }))
}

/// Results that do not merge, to be resolved in a folder.
pub(crate) fn conflict(error: Error, folder: &Path, run: &str) -> Error {
    let hint = format!(
        "resolve the marked files in {}, then `offshoot workflow resume {run}`; a commit there says that the rest is right as it lies",
        folder.display()
    );
    let details = serde_json::json!({ "needs": "conflict", "worktree": folder });
    error.hint(hint).details(details)
}

/// An attempt; `attempts` is the folder of all attempts.
pub(crate) fn attempt(task: &TaskId, attempt: &Attempt, attempts: &Path) -> protocol::run::Attempt {
    let end = attempt.end();
    let folder = attempts.join(task.attempt(attempt.number).as_str());
    let log = attempt
        .backend
        .takes_slot()
        .then(|| folder.join("log").display().to_string());
    protocol::run::Attempt {
        attempt: attempt.number,
        status: attempt.status().to_owned(),
        class: attempt.class().map(|class| class.as_str().to_owned()),
        error: attempt.failure().map(failure),
        exit_code: end.and_then(|end| end.exit_code),
        started_at: crate::clock::text(attempt.started_at),
        ended_at: crate::clock::maybe(attempt.ended_at()),
        peak_rss_bytes: end.map_or(0, |end| end.peak_rss_bytes),
        cpu_ms: end.map_or(0, |end| end.cpu_ms),
        log,
        leaked_processes: end.map_or_else(Vec::new, |end| end.leaked_processes.clone()),
    }
}
