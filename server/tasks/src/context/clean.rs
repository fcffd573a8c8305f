//! `context clean`: removes what is old, what nobody uses, and what is too much. What was used a short while ago
//! stays, whatever the size.

use super::cache::Cache;
use super::shelf::{Library, Topic};
use super::{Surroundings, operate, stamp};
use crate::ground::{Ground, Halt, go_on};
use artifact::Artifact;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::io;

/// Where its artifact lies, and its kind.
pub const ARTIFACT: (&str, &str) = ("reports/context/clean.json", "context-clean");

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Options {
    /// Entries that were fetched longer ago go.
    pub max_age_days: Option<u32>,
    /// Entries that were not used for so long go.
    pub unused_days: Option<u32>,
    /// What was not used for longest goes until the entries have so many bytes.
    pub max_bytes: Option<u64>,
    /// What was used within so many days stays.
    pub recent_days: u32,
    /// Only say what would go.
    pub dry_run: bool,
}

/// Why an entry goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is too old.
    Age,
    /// Nobody used it.
    Unused,
    /// There is too much.
    Size,
}

/// What its artifact reports.
#[derive(Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// `cache_optimization`.
    pub operation_type: String,
    /// Whether Context7 may be asked: a key is set and the network is allowed.
    pub enabled: bool,
    /// Whether it was only said what would go.
    pub dry_run: bool,
    /// Whether something was removed.
    pub cache_cleanup_performed: bool,
    /// Entries that went, or would.
    pub files_removed: usize,
    /// Libraries of which nothing is left.
    pub libraries_removed: usize,
    /// Bytes of them.
    pub space_freed_bytes: u64,
    /// Bytes of what stays.
    pub total_cache_size_bytes: u64,
    /// Bytes over the wanted size that stay, as they were used a short while ago.
    pub still_over_bytes: u64,
    /// What went, by library and reason.
    pub removed: Vec<Row>,
}

/// Entries of a library that went.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub struct Row {
    /// Its name.
    pub library_name: String,
    /// Why.
    pub reason: Reason,
    /// How many.
    pub entries: usize,
    /// Bytes of them.
    pub bytes: u64,
}

/// An entry, and when it was used.
struct One<'a> {
    library: &'a Library,
    topic: &'a Topic,
    used: Option<Timestamp>,
}

/// Does it, and leaves the artifact.
///
/// # Errors
/// When the artifact cannot be written; everything else is said in it.
pub fn run(ground: &dyn Ground, around: &Surroundings, options: &Options) -> io::Result<Artifact> {
    operate(ARTIFACT, ground, around, |_, cache| {
        let held = cache.libraries();
        let (going, over) = choose(&held, options, around.now);
        let mut report = report(&held, &going, over);
        report.enabled = around.access.is_ok();
        report.dry_run = options.dry_run;
        let mut ended = Ok(());
        if !options.dry_run && !going.is_empty() {
            ended = remove(ground, cache, &going, around.now);
            report.cache_cleanup_performed = ended.is_ok();
        }
        let would = if options.dry_run { "would be" } else { "were" };
        let summary = format!(
            "{} entries ({} bytes) {would} removed, {} bytes stay.",
            report.files_removed, report.space_freed_bytes, report.total_cache_size_bytes
        );
        Ok((report, summary, ended))
    })
}

fn remove(
    ground: &dyn Ground,
    cache: &Cache,
    going: &[(One<'_>, Reason)],
    now: Timestamp,
) -> Result<(), Halt> {
    go_on(ground)?;
    let topics: Vec<&Topic> = going.iter().map(|(one, _)| one.topic).collect();
    cache.remove(ground, &topics, now)
}

/// What goes and why, and the bytes over the wanted size that stay.
fn choose<'a>(
    held: &'a [Library],
    options: &Options,
    now: Timestamp,
) -> (Vec<(One<'a>, Reason)>, u64) {
    let ago = |days: u32| stamp::after_days(now, -i64::from(days));
    let mut all: Vec<One<'a>> = Vec::new();
    for library in held {
        all.extend(library.topics.iter().map(|topic| One {
            used: used(library, topic),
            library,
            topic,
        }));
    }
    let total: u64 = all.iter().map(|one| one.topic.bytes).sum();
    all.sort_by(|a, b| (a.used, &a.topic.file).cmp(&(b.used, &b.topic.file)));
    let before = |at: Option<Timestamp>, days: u32| at.is_none_or(|at| at < ago(days));
    let (mut going, mut left, mut size) = (Vec::new(), Vec::new(), total);
    for one in all {
        let recent = !before(one.used, options.recent_days);
        let reason = if recent {
            None
        } else if options
            .max_age_days
            .is_some_and(|days| before(one.topic.updated, days))
        {
            Some(Reason::Age)
        } else if options
            .unused_days
            .is_some_and(|days| before(one.used, days))
        {
            Some(Reason::Unused)
        } else {
            None
        };
        match reason {
            Some(reason) => {
                size -= one.topic.bytes;
                going.push((one, reason));
            }
            None => left.push((one, recent)),
        }
    }
    let most = options.max_bytes.unwrap_or(u64::MAX);
    for (one, recent) in left {
        if size > most && !recent {
            size -= one.topic.bytes;
            going.push((one, Reason::Size));
        }
    }
    (going, size.saturating_sub(most))
}

/// When an entry was used: what is noted of it, else of its library; to be fetched is to be used.
fn used(library: &Library, topic: &Topic) -> Option<Timestamp> {
    topic.accessed.or(library.accessed).max(topic.updated)
}

fn report(held: &[Library], going: &[(One<'_>, Reason)], over: u64) -> Report {
    let mut report = Report {
        operation_type: "cache_optimization".to_owned(),
        files_removed: going.len(),
        space_freed_bytes: going.iter().map(|(one, _)| one.topic.bytes).sum(),
        still_over_bytes: over,
        ..Report::default()
    };
    let total: u64 = held.iter().map(Library::bytes).sum();
    report.total_cache_size_bytes = total - report.space_freed_bytes;
    for library in held {
        let of = || {
            going
                .iter()
                .filter(|(one, _)| one.library.folder == library.folder)
        };
        report.libraries_removed += usize::from(of().count() == library.topics.len());
        for reason in [Reason::Age, Reason::Unused, Reason::Size] {
            let rows: Vec<_> = of().filter(|(_, why)| *why == reason).collect();
            if !rows.is_empty() {
                report.removed.push(Row {
                    library_name: library.name.clone(),
                    reason,
                    entries: rows.len(),
                    bytes: rows.iter().map(|(one, _)| one.topic.bytes).sum(),
                });
            }
        }
    }
    report
}

#[cfg(test)]
mod tests;
