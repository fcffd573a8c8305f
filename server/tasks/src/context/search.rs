//! `context search`: entries by their names, also by names that are not quite theirs. What was asked and which topics
//! were found is told to who asked, and to nobody else.

use super::cache::Cache;
use super::counts::Counts;
use super::matching::{self, Match};
use super::shelf::Library;
use super::{Surroundings, operate};
use crate::ground::{Ground, Halt};
use artifact::Artifact;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;

/// Where its artifact lies, and its kind.
pub const ARTIFACT: (&str, &str) = ("reports/context/search.json", "context-search");

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Options {
    /// A library, or without a topic any name.
    pub name: String,
    /// A topic of it.
    pub topic: Option<String>,
    /// What names have to have in common, 0 to 1.
    pub threshold: f64,
    /// Only what has this very name.
    pub exact: bool,
    /// Entries at most.
    pub limit: usize,
}

impl Options {
    /// What names have to have in common where nobody says it.
    pub const THRESHOLD: f64 = matching::ENOUGH;
}

/// What its artifact reports.
#[derive(Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// `query`.
    pub operation_type: String,
    /// Whether Context7 may be asked: a key is set and the network is allowed.
    pub enabled: bool,
    /// Whether an entry has this very name.
    pub cache_hit: bool,
    /// How many entries were found.
    pub results_count: usize,
    /// The libraries that they are of, the best first.
    pub matches: Vec<Row>,
}

/// A library with entries that were found.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub struct Row {
    /// Its name.
    pub library_name: String,
    /// How well the best of them matches, 0 to 1.
    pub score: f64,
    /// How many of its topics were found.
    pub topics: usize,
}

/// An entry, for who asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The library.
    pub library: String,
    /// The topic.
    pub topic: String,
    /// How well it matches, 0 to 1.
    pub score: f64,
    /// The documentation.
    pub text: String,
}

/// Does it, leaves the artifact, and hands over what was found.
///
/// # Errors
/// When the artifact cannot be written; everything else is said in it.
pub fn run(
    ground: &dyn Ground,
    around: &Surroundings,
    options: &Options,
) -> io::Result<(Artifact, Vec<Shown>)> {
    let mut shown = Vec::new();
    let artifact = operate(ARTIFACT, ground, around, |_, cache| {
        let held = cache.libraries();
        let found = entries(&held, options);
        let hit = found.first().is_some_and(|(one, _)| one.is_exact());
        let mut report = Report {
            operation_type: "query".to_owned(),
            enabled: around.access.is_ok(),
            cache_hit: hit,
            results_count: found.len(),
            matches: rows(&found),
        };
        report.matches.truncate(options.limit);
        for (one, topic) in found.iter().take(options.limit) {
            let topic = &one.library.topics[*topic];
            shown.extend(cache.entry(topic).map(|entry| Shown {
                library: one.library.name.clone(),
                topic: topic.name.clone(),
                score: one.score,
                text: entry.body,
            }));
        }
        let ended = note(ground, cache, &found, hit, around);
        let summary = format!(
            "{} entries of {} libraries were found.",
            report.results_count,
            report.matches.len()
        );
        Ok((report, summary, ended))
    })?;
    Ok((artifact, shown))
}

/// Entries that match, the best first; of a library that matches all of them.
fn entries<'a>(held: &'a [Library], options: &Options) -> Vec<(Match<'a>, usize)> {
    let enough = if options.exact {
        1.0
    } else {
        options.threshold
    };
    let mut found: Vec<(Match<'a>, usize)> = Vec::new();
    for one in matching::find(held, &options.name, options.topic.as_deref(), enough) {
        let topics = match one.topic {
            Some(topic) => topic..topic + 1,
            None => 0..one.library.topics.len(),
        };
        for topic in topics {
            let same = |(other, at): &(Match<'_>, usize)| {
                other.library.folder == one.library.folder && *at == topic
            };
            if !found.iter().any(same) {
                found.push((one.clone(), topic));
            }
        }
    }
    found
}

fn rows(found: &[(Match<'_>, usize)]) -> Vec<Row> {
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    for (one, _) in found {
        let score = (one.score * 1000.0).round() / 1000.0;
        let row = rows.entry(&one.library.name).or_insert_with(|| Row {
            library_name: one.library.name.clone(),
            score,
            topics: 0,
        });
        row.topics += 1;
        row.score = row.score.max(score);
    }
    let mut rows: Vec<Row> = rows.into_values().collect();
    rows.sort_by(|a, b| b.score.total_cmp(&a.score));
    rows
}

/// Counts the question, and notes what was used. Where that is refused the answer stands all the same.
fn note(
    ground: &dyn Ground,
    cache: &Cache,
    found: &[(Match<'_>, usize)],
    hit: bool,
    around: &Surroundings,
) -> Result<(), Halt> {
    let best = found.first();
    let counts = Counts {
        hits: u64::from(best.is_some()),
        misses: u64::from(best.is_none()),
        fuzzy: u64::from(best.is_some() && !hit),
        ..Counts::default()
    };
    cache.count(ground, &counts)?;
    match best {
        Some((one, topic)) => {
            let used = (
                one.library.folder.clone(),
                one.library.topics[*topic].name.clone(),
            );
            cache.touch(ground, &[used], 1, around.now)
        }
        None => Ok(()),
    }
}
