//! `background status`: what the daemon does. Never starts one.

use crate::context::Context;
use crate::exit::Exit;
use crate::row::Row;
use crate::style::{Paint, Style};
use crate::table;
use crate::times;
use client::Api;
use protocol::Error;
use protocol::daemon::{Empty, Pool, Queue, Status};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) async fn run(context: &Context, _args: Args) -> Result<Exit, Error> {
    let status = context
        .running_daemon()
        .await?
        .daemon_status(Empty {})
        .await?;
    context
        .out
        .result(&status, |status| lines(status, context.out.style));
    Ok(Exit::DONE)
}

/// Also for a daemon that nobody asked about before: pure.
pub(crate) fn lines(status: &Status, style: Style) -> Vec<String> {
    let head = Row::new()
        .with(Paint::Green, style.either("●", "*"))
        .with(Paint::Bold, &format!(" daemon {}", status.version))
        .with(
            Paint::Dim,
            &format!(
                "  process {}, up {}, {} mode, {}",
                status.pid,
                times::duration(status.uptime_s * 1000),
                status.mode,
                times::bytes(status.rss_bytes)
            ),
        );
    let enforcement = &status.enforcement;
    let limits = format!(
        "processes by {}, memory by {}, processor by {}, writes by {}",
        enforcement.tree, enforcement.memory, enforcement.cpu, enforcement.writes
    );
    let mut lines = vec![head.finish(None, style)];
    let facts = [
        ("slots", pool(&status.pool)),
        ("queue", queue(&status.queue)),
        (
            "ended",
            format!(
                "{} completed, {} failed",
                status.queue.completed, status.queue.failed
            ),
        ),
        (
            "rate",
            format!(
                "{} in the last minute",
                times::count(status.tasks_per_minute as usize, "task")
            ),
        ),
        ("limits", limits),
        ("socket", status.socket.clone()),
    ];
    lines.extend(table::pairs(&facts, None, style));
    for waiting in &status.hand_off.waiting {
        let text = format!(
            "{} {} waits for an agent: {}",
            waiting.run_id, waiting.step_id, waiting.command_file
        );
        lines.push(
            Row::new()
                .text("  ")
                .with(Paint::Yellow, &text)
                .finish(None, style),
        );
    }
    for problem in &status.problems {
        lines.push(
            Row::new()
                .text("  ")
                .with(Paint::Red, problem)
                .finish(None, style),
        );
    }
    lines
}

/// The slots in words.
pub(crate) fn pool(pool: &Pool) -> String {
    let mut text = format!(
        "{} of {} busy (from {} to {})",
        pool.busy, pool.size, pool.min, pool.max
    );
    if pool.paused {
        text.push_str(", paused");
    }
    if let Some(reason) = &pool.reason {
        text.push_str(&format!(": {reason}"));
    }
    text
}

fn queue(queue: &Queue) -> String {
    let mut text = format!(
        "{} queued, {} running, {} blocked, {} to be tried again",
        queue.queued, queue.running, queue.blocked, queue.retry_wait
    );
    if queue.queued > 0 {
        text.push_str(&format!(
            ", the oldest for {}",
            times::duration(queue.oldest_s * 1000)
        ));
    }
    text
}
