//! An advisory as OSV writes it (<https://ossf.github.io/osv-schema/>), as far as it is used here.

use crate::ops::deps::package::Ecosystem;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Characters of a summary.
const SUMMARY: usize = 300;

/// An advisory.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) modified: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) withdrawn: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) aliases: Vec<String>,
    pub(crate) summary: String,
    #[serde(skip_serializing)]
    details: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) severity: Vec<Score>,
    pub(crate) affected: Vec<Affected>,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) database_specific: Value,
}

/// A vector of CVSS.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Score {
    pub(crate) score: String,
}

/// Which versions of a package it is about.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Affected {
    pub(crate) package: Named,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ranges: Vec<Range>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) versions: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) severity: Vec<Score>,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) database_specific: Value,
}

/// A package.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Named {
    pub(crate) ecosystem: String,
    pub(crate) name: String,
}

/// A range of versions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Range {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) events: Vec<Event>,
}

/// One of its ends. Each event has one field.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Event {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) introduced: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fixed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_affected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<String>,
}

impl Record {
    /// Reads one; only what is used here is kept.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) fn read(json: &[u8]) -> Result<Self, String> {
        let mut record: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        let usable = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
        if record.id.is_empty() || record.id.len() > 100 || !record.id.chars().all(usable) {
            return Err("it has no usable `id`".to_owned());
        }
        if record.summary.trim().is_empty() {
            record.summary = first_line(&record.details);
        }
        record.details.clear();
        record.summary = record
            .summary
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(SUMMARY)
            .collect();
        record.aliases.truncate(50);
        record.database_specific = only(&record.database_specific, "severity");
        for affected in &mut record.affected {
            affected.database_specific = only(&affected.database_specific, "informational");
        }
        Ok(record)
    }

    /// The packages that it is about, of those ecosystems that are known here.
    pub(crate) fn packages(&self) -> Vec<(Ecosystem, String)> {
        let named = |affected: &Affected| {
            let ecosystem = Ecosystem::of(&affected.package.ecosystem)?;
            Some((ecosystem, ecosystem.normal(&affected.package.name)))
        };
        let mut packages: Vec<_> = self.affected.iter().filter_map(named).collect();
        packages.sort();
        packages.dedup();
        packages
    }

    /// The same for one package alone.
    pub(crate) fn of(&self, ecosystem: Ecosystem, name: &str) -> Self {
        let mut record = self.clone();
        record
            .affected
            .retain(|affected| affected.is(ecosystem, name));
        record
    }
}

impl Affected {
    /// Whether it is about this package.
    pub(crate) fn is(&self, ecosystem: Ecosystem, name: &str) -> bool {
        Ecosystem::of(&self.package.ecosystem) == Some(ecosystem)
            && ecosystem.normal(&self.package.name) == name
    }

    /// What RustSec says of advisories that tell no vulnerability: `unmaintained`, `unsound`, `notice`.
    pub(crate) fn informational(&self) -> Option<&str> {
        self.database_specific.get("informational")?.as_str()
    }
}

fn only(value: &Value, field: &str) -> Value {
    match value.get(field) {
        Some(Value::String(text)) => serde_json::json!({ field: text }),
        _ => Value::Null,
    }
}

fn first_line(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.trim().trim_start_matches('#').trim());
    let mut full = lines.filter(|line| !line.is_empty());
    full.next().unwrap_or_default().to_owned()
}
