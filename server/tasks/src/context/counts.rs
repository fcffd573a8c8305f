//! `.metrics.yaml`: how often the knowledge base had an answer. What was fetched is no hit.

use super::shelf::keep;
use super::yaml;
use crate::sheet;
use serde_yaml::{Mapping, Value};
use std::io;
use std::path::Path;

const FILE: &str = ".metrics.yaml";

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Counts {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) api_calls: u64,
    pub(crate) fuzzy: u64,
    /// Of the answers whose time others noted, milliseconds.
    pub(crate) average: f64,
}

impl Counts {
    pub(crate) fn read(root: &Path) -> Self {
        Self::of(&yaml::read(&root.join(FILE)).unwrap_or_default())
    }

    fn of(mapping: &Mapping) -> Self {
        let times = mapping.get("response_times").and_then(Value::as_sequence);
        let times: Vec<f64> = times
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
            .collect();
        let sum: f64 = times.iter().sum();
        Self {
            hits: yaml::number(mapping, "cache_hits"),
            misses: yaml::number(mapping, "cache_misses"),
            api_calls: yaml::number(mapping, "api_calls"),
            fuzzy: yaml::number(mapping, "fuzzy_matches"),
            average: if times.is_empty() {
                0.0
            } else {
                sum / times.len() as f64
            },
        }
    }

    /// Adds to what is in the file. The lock of all is held.
    pub(super) fn add(root: &Path, more: &Self) -> io::Result<()> {
        let before = yaml::read(&root.join(FILE)).unwrap_or_default();
        let was = Self::of(&before);
        let fields = [
            ("cache_hits", was.hits + more.hits),
            ("cache_misses", was.misses + more.misses),
            ("api_calls", was.api_calls + more.api_calls),
            ("fuzzy_matches", was.fuzzy + more.fuzzy),
        ];
        let mut after: Mapping = fields
            .into_iter()
            .map(|(key, value)| (key.into(), value.into()))
            .collect();
        keep(&mut after, &before);
        if !after.contains_key("response_times") {
            after.insert("response_times".into(), Value::Sequence(Vec::new()));
        }
        sheet::write(root, FILE, &yaml::render(&after))
    }

    /// Answers of all questions, in percent; none where nobody asked.
    pub(crate) fn hit_rate(&self) -> Option<f64> {
        let all = self.hits + self.misses;
        (all > 0).then(|| round(self.hits as f64 * 100.0 / all as f64))
    }
}

/// To one digit.
pub(crate) fn round(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
