//! The live picture of a run: a line per step, never wider or higher than the terminal.

use super::{attempt_in_round, reason, symbol};
use crate::row::{Row, width};
use crate::style::{Paint, Style};
use crate::times;
use jiff::Timestamp;
use protocol::run::{Run, Step};
use std::collections::BTreeMap;

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Picture<'a> {
    /// The run.
    pub(crate) run: &'a Run,
    /// The last line of output of each step.
    pub(crate) lines: &'a BTreeMap<String, String>,
    /// The moment.
    pub(crate) now: Timestamp,
    /// Turns the wheels.
    pub(crate) frame: usize,
}

/// Room and looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Canvas {
    /// Columns.
    pub(crate) width: usize,
    /// Rows.
    pub(crate) height: usize,
    /// Colour and symbols.
    pub(crate) style: Style,
}

/// Widths of the columns.
struct Columns {
    id: usize,
    title: usize,
}

/// Column of the elapsed time.
const TIME: usize = 7;

/// Draws it. At most `height` lines of at most `width` columns.
pub(crate) fn render(picture: &Picture<'_>, canvas: Canvas) -> Vec<String> {
    let finish = |row: Row| row.finish(Some(canvas.width), canvas.style);
    let columns = columns(picture.run, canvas.width);
    let steps = &picture.run.steps;
    let room = canvas.height.saturating_sub(3).max(1);
    let shown = choose(steps, room);
    let mut lines = vec![finish(head(picture, canvas.style)), String::new()];
    for index in &shown {
        lines.push(finish(row(picture, &steps[*index], &columns, canvas.style)));
    }
    if shown.len() < steps.len() {
        lines.push(finish(rest(steps, &shown)));
    }
    lines.truncate(canvas.height.max(1));
    lines
}

/// Title of the run, how far it is, how long it has taken.
pub(crate) fn head(picture: &Picture<'_>, style: Style) -> Row {
    let run = picture.run;
    let (sign, paint) = symbol::symbol(&run.status, picture.frame, style);
    let done = run.steps.iter().filter(|step| is_ended(step)).count();
    let elapsed = match (&run.ended_at, &run.started_at) {
        (None, Some(start)) => times::since(start, picture.now).unwrap_or(run.duration_ms),
        _ => run.duration_ms,
    };
    Row::new()
        .with(paint, sign)
        .text(" ")
        .with(Paint::Bold, &run.run_id)
        .text("  ")
        .with(paint, &symbol::words(&run.status))
        .with(
            Paint::Dim,
            &format!(
                "  {done} of {}  {}",
                times::count(run.steps.len(), "step"),
                times::duration(elapsed)
            ),
        )
}

fn is_ended(step: &Step) -> bool {
    matches!(
        step.status.as_str(),
        "completed" | "failed" | "skipped" | "cancelled" | "unverified"
    )
}

fn columns(run: &Run, total: usize) -> Columns {
    let id = run
        .steps
        .iter()
        .map(|step| width(&step.id))
        .max()
        .unwrap_or(0);
    let titles = run.steps.iter().filter(|step| has_title(step));
    let title = titles.map(|step| width(&step.title)).max().unwrap_or(0);
    Columns {
        id: id.min((total / 3).max(8)),
        // Where room is scarce the last line of output is worth more than the title.
        title: if total < 90 { 0 } else { title.min(total / 3) },
    }
}

/// A title that only spells the id another way says nothing.
fn has_title(step: &Step) -> bool {
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|char| char.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    plain(&step.title) != plain(&step.id)
}

fn row(picture: &Picture<'_>, step: &Step, columns: &Columns, style: Style) -> Row {
    let (sign, paint) = symbol::symbol(&step.status, picture.frame, style);
    let quiet = matches!(step.status.as_str(), "waiting" | "skipped");
    let mut row = Row::new()
        .text("  ")
        .with(paint, sign)
        .text(" ")
        .cell(
            if quiet { Paint::Dim } else { Paint::Plain },
            &step.id,
            columns.id,
            style,
        )
        .text("  ");
    if columns.title > 0 {
        let title = if has_title(step) {
            step.title.as_str()
        } else {
            ""
        };
        row = row.cell(Paint::Dim, title, columns.title, style).text("  ");
    }
    row = row
        .right(Paint::Dim, &elapsed(step, picture.now), TIME)
        .text("  ");
    detail(picture, step, row)
}

fn elapsed(step: &Step, now: Timestamp) -> String {
    let open = step
        .attempts
        .last()
        .filter(|attempt| super::is_open(attempt));
    match open {
        Some(attempt) => times::since(&attempt.started_at, now)
            .map(times::duration)
            .unwrap_or_default(),
        None if step.attempts.is_empty() => String::new(),
        None => times::duration(step.duration_ms),
    }
}

fn detail(picture: &Picture<'_>, step: &Step, row: Row) -> Row {
    let attempt = attempt_in_round(step);
    let row = if step.round > 1 {
        row.with(Paint::Yellow, &format!("round {}", step.round))
            .text("  ")
    } else {
        row
    };
    let row = if attempt > 1 {
        row.with(Paint::Yellow, &format!("attempt {attempt}"))
            .text("  ")
    } else {
        row
    };
    // Who edits the same files.
    let held = || step.reason.as_deref().unwrap_or_default();
    let line = || picture.lines.get(&step.id).map_or("", String::as_str);
    match step.status.as_str() {
        "waiting" => row.with(Paint::Dim, &after(picture.run, step)),
        "queued" if attempt > 0 && reason(step).is_empty() => {
            row.with(Paint::Dim, "is tried again")
        }
        "queued" if attempt > 0 => row
            .with(Paint::Yellow, &reason(step))
            .with(Paint::Dim, "  is tried again"),
        "queued" if !held().is_empty() => row.with(Paint::Yellow, held()),
        "queued" => row.with(Paint::Dim, "waits for a slot"),
        "preparing" => row.with(Paint::Dim, "gets its worktree"),
        "verifying" => row.with(Paint::Dim, "is verified"),
        "running" if held().is_empty() => row.with(Paint::Dim, line()),
        "running" => row
            .with(Paint::Yellow, held())
            .text("  ")
            .with(Paint::Dim, line()),
        "completed" => result(step, row),
        "failed" => row.with(Paint::Red, &reason(step)),
        "needs_input" if step.attempts.last().is_some_and(super::is_open) => {
            row.with(Paint::Yellow, "waits for an agent")
        }
        "needs_input" | "unverified" => row.with(Paint::Yellow, &reason(step)),
        _ => row.with(Paint::Dim, &reason(step)),
    }
}

/// The steps it still waits for.
fn after(run: &Run, step: &Step) -> String {
    let open = |id: &&String| {
        let needed = run.steps.iter().find(|other| other.id == **id);
        needed.is_some_and(|other| !is_ended(other))
    };
    let names: Vec<&str> = step.needs.iter().filter(open).map(String::as_str).collect();
    if names.is_empty() {
        return String::new();
    }
    format!("after {}", names.join(", "))
}

/// What a completed step left behind.
fn result(step: &Step, row: Row) -> Row {
    let noticed = [
        (step.findings.error, "error"),
        (step.findings.warning, "warning"),
    ];
    let noticed = noticed.into_iter().filter(|(number, _)| *number > 0);
    let noticed: Vec<String> = noticed
        .map(|(number, name)| times::count(number as usize, name))
        .collect();
    let files = match step.artifacts.len() {
        0 => String::new(),
        many => format!("{}  ", times::count(many, "file")),
    };
    row.with(Paint::Dim, &files)
        .with(Paint::Yellow, &noticed.join(", "))
}

/// Which steps are drawn where not all fit: what is under way or went wrong first, then what is next,
/// then what ended last; in file order.
fn choose(steps: &[Step], room: usize) -> Vec<usize> {
    if steps.len() <= room {
        return (0..steps.len()).collect();
    }
    let rank = |step: &Step| match step.status.as_str() {
        "preparing" | "running" | "verifying" | "needs_input" | "unverified" => 0,
        "failed" => 1,
        "queued" => 2,
        "waiting" => 3,
        _ => 4,
    };
    let mut order: Vec<usize> = (0..steps.len()).collect();
    order.sort_by_key(|index| rank(&steps[*index]));
    // One line is for the rest.
    order.truncate(room.saturating_sub(1).max(1));
    order.sort_unstable();
    order
}

/// One line for the steps that are not drawn.
fn rest(steps: &[Step], shown: &[usize]) -> Row {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, step) in steps.iter().enumerate() {
        if shown.binary_search(&index).is_err() {
            *counts.entry(step.status.as_str()).or_default() += 1;
        }
    }
    let parts: Vec<String> = counts
        .into_iter()
        .map(|(status, number)| format!("{number} {}", symbol::words(status)))
        .collect();
    Row::new().with(Paint::Dim, &format!("    and {}", parts.join(", ")))
}
