//! Submitted tasks as text.

use super::symbol;
use crate::row::Row;
use crate::style::{Paint, Style};
use crate::table;
use crate::times;
use jiff::Timestamp;
use protocol::task::{CommandResult, Task};

/// The list, newest first.
pub(crate) fn list(
    tasks: &[Task],
    now: Timestamp,
    columns: Option<usize>,
    style: Style,
) -> Vec<String> {
    if tasks.is_empty() {
        return vec![
            "no tasks yet: `offshoot background submit -- COMMAND` puts one into the queue"
                .to_owned(),
        ];
    }
    let rows: Vec<Vec<table::Cell>> = tasks
        .iter()
        .map(|task| {
            let (sign, paint) = symbol::still(&task.status, style);
            vec![
                (paint, sign.to_owned()),
                (Paint::Bold, task.task_id.clone()),
                (paint, symbol::words(&task.status)),
                (Paint::Plain, task.priority_name.clone()),
                (Paint::Dim, times::ago(&task.created_at, now)),
                (Paint::Plain, first_line(&task.command)),
            ]
        })
        .collect();
    table::render(
        &["", "TASK", "STATUS", "PRIORITY", "SUBMITTED", "COMMAND"],
        &rows,
        &[],
        columns,
        style,
    )
}

/// The first line of a script, and whether there are more.
fn first_line(text: &str) -> String {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default();
    if lines.next().is_some() {
        format!("{first} …")
    } else {
        first.to_owned()
    }
}

/// One task.
pub(crate) fn show(task: &Task, style: Style) -> Vec<String> {
    let (sign, paint) = symbol::still(&task.status, style);
    let head = Row::new()
        .with(paint, sign)
        .text(" ")
        .with(Paint::Bold, &task.task_id)
        .text("  ")
        .with(paint, &symbol::words(&task.status));
    let mut lines = vec![head.finish(None, style)];
    let position = task
        .position
        .map(|place| format!("{place} in the queue"))
        .unwrap_or_default();
    let facts = [
        ("does", first_line(&task.command)),
        ("place", position),
        (
            "priority",
            format!("{} ({})", task.priority_name, task.priority),
        ),
        ("after", task.dependencies.join(", ")),
        ("run", task.run_id.clone().unwrap_or_default()),
        (
            "folder",
            task.worktree.clone().unwrap_or_else(|| task.tenant.clone()),
        ),
        ("submitted", times::local(&task.created_at)),
        ("attempts", attempts(task)),
        (
            "log",
            task.attempts
                .last()
                .and_then(|last| last.log.clone())
                .unwrap_or_default(),
        ),
        (
            "why",
            task.error
                .as_ref()
                .map(|error| error.message.clone())
                .unwrap_or_default(),
        ),
    ];
    lines.extend(table::pairs(&facts, None, style));
    lines
}

fn attempts(task: &Task) -> String {
    match task.attempts.last() {
        None => String::new(),
        Some(last) => {
            let code = last
                .exit_code
                .map(|code| format!(", exit code {code}"))
                .unwrap_or_default();
            format!(
                "{}, the last {}{code}",
                task.attempts.len(),
                symbol::words(&last.status)
            )
        }
    }
}

/// The object of a command that was waited for.
pub(crate) fn command_result(task: &Task, artifacts: Vec<String>) -> CommandResult {
    let last = task.attempts.last();
    let timeout =
        task.status == "failed" && last.and_then(|last| last.class.as_deref()) == Some("timeout");
    let status = match task.status.as_str() {
        "completed" => "completed",
        _ if timeout => "timeout",
        _ => "failed",
    };
    let start = task.started_at.as_deref().unwrap_or(&task.created_at);
    let took = task
        .ended_at
        .as_ref()
        .and_then(|end| times::since(start, end.parse().ok()?));
    let error = match (&task.error, status) {
        (Some(error), _) => Some(error.message.clone()),
        (None, "completed") => None,
        (None, _) => Some(format!("the task is {}", symbol::words(&task.status))),
    };
    CommandResult {
        status: status.to_owned(),
        command: task.command.clone(),
        worktree: task.worktree.clone(),
        artifacts,
        error,
        duration_seconds: took.unwrap_or(0) as f64 / 1000.0,
        task_id: Some(task.task_id.clone()),
        run_id: task.run_id.clone(),
    }
}
