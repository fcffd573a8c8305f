//! `context stats`: how much the knowledge base holds, and how often it had an answer.

use super::cache::Cache;
use super::counts::round;
use super::shelf::Library;
use super::{Surroundings, operate};
use crate::ground::Ground;
use artifact::Artifact;
use schemars::JsonSchema;
use serde::Serialize;
use std::cmp::Reverse;
use std::io;

/// Where its artifact lies, and its kind.
pub const ARTIFACT: (&str, &str) = ("reports/context/statistics.json", "context-statistics");
/// Libraries that are listed.
const MOST: usize = 10;

/// What its artifact reports.
#[derive(Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// `statistics`.
    pub operation_type: String,
    /// Whether Context7 may be asked: a key is set and the network is allowed.
    pub enabled: bool,
    /// Numbers of all of it.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// The libraries that were used most, at most ten.
    pub top_libraries: Vec<Row>,
}

/// Numbers of the whole knowledge base.
#[derive(Debug, Default, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Numbers {
    /// Topics of all libraries.
    pub total_entries: usize,
    /// Libraries.
    pub total_libraries: usize,
    /// Bytes of the entries.
    pub total_size_bytes: u64,
    /// Tokens of the documentation, estimated.
    pub total_tokens: u64,
    /// Questions that were answered from it.
    pub cache_hits: u64,
    /// Questions that were not.
    pub cache_misses: u64,
    /// Answers of all questions, in percent; none where nobody asked.
    pub hit_rate: Option<f64>,
    /// Questions that were sent to Context7.
    pub api_calls: u64,
    /// Answers that were found by a name that was not quite theirs.
    pub fuzzy_matches: u64,
    /// Of the answers whose time was noted, milliseconds.
    pub avg_response_time_ms: f64,
    /// Tasks in the queue of what is to be fetched again.
    pub queued: usize,
    /// Those of them that are left alone after too many failures.
    pub given_up: usize,
}

/// A library.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub struct Row {
    /// Its name.
    pub library_name: String,
    /// How many topics of it are held.
    pub topics: usize,
    /// How often it was an answer.
    pub cache_hits: u64,
    /// Tokens of its documentation, estimated.
    pub total_tokens: u64,
    /// Bytes of its entries.
    pub size_bytes: u64,
}

impl Numbers {
    pub(super) fn of(cache: &Cache, held: &[Library]) -> Self {
        let counts = cache.counts();
        let queue = cache.queue();
        Self {
            total_entries: held.iter().map(|library| library.topics.len()).sum(),
            total_libraries: held.len(),
            total_size_bytes: held.iter().map(Library::bytes).sum(),
            total_tokens: held.iter().map(Library::tokens).sum(),
            cache_hits: counts.hits,
            cache_misses: counts.misses,
            hit_rate: counts.hit_rate(),
            api_calls: counts.api_calls,
            fuzzy_matches: counts.fuzzy,
            avg_response_time_ms: round(counts.average),
            queued: queue.tasks.len(),
            given_up: queue.given_up(),
        }
    }
}

/// Does it, and leaves the artifact.
///
/// # Errors
/// When the artifact cannot be written; everything else is said in it.
pub fn run(ground: &dyn Ground, around: &Surroundings) -> io::Result<Artifact> {
    operate(ARTIFACT, ground, around, |_, cache| {
        let held = cache.libraries();
        let numbers = Numbers::of(cache, &held);
        let mut most: Vec<&Library> = held.iter().collect();
        most.sort_by_key(|library| (Reverse(library.hits), &library.folder));
        let row = |library: &&Library| Row {
            library_name: library.name.clone(),
            topics: library.topics.len(),
            cache_hits: library.hits,
            total_tokens: library.tokens(),
            size_bytes: library.bytes(),
        };
        let summary = summary(&numbers);
        let report = Report {
            operation_type: "statistics".to_owned(),
            enabled: around.access.is_ok(),
            numbers,
            top_libraries: most.iter().take(MOST).map(row).collect(),
        };
        Ok((report, summary, Ok(())))
    })
}

fn summary(numbers: &Numbers) -> String {
    let rate = numbers.hit_rate.map_or_else(
        || "nobody has asked yet".to_owned(),
        |rate| format!("{rate} % of the questions had an answer"),
    );
    format!(
        "{} entries of {} libraries, {} bytes, about {} tokens; {rate}.",
        numbers.total_entries,
        numbers.total_libraries,
        numbers.total_size_bytes,
        numbers.total_tokens
    )
}
