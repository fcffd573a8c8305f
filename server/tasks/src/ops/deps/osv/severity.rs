//! How bad an advisory is: by its vector of CVSS, else by the word of its database.

use super::record::{Affected, Record, Score};
use crate::ops::deps::advisory::Level;
use crate::ops::deps::package::Package;
use std::str::FromStr;

/// The level, and the score of CVSS where there is a vector.
pub(crate) fn level(record: &Record, package: &Package) -> (Level, Option<f64>) {
    let about = |affected: &&Affected| affected.is(package.ecosystem, &package.name);
    let own: Vec<&Affected> = record.affected.iter().filter(about).collect();
    if record.id.starts_with("MAL-") {
        return (Level::Critical, None);
    }
    match own.iter().find_map(|affected| affected.informational()) {
        Some("unsound") => return (Level::Medium, None),
        Some(_) => return (Level::Low, None),
        None => {}
    }
    let vectors = own.iter().flat_map(|affected| &affected.severity);
    let score = highest(vectors.chain(&record.severity));
    let word = record.database_specific.get("severity");
    let word = word.and_then(|word| Level::of(word.as_str()?));
    match (score, word) {
        (Some(score), _) => (Level::of_score(score), Some(score)),
        (None, Some(level)) => (level, None),
        (None, None) => (Level::Unknown, None),
    }
}

/// The vector of the newest version of CVSS that can be read.
fn highest<'a>(scores: impl Iterator<Item = &'a Score>) -> Option<f64> {
    let read = |score: &Score| {
        let vector = cvss::Cvss::from_str(&score.score).ok()?;
        let version = match vector {
            cvss::Cvss::CvssV40(_) => 4,
            cvss::Cvss::CvssV31(_) | cvss::Cvss::CvssV30(_) => 3,
            _ => 2,
        };
        Some((version, vector.score()))
    };
    let newest = scores.filter_map(read).max_by_key(|(version, _)| *version);
    newest.map(|(_, score)| (score * 10.0).round() / 10.0)
}
