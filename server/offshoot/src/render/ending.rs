//! The last words of a followed run: what happened, and what to do next.

use super::{command_file, finding, reason, symbol};
use crate::row::{Row, width};
use crate::style::{Paint, Style};
use crate::times;
use protocol::ErrorKind;
use protocol::run::{Run, Step};
use std::collections::BTreeMap;

/// A command and what it is good for.
type Next = (String, &'static str);

/// The last lines of output by step.
pub(crate) type Tails = BTreeMap<String, Vec<String>>;

/// The lines after the last picture of a run.
/// `tails` has the last lines of output by step.
pub(crate) fn render(run: &Run, tails: &Tails, style: Style) -> Vec<String> {
    let mut lines = happened(run, tails, style);
    lines.extend(commands(&next(run), style));
    lines
}

/// What happened, without what to do next.
pub(crate) fn happened(run: &Run, tails: &Tails, style: Style) -> Vec<String> {
    let mut lines = vec![String::new(), head(run, style)];
    for warning in &run.warnings {
        lines.push(line(Paint::Yellow, &format!("warning: {warning}"), style));
    }
    lines.extend(findings(run, style));
    lines.extend(trouble(run, tails, style));
    lines
}

/// Where a run stands that is not followed, and what to do next.
pub(crate) fn brief(run: &Run, style: Style) -> Vec<String> {
    render(run, &Tails::new(), style).split_off(1)
}

fn head(run: &Run, style: Style) -> String {
    let (sign, paint) = symbol::still(&run.status, style);
    let text = match run.status.as_str() {
        "completed" => format!("completed in {}", times::duration(run.duration_ms)),
        "failed" => format!("failed after {}", times::duration(run.duration_ms)),
        status => symbol::words(status),
    };
    let mut row = Row::new()
        .with(paint, sign)
        .text(" ")
        .with(Paint::Bold, &run.run_id)
        .with(paint, &format!(" {text}"));
    if let (Some(branch), Some(commit)) = (&run.result_branch, &run.result_commit) {
        let commit: String = commit.chars().take(9).collect();
        row = row
            .text(", result in branch ")
            .with(Paint::Bold, branch)
            .with(Paint::Dim, &format!(" ({commit})"));
    }
    row.finish(None, style)
}

/// Findings that are named at the end of a run.
const NAMED: usize = 10;

fn findings(run: &Run, style: Style) -> Vec<String> {
    let all = run
        .steps
        .iter()
        .flat_map(|step| step.finding_list.iter().map(move |found| (step, found)));
    let worth = all.filter(|(_, found)| found.severity != "info");
    let mut lines: Vec<String> = worth
        .take(NAMED)
        .map(|(step, found)| {
            let place = finding::place(found);
            let place = place.map_or_else(String::new, |place| format!(" ({place})"));
            let text = format!("{}: {}: {}{place}", step.id, found.severity, found.message);
            line(finding::paint(found), &text, style)
        })
        .collect();
    let count = |step: &Step| step.findings.error + step.findings.warning;
    let all: u32 = run.steps.iter().map(count).sum();
    let more = usize::try_from(all)
        .unwrap_or(usize::MAX)
        .saturating_sub(lines.len());
    if more > 0 {
        let text = format!(
            "and {more} more: `offshoot workflow findings {}`",
            run.run_id
        );
        lines.push(line(Paint::Dim, &text, style));
    }
    lines
}

/// What went wrong or what is waited for, step by step.
fn trouble(run: &Run, tails: &Tails, style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    let concerned = |step: &&Step| {
        matches!(
            step.status.as_str(),
            "failed" | "needs_input" | "unverified"
        )
    };
    for step in run.steps.iter().filter(concerned) {
        lines.extend(step_trouble(step, style));
        let tail = tails.get(&step.id).into_iter().flatten();
        let bar = style.either("│", "|");
        lines.extend(tail.map(|text| line(Paint::Dim, &format!("  {bar} {text}"), style)));
    }
    // What a failed run says of itself only repeats what its steps say; one that waits says more where no step does.
    let waits = |step: &Step| step.status == "needs_input";
    let waits = run.status == "needs_input" && !run.steps.iter().any(waits);
    let own = run
        .error
        .as_ref()
        .filter(|_| lines.is_empty() || run.status == "running" || waits);
    if let Some(error) = own {
        lines.push(line(Paint::Plain, &error.message, style));
        lines.extend(
            error
                .hint
                .as_ref()
                .map(|hint| line(Paint::Dim, hint, style)),
        );
    }
    lines
}

fn step_trouble(step: &Step, style: Style) -> Vec<String> {
    let paint = symbol::still(&step.status, style).1;
    let attempts = match step.attempts.len() {
        0 | 1 => String::new(),
        many => format!(", {many} attempts"),
    };
    let class = step
        .class
        .as_deref()
        .map(|class| format!(" ({class}{attempts})"))
        .unwrap_or_default();
    let head = Row::new()
        .text("  ")
        .with(Paint::Bold, &step.id)
        .text("  ")
        .with(paint, &reason(step));
    let mut lines = vec![head.with(Paint::Dim, &class).finish(None, style)];
    for conflict in &step.conflicts {
        let text = format!(
            "    {}  changed by {}",
            conflict.path,
            conflict.steps.join(" and ")
        );
        lines.push(line(Paint::Plain, &text, style));
    }
    let hint = step.error.as_ref().and_then(|error| error.hint.clone());
    let hint = hint.or_else(|| way_out(step));
    lines.extend(hint.map(|hint| line(Paint::Dim, &format!("  {hint}"), style)));
    lines
}

/// What to do about a step that waits, where the daemon did not say.
fn way_out(step: &Step) -> Option<String> {
    let worktree = step.worktree.as_ref()?;
    if !step.conflicts.is_empty() {
        return Some(format!(
            "resolve it in {worktree}, then resume; a commit there says that the rest is right as it lies"
        ));
    }
    let file = command_file(step).filter(|_| step.status == "needs_input")?;
    Some(format!("the command waits in {file}"))
}

/// The commands that make sense now.
fn next(run: &Run) -> Vec<Next> {
    let id = &run.run_id;
    let first = |status: &str| run.steps.iter().find(|step| step.status == status);
    let mut next: Vec<Next> = Vec::new();
    match run.status.as_str() {
        "completed" if run.result_branch.is_some() => {
            next.push((format!("offshoot diff {id}"), "see what it changed"));
            next.push((
                format!("offshoot apply {id}"),
                "put that into your working tree",
            ));
        }
        "failed" | "cancelled" => {
            next.push((format!("offshoot workflow show {id}"), "see every attempt"));
            if let Some(step) = first("failed").filter(|step| has_log(step)) {
                next.push((
                    format!("offshoot background logs {id} {}", step.id),
                    "read what it printed",
                ));
            }
            if let Some(step) = first("unverified") {
                next.push((
                    format!("offshoot workflow accept {id} {}", step.id),
                    "take it as completed",
                ));
            }
            let verb = if run.status == "cancelled" {
                "resume"
            } else {
                "retry"
            };
            next.push((
                format!("offshoot workflow {verb} {id}"),
                "go on from where it stopped",
            ));
        }
        "needs_input" => next.extend(decisions(run)),
        "queued" | "running" => {
            next.push((
                format!("offshoot workflow status {id} --follow"),
                "follow it",
            ));
            next.push((format!("offshoot workflow cancel {id}"), "stop it"));
        }
        _ => {}
    }
    next
}

/// A hand-off has none: its agent is not ours.
fn has_log(step: &Step) -> bool {
    step.attempts
        .last()
        .is_some_and(|attempt| attempt.log.is_some())
}

fn decisions(run: &Run) -> Vec<Next> {
    let id = &run.run_id;
    let mut next: Vec<Next> = Vec::new();
    let kinds = run
        .steps
        .iter()
        .filter_map(|step| step.error.as_ref())
        .chain(&run.error);
    if kinds
        .into_iter()
        .any(|error| error.kind == ErrorKind::Untrusted)
    {
        next.push((
            "offshoot trust".to_owned(),
            "trust this repository's commands",
        ));
    }
    for step in &run.steps {
        if step.status == "unverified" {
            next.push((
                format!("offshoot workflow accept {id} {}", step.id),
                "take it as completed",
            ));
        } else if let Some(file) = command_file(step).filter(|_| step.status == "needs_input") {
            let command = format!(
                "offshoot workflow execute-skill-command --command-file {}",
                quoted(&file)
            );
            next.push((command, "let the configured agent do it"));
        }
    }
    if run.steps.iter().any(|step| step.status == "failed") {
        next.push((
            format!("offshoot workflow retry {id}"),
            "do again what failed",
        ));
    }
    next.push((
        format!("offshoot workflow resume {id}"),
        "go on once that is settled",
    ));
    next.push((format!("offshoot workflow cancel {id}"), "give it up"));
    next
}

/// The commands below each other, what they are good for beside them.
pub(crate) fn commands(next: &[Next], style: Style) -> Vec<String> {
    if next.is_empty() {
        return Vec::new();
    }
    let widest = next
        .iter()
        .map(|(command, _)| width(command))
        .max()
        .unwrap_or(0)
        .min(72);
    let mut lines = vec![String::new()];
    for (command, purpose) in next {
        let fill = " ".repeat(widest.saturating_sub(width(command)));
        let row = Row::new()
            .text("  ")
            .with(Paint::Cyan, command)
            .text(&fill)
            .text("  ");
        lines.push(row.with(Paint::Dim, purpose).finish(None, style));
    }
    lines
}

/// A word for the shell.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || "-_./:@%+=,".contains(char);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

fn line(paint: Paint, text: &str, style: Style) -> String {
    Row::new().text("  ").with(paint, text).finish(None, style)
}
