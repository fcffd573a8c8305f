//! What a source says about a package, and putting together what several say about the same.

use artifact::Severity;
use std::collections::BTreeSet;

/// How bad an advisory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Nobody says.
    Unknown,
    /// CVSS below 4.
    Low,
    /// CVSS below 7.
    Medium,
    /// CVSS below 9.
    High,
    /// CVSS of 9 and more, and packages made to do harm.
    Critical,
}

impl Level {
    /// The level of a word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "critical" => Self::Critical,
            "high" | "important" => Self::High,
            "medium" | "moderate" => Self::Medium,
            "low" | "info" | "none" => Self::Low,
            _ => return None,
        })
    }

    /// The level of a score of CVSS.
    pub(crate) fn of_score(score: f64) -> Self {
        match score {
            9.0.. => Self::Critical,
            7.0.. => Self::High,
            4.0.. => Self::Medium,
            _ => Self::Low,
        }
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// How bad the finding is. What nobody judged has to be looked at.
    pub(crate) fn severity(self) -> Severity {
        match self {
            Self::Critical | Self::High => Severity::Error,
            Self::Medium | Self::Unknown => Severity::Warning,
            Self::Low => Severity::Info,
        }
    }
}

/// What is said about a package.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Advisory {
    pub(crate) id: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) summary: String,
    pub(crate) level: Level,
    pub(crate) score: Option<f64>,
    /// The first version after the package's that is not affected.
    pub(crate) fixed: Option<String>,
    pub(crate) url: String,
    /// Who says so.
    pub(crate) sources: Vec<String>,
}

impl Advisory {
    fn names(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.id).chain(&self.aliases)
    }
}

/// One for each fault: those that share a name are the same. Sorted by id.
pub(crate) fn merged(advisories: Vec<Advisory>) -> Vec<Advisory> {
    let mut groups: Vec<(BTreeSet<String>, Vec<Advisory>)> = Vec::new();
    for advisory in advisories {
        let names: BTreeSet<String> = advisory.names().cloned().collect();
        let (same, others): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|(known, _)| !known.is_disjoint(&names));
        let mut all = (names, vec![advisory]);
        for (names, advisories) in same {
            all.0.extend(names);
            all.1.extend(advisories);
        }
        groups = others;
        groups.push(all);
    }
    let mut merged: Vec<Advisory> = groups.into_iter().filter_map(one).collect();
    merged.sort_by(|a, b| a.id.cmp(&b.id));
    merged
}

/// The one that is told of a group: the best known kind of name, with all that any of them knows.
fn one((names, mut group): (BTreeSet<String>, Vec<Advisory>)) -> Option<Advisory> {
    group.sort_by(|a, b| (rank(&a.id), &a.id, &a.sources).cmp(&(rank(&b.id), &b.id, &b.sources)));
    let mut rest = group.into_iter();
    let mut told = rest.next()?;
    for other in rest {
        told.level = told.level.max(other.level);
        told.score = told.score.or(other.score);
        told.fixed = told.fixed.or(other.fixed);
        if told.summary.is_empty() {
            told.summary = other.summary;
        }
        told.sources.extend(other.sources);
    }
    told.sources.sort();
    told.sources.dedup();
    told.aliases = names.into_iter().filter(|name| *name != told.id).collect();
    Some(told)
}

/// The ecosystem's own database knows most, then GitHub's; a CVE comes last.
fn rank(id: &str) -> usize {
    let kinds = ["MAL-", "RUSTSEC-", "GHSA-", "GO-", "PYSEC-", "CVE-"];
    kinds
        .iter()
        .position(|kind| id.starts_with(kind))
        .unwrap_or(kinds.len())
}
