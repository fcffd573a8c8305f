//! One row of the report: what was measured, against what, and whether it meets its bar.

use crate::samples::Samples;
use serde_json::{Map, Value, json};
use std::fmt;

/// A measured quantity.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    what: &'static str,
    unit: &'static str,
    samples: Samples,
    baseline: Option<(&'static str, Samples)>,
    beside: Vec<(&'static str, Samples)>,
    ratio: Option<(&'static str, f64)>,
    checks: Vec<Check>,
    more: Map<String, Value>,
}

/// One bar.
#[derive(Debug)]
struct Check {
    bar: String,
    value: f64,
    met: bool,
}

impl Figure {
    pub(crate) fn new(
        name: &'static str,
        what: &'static str,
        unit: &'static str,
        samples: Samples,
    ) -> Self {
        Self {
            name,
            what,
            unit,
            samples,
            baseline: None,
            beside: Vec::new(),
            ratio: None,
            checks: Vec::new(),
            more: Map::new(),
        }
    }

    /// A figure of one sample.
    pub(crate) fn one(
        name: &'static str,
        what: &'static str,
        unit: &'static str,
        value: f64,
    ) -> Self {
        Self::new(name, what, unit, Samples::from_iter([value]))
    }

    /// What the same run measured beside it; the ratio is that of the medians, ours over the baseline's.
    pub(crate) fn against(mut self, what: &'static str, samples: Samples) -> Self {
        self.ratio = Some((
            "median / baseline",
            self.samples.median() / samples.median(),
        ));
        self.baseline = Some((what, samples));
        self
    }

    /// What else the same run measured, for who wants to know; in the same unit.
    pub(crate) fn beside(mut self, what: &'static str, samples: Samples) -> Self {
        self.beside.push((what, samples));
        self
    }

    /// Another ratio than that of the medians.
    pub(crate) fn ratio(mut self, of: &'static str, value: f64) -> Self {
        self.ratio = Some((of, value));
        self
    }

    /// A bar on a percentile: not above `limit`.
    pub(crate) fn percentile_at_most(self, percent: usize, limit: f64) -> Self {
        let value = self.samples.percentile(percent).unwrap_or(f64::NAN);
        let bar = format!("p{percent} <= {limit} {}", self.unit);
        self.check(bar, value, value <= limit)
    }

    /// A bar on a single value: not above `limit`.
    pub(crate) fn at_most(self, what: &str, value: f64, limit: f64, unit: &str) -> Self {
        self.check(format!("{what} <= {limit} {unit}"), value, value <= limit)
    }

    /// A bar on a single value: not below `limit`.
    pub(crate) fn at_least(self, what: &str, value: f64, limit: f64) -> Self {
        self.check(format!("{what} >= {limit}"), value, value >= limit)
    }

    fn check(mut self, bar: String, value: f64, met: bool) -> Self {
        self.checks.push(Check {
            bar: bar.trim_end().to_owned(),
            value,
            met,
        });
        self
    }

    /// Something else worth knowing.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// Whether all bars are met; none where there is no bar or no figure.
    fn met(&self) -> Option<bool> {
        (!self.checks.is_empty()).then(|| self.checks.iter().all(|check| check.met))
    }

    pub(crate) fn json(&self) -> Value {
        let mut out = json!({"name": self.name, "what": self.what, "met": self.met()});
        out["unit"] = json!(self.unit);
        out["result"] = distribution(&self.samples);
        if let Some((what, samples)) = &self.baseline {
            out["baseline"] = distribution(samples);
            out["baseline"]["what"] = json!(what);
        }
        let beside = self.beside.iter().map(|(what, samples)| {
            let mut told = distribution(samples);
            told["what"] = json!(what);
            told
        });
        if !self.beside.is_empty() {
            out["beside"] = beside.collect();
        }
        if let Some((of, value)) = self.ratio {
            out["ratio"] = json!({"of": of, "value": rounded(value)});
        }
        let checks = self.checks.iter();
        let checks = checks.map(
            |check| json!({"bar": check.bar, "value": rounded(check.value), "met": check.met}),
        );
        out["bars"] = checks.collect();
        if !self.more.is_empty() {
            out["more"] = Value::Object(self.more.clone());
        }
        out
    }
}

fn distribution(samples: &Samples) -> Value {
    let at = |percent| samples.percentile(percent).map(rounded);
    match samples.n() {
        1 => json!({"n": 1, "value": at(50)}),
        n => json!({"n": n, "p50": at(50), "p99": at(99), "min": at(0), "max": at(100)}),
    }
}

/// Three decimals: the clock has no more to say.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name)?;
        let at = |percent| self.samples.percentile(percent).unwrap_or(f64::NAN);
        match self.samples.n() {
            1 => write!(f, "{:.2} {}", at(50), self.unit)?,
            n => write!(
                f,
                "p50 {:.2} p99 {:.2} {} (n {n})",
                at(50),
                at(99),
                self.unit
            )?,
        }
        if let Some((what, samples)) = &self.baseline {
            write!(f, "; {what}: {:.2}", samples.median())?;
        }
        for (what, samples) in &self.beside {
            write!(f, "; {what}: {:.2}", samples.median())?;
        }
        if let Some((of, value)) = self.ratio {
            write!(f, "; {of}: {value:.2}")?;
        }
        for check in &self.checks {
            let verdict = if check.met { "met" } else { "MISSED" };
            write!(f, "; {} {verdict} ({:.2})", check.bar, check.value)?;
        }
        for (name, value) in &self.more {
            write!(f, "; {name} {value}")?;
        }
        Ok(())
    }
}
