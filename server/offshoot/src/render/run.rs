//! Runs at rest: the list, and one run with everything known about it.

use super::{finding, reason, symbol};
use crate::row::Row;
use crate::style::{Paint, Style};
use crate::table;
use crate::times;
use jiff::Timestamp;
use protocol::run::{Attempt, Gate, Round, Run, Step};

/// The list, newest first.
pub(crate) fn list(
    runs: &[Run],
    now: Timestamp,
    columns: Option<usize>,
    style: Style,
) -> Vec<String> {
    if runs.is_empty() {
        return vec!["no runs yet: `offshoot run FILE` starts one".to_owned()];
    }
    let rows: Vec<Vec<table::Cell>> = runs.iter().map(|run| list_row(run, now, style)).collect();
    table::render(
        &["", "RUN", "STATUS", "STEPS", "TIME", "STARTED", "WORKFLOW"],
        &rows,
        &[3, 4],
        columns,
        style,
    )
}

fn list_row(run: &Run, now: Timestamp, style: Style) -> Vec<table::Cell> {
    let (sign, paint) = symbol::still(&run.status, style);
    let done = run
        .steps
        .iter()
        .filter(|step| step.status == "completed")
        .count();
    let file = run.workflow_file.as_deref().unwrap_or("(task)");
    let file = file
        .strip_prefix(&run.repo)
        .map_or(file, |rest| rest.trim_start_matches('/'));
    vec![
        (paint, sign.to_owned()),
        (Paint::Bold, run.run_id.clone()),
        (paint, symbol::words(&run.status)),
        (Paint::Plain, format!("{done}/{}", run.steps.len())),
        (Paint::Plain, times::duration(run.duration_ms)),
        (Paint::Dim, times::ago(&run.created_at, now)),
        (Paint::Dim, file.to_owned()),
    ]
}

/// Everything about one run.
pub(crate) fn show(run: &Run, columns: Option<usize>, style: Style) -> Vec<String> {
    let (sign, paint) = symbol::still(&run.status, style);
    let head = Row::new()
        .with(paint, sign)
        .text(" ")
        .with(Paint::Bold, &run.run_id)
        .text("  ")
        .with(paint, &symbol::words(&run.status))
        .with(
            Paint::Dim,
            &format!("  {}", times::duration(run.duration_ms)),
        );
    let mut lines = vec![head.finish(columns, style)];
    let facts = [
        (
            "workflow",
            run.workflow_file
                .clone()
                .unwrap_or_else(|| run.workflow_id.clone()),
        ),
        ("repository", run.repo.clone()),
        (
            "started",
            times::local(run.started_at.as_deref().unwrap_or(&run.created_at)),
        ),
        ("base", run.base_commit.clone()),
        ("result", result(run)),
    ];
    lines.extend(table::pairs(&facts, None, style));
    if let Some(error) = &run.error {
        lines.push(
            Row::new()
                .text("  ")
                .with(Paint::Red, &error.message)
                .finish(None, style),
        );
        let hint = error.hint.iter();
        lines.extend(hint.map(|hint| {
            Row::new()
                .text("  ")
                .with(Paint::Dim, hint)
                .finish(None, style)
        }));
    }
    for step in &run.steps {
        lines.push(String::new());
        lines.extend(show_step(step, style));
    }
    lines
}

fn result(run: &Run) -> String {
    match (&run.result_branch, &run.result_commit) {
        (Some(branch), Some(commit)) => format!("{branch} ({commit})"),
        (Some(branch), None) => branch.clone(),
        _ => String::new(),
    }
}

fn show_step(step: &Step, style: Style) -> Vec<String> {
    let (sign, paint) = symbol::still(&step.status, style);
    let title = if step.title == step.id {
        String::new()
    } else {
        format!("  {}", step.title)
    };
    let head = Row::new()
        .with(paint, sign)
        .text(" ")
        .with(Paint::Bold, &step.id)
        .text("  ")
        .with(paint, &symbol::words(&step.status))
        .text(&title);
    let mut lines = vec![head.finish(None, style)];
    lines.extend(table::pairs(&facts(step), None, style));
    lines.extend(
        step.attempts
            .iter()
            .map(|attempt| show_attempt(attempt, style)),
    );
    lines.extend(step.rounds.iter().map(|round| show_round(round, style)));
    lines.extend(finding::of_step(step, style));
    lines
}

fn facts(step: &Step) -> [(&'static str, String); 13] {
    let list = |items: Vec<String>| items.join(", ");
    let passed = step
        .passed_over
        .iter()
        .map(|one| format!("{}: {}", one.backend, one.reason));
    let outputs = step
        .outputs
        .iter()
        .map(|(key, value)| format!("{key}={value}"));
    let command = step.command.lines().next().unwrap_or_default();
    let more = if step.command.lines().count() > 1 {
        " …"
    } else {
        ""
    };
    [
        ("does", format!("{command}{more}")),
        ("after", step.needs.join(", ")),
        ("back end", step.backend.clone().unwrap_or_default()),
        ("passed over", list(passed.collect())),
        ("gate", step.gate.as_ref().map(gate).unwrap_or_default()),
        (
            "wants",
            list(
                step.thresholds
                    .iter()
                    .map(|(name, limit)| model::score::in_words(name, *limit))
                    .collect(),
            ),
        ),
        (
            "scores",
            list(
                step.scores
                    .iter()
                    .map(|(name, score)| format!("{name} {score}"))
                    .collect(),
            ),
        ),
        ("branch", step.branch.clone().unwrap_or_default()),
        ("worktree", step.worktree.clone().unwrap_or_default()),
        ("ports", crate::verbs::worktree::ports(&step.ports)),
        ("outputs", list(outputs.collect())),
        (
            "files",
            list(step.artifacts.iter().map(|one| one.path.clone()).collect()),
        ),
        (
            "why",
            if step.status == "completed" {
                String::new()
            } else {
                reason(step)
            },
        ),
    ]
}

/// What a gate asks, and where it goes.
fn gate(gate: &Gate) -> String {
    let mut parts: Vec<String> = gate.condition.iter().cloned().collect();
    parts.extend(gate.on_pass.iter().map(|step| format!("on to {step}")));
    parts.extend(gate.on_fail.iter().map(|step| match gate.again.len() {
        0 => format!("else to {step}"),
        _ => format!(
            "else back to {step}, {} at most",
            times::count(gate.max_rounds as usize, "round")
        ),
    }));
    parts.join(", ")
}

fn show_round(round: &Round, style: Style) -> String {
    let (paint, said) = match (round.passed, &round.why) {
        (Some(true), Some(why)) => (Paint::Green, format!("passed: {why}")),
        (_, Some(why)) => (Paint::Yellow, format!("did not pass: {why}")),
        (_, None) => (Paint::Dim, "sent back".to_owned()),
    };
    Row::new()
        .text(&format!("  round {}  ", round.round))
        .with(paint, &said)
        .with(
            Paint::Dim,
            &format!("  {}", round.commit.as_deref().unwrap_or_default()),
        )
        .finish(None, style)
}

fn show_attempt(attempt: &Attempt, style: Style) -> String {
    let (sign, paint) = symbol::still(&attempt.status, style);
    let took = attempt
        .ended_at
        .as_ref()
        .and_then(|end| times::since(&attempt.started_at, end.parse().ok()?));
    let mut notes: Vec<String> = Vec::new();
    notes.extend(took.map(times::duration));
    notes.extend(attempt.exit_code.map(|code| format!("exit code {code}")));
    if attempt.peak_rss_bytes > 0 {
        notes.push(format!(
            "{} at its peak",
            times::bytes(attempt.peak_rss_bytes)
        ));
    }
    if !attempt.leaked_processes.is_empty() {
        notes.push(format!(
            "left behind: {}",
            attempt.leaked_processes.join(", ")
        ));
    }
    notes.extend(attempt.log.clone());
    Row::new()
        .text("  ")
        .with(paint, sign)
        .text(&format!(" attempt {}  ", attempt.attempt))
        .with(paint, &symbol::words(&attempt.status))
        .with(Paint::Dim, &format!("  {}", notes.join("  ")))
        .finish(None, style)
}
