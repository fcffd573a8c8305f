//! Logs of attempts: read from the attempt's folder, while it runs and after.

use super::{Session, find};
use crate::ports::{SETUP, TEARDOWN};
use model::task::Task;
use protocol::log::{LogChunk, LogRead};
use protocol::{Error, ErrorKind};
use std::path::PathBuf;

/// The most that one answer holds.
const MOST: u64 = 1 << 20;

pub(super) async fn read(session: &Session, params: LogRead) -> Result<LogChunk, Error> {
    let task = wanted(session, &params).await?;
    let number = match params
        .attempt
        .or(task.last_attempt().map(|attempt| attempt.number))
    {
        Some(number) => number,
        None => return Err(Error::new(ErrorKind::NotFound, "nothing of it has run yet")),
    };
    let Some(attempt) = task
        .attempts
        .iter()
        .find(|attempt| attempt.number == number)
    else {
        return Err(Error::new(
            ErrorKind::NotFound,
            format!("it has no attempt {number}"),
        ));
    };
    if !attempt.backend.takes_slot() {
        return Err(Error::new(
            ErrorKind::NotFound,
            "a hand-off has no log: its agent is not ours",
        )
        .hint("its files are in the step's worktree"));
    }
    let ended = attempt.ended_at().is_some();
    let dir = session
        .core
        .attempts()
        .join(task.id.attempt(number).as_str());
    let most = usize::try_from(params.limit.unwrap_or(MOST).min(MOST)).unwrap_or(0);
    let offset = params.offset;
    let io = session
        .core
        .attempts()
        .join(format!("{}.io", task.id.attempt(number)));
    let parts = [io.join(SETUP), dir, io.join(TEARDOWN)];
    let chunk = tokio::task::spawn_blocking(move || read_parts(&parts, offset, most)).await;
    let failed = |what: String| {
        Error::new(
            ErrorKind::Storage,
            format!("the log cannot be read: {what}"),
        )
    };
    let chunk = chunk.map_err(|error| failed(error.to_string()))?;
    let chunk = match chunk {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(LogChunk {
                attempt: number,
                offset,
                next: offset,
                end: ended,
                ..LogChunk::default()
            });
        }
        chunk => chunk.map_err(|error| failed(error.to_string()))?,
    };
    Ok(LogChunk {
        attempt: number,
        offset: chunk.offset,
        next: chunk.next,
        text: String::from_utf8_lossy(&chunk.bytes).into_owned(),
        dropped: chunk.dropped,
        end: ended && chunk.next >= chunk.end,
    })
}

/// The logs of setup, of the attempt and of teardown, read as if they were one. Each ends before the next
/// begins, but for a folder that is not there yet.
fn read_parts(
    parts: &[PathBuf; 3],
    offset: u64,
    most: usize,
) -> std::io::Result<agents::attempt::LogChunk> {
    let mut start = 0;
    let mut missing = None;
    let mut last = None;
    for part in parts {
        let chunk = match agents::attempt::read_log(part, offset.saturating_sub(start), most) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                missing = Some(error);
                continue;
            }
            chunk => chunk?,
        };
        let (end, found) = (start + chunk.end, !chunk.bytes.is_empty());
        let chunk = agents::attempt::LogChunk {
            offset: (start + chunk.offset).max(offset),
            next: (start + chunk.next).max(offset),
            end,
            ..chunk
        };
        start = end;
        last = Some(chunk);
        if found {
            break;
        }
    }
    match (last, missing) {
        (Some(mut chunk), _) => {
            // Whether more follows is known from all parts.
            let rest = parts
                .iter()
                .filter_map(|part| agents::attempt::read_log(part, 0, 0).ok());
            chunk.end = chunk.end.max(rest.map(|part| part.end).sum());
            Ok(chunk)
        }
        (None, Some(error)) => Err(error),
        (None, None) => Ok(agents::attempt::LogChunk::default()),
    }
}

async fn wanted(session: &Session, params: &LogRead) -> Result<Task, Error> {
    if let Some(task) = &params.task_id {
        return find::task(session, task).await;
    }
    let Some(run) = &params.run_id else {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "name a run and a step, or a task",
        ));
    };
    let (run, tasks) = find::run(session, run, None).await?;
    match &params.step_id {
        Some(step) => {
            let index = run.workflow.step_index(step);
            let task = index.and_then(|index| tasks.into_iter().nth(index));
            task.ok_or_else(|| {
                Error::new(
                    ErrorKind::NotFound,
                    format!("run {} has no step `{step}`", run.id),
                )
            })
        }
        // The one that says most: a failed step, else the one that began last.
        None => {
            let failed = tasks
                .iter()
                .find(|task| task.failure().is_some() && !task.attempts.is_empty());
            let last = || {
                tasks
                    .iter()
                    .filter(|task| !task.attempts.is_empty())
                    .max_by_key(|task| task.started_at())
            };
            failed
                .or_else(last)
                .cloned()
                .ok_or_else(|| Error::new(ErrorKind::NotFound, "nothing of it has run yet"))
        }
    }
}
