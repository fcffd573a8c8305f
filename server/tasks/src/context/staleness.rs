//! `context staleness`: which documentation is too old, by the policies. When it is too old is told as a time, so that
//! the artifact only changes when an answer does.

use super::cache::told;
use super::manifests::{self, Used};
use super::shelf::Library;
use super::{Advice, Kind, Surroundings, names, operate};
use crate::ground::Ground;
use artifact::{Artifact, Finding, Severity};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

/// Where its artifact lies, and its kind.
pub const ARTIFACT: (&str, &str) = ("reports/context/staleness.json", "context-staleness");

/// What its artifact reports.
#[derive(Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// `staleness_evaluation`.
    pub operation_type: String,
    /// Whether Context7 may be asked: a key is set and the network is allowed.
    pub enabled: bool,
    /// All libraries of the knowledge base.
    pub libraries: Vec<Row>,
    /// How many are stale.
    pub stale: usize,
    /// How many will be within a week.
    pub consider_refresh: usize,
    /// How many are fresh.
    pub fresh: usize,
    /// When the first of those that are not stale will be.
    pub expires_at: Option<String>,
}

/// A library.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub struct Row {
    /// Its name.
    pub library_name: String,
    /// What kind of library its name tells.
    pub library_type: Kind,
    /// Days after which documentation of this kind is stale.
    pub max_age_days: u32,
    /// How many topics of it are held.
    pub topics: usize,
    /// When the oldest of them was fetched; none where one does not say, which counts as stale.
    pub last_updated: Option<String>,
    /// When the first of them is stale.
    pub expires_at: Option<String>,
    /// Whether it is.
    pub is_stale: bool,
    /// What to do.
    pub recommendation: Advice,
    /// The manifest of the project that names it.
    pub used_by: Option<String>,
}

/// Does it, and leaves the artifact.
///
/// # Errors
/// When the artifact cannot be written; everything else is said in it.
pub fn run(ground: &dyn Ground, around: &Surroundings) -> io::Result<Artifact> {
    operate(ARTIFACT, ground, around, |sheet, cache| {
        let mut report = Report {
            operation_type: "staleness_evaluation".to_owned(),
            enabled: around.access.is_ok(),
            ..Report::default()
        };
        let used = match manifests::used(ground) {
            Ok((used, _)) => by_folder(used),
            Err(halt) => return Ok((report, String::new(), Err(halt))),
        };
        let mut next = None;
        for library in cache.libraries() {
            let age = around
                .policy
                .judge(&library.name, library.updated(), around.now);
            *match age.advice {
                Advice::Refresh => &mut report.stale,
                Advice::ConsiderRefresh => &mut report.consider_refresh,
                Advice::Keep => &mut report.fresh,
            } += 1;
            if !age.stale {
                next = next.into_iter().chain(age.expires).min();
            }
            let user = used.get(&library.folder);
            if let Some(user) = user.filter(|_| age.stale) {
                sheet.found(finding(&library, user));
            }
            report.libraries.push(Row {
                library_type: age.kind,
                max_age_days: age.max_days,
                topics: library.topics.len(),
                last_updated: library.updated().map(told),
                expires_at: age.expires.map(told),
                is_stale: age.stale,
                recommendation: age.advice,
                used_by: user.map(|user| user.manifest.clone()),
                library_name: library.name,
            });
        }
        report.expires_at = next.map(told);
        let summary = format!(
            "{} of {} libraries are stale, {} more will be within a week.",
            report.stale,
            report.libraries.len(),
            report.consider_refresh
        );
        Ok((report, summary, Ok(())))
    })
}

/// What the project uses, by the folders that it has or would have in the knowledge base.
pub(super) fn by_folder(used: Vec<Used>) -> BTreeMap<PathBuf, Used> {
    let of = |used: Used| Some((names::folder(&used.name).ok()?, used));
    used.into_iter().filter_map(of).collect()
}

fn finding(library: &Library, user: &Used) -> Finding {
    Finding {
        path: Some(user.manifest.clone()),
        line: user.line,
        severity: Severity::Info,
        code: "stale-documentation".to_owned(),
        message: format!(
            "the documentation of {} in the knowledge base is stale",
            library.name
        ),
        help: Some("`offshoot task context refresh` fetches it again".to_owned()),
        ..Finding::default()
    }
}
