//! `npm audit --json`, the report of npm 7 and later. When it fails it prints another object.

use super::{Hits, no_answer, places};
use crate::ops::deps::advisory::{Advisory, Level};
use crate::ops::deps::package::Package;
use crate::tools::Said;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    audit_report_version: u64,
    vulnerabilities: BTreeMap<String, One>,
}

#[derive(Deserialize)]
struct One {
    /// An advisory, or the name of the package that this one has it from.
    via: Vec<Value>,
    /// Folders.
    #[serde(default)]
    nodes: Vec<String>,
}

#[derive(Deserialize)]
struct Via {
    #[serde(default)]
    source: Value,
    #[serde(default)]
    title: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    severity: String,
    #[serde(default)]
    cvss: Option<Cvss>,
}

#[derive(Deserialize)]
struct Cvss {
    score: Option<f64>,
}

pub(super) fn read(said: &Said, packages: &[&Package]) -> Result<Hits, String> {
    let value: Value =
        serde_json::from_slice(&said.stdout).map_err(|_| no_answer(said, "without a report"))?;
    if value.get("auditReportVersion").is_none() {
        return Err(match complaint(&value) {
            Some(complaint) => no_answer(
                &Said {
                    stderr: complaint,
                    ..said.clone()
                },
                "an error",
            ),
            None => no_answer(said, "a report that is not understood"),
        });
    }
    let report: Report = serde_json::from_value(value)
        .map_err(|_| no_answer(said, "a report that is not understood"))?;
    if report.audit_report_version != 2 {
        return Err(no_answer(said, "a report of another version"));
    }
    let mut hits = Vec::new();
    for (name, one) in &report.vulnerabilities {
        let in_folder = |place: &usize| {
            let folder = packages
                .get(*place)
                .and_then(|package| package.folder.as_ref());
            one.nodes.is_empty() || folder.is_none_or(|folder| one.nodes.contains(folder))
        };
        let mut places = places(packages, name, None);
        if places.iter().any(in_folder) {
            places.retain(in_folder);
        }
        for via in one.via.iter().filter(|via| via.is_object()) {
            if let Ok(via) = serde_json::from_value::<Via>(via.clone()) {
                let advisory = advisory(via);
                hits.extend(places.iter().map(|place| (*place, advisory.clone())));
            }
        }
    }
    Ok(hits)
}

/// What npm says in the object that it prints instead of a report.
fn complaint(value: &Value) -> Option<String> {
    let error = value.get("error");
    let within = |name: &str| {
        error
            .and_then(|error| error.get(name))
            .and_then(Value::as_str)
    };
    let summary = within("summary").filter(|text| !text.is_empty());
    let message = value.get("message").and_then(Value::as_str);
    let text = summary.or(message).or_else(|| within("detail"))?;
    Some(text.lines().next().unwrap_or_default().to_owned())
}

fn advisory(via: Via) -> Advisory {
    let last = via
        .url
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let id = if last.starts_with("GHSA-") {
        last.to_owned()
    } else {
        format!("npm-{}", via.source.to_string().trim_matches('"'))
    };
    Advisory {
        id,
        aliases: Vec::new(),
        summary: via.title,
        level: Level::of(&via.severity).unwrap_or(Level::Unknown),
        score: via
            .cvss
            .and_then(|cvss| cvss.score)
            .filter(|score| *score > 0.0),
        // What npm calls a fix is a version of what the project asks for itself.
        fixed: None,
        url: via.url,
        sources: vec!["npm-audit".to_owned()],
    }
}
