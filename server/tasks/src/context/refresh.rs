//! `context refresh`: queues what is stale, and fetches again what is due, the most urgent first.

use super::api::{Quota, Refusal};
use super::cache::Cache;
use super::fetch::{self, Fetch};
use super::queue::Task;
use super::shelf::Library;
use super::{Surroundings, names, operate, topics};
use crate::ground::{Ground, Halt, go_on};
use crate::sheet::Sheet;
use crate::web::Web;
use artifact::Artifact;
use schemars::JsonSchema;
use serde::Serialize;
use std::io;

/// Where its artifact lies, and its kind.
pub const ARTIFACT: (&str, &str) = ("reports/context/refresh.json", "context-refresh");

/// What is wanted.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Libraries that are queued, stale or not.
    pub libraries: Vec<String>,
    /// Tasks at most.
    pub limit: usize,
    /// Tasks that were given up, or wait, are tried now.
    pub again: bool,
    /// Only say what would be fetched; nothing is queued.
    pub dry_run: bool,
}

/// How it is with a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is due, and was not come to.
    Pending,
    /// It was fetched again.
    Refreshed,
    /// It could not be; it is tried again later.
    Failed,
}

/// What its artifact reports.
#[derive(Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// `cache_refresh`.
    pub operation_type: String,
    /// Whether Context7 may be asked: a key is set and the network is allowed.
    pub enabled: bool,
    /// Whether it was only said what would be fetched.
    pub dry_run: bool,
    /// Tasks that are due, the most urgent first.
    pub tasks: Vec<Row>,
    /// Tasks that are due beyond the limit: the next run comes to them.
    pub tasks_left_out: usize,
    /// How many were fetched.
    pub refreshed: usize,
    /// How many could not be.
    pub failed: usize,
    /// Tasks in the queue afterwards.
    pub queued: usize,
    /// Those of them that are left alone after too many failures.
    pub given_up: usize,
    /// Questions that were sent.
    pub requests: u64,
    /// What Context7 says of its quota.
    pub quota: Option<Quota>,
}

/// A task of the queue.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub struct Row {
    /// The library.
    pub library_name: String,
    /// How it is with it.
    pub status: Status,
    /// 1 to 10, higher first.
    pub priority: i64,
    /// Failures so far.
    pub attempts: u64,
    /// Topics of it that were fetched.
    pub topics_fetched: usize,
    /// What went wrong.
    pub error_message: Option<String>,
}

/// Does it, and leaves the artifact.
///
/// # Errors
/// When the artifact cannot be written; everything else is said in it.
pub fn run(
    ground: &dyn Ground,
    web: &dyn Web,
    around: &Surroundings,
    options: &Options,
) -> io::Result<Artifact> {
    operate(ARTIFACT, ground, around, |sheet, cache| {
        let mut report = Report {
            operation_type: "cache_refresh".to_owned(),
            enabled: around.access.is_ok(),
            dry_run: options.dry_run,
            ..Report::default()
        };
        let ended = refresh(ground, web, around, options, sheet, cache, &mut report)?;
        let of = |status| {
            report
                .tasks
                .iter()
                .filter(|row| row.status == status)
                .count()
        };
        (report.refreshed, report.failed) = (of(Status::Refreshed), of(Status::Failed));
        if !options.dry_run {
            let queue = cache.queue();
            (report.queued, report.given_up) = (queue.tasks.len(), queue.given_up());
        }
        let due = report.tasks.len() + report.tasks_left_out;
        let summary = format!(
            "{due} tasks were due, {} were fetched again, {} could not be; {} are in the queue.",
            report.refreshed, report.failed, report.queued
        );
        Ok((report, summary, ended))
    })
}

fn refresh(
    ground: &dyn Ground,
    web: &dyn Web,
    around: &Surroundings,
    options: &Options,
    sheet: &mut Sheet,
    cache: &Cache,
    report: &mut Report,
) -> io::Result<Result<(), Halt>> {
    let tasks = match queue(ground, cache, around, options, report) {
        Ok(tasks) => tasks,
        Err(halt) => return Ok(Err(halt)),
    };
    report.quota = Quota::read(cache.root(), around.now).said();
    sheet.report(report)?;
    sheet.save()?;
    if options.dry_run || tasks.is_empty() {
        return Ok(Ok(()));
    }
    let work = |fetch: &Fetch<'_>| work_off(fetch, &tasks, sheet, report);
    let asked = fetch::ask((ground, web), around, cache, work)?;
    (report.requests, report.quota) = (asked.requests, asked.quota);
    Ok(asked.ended)
}

/// Queues what is stale or named, and gives what is due.
fn queue(
    ground: &dyn Ground,
    cache: &Cache,
    around: &Surroundings,
    options: &Options,
    report: &mut Report,
) -> Result<Vec<Task>, Halt> {
    let held = cache.libraries();
    let mut queue = cache.queue();
    let add = |queue: &mut super::queue::Queue| {
        if options.again {
            queue.try_again();
        }
        for library in &held {
            for topic in &library.topics {
                let age = around
                    .policy
                    .judge(&library.name, topic.updated, around.now);
                if age.stale {
                    queue.add(
                        &library.name,
                        Some(&topic.name),
                        age.priority(),
                        "staleness",
                        around.now,
                    );
                }
            }
        }
        for name in options
            .libraries
            .iter()
            .filter(|name| names::folder(name).is_ok())
        {
            queue.add(name, None, 10, "asked for", around.now);
        }
    };
    if options.dry_run || !cache.root().is_dir() {
        add(&mut queue);
    } else {
        cache.mend(ground, around.now)?;
        cache.change_queue(ground, around.now, add)?;
        queue = cache.queue();
    }
    report.queued = queue.tasks.len();
    report.given_up = queue.given_up();
    let due = queue.due(around.now);
    report.tasks_left_out = due.len().saturating_sub(options.limit);
    let tasks: Vec<Task> = due.into_iter().take(options.limit).cloned().collect();
    report.tasks = tasks.iter().map(row).collect();
    Ok(tasks)
}

fn row(task: &Task) -> Row {
    Row {
        library_name: task.library.clone(),
        status: Status::Pending,
        priority: task.priority,
        attempts: task.attempts,
        topics_fetched: 0,
        error_message: None,
    }
}

fn work_off(
    fetch: &Fetch<'_>,
    tasks: &[Task],
    sheet: &mut Sheet,
    report: &mut Report,
) -> io::Result<Result<(), Halt>> {
    for (task, index) in tasks.iter().zip(0..) {
        let before = report.tasks.iter().any(|row| row.topics_fetched > 0);
        let row = &mut report.tasks[index];
        let outcome = go_on(fetch.ground).and_then(|()| one(fetch, task, row, before));
        sheet.report(report)?;
        sheet.save()?;
        if let Err(halt) = outcome {
            return Ok(Err(halt));
        }
    }
    Ok(Ok(()))
}

/// Fetches what a task names; `before` it something was fetched. What ends all is no failure of the task.
fn one(fetch: &Fetch<'_>, task: &Task, row: &mut Row, before: bool) -> Result<(), Halt> {
    let held = fetch.cache.libraries();
    let folder = names::folder(&task.library).ok();
    let library = held
        .iter()
        .find(|library| Some(&library.folder) == folder.as_ref());
    let fetched = fetch.library(
        &task.library,
        library.and_then(|library| library.id.as_deref()),
        &wanted(task, library),
    )?;
    row.topics_fetched = fetched.topics;
    let topic = task.topic.as_deref();
    let Some(refusal) = fetched.refusal else {
        row.status = Status::Refreshed;
        return fetch.cache.change_queue(fetch.ground, fetch.now, |queue| {
            queue.done(&task.library, topic)
        });
    };
    row.error_message = Some(refusal.to_string());
    if Refusal::ends_all(&refusal) {
        return Err(refusal.halt(before || fetched.topics > 0));
    }
    (row.status, row.attempts) = (Status::Failed, row.attempts + 1);
    fetch.cache.change_queue(fetch.ground, fetch.now, |queue| {
        queue.failed(&task.library, topic, &refusal.to_string(), fetch.now);
    })
}

/// The topic of the task, else all that are held, else those that the library is to have.
fn wanted(task: &Task, library: Option<&Library>) -> Vec<String> {
    match (&task.topic, library) {
        (Some(topic), _) => vec![topic.clone()],
        (None, Some(library)) if !library.topics.is_empty() => library
            .topics
            .iter()
            .map(|topic| topic.name.clone())
            .collect(),
        _ => topics::of(&task.library, &[]),
    }
}
