//! Logs of attempts: read from the attempt's folder, while it runs and after.

use super::{Session, find};
use model::task::Task;
use protocol::log::{LogChunk, LogRead};
use protocol::{Error, ErrorKind};

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
    let chunk =
        tokio::task::spawn_blocking(move || agents::attempt::read_log(&dir, offset, most)).await;
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
