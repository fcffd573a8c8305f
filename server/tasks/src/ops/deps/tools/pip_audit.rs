//! `pip-audit --format=json`.

use super::{Hits, no_answer, places};
use crate::ops::deps::advisory::{Advisory, Level};
use crate::ops::deps::package::Package;
use crate::tools::Said;
use serde::Deserialize;

#[derive(Deserialize)]
struct Report {
    dependencies: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    name: String,
    /// None where it was passed over.
    version: Option<String>,
    #[serde(default)]
    vulns: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    #[serde(default)]
    fix_versions: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    description: Option<String>,
}

pub(super) fn read(said: &Said, packages: &[&Package]) -> Result<Hits, String> {
    let report: Report =
        serde_json::from_slice(&said.stdout).map_err(|_| no_answer(said, "without a report"))?;
    let mut hits = Vec::new();
    for one in report.dependencies {
        let Some(version) = &one.version else {
            continue;
        };
        let places = places(packages, &one.name, Some(version));
        for vulnerability in one.vulns {
            let advisory = advisory(vulnerability);
            hits.extend(places.iter().map(|place| (*place, advisory.clone())));
        }
    }
    Ok(hits)
}

fn advisory(vulnerability: Vulnerability) -> Advisory {
    let text = vulnerability.description.unwrap_or_default();
    let first = text.lines().find(|line| !line.trim().is_empty());
    let summary = first.unwrap_or_default().trim_start_matches('#').trim();
    Advisory {
        url: format!("https://osv.dev/vulnerability/{}", vulnerability.id),
        id: vulnerability.id,
        aliases: vulnerability.aliases,
        summary: summary.chars().take(300).collect(),
        // It does not say how bad they are.
        level: Level::Unknown,
        score: None,
        fixed: vulnerability.fix_versions.into_iter().next(),
        sources: vec!["pip-audit".to_owned()],
    }
}
