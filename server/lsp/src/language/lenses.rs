//! `textDocument/codeLens`: what can be done with the workflow and with each of its steps, as the newest run
//! of the file allows.

use super::{Known, Reading, states};
use model::language::Outline;
use model::language::tree::Span;
use protocol::run::{Run, Step};
use serde_json::{Value, json};

/// An offer above a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lens {
    /// What it belongs to.
    pub(crate) range: Span,
    /// What it says.
    pub(crate) title: String,
    /// A server command.
    pub(crate) command: &'static str,
    /// Its argument.
    pub(crate) argument: Value,
}

/// All offers of a document. The argument of what starts something names the file, so that the client can
/// save it first.
pub(crate) fn lenses(reading: &Reading, known: &Known) -> Vec<Lens> {
    let Some(outline) = reading.workflow() else {
        return Vec::new();
    };
    let run = known.run.as_deref();
    let mut lenses = top(outline, &reading.uri, run);
    for place in outline
        .map
        .steps
        .iter()
        .filter(|place| !place.id.is_empty())
    {
        let range = place.range.start..place.range.start;
        let offers = step(&reading.uri, &place.id, run);
        lenses.extend(offers.into_iter().map(|offer| offer.at(&range)));
    }
    lenses
}

/// What is offered, without a place.
struct Offer(&'static str, &'static str, Value);

impl Offer {
    fn at(self, range: &Span) -> Lens {
        let Self(title, command, argument) = self;
        Lens {
            range: range.clone(),
            title: title.to_owned(),
            command,
            argument,
        }
    }
}

fn top(outline: &Outline, uri: &str, run: Option<&Run>) -> Vec<Lens> {
    if outline.map.steps.is_empty() {
        return Vec::new();
    }
    let start = outline.yaml.root.as_ref().map(|root| root.span.start);
    let start = start.unwrap_or_default();
    let of_run = |title, command, run: &Run| Offer(title, command, json!({"run_id": run.run_id}));
    let mut offers = Vec::new();
    if !run.is_some_and(states::is_open) {
        offers.push(Offer(
            "Run",
            "offshoot.runWorkflow",
            json!({"workflow": uri}),
        ));
    }
    if let Some(run) = run {
        if run.status == "needs_input" || matches!(run.status.as_str(), "failed" | "cancelled") {
            offers.push(of_run("Resume", "offshoot.resumeRun", run));
        }
        if states::is_open(run) {
            offers.push(of_run("Cancel", "offshoot.cancelRun", run));
        }
        if run.result_commit.is_some() {
            offers.push(of_run("Open diff", "offshoot.showDiff", run));
        }
    }
    offers
        .into_iter()
        .map(|offer| offer.at(&(start..start)))
        .collect()
}

fn step(uri: &str, id: &str, run: Option<&Run>) -> Vec<Offer> {
    let mut offers = Vec::new();
    if !run.is_some_and(states::is_open) {
        let argument = json!({"workflow": uri, "from": id});
        offers.push(Offer("Run from here", "offshoot.runWorkflow", argument));
    }
    let Some((run, step)) = run.and_then(|run| states::step(run, id).map(|step| (run, step)))
    else {
        return offers;
    };
    let of_step =
        |title, command| Offer(title, command, json!({"run_id": run.run_id, "step_id": id}));
    match step.status.as_str() {
        "failed" | "cancelled" => offers.push(of_step("Retry", "offshoot.retryStep")),
        "unverified" => {
            offers.push(of_step("Accept", "offshoot.acceptStep"));
            offers.push(of_step("Retry", "offshoot.retryStep"));
        }
        "needs_input" if step.worktree.is_some() => {
            offers.push(of_step("Open worktree", "offshoot.openWorktree"));
        }
        _ => {}
    }
    if step.commit.is_some() {
        offers.push(of_step("Open diff", "offshoot.showDiff"));
    }
    if has_log(step) {
        offers.push(of_step("Log", "offshoot.showLog"));
    }
    offers
}

fn has_log(step: &Step) -> bool {
    step.attempts.iter().any(|attempt| attempt.log.is_some())
}
