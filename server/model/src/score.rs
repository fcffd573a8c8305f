//! Scores of a step, and whether they meet its thresholds. Where scores are read from is not known here.

use crate::workflow::Scoring;

/// Where a step that is to be scored, and promises no JSON file, is told to put its scores.
pub const DEFAULT_FILE: &str = "reports/review/review-report.json";

/// Names of scores that reviewers and tools of TappsCodingAgents write.
pub const KNOWN: [&str; 11] = [
    "overall",
    "security",
    "maintainability",
    "test_coverage",
    "complexity",
    "performance",
    "structure",
    "devex",
    "linting",
    "type_checking",
    "duplication",
];

/// What TappsCodingAgents holds scores against where a step names no thresholds.
const USUAL: [(&str, f64); 6] = [
    ("overall_min", 8.0),
    ("security_min", 8.5),
    ("maintainability_min", 7.0),
    ("complexity_max", 5.0),
    ("test_coverage_min", 80.0),
    ("performance_min", 7.0),
];

/// Scores as a file of the step has them.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// The file, relative to the repository.
    pub path: String,
    /// What the file itself says about passing.
    pub passed: Option<bool>,
    /// By name, without `_score` behind it.
    pub values: Vec<(String, f64)>,
}

/// Whether scores are good enough, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// They are.
    pub passed: bool,
    /// One line for people.
    pub why: String,
}

impl Judgement {
    fn new(passed: bool, why: impl Into<String>) -> Self {
        Self {
            passed,
            why: why.into(),
        }
    }
}

/// The score that a threshold is about, and whether it is an upper bound.
pub fn bound(threshold: &str) -> (&str, bool) {
    let (name, upper) = match threshold.strip_suffix("_max") {
        Some(name) => (name, true),
        None => (threshold.strip_suffix("_min").unwrap_or(threshold), false),
    };
    match name {
        "coverage" => ("test_coverage", upper),
        name => (name, upper),
    }
}

/// A threshold as people say it: `overall at least 8`, `complexity at most 5`.
pub fn in_words(threshold: &str, limit: f64) -> String {
    let (name, upper) = bound(threshold);
    let side = if upper { "at most" } else { "at least" };
    format!("{name} {side} {limit}")
}

impl Scoring {
    /// Whether these scores pass. With thresholds all of them have to be met; without, the file's own
    /// word counts, and where it has none, the usual thresholds for the scores that it has.
    pub fn judge(&self, scores: Option<&Scores>) -> Judgement {
        if !self.enabled {
            return Judgement::new(true, "scoring is switched off");
        }
        let Some(scores) = scores else {
            return Judgement::new(false, "no file with scores was written");
        };
        if !self.thresholds.is_empty() {
            let all = self.thresholds.iter();
            return scores.hold(all.map(|(name, limit)| (name.as_str(), *limit)));
        }
        if let Some(passed) = scores.passed {
            let word = if passed { "passed" } else { "not passed" };
            return Judgement::new(passed, format!("{} says {word}", scores.path));
        }
        let usual = USUAL.into_iter();
        scores.hold(usual.filter(|(name, _)| scores.get(bound(name).0).is_some()))
    }
}

impl Scores {
    /// A score by its name.
    pub fn get(&self, name: &str) -> Option<f64> {
        let found = self.values.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| *value)
    }

    fn hold<'a>(&self, thresholds: impl Iterator<Item = (&'a str, f64)>) -> Judgement {
        let (mut met, mut missed) = (Vec::new(), Vec::new());
        for (threshold, limit) in thresholds {
            let (name, upper) = bound(threshold);
            match self.get(name) {
                None => missed.push(format!("{name} is missing")),
                // What compares with nothing meets nothing.
                Some(value) if upper && value <= limit => met.push(format!("{name} {value}")),
                Some(value) if !upper && value >= limit => met.push(format!("{name} {value}")),
                Some(value) => {
                    let side = if upper { "above" } else { "below" };
                    missed.push(format!("{name} {value} is {side} {limit}"));
                }
            }
        }
        if met.is_empty() && missed.is_empty() {
            return Judgement::new(false, format!("{} has no score that is known", self.path));
        }
        let passed = missed.is_empty();
        let list = if passed { met } else { missed };
        Judgement::new(passed, format!("{} ({})", list.join(", "), self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(thresholds: &[(&str, f64)], scores: Option<&[(&str, f64)]>, passed: bool, why: &str) {
        let scoring = Scoring {
            enabled: true,
            thresholds: thresholds
                .iter()
                .map(|(name, limit)| ((*name).to_owned(), *limit))
                .collect(),
        };
        let scores = scores.map(|values| Scores {
            path: "r.json".to_owned(),
            passed: None,
            values: values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), *value))
                .collect(),
        });
        assert_eq!(
            scoring.judge(scores.as_ref()),
            Judgement::new(passed, why),
            "{thresholds:?} {scores:?}"
        );
    }

    #[test]
    fn thresholds_are_bounds() {
        let overall = [("overall_min", 8.0)];
        check(&overall, None, false, "no file with scores was written");
        check(
            &overall,
            Some(&[("overall", 8.0)]),
            true,
            "overall 8 (r.json)",
        );
        check(
            &overall,
            Some(&[("overall", 7.9)]),
            false,
            "overall 7.9 is below 8 (r.json)",
        );
        check(&overall, Some(&[]), false, "overall is missing (r.json)");
        check(
            &[("complexity_max", 5.0), ("coverage_min", 80.0)],
            Some(&[("complexity", 5.5), ("test_coverage", 81.0)]),
            false,
            "complexity 5.5 is above 5 (r.json)",
        );
        check(
            &[("complexity_max", 5.0)],
            Some(&[("complexity", 5.0)]),
            true,
            "complexity 5 (r.json)",
        );
        check(
            &[("overall_min", 8.0), ("complexity_max", 5.0)],
            Some(&[("overall", f64::NAN), ("complexity", f64::NAN)]),
            false,
            "overall NaN is below 8, complexity NaN is above 5 (r.json)",
        );
        // A name without an end is a lower bound.
        check(
            &[("style", 3.0)],
            Some(&[("style", 2.0)]),
            false,
            "style 2 is below 3 (r.json)",
        );
    }

    #[test]
    fn without_thresholds_the_usual_ones_hold_for_what_is_there() {
        check(
            &[],
            Some(&[("overall", 9.0), ("odd", 1.0)]),
            true,
            "overall 9 (r.json)",
        );
        check(
            &[],
            Some(&[("overall", 9.0), ("security", 8.0)]),
            false,
            "security 8 is below 8.5 (r.json)",
        );
        check(
            &[],
            Some(&[("odd", 1.0)]),
            false,
            "r.json has no score that is known",
        );
    }

    #[test]
    fn the_word_of_the_file_counts_where_there_are_no_thresholds() {
        let scoring = |enabled| Scoring {
            enabled,
            thresholds: Vec::new(),
        };
        let says = |passed| Scores {
            path: "r.json".to_owned(),
            passed: Some(passed),
            values: vec![("overall".to_owned(), 9.0)],
        };
        assert!(scoring(true).judge(Some(&says(true))).passed);
        assert!(!scoring(true).judge(Some(&says(false))).passed);
        assert!(scoring(false).judge(None).passed);
    }
}
