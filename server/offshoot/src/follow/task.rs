//! Waiting for a task that belongs to no run.

use super::Signals;
use super::feed::{Feed, News, Subject};
use super::signals::Signal;
use crate::context::Context;
use client::{Api, Client};
use protocol::Error;
use protocol::task::{Task, TaskRef};
use std::time::Duration;

/// A look without any event.
const NET: Duration = Duration::from_secs(10);

/// Waits until the task ended or waits for a person. Its output is printed as it comes. An interrupt
/// cancels it the second time, as for runs; after a detach the task is given as it is.
pub(crate) async fn follow_task(
    context: &Context,
    client: Client,
    task: Task,
) -> Result<Task, Error> {
    let mut signals = Signals::listen()?;
    let mut feed = Feed::open(context, client, Subject::Task(task.task_id.clone())).await?;
    let wanted = TaskRef {
        task_id: task.task_id.clone(),
        ..TaskRef::default()
    };
    let mut interrupts = 0;
    let mut task = feed
        .ask(async |client| client.task_show(wanted.clone()).await)
        .await?;
    while !is_over(&task) {
        tokio::select! {
            news = feed.next() => match news {
                News::Line { text, .. } => { context.out.line(&crate::row::clean(&text)); continue }
                News::Hint(text) => context.out.note(&text),
                News::Changed { .. } => {}
                News::Lost => feed.reconnect().await?,
            },
            signal = signals.next() => match signal {
                Signal::Detach => return Ok(task),
                Signal::Interrupt => {
                    interrupts += 1;
                    if interrupts == 1 {
                        context.out.note("press Ctrl-C again to cancel the task");
                    } else {
                        feed.ask(async |client| client.task_cancel(wanted.clone()).await).await?;
                    }
                }
            },
            () = tokio::time::sleep(NET) => {}
        }
        task = feed
            .ask(async |client| client.task_show(wanted.clone()).await)
            .await?;
    }
    Ok(task)
}

fn is_over(task: &Task) -> bool {
    match task.status.as_str() {
        "completed" | "failed" | "cancelled" | "dependency_failed" => true,
        "blocked" => task.error.is_some() && !task.attempts.iter().any(crate::render::is_open),
        _ => false,
    }
}
