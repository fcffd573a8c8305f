//! How a run is told in one line.

use protocol::run::{Run, Step};

/// What a client shows of a run that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    /// The workflow.
    pub(super) title: String,
    /// Steps done of all, and what runs. Status bars show only this.
    pub(super) message: String,
    /// The same in percent.
    pub(super) percentage: u32,
}

/// How a run that goes on looks; none of one that has ended, or goes on only when a person has done
/// something: that may be in days.
pub(super) fn look(run: &Run) -> Option<Look> {
    if !matches!(run.status.as_str(), "queued" | "running") {
        return None;
    }
    let (done, all) = count(run);
    let doing = doing(run).unwrap_or_else(|| "queued".to_owned());
    Some(Look {
        title: format!("Offshoot: {}", run.workflow_id),
        message: format!("{done}/{all} {doing}"),
        percentage: u32::try_from(done * 100 / all.max(1)).unwrap_or(100),
    })
}

/// How it came out, or what it waits for.
pub(super) fn outcome(run: &Run) -> String {
    let (done, all) = count(run);
    let why = run
        .error
        .as_ref()
        .map(|error| format!(": {}", error.message));
    let why = why.unwrap_or_default();
    match run.status.as_str() {
        "needs_input" => format!("waits for you{}", waiting(run).unwrap_or(why)),
        "completed" => {
            let steps = if all == 1 { "step" } else { "steps" };
            format!("completed, {all} {steps} in {}", span(run.duration_ms))
        }
        status => format!("{status} after {done}/{all} steps{why}"),
    }
}

/// What a person has to decide.
fn waiting(run: &Run) -> Option<String> {
    let step = run.steps.iter().find(|step| step.status == "needs_input")?;
    let why = step
        .error
        .as_ref()
        .map(|error| format!(": {}", error.message));
    Some(format!(": {}{}", step.title, why.unwrap_or_default()))
}

fn count(run: &Run) -> (usize, usize) {
    let done = run.steps.iter().filter(|step| is_done(step)).count();
    (done, run.steps.len())
}

fn is_done(step: &Step) -> bool {
    matches!(
        step.status.as_str(),
        "completed" | "failed" | "skipped" | "cancelled" | "unverified"
    )
}

/// The first step that is at work, and how many others are.
fn doing(run: &Run) -> Option<String> {
    let at_work =
        |step: &&Step| matches!(step.status.as_str(), "preparing" | "running" | "verifying");
    let mut at_work = run.steps.iter().filter(at_work);
    let first = at_work.next();
    let Some(first) = first else {
        return waiting(run).map(|what| format!("waits for you{what}"));
    };
    Some(match at_work.count() {
        0 => first.title.clone(),
        more => format!("{} and {more} more", first.title),
    })
}

fn span(milliseconds: u64) -> String {
    match milliseconds / 1000 {
        0 => format!("{milliseconds} ms"),
        seconds @ 1..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        seconds => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}
