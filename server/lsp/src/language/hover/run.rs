//! What is to be said of a step: what it is, and its last or current state.

use crate::language::{Known, states};
use model::language::Outline;
use model::workflow::{Step, Work};

/// The step, and what became of it.
pub(super) fn step(outline: &Outline, index: usize, known: &Known) -> String {
    let id = outline
        .map
        .steps
        .get(index)
        .map_or("", |step| step.id.as_str());
    let mut text = format!("**{id}**");
    if let Some(step) = outline.step(index) {
        if step.title != id {
            text += &format!(": {}", step.title);
        }
        text += &format!("\n\n{}", work(step));
        let waits: Vec<String> = step
            .needs
            .iter()
            .filter_map(|need| outline.map.steps.get(*need))
            .map(|step| format!("`{}`", step.id))
            .collect();
        if !waits.is_empty() {
            text += &format!("\n\nWaits for {}.", waits.join(", "));
        }
    }
    if let Some(last) = last(outline, index, known) {
        text += &format!("\n\n---\n\n{last}");
    }
    text
}

fn work(step: &Step) -> String {
    match &step.work {
        Work::Shell(text) => {
            let line = text.lines().next().unwrap_or_default();
            format!("Runs `{}`", line.replace('`', "'"))
        }
        Work::Argv(words) => format!("Runs `{}`", words.join(" ")),
        Work::Agent(work) if work.action.is_empty() => format!("Asks `@{}` in words", work.agent),
        Work::Agent(work) => format!("`@{} {}`", work.agent, work.action),
        Work::Nothing => "Does nothing, and waits for all other steps".to_owned(),
    }
}

/// Its last or current state: attempt, time, branch, findings, why it failed.
pub(super) fn last(outline: &Outline, index: usize, known: &Known) -> Option<String> {
    let id = &outline.map.steps.get(index)?.id;
    let run = known.run.as_deref()?;
    let step = states::step(run, id)?;
    let mut parts = vec![format!("**{}**", states::summary(step))];
    if let Some(attempt) = step.attempts.last().filter(|attempt| attempt.attempt > 1) {
        parts.push(format!("attempt {}", attempt.attempt));
    }
    let findings = states::findings(step);
    if !findings.is_empty() {
        parts.push(findings);
    }
    let mut text = parts.join(" · ");
    if let Some(error) = &step.error {
        text += &format!("\n\n{}", error.message);
    }
    if let Some(branch) = &step.branch {
        text += &format!("\n\nBranch `{branch}`");
    }
    if let Some(worktree) = &step.worktree {
        text += &format!("\n\nWorktree `{worktree}`");
    }
    text += &format!("\n\nRun `{}`", run.run_id);
    Some(text)
}
