//! Samples of one quantity, and what is read off them.

use std::time::Duration;

/// Samples in the order they came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// One more duration, in milliseconds.
    pub(crate) fn push_ms(&mut self, span: Duration) {
        self.push(span.as_secs_f64() * 1_000.0);
    }

    pub(crate) fn n(&self) -> usize {
        self.0.len()
    }

    /// The value that this many percent are not above (nearest rank); none without samples.
    pub(crate) fn percentile(&self, percent: usize) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied()
    }

    pub(crate) fn median(&self) -> f64 {
        self.percentile(50).unwrap_or(f64::NAN)
    }
}

impl FromIterator<f64> for Samples {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}
