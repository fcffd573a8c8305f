//! What a warm-up reports.

use crate::context::api::Quota;
use crate::context::cache::Cache;
use crate::context::names;
use crate::context::shelf::Library;
use schemars::JsonSchema;
use serde::Serialize;

/// How it is with a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It would be fetched, or was not come to.
    Pending,
    /// It is there.
    Cached,
    /// It could not be fetched.
    Failed,
    /// Context7 has nothing of it.
    NotFound,
}

/// Why a library is to be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Topics of it are missing.
    Missing,
    /// Topics of it are stale.
    Stale,
}

/// What its artifact reports.
#[derive(Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// `cache_population`.
    pub operation_type: String,
    /// Whether Context7 may be asked: a key is set and the network is allowed.
    pub enabled: bool,
    /// Whether it was only said what would be fetched.
    pub dry_run: bool,
    /// What the project uses, the most important first.
    pub libraries_cached: Vec<Row>,
    /// Libraries that are there.
    pub cache_population_success: usize,
    /// Libraries that could not be fetched, or of which there is nothing.
    pub cache_population_failed: usize,
    /// Libraries beyond the limit: the next run comes to them.
    pub libraries_left_out: usize,
    /// Questions that it takes at most to fetch what is pending.
    pub requests_planned: usize,
    /// Questions that were sent.
    pub requests: u64,
    /// Bytes of the whole knowledge base.
    pub total_cache_size_bytes: u64,
    /// Manifests that cannot be read.
    pub manifests_unread: Vec<String>,
    /// What Context7 says of its quota.
    pub quota: Option<Quota>,
}

/// A library.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub struct Row {
    /// Its name.
    pub library_name: String,
    /// How it is with it.
    pub status: Status,
    /// Why it is, or was, to be fetched.
    pub reason: Option<Reason>,
    /// It is beyond the limit: the next run comes to it.
    pub left_out: bool,
    /// The manifest that names it.
    pub used_by: Option<String>,
    /// Topics that it is to have.
    pub topics: usize,
    /// Those of them that were fetched now.
    pub topics_fetched: usize,
    /// Bytes of its entries.
    pub cache_size_bytes: u64,
    /// How often it was an answer.
    pub cache_hit_count: u64,
    /// What went wrong.
    pub error_message: Option<String>,
}

/// Takes the numbers of what is there at the end.
pub(super) fn count(report: &mut Report, cache: &Cache) {
    let held = cache.libraries();
    report.total_cache_size_bytes = held.iter().map(Library::bytes).sum();
    for row in &mut report.libraries_cached {
        let library = names::folder(&row.library_name).ok();
        let library =
            library.and_then(|folder| held.iter().find(|library| library.folder == folder));
        row.cache_size_bytes = library.map_or(0, Library::bytes);
    }
    let of = |statuses: &[Status]| {
        report
            .libraries_cached
            .iter()
            .filter(|row| statuses.contains(&row.status))
            .count()
    };
    let (success, failed) = (
        of(&[Status::Cached]),
        of(&[Status::Failed, Status::NotFound]),
    );
    (
        report.cache_population_success,
        report.cache_population_failed,
    ) = (success, failed);
}

/// For people.
pub(super) fn summary(report: &Report) -> String {
    let all = report.libraries_cached.len();
    let mut text = format!(
        "{} of {all} libraries are in the knowledge base",
        report.cache_population_success
    );
    let pending = all - report.cache_population_success - report.cache_population_failed;
    if pending > 0 {
        let verb = if report.dry_run { "would take" } else { "take" };
        text.push_str(&format!(
            ", {pending} are not; to fetch what is planned {verb} at most {} questions",
            report.requests_planned
        ));
    }
    if report.cache_population_failed > 0 {
        text.push_str(&format!(
            ", {} could not be fetched",
            report.cache_population_failed
        ));
    }
    text.push_str(".\n");
    for row in &report.libraries_cached {
        let status = match row.status {
            Status::Pending => "pending",
            Status::Cached => "cached",
            Status::Failed => "failed",
            Status::NotFound => "not found",
        };
        let why = row
            .error_message
            .as_deref()
            .map(|why| format!(": {why}"))
            .unwrap_or_default();
        let by = row
            .used_by
            .as_deref()
            .map(|by| format!(" (`{by}`)"))
            .unwrap_or_default();
        text.push_str(&format!("\n- {}{by}: {status}{why}", row.library_name));
    }
    text
}
