//! `context` alone: what is stale, what can be fetched again or anew, and how it is then. Each part leaves its own
//! artifact, this one says how they ended.

use super::health::Health;
use super::statistics::Numbers;
use super::{Surroundings, health, operate, refresh, staleness, statistics, warm};
use crate::ground::{Ground, Halt, Stop};
use crate::web::Web;
use artifact::{Artifact, status};
use schemars::JsonSchema;
use serde::Serialize;
use std::io;

/// Where its artifact lies, and its kind.
pub const ARTIFACT: (&str, &str) = ("reports/context/context-report.json", "context");

/// What its artifact reports.
#[derive(Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// `maintenance`.
    pub operation_type: String,
    /// Whether Context7 may be asked: a key is set and the network is allowed.
    pub enabled: bool,
    /// Its parts, in their order.
    pub operations: Vec<Row>,
    /// How the knowledge base is at the end.
    pub health: Health,
    /// Numbers of all of it.
    #[serde(flatten)]
    pub numbers: Numbers,
}

/// A part.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub struct Row {
    /// What it is.
    pub operation: String,
    /// How it ended.
    pub status: String,
    /// Why it is not `completed`.
    pub error: Option<String>,
    /// Its own artifact.
    pub artifact: String,
}

/// Does it, and leaves the artifacts.
///
/// # Errors
/// When an artifact cannot be written; everything else is said in them.
pub fn run(
    ground: &dyn Ground,
    web: &dyn Web,
    around: &Surroundings,
    options: &warm::Options,
) -> io::Result<Artifact> {
    operate(ARTIFACT, ground, around, |sheet, cache| {
        let mut report = Report {
            operation_type: "maintenance".to_owned(),
            enabled: around.access.is_ok(),
            ..Report::default()
        };
        let again = refresh::Options {
            limit: options.limit,
            dry_run: options.dry_run,
            ..refresh::Options::default()
        };
        type Part<'a> = (&'a str, &'a str, Box<dyn Fn() -> io::Result<Artifact> + 'a>);
        let parts: [Part<'_>; 5] = [
            (
                "staleness",
                staleness::ARTIFACT.0,
                Box::new(|| staleness::run(ground, around)),
            ),
            (
                "refresh",
                refresh::ARTIFACT.0,
                Box::new(|| refresh::run(ground, web, around, &again)),
            ),
            (
                "warm",
                warm::ARTIFACT.0,
                Box::new(|| warm::run(ground, web, around, options)),
            ),
            (
                "stats",
                statistics::ARTIFACT.0,
                Box::new(|| statistics::run(ground, around)),
            ),
            (
                "health",
                health::ARTIFACT.0,
                Box::new(|| health::run(ground, around)),
            ),
        ];
        let mut ended = Ok(());
        // Each of them leaves its artifact also when the one before was stopped.
        for (operation, path, run) in parts {
            let artifact = run()?;
            if ended.is_ok() {
                ended = halt(&artifact, ground);
            }
            for finding in artifact.findings {
                sheet.found(finding);
            }
            report.operations.push(Row {
                operation: operation.to_owned(),
                status: artifact.status,
                error: artifact.error,
                artifact: path.to_owned(),
            });
            sheet.report(&report)?;
            sheet.save()?;
        }
        let of_end = health::report(cache, around);
        (report.health, report.numbers) = (of_end.health, of_end.numbers);
        let lines = report.operations.iter().map(|row| {
            let error = row
                .error
                .as_deref()
                .map(|error| format!(": {error}"))
                .unwrap_or_default();
            format!("- {}: {}{error}", row.operation, row.status)
        });
        let summary = lines.collect::<Vec<_>>().join("\n");
        Ok((report, summary, ended))
    })
}

/// What a part that did not end well means for the whole; what cannot be asked for is no failure.
fn halt(artifact: &Artifact, ground: &dyn Ground) -> Result<(), Halt> {
    let error = || artifact.error.clone().unwrap_or_default();
    match artifact.status.as_str() {
        status::CANCELLED => Err(Halt::Stopped(ground.stop().unwrap_or(Stop::Cancelled))),
        status::TIMEOUT => Err(Halt::Stopped(Stop::TimedOut)),
        status::FAILED => Err(Halt::Failed(error())),
        _ => Ok(()),
    }
}
