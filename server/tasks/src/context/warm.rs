//! `context warm`: fetches documentation of what the project uses and the knowledge base lacks, the most important
//! first.

mod report;

pub use report::{Reason, Report, Row, Status};

use super::api::{Quota, Refusal};
use super::cache::Cache;
use super::fetch::{self, Fetch, Fetched};
use super::manifests::{self, Used};
use super::shelf::Library;
use super::{Surroundings, names, operate, topics};
use crate::ground::{Ground, Halt, go_on};
use crate::sheet::Sheet;
use crate::web::Web;
use artifact::Artifact;
use report::{count, summary};
use std::io;

/// Where its artifact lies, and its kind.
pub const ARTIFACT: (&str, &str) = ("reports/context/warm-up.json", "context-warm-up");

/// What is wanted.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Libraries that are fetched; those of the manifests where none is named.
    pub libraries: Vec<String>,
    /// Topics of each; those that are known to be worth it where none is named.
    pub topics: Vec<String>,
    /// Libraries at most for which something is fetched.
    pub limit: usize,
    /// Only say what would be fetched.
    pub dry_run: bool,
}

/// What is to be fetched of one library.
struct Plan {
    row: usize,
    name: String,
    id: Option<String>,
    topics: Vec<String>,
}

impl Plan {
    /// Questions that it takes at most.
    fn requests(&self) -> usize {
        self.topics.len() + usize::from(self.id.is_none())
    }
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
            operation_type: "cache_population".to_owned(),
            enabled: around.access.is_ok(),
            dry_run: options.dry_run,
            ..Report::default()
        };
        let ended = warm(
            ground,
            web,
            around,
            options,
            &mut Work {
                sheet,
                cache,
                report: &mut report,
            },
        )?;
        count(&mut report, cache);
        let summary = summary(&report);
        Ok((report, summary, ended))
    })
}

struct Work<'a> {
    sheet: &'a mut Sheet,
    cache: &'a Cache,
    report: &'a mut Report,
}

fn warm(
    ground: &dyn Ground,
    web: &dyn Web,
    around: &Surroundings,
    options: &Options,
    work: &mut Work<'_>,
) -> io::Result<Result<(), Halt>> {
    let used = match wanted(ground, options, work.report) {
        Ok(used) => used,
        Err(halt) => return Ok(Err(halt)),
    };
    let plans = plan(&used, around, options, work);
    let cache = work.cache;
    work.report.quota = Quota::read(cache.root(), around.now).said();
    work.sheet.report(work.report)?;
    work.sheet.save()?;
    if options.dry_run || plans.is_empty() {
        return Ok(Ok(()));
    }
    let asked = fetch::ask((ground, web), around, cache, |fetch| {
        match cache.mend(ground, around.now) {
            Ok(_) => fetch_all(fetch, &plans, work),
            Err(halt) => Ok(Err(halt)),
        }
    })?;
    (work.report.requests, work.report.quota) = (asked.requests, asked.quota);
    Ok(asked.ended)
}

/// One library after the other; the artifact says each time how far it is.
fn fetch_all(
    fetch: &Fetch<'_>,
    plans: &[Plan],
    work: &mut Work<'_>,
) -> io::Result<Result<(), Halt>> {
    for plan in plans {
        let fetched = go_on(fetch.ground)
            .and_then(|()| fetch.library(&plan.name, plan.id.as_deref(), &plan.topics));
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(halt) => return Ok(Err(halt)),
        };
        let queued = note(fetch, plan, &fetched);
        enter(&mut work.report.libraries_cached[plan.row], &fetched, plan);
        work.report.requests = fetch.api.sent();
        work.sheet.report(work.report)?;
        work.sheet.save()?;
        if let Err(halt) = queued {
            return Ok(Err(halt));
        }
        if let Some(refusal) = fetched.refusal.filter(Refusal::ends_all) {
            return Ok(Err(refusal.halt(
                work.report
                    .libraries_cached
                    .iter()
                    .any(|row| row.topics_fetched > 0),
            )));
        }
    }
    Ok(Ok(()))
}

/// What is there is to be fetched no more; what is not ready, or not there, is asked for again later.
fn note(fetch: &Fetch<'_>, plan: &Plan, fetched: &Fetched) -> Result<(), Halt> {
    let (name, now) = (plan.name.as_str(), fetch.now);
    fetch.cache.change_queue(fetch.ground, now, |queue| {
        for topic in plan
            .topics
            .iter()
            .filter(|topic| !fetched.absent.contains(topic))
            .take(fetched.topics)
        {
            queue.done(name, Some(topic));
        }
        for topic in &fetched.absent {
            queue.absent(name, Some(topic), now);
        }
        match &fetched.refusal {
            None => queue.done(name, None),
            Some(refusal @ Refusal::NotReady) => {
                queue.add(name, None, 5, "not ready", now);
                queue.failed(name, None, &refusal.to_string(), now);
            }
            Some(Refusal::NotFound) if fetched.absent.is_empty() => queue.absent(name, None, now),
            Some(_) => {}
        }
    })
}

fn enter(row: &mut Row, fetched: &Fetched, plan: &Plan) {
    row.topics_fetched = fetched.topics;
    row.status = match &fetched.refusal {
        None => Status::Cached,
        Some(Refusal::NotFound) if fetched.topics > 0 => Status::Cached,
        Some(Refusal::NotFound) => Status::NotFound,
        Some(Refusal::NotReady) => Status::Pending,
        Some(_) => Status::Failed,
    };
    let missing = plan.topics.len() - fetched.topics;
    row.error_message = fetched
        .refusal
        .as_ref()
        .map(|refusal| match (refusal, fetched.topics) {
            (Refusal::NotFound, 1..) => format!("Context7 has nothing of {missing} topics"),
            _ => refusal.to_string(),
        });
}

/// What was asked for, else what the manifests name.
fn wanted(ground: &dyn Ground, options: &Options, report: &mut Report) -> Result<Vec<Used>, Halt> {
    if options.libraries.is_empty() {
        let (used, unread) = manifests::used(ground)?;
        report.manifests_unread = unread;
        return Ok(used);
    }
    let named = |name: &String| Used {
        name: name.clone(),
        manifest: String::new(),
        line: None,
        tool: false,
        manifests: 0,
    };
    Ok(options.libraries.iter().map(named).collect())
}

/// What each library lacks. Those within the limit are planned; all of them are in the report.
fn plan(used: &[Used], around: &Surroundings, options: &Options, work: &mut Work<'_>) -> Vec<Plan> {
    let held = work.cache.libraries();
    let queue = work.cache.queue();
    let named = !options.libraries.is_empty();
    let absent =
        |name: &str, topic: Option<&str>| !named && queue.is_absent(name, topic, around.now);
    let mut plans: Vec<Plan> = Vec::new();
    for one in used {
        let Ok(folder) = names::folder(&one.name) else {
            let mut row = row(one, None, 0);
            row.status = Status::Failed;
            row.error_message = Some("this cannot be the name of a library".to_owned());
            work.report.libraries_cached.push(row);
            continue;
        };
        let library = held.iter().find(|library| library.folder == folder);
        let mut topics = topics::of(&one.name, &options.topics);
        topics.retain(|topic| !absent(&one.name, Some(topic)));
        let mut row = row(one, library, topics.len());
        let (lacking, reason) = lacking(library, topics, around);
        row.reason = reason;
        if library.is_none() && (lacking.is_empty() || absent(&one.name, None)) {
            row.status = Status::NotFound;
            row.error_message = Some(
                "Context7 had no documentation of it; it is asked again within a week".to_owned(),
            );
        } else if lacking.is_empty() {
            row.status = Status::Cached;
        } else if plans.len() >= options.limit {
            work.report.libraries_left_out += 1;
            row.left_out = true;
        } else {
            let id = library.and_then(|library| library.id.clone());
            let row = work.report.libraries_cached.len();
            plans.push(Plan {
                row,
                name: one.name.clone(),
                id,
                topics: lacking,
            });
        }
        work.report.libraries_cached.push(row);
    }
    work.report.requests_planned = plans.iter().map(Plan::requests).sum();
    plans
}

/// Topics that are missing or stale, and which of both.
fn lacking(
    library: Option<&Library>,
    topics: Vec<String>,
    around: &Surroundings,
) -> (Vec<String>, Option<Reason>) {
    let mut reason = None;
    let lacking = topics.into_iter().filter(|topic| {
        let why = match library.and_then(|library| Some((library, library.topic(topic)?))) {
            None => Reason::Missing,
            Some((library, topic)) => {
                if !around
                    .policy
                    .judge(&library.name, topic.updated, around.now)
                    .stale
                {
                    return false;
                }
                Reason::Stale
            }
        };
        if reason != Some(Reason::Missing) {
            reason = Some(why);
        }
        true
    });
    let lacking = lacking.collect();
    (lacking, reason)
}

fn row(used: &Used, library: Option<&Library>, topics: usize) -> Row {
    Row {
        library_name: used.name.clone(),
        status: Status::Pending,
        reason: None,
        left_out: false,
        used_by: Some(used.manifest.clone()).filter(|manifest| !manifest.is_empty()),
        topics,
        topics_fetched: 0,
        cache_size_bytes: library.map_or(0, Library::bytes),
        cache_hit_count: library.map_or(0, |library| library.hits),
        error_message: None,
    }
}
