//! Reading what a step left: which form it is in, and the findings in it.
//!
//! The text is gone through piece by piece, so that a large artifact takes little more memory than itself.

use crate::bounds::{self, Worst};
use crate::finding::Finding;
use crate::form::{Artifact, SCHEMA_VERSION};
use crate::item::{self, Item};
use crate::{sarif, shapes};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// The fields of the outermost object, not yet read.
pub(crate) type Fields<'t> = BTreeMap<String, &'t RawValue>;

/// Kind of a file of which nothing is known.
const FILE: &str = "file";

/// A file that is named like an artifact and is none.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(#[from] serde_json::Error);

/// What was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// For example `documentation`; `file` where nothing is known.
    pub kind: String,
    /// The version that it says it has.
    pub schema_version: Option<String>,
    /// The word that it says about itself.
    pub status: Option<String>,
    /// Why it is not complete.
    pub error: Option<String>,
    /// What it found: the worst, in its order.
    pub findings: Vec<Finding>,
    /// How many more it had.
    pub left_out: usize,
    /// What was not taken as it stands, in sentences.
    pub notes: Vec<String>,
}

/// Whether a file of this name is read.
pub fn looks_like_one(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.ends_with(".json") || name.ends_with(".sarif")
}

/// Reads an artifact. `roots` are the folders in which the repository's files lay while it was written.
///
/// # Errors
/// [`Invalid`] where it is not JSON; everything else that is odd is a note.
pub fn read(text: &[u8], roots: &[&Path]) -> Result<Reading, Invalid> {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let Some(fields) = fields(text)? else {
        return Ok(Reading {
            kind: FILE.to_owned(),
            ..Reading::default()
        });
    };
    let mut collect = Collect::new(roots);
    if sarif::is_one(&fields) {
        sarif::read(&fields, &mut collect);
        return Ok(collect.reading("sarif", word(&fields, "version")));
    }
    let version = word(&fields, "schema_version");
    collect.version(version.as_deref());
    let kind = shapes::read(&fields, &mut collect);
    let kind = word(&fields, "kind")
        .or_else(|| word(&fields, "type"))
        .or_else(|| kind.map(str::to_owned));
    let mut reading = collect.reading(kind.as_deref().unwrap_or(FILE), version);
    if reading.schema_version.is_some() || fields.contains_key("findings") {
        reading.status = word(&fields, "status");
        reading.error = error(&fields);
    }
    Ok(reading)
}

impl Artifact {
    /// Reads one in our own form, of this version or another; fields that this version does not know are
    /// kept. With it come the notes of [`Reading`].
    ///
    /// # Errors
    /// [`Invalid`] where it is not JSON.
    pub fn from_json(text: &[u8], roots: &[&Path]) -> Result<(Self, Vec<String>), Invalid> {
        const KNOWN: &[&str] = &["schema_version", "kind", "status", "error", "findings"];
        let reading = read(text, roots)?;
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        let mut other = Map::new();
        for (name, value) in fields(text)?.unwrap_or_default() {
            if !KNOWN.contains(&name.as_str()) {
                other.insert(name, serde_json::from_str(value.get())?);
            }
        }
        let artifact = Self {
            schema_version: reading
                .schema_version
                .unwrap_or_else(|| SCHEMA_VERSION.to_owned()),
            kind: reading.kind,
            status: reading
                .status
                .unwrap_or_else(|| crate::status::COMPLETED.to_owned()),
            error: reading.error,
            findings: reading.findings,
            other,
        };
        Ok((artifact, reading.notes))
    }
}

/// None for JSON that is no object.
fn fields(text: &[u8]) -> serde_json::Result<Option<Fields<'_>>> {
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'{') {
        return serde_json::from_slice(text).map(Some);
    }
    serde_json::from_slice::<serde::de::IgnoredAny>(text).map(|_| None)
}

/// A field that is a text.
pub(crate) fn word(fields: &Fields<'_>, name: &str) -> Option<String> {
    let text = serde_json::from_str::<String>(fields.get(name)?.get()).ok()?;
    Some(bounds::name(&text)).filter(|text| !text.is_empty())
}

/// `error` as a text, or as an object with a message.
fn error(fields: &Fields<'_>) -> Option<String> {
    let value: Value = serde_json::from_str(fields.get("error")?.get()).ok()?;
    let text = value.as_str().or_else(|| value.get("message")?.as_str())?;
    Some(bounds::message(text)).filter(|text| !text.is_empty())
}

/// The items of a list, not yet read; none where it is no list.
pub(crate) fn list(value: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(value.get()).unwrap_or_default()
}

/// Collects findings, and what is to be said about reading them.
pub(crate) struct Collect<'r> {
    pub(crate) roots: &'r [&'r Path],
    worst: Worst,
    refused: Count,
    not_understood: usize,
    severities: Count,
    notes: Vec<String>,
}

/// How often, with the first one as an example.
#[derive(Default)]
struct Count(usize, String);

impl Count {
    fn add(&mut self, example: &str) {
        if self.0 == 0 {
            self.1 = bounds::name(example);
        }
        self.0 += 1;
    }
}

impl<'r> Collect<'r> {
    fn new(roots: &'r [&'r Path]) -> Self {
        Self {
            roots,
            worst: Worst::default(),
            refused: Count::default(),
            not_understood: 0,
            severities: Count::default(),
            notes: Vec::new(),
        }
    }

    fn version(&mut self, version: Option<&str>) {
        let major = |version: &str| {
            version
                .split('.')
                .next()
                .and_then(|major| major.parse().ok())
        };
        let known: Option<u32> = major(SCHEMA_VERSION);
        if let Some(version) = version
            && let Some(found) = major(version)
            && Some(found) > known
        {
            self.notes.push(format!(
                "it has version {version}, {SCHEMA_VERSION} is known: it was read as far as it is understood"
            ));
        }
    }

    /// One item of a list; `adjust` gives it what its list knows.
    pub(crate) fn item(&mut self, raw: &RawValue, adjust: impl FnOnce(&mut Item)) {
        let value = serde_json::from_str(raw.get()).ok();
        let Some(mut item) = value.and_then(|value| item::read(value, self.roots)) else {
            return self.odd();
        };
        adjust(&mut item);
        if let Some(severity) = &item.unknown_severity {
            self.severities.add(severity);
        }
        if let Some(path) = &item.refused {
            self.refused.add(path);
        }
        self.worst.take(item.finding);
    }

    pub(crate) fn finding(&mut self, finding: Finding) {
        self.worst.take(finding);
    }

    pub(crate) fn refused(&mut self, path: &str) {
        self.refused.add(path);
    }

    /// An entry that is not understood.
    pub(crate) fn odd(&mut self) {
        self.not_understood += 1;
    }

    fn reading(mut self, kind: &str, schema_version: Option<String>) -> Reading {
        let (findings, left_out) = self.worst.finish();
        if left_out > 0 {
            self.notes.push(format!(
                "{left_out} more findings were left out: {} are taken, the worst first",
                findings.len()
            ));
        }
        let Count(refused, path) = self.refused;
        if refused > 0 {
            self.notes.push(format!(
                "{refused} of its paths leave the repository and were not taken, for example `{path}`"
            ));
        }
        if self.not_understood > 0 {
            let count = self.not_understood;
            self.notes.push(format!(
                "{count} of its entries say nothing that is understood"
            ));
        }
        let Count(unknown, severity) = self.severities;
        if unknown > 0 {
            self.notes.push(format!(
                "{unknown} severities are unknown and were taken as warnings, for example `{severity}`"
            ));
        }
        Reading {
            kind: kind.to_owned(),
            schema_version,
            findings,
            left_out,
            notes: self.notes,
            ..Reading::default()
        }
    }
}

#[cfg(test)]
mod tests;
