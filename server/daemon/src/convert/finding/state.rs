//! Findings that are not stored, because the state says them: a step that failed, results that do not merge. They go
//! as the state goes on.

use super::one;
use artifact::Identity;
use model::diagnostic::Severity;
use model::finding::{Finding, OFFSHOOT, Place, Span};
use model::run::{Run, RunState, Source};
use model::task::{Need, Task, TaskState};
use protocol::finding as wire;
use std::path::Path;

/// Files of one conflict that are told.
const FILES: usize = 1000;

/// What the state of a step says.
pub(super) fn of_step(run: &Run, task: &Task) -> Vec<wire::Finding> {
    match &task.state {
        TaskState::Failed { failure, .. } => {
            vec![failed(run, task, "step-failed", &failure.message)]
        }
        TaskState::Unverified { failure, .. } => {
            vec![failed(run, task, "step-unverified", &failure.message)]
        }
        TaskState::NeedsInput {
            need:
                Need::Conflict {
                    paths,
                    steps,
                    worktree,
                },
            ..
        } => {
            let names = steps
                .iter()
                .filter_map(|index| run.workflow.steps.get(*index));
            let names: Vec<String> = names.map(|step| format!("`{}`", step.id)).collect();
            let whose = match names.as_slice() {
                [] => format!("the results that `{}` builds on", task.step.id),
                names => format!("the results of {}", names.join(" and ")),
            };
            let folder = worktree.as_ref().map(|folder| folder.display().to_string());
            conflicts(run, &whose, paths, folder)
        }
        _ => Vec::new(),
    }
}

/// What the state of a run says.
pub(super) fn of_run(run: &Run, worktrees: &Path) -> Vec<wire::Finding> {
    match &run.state {
        RunState::Conflicted { paths, .. } => {
            let folder = worktrees.join(format!("{}--conflict", run.id));
            let folder = folder.display().to_string();
            conflicts(run, "the results of the steps", paths, Some(folder))
        }
        _ => Vec::new(),
    }
}

fn conflicts(
    run: &Run,
    whose: &str,
    paths: &[String],
    folder: Option<String>,
) -> Vec<wire::Finding> {
    let message = format!("{whose} do not merge here");
    let marked = folder.map_or_else(
        || "resolve the marked files".to_owned(),
        |folder| format!("resolve the marked files in {folder}"),
    );
    let help = format!("{marked}, then `offshoot workflow resume {}`", run.id);
    let conflict = |path: &String| {
        let finding = Finding::new("conflict", Severity::Error, message.as_str());
        let finding = finding.about(path).help(&help);
        let id = id(&finding, path, "");
        one(&finding, id)
    };
    paths.iter().take(FILES).map(conflict).collect()
}

/// At the step in its workflow file, where it has one; the id does not depend on where that is.
fn failed(run: &Run, task: &Task, code: &str, why: &str) -> wire::Finding {
    let step = &task.step.id;
    let what = match code {
        "step-failed" => "failed",
        _ => "is not verified",
    };
    let message = format!("step `{step}` {what}: {why}");
    let help = match code {
        "step-failed" => format!("`offshoot workflow retry {} {step}`", run.id),
        _ => format!(
            "look at it, then `offshoot workflow accept {} {step}`",
            run.id
        ),
    };
    let mut finding = Finding::new(code, Severity::Error, message).help(help);
    let path = match &run.source {
        // A file elsewhere has no place in the repository.
        Source::File { path, text } if !path.starts_with('/') => {
            let (span, line) = place(path, text, step.as_str());
            let path = path.clone();
            finding.place = Some(Place {
                path: path.clone(),
                span,
            });
            finding.text = line;
            path
        }
        Source::File { path, .. } => path.clone(),
        Source::Submission(_) => run.workflow.id.clone(),
    };
    let id = id(&finding, &path, step.as_str());
    one(&finding, id)
}

/// Where the file, as it was when the run began, names the step; and that line.
fn place(path: &str, text: &str, step: &str) -> (Option<Span>, Option<String>) {
    let map = model::language::parse(path, text.as_bytes()).map;
    let Some(places) = map.steps.iter().find(|places| places.id == step) else {
        return (None, None);
    };
    let (start, end) = (places.name.start, places.name.end);
    let span = Span {
        line: start.line + 1,
        column: Some(start.column + 1),
        end_line: Some(end.line + 1),
        end_column: Some(end.column + 1),
    };
    let line = usize::try_from(start.line).ok();
    let line = line.and_then(|line| text.lines().nth(line));
    (Some(span), line.map(str::to_owned))
}

/// Of what it is about, not of how it looks: a message that changes is no other finding.
fn id(finding: &Finding, path: &str, text: &str) -> String {
    let identity = Identity {
        source: OFFSHOOT,
        code: &finding.code,
        path: Some(path),
        text: Some(text),
        message: "",
    };
    artifact::ids([identity]).pop().unwrap_or_default()
}
