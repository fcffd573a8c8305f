//! `cargo audit --json`: <https://docs.rs/rustsec/latest/rustsec/report/struct.Report.html>.

use super::{Hits, no_answer, places};
use crate::ops::deps::advisory::{Advisory, Level};
use crate::ops::deps::package::Package;
use crate::tools::Said;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::str::FromStr;

#[derive(Deserialize)]
struct Report {
    vulnerabilities: Found,
    #[serde(default)]
    warnings: BTreeMap<String, Vec<One>>,
}

#[derive(Deserialize)]
struct Found {
    list: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    package: Named,
    /// None for a package that was taken back.
    advisory: Option<Facts>,
    #[serde(default)]
    versions: Option<Versions>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    version: String,
}

#[derive(Deserialize)]
struct Facts {
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    cvss: Option<String>,
    #[serde(default)]
    informational: Option<String>,
    #[serde(default)]
    withdrawn: Option<String>,
}

#[derive(Deserialize)]
struct Versions {
    #[serde(default)]
    patched: Vec<String>,
}

pub(super) fn read(said: &Said, packages: &[&Package]) -> Result<Hits, String> {
    let report: Report =
        serde_json::from_slice(&said.stdout).map_err(|_| no_answer(said, "without a report"))?;
    let warnings = report.warnings.into_values().flatten();
    let mut hits = Vec::new();
    for one in report.vulnerabilities.list.into_iter().chain(warnings) {
        let places = places(packages, &one.package.name, Some(&one.package.version));
        if let Some(advisory) = advisory(one) {
            hits.extend(places.into_iter().map(|place| (place, advisory.clone())));
        }
    }
    Ok(hits)
}

fn advisory(one: One) -> Option<Advisory> {
    let facts = one.advisory.filter(|facts| facts.withdrawn.is_none())?;
    let vector = facts
        .cvss
        .as_deref()
        .and_then(|text| cvss::Cvss::from_str(text).ok());
    let score = vector.map(|vector| (vector.score() * 10.0).round() / 10.0);
    let level = match (facts.informational.as_deref(), score) {
        (Some("unsound"), _) => Level::Medium,
        (Some(_), _) => Level::Low,
        (None, Some(score)) => Level::of_score(score),
        (None, None) => Level::Unknown,
    };
    let patched = one
        .versions
        .map(|versions| versions.patched)
        .unwrap_or_default();
    // Several are for several lines of releases; the last is for the newest.
    let fixed = patched
        .last()
        .map(|text| text.trim_start_matches(['>', '=', '^', '~', ' ']));
    Some(Advisory {
        url: format!("https://rustsec.org/advisories/{}", facts.id),
        id: facts.id,
        aliases: facts.aliases,
        summary: facts.title,
        level,
        score,
        fixed: fixed.map(|text| text.split(',').next().unwrap_or_default().trim().to_owned()),
        sources: vec!["cargo-audit".to_owned()],
    })
}
