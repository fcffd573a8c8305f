//! A run off a terminal: one line per change of state, with the time since the run was made.

use super::{attempt_in_round, last_attempt, reason, symbol};
use crate::row::Row;
use crate::style::{Paint, Style};
use crate::times;
use jiff::Timestamp;
use protocol::run::{Run, Step};

/// The lines between two looks at a run; all its states where there was none before.
pub(crate) fn changes(
    before: Option<&Run>,
    run: &Run,
    now: Timestamp,
    style: Style,
) -> Vec<String> {
    let offset = times::since(&run.created_at, now).unwrap_or(run.duration_ms);
    let line = |name: &str, status: &str, text: &str| {
        let (sign, paint) = symbol::still(status, style);
        Row::new()
            .right(Paint::Dim, &times::duration(offset), 7)
            .text("  ")
            .with(paint, sign)
            .text(&format!(" {name} "))
            .with(paint, &symbol::words(status))
            .with(Paint::Dim, text)
            .finish(None, style)
    };
    let mut lines = Vec::new();
    if before.is_none() {
        lines.push(line(&run.run_id, &run.status, ""));
    }
    for (index, step) in run.steps.iter().enumerate() {
        let old = before.and_then(|run| run.steps.get(index));
        lines.extend(sent_back(old, step).map(|text| line(&step.id, "gate", &text)));
        if is_news(old, step) {
            lines.push(line(&step.id, &step.status, &text(step)));
        }
    }
    if before.is_some_and(|before| before.status != run.status) {
        lines.push(line(&run.run_id, &run.status, ""));
    }
    lines
}

/// What the gate of a step said that sent the run back or aside since the last look.
fn sent_back(old: Option<&Step>, step: &Step) -> impl Iterator<Item = String> {
    let known = old.map_or(0, |old| old.rounds.len());
    let to = step.gate.as_ref().and_then(|gate| gate.on_fail.clone());
    let to = to.unwrap_or_default();
    step.rounds.iter().skip(known).filter_map(move |round| {
        let way = round
            .way
            .as_deref()
            .filter(|way| *way == "back" || *way == "aside")?;
        let why = round.why.as_deref().unwrap_or_default();
        let rounds = step.gate.as_ref().map_or(0, |gate| gate.max_rounds);
        let number = if way == "back" {
            format!("round {} of {rounds}, ", round.round)
        } else {
            String::new()
        };
        Some(format!("  {number}{way} to {to}: {why}"))
    })
}

/// Waiting, and the moments in which a worktree is made, are no news.
fn is_news(old: Option<&Step>, step: &Step) -> bool {
    if matches!(step.status.as_str(), "waiting" | "preparing" | "verifying") {
        return false;
    }
    let held = step.reason.is_some() && matches!(step.status.as_str(), "queued" | "running");
    if held && old.is_none_or(|old| old.reason != step.reason) {
        return true;
    }
    let first_queue = step.status == "queued" && step.attempts.is_empty();
    let same = |old: &Step| old.status == step.status && last_attempt(old) == last_attempt(step);
    !first_queue && !old.is_some_and(same)
}

fn text(step: &Step) -> String {
    let attempt = attempt_in_round(step);
    let mut text = String::new();
    if step.round > 1 {
        text.push_str(&format!("  round {}", step.round));
    }
    if attempt > 1 {
        text.push_str(&format!("  attempt {attempt}"));
    }
    match step.status.as_str() {
        "queued" | "running" if step.attempts.len() <= 1 && step.reason.is_some() => {
            text.push_str(&format!("  {}", reason(step)));
        }
        "queued" if reason(step).is_empty() => text.push_str("  again"),
        "queued" => text.push_str(&format!("  again after: {}", reason(step))),
        "completed" => text.push_str(&format!("  {}", times::duration(step.duration_ms))),
        "running" => {}
        _ => text.push_str(&format!("  {}", reason(step))),
    }
    text
}
