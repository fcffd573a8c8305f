//! Reads the values of a mapping by their types, and reports what has another one.

use super::keys::{FOREIGN, Level, key, keys};
use super::report::Report;
use super::tree::{Entry, Kind, Node, Span};
use super::values;
use std::time::Duration;

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) span: Span,
}

/// The entries of one mapping, with unknown keys reported. A key without a value counts as absent,
/// as `next: null` does in the files of TappsCodingAgents.
pub(super) struct Fields<'t> {
    entries: &'t [Entry],
}

impl<'t> Fields<'t> {
    /// The fields of a mapping at this level.
    pub(super) fn open(entries: &'t [Entry], level: Level, report: &mut Report) -> Self {
        if !level.is_free() {
            entries
                .iter()
                .filter(|entry| key(level, &entry.key).is_none())
                .for_each(|entry| unknown(entry, level, report));
        }
        Self { entries }
    }

    /// The entry of this key, if it has a value.
    pub(super) fn entry(&self, key: &str) -> Option<&'t Entry> {
        self.entries
            .iter()
            .find(|entry| entry.key == key && !entry.value.is_null())
    }

    /// Where this key stands, also without a value.
    pub(super) fn key_span(&self, key: &str) -> Option<Span> {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| entry.key_span.clone())
    }

    /// Whether it has a value, of whatever type.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    pub(super) fn node(&self, key: &str) -> Option<&'t Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Text of any plain kind: `version: 1.0` is one.
    pub(super) fn text(&self, key: &str, report: &mut Report) -> Option<At<String>> {
        let node = self.node(key)?;
        text(node, key, report)
    }

    /// Text with something in it besides blanks.
    pub(super) fn filled(&self, key: &str, report: &mut Report) -> Option<At<String>> {
        let found = self.text(key, report)?;
        if found.value.trim().is_empty() {
            report.error(found.span, "empty-value", format!("`{key}` is empty"), None);
            return None;
        }
        Some(found)
    }

    pub(super) fn boolean(&self, key: &str, report: &mut Report) -> Option<bool> {
        let node = self.node(key)?;
        let found = match &node.kind {
            Kind::Scalar(scalar) => scalar.truth(),
            Kind::List(_) | Kind::Map(_) => None,
        };
        if found.is_none() {
            wrong(node, key, "`true` or `false`", report);
        }
        found
    }

    /// A number within these bounds.
    pub(super) fn number(
        &self,
        key: &str,
        least: f64,
        most: f64,
        report: &mut Report,
    ) -> Option<f64> {
        let node = self.node(key)?;
        let found = number(node).filter(|number| (least..=most).contains(number));
        if found.is_none() {
            let expected = if most < f64::MAX {
                format!("a number from {least} to {most}")
            } else {
                format!("a number from {least}")
            };
            wrong(node, key, &expected, report);
        }
        found
    }

    /// A whole number within these bounds.
    pub(super) fn whole(
        &self,
        key: &str,
        least: u32,
        most: u32,
        report: &mut Report,
    ) -> Option<u32> {
        let node = self.node(key)?;
        let found = whole(node).filter(|number| (least..=most).contains(number));
        if found.is_none() {
            let expected = if most < u32::MAX {
                format!("a whole number from {least} to {most}")
            } else {
                format!("a whole number from {least}")
            };
            wrong(node, key, &expected, report);
        }
        found
    }

    /// A span of time that is not zero.
    pub(super) fn duration(&self, key: &str, report: &mut Report) -> Option<Duration> {
        let node = self.node(key)?;
        let found = scalar_text(node)
            .and_then(values::duration)
            .filter(|span| !span.is_zero());
        if found.is_none() {
            let hint = Some(
                "write seconds or units: `90`, `90s`, `5m`, `1h30m`; at most 366 days".to_owned(),
            );
            let message = format!("`{key}` is no span of time");
            report.error(node.span.clone(), "bad-duration", message, hint);
        }
        found
    }

    /// A size that is not zero, in bytes.
    pub(super) fn size(&self, key: &str, report: &mut Report) -> Option<u64> {
        let node = self.node(key)?;
        let found = scalar_text(node)
            .and_then(values::bytes)
            .filter(|size| *size > 0);
        if found.is_none() {
            let hint = Some("write bytes or units: `512MB`, `800MiB`, `1GB`, `1Gi`".to_owned());
            report.error(
                node.span.clone(),
                "bad-size",
                format!("`{key}` is no size"),
                hint,
            );
        }
        found
    }

    /// A list of texts; one text alone is a list of one.
    pub(super) fn list(&self, key: &str, report: &mut Report) -> Vec<At<String>> {
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        match &node.kind {
            Kind::List(items) => items
                .iter()
                .filter_map(|item| text(item, key, report))
                .collect(),
            Kind::Scalar(_) => text(node, key, report).into_iter().collect(),
            Kind::Map(_) => {
                wrong(node, key, "a list", report);
                Vec::new()
            }
        }
    }

    /// The entries of a mapping.
    pub(super) fn map(&self, key: &str, report: &mut Report) -> Option<&'t [Entry]> {
        let node = self.node(key)?;
        if node.entries().is_none() {
            wrong(node, key, "a mapping", report);
        }
        node.entries()
    }
}

/// The text of a scalar.
pub(super) fn scalar_text(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Scalar(scalar) => Some(&scalar.text),
        Kind::List(_) | Kind::Map(_) => None,
    }
}

pub(super) fn number(node: &Node) -> Option<f64> {
    scalar_text(node)
        .filter(|text| crate::command::is_number(text))
        .and_then(|text| text.parse().ok())
}

fn whole(node: &Node) -> Option<u32> {
    scalar_text(node).and_then(|text| text.parse().ok())
}

/// Text, or an error that says what stands there instead.
pub(super) fn text(node: &Node, key: &str, report: &mut Report) -> Option<At<String>> {
    match scalar_text(node) {
        Some(text) if !node.is_null() => Some(At {
            value: text.to_owned(),
            span: node.span.clone(),
        }),
        _ => {
            wrong(node, key, "text", report);
            None
        }
    }
}

/// Reports a value of the wrong type.
pub(super) fn wrong(node: &Node, key: &str, expected: &str, report: &mut Report) {
    let found = match &node.kind {
        Kind::Scalar(scalar) if !scalar.is_null() => format!("`{}`", shortened(&scalar.text)),
        _ => node.describe().to_owned(),
    };
    report.error(
        node.span.clone(),
        "wrong-type",
        format!("`{key}` is {expected}, not {found}"),
        None,
    );
}

/// Enough of a text to know it by.
pub(super) fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

fn unknown(entry: &Entry, level: Level, report: &mut Report) {
    let name = entry.key.as_str();
    let foreign = FOREIGN
        .iter()
        .find(|(theirs, _)| level == Level::Step && *theirs == name.replace('-', "_"));
    let elsewhere = [Level::Workflow, Level::Step]
        .into_iter()
        .find(|other| *other != level && key(*other, name).is_some());
    let hint = match (foreign, elsewhere) {
        (Some((_, ours)), _) => Some(format!("use `{ours}`")),
        (None, Some(other)) => Some(format!("`{name}` belongs to {}", other.name())),
        (None, None) => report.did_you_mean(name, keys(level).map(|key| key.name)),
    };
    let message = format!(
        "{} has no key `{}`; it is not read",
        level.name(),
        shortened(name)
    );
    report.warning(entry.key_span.clone(), "unknown-key", message, hint);
}
