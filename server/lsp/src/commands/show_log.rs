//! `offshoot.showLog {run_id, step_id?, attempt?}` or `{task_id, attempt?}` -> `{attempt, shown, end}`: what an
//! attempt has said so far, as a file. Without a step, that of the one that is at work, failed, or ended last.

use super::{Call, argument, show, shown};
use crate::daemon::Connect;
use client::Api;
use protocol::log::LogRead;
use protocol::run::{Run, RunRef, Step};
use protocol::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};

/// Its name.
pub(super) const NAME: &str = "offshoot.showLog";

/// What is kept of a log is no more than this, with room for the words about what was not kept.
const LARGEST: usize = 17 << 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    #[serde(default)]
    run_id: Option<String>,
    #[serde(default)]
    step_id: Option<String>,
    #[serde(default)]
    task_id: Option<String>,
    /// From 1; absent = the last.
    #[serde(default)]
    attempt: Option<u32>,
}

/// Shows it.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let argument: Argument = argument(NAME, call.argument)?;
    let api = call.session.to_read().await?;
    let of = wanted(&api, argument).await?;
    let mut text = String::new();
    let mut offset = 0;
    let (attempt, end) = loop {
        let read = LogRead { offset, ..of.clone() };
        let chunk = api.log_read(read).await?;
        if chunk.dropped > 0 {
            text.push_str(&format!("\n[{} bytes were not kept]\n", chunk.dropped));
        }
        text.push_str(&chunk.text);
        if chunk.end || chunk.next <= offset || text.len() > LARGEST {
            break (chunk.attempt, chunk.end);
        }
        offset = chunk.next;
    };
    let id = |id: &Option<String>| id.clone().unwrap_or_default();
    let name = match &of.task_id {
        Some(task) => format!("{task}.{attempt}.log"),
        None => format!("{}.{}.{attempt}.log", id(&of.run_id), id(&of.step_id)),
    };
    let path = shown::write(call.session.connect.state(), name, text).await?;
    show::show(&call.session, &path, None);
    Ok(json!({ "attempt": attempt, "shown": path, "end": end }))
}

async fn wanted<A: Api>(api: &A, argument: Argument) -> Result<LogRead, Error> {
    let Argument { run_id, step_id, task_id, attempt } = argument;
    let step_id = match (&run_id, step_id) {
        (Some(run_id), None) => {
            let reference = RunRef { run_id: run_id.clone(), repo: None };
            Some(speaking(&api.run_show(reference).await?)?)
        }
        (_, step_id) => step_id,
    };
    if run_id.is_none() && task_id.is_none() {
        return Err(Error::new(ErrorKind::InvalidInput, "no run and no task is named"));
    }
    Ok(LogRead { run_id, step_id, task_id, attempt, ..LogRead::default() })
}

/// The step whose log one wants to see.
fn speaking(run: &Run) -> Result<String, Error> {
    let begun = || run.steps.iter().filter(|step| !step.attempts.is_empty());
    let with = |statuses: &'static [&str]| {
        move |step: &&Step| statuses.contains(&step.status.as_str())
    };
    let ended = |step: &&Step| step.attempts.last().and_then(|attempt| attempt.ended_at.clone());
    let step = begun()
        .find(with(&["running", "verifying"]))
        .or_else(|| begun().find(with(&["failed", "unverified"])))
        .or_else(|| begun().max_by_key(ended));
    step.map(|step| step.id.clone()).ok_or_else(|| {
        let message = format!("no step of run {} has run yet", run.run_id);
        Error::new(ErrorKind::NotFound, message)
    })
}
