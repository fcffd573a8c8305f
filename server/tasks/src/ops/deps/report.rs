//! What the artifact of the audit says beside its findings, and its summary in words.

use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Notes that are kept of one lockfile, and names of packages without a licence.
pub(crate) const MOST_NOTES: usize = 100;

/// What its artifact says beside the findings.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Report {
    /// `dependency_audit`.
    pub(crate) operation_type: &'static str,
    /// The lockfiles that were read.
    pub(crate) lockfiles: Vec<Lockfile>,
    /// Lockfiles beyond those, which were not read.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) lockfiles_left_out: usize,
    /// Packages in them.
    pub(crate) packages: usize,
    /// Who was asked about them, and whether they answered.
    pub(crate) sources: Vec<Source>,
    /// Advisories about a package, by how bad they are; each counts once for each lockfile.
    pub(crate) vulnerabilities: BTreeMap<&'static str, usize>,
    /// Advisories that are left out because they were asked to be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) ignored: Vec<String>,
    /// What is known of licences.
    pub(crate) licences: Licences,
    /// Where the list of all packages lies (CycloneDX).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sbom: Option<&'static str>,
    /// What was imported into the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) imported: Option<Imported>,
}

/// A lockfile.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Lockfile {
    /// Relative to the folder.
    pub(crate) path: String,
    /// What it is, for example `package-lock.json`.
    pub(crate) kind: &'static str,
    /// Whose packages it pins, as OSV names it.
    pub(crate) ecosystem: &'static str,
    /// How many.
    pub(crate) packages: usize,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// What in it is not looked up, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_looked_up: Vec<Note>,
    /// Notes beyond those.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) not_looked_up_left_out: usize,
}

/// Something that is not looked up.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Note {
    /// The line in the lockfile; 0 where it is in another file.
    pub(crate) line: u32,
    /// Why.
    pub(crate) message: String,
}

/// Whether a source answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// About all packages.
    Answered,
    /// Something went wrong: what it said is used, and does not count as an answer.
    Failed,
    /// It was not asked: it is not there, or may not be used.
    Absent,
}

/// Somebody who was asked about packages.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Source {
    /// `osv-database`, `osv-api`, `cargo-audit`, `npm-audit` or `pip-audit`.
    pub(crate) name: &'static str,
    /// Whose packages it was asked about; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ecosystem: Option<&'static str>,
    /// The lockfile it was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lockfile: Option<String>,
    /// Whether it answered.
    pub(crate) status: Answered,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// Why it was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// When its data were fetched (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) imported_at: Option<String>,
    /// From when on they count as old (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<String>,
    /// Whether it holds all advisories of the ecosystem, or only those that were imported from single files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) complete: Option<bool>,
    /// Packages and advisories of which is not known whether they belong together: a version cannot be read by the rules
    /// of the ecosystem, or only commits are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_judged: Vec<String>,
}

impl Source {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            ecosystem: None,
            lockfile: None,
            status: Answered::Answered,
            error: None,
            reason: None,
            imported_at: None,
            expires_at: None,
            complete: None,
            not_judged: Vec::new(),
        }
    }

    pub(crate) fn absent(mut self, why: &str) -> Self {
        self.status = Answered::Absent;
        self.reason = Some(why.to_owned());
        self
    }

    pub(crate) fn failed(mut self, why: impl Into<String>) -> Self {
        self.status = Answered::Failed;
        self.error = Some(why.into().chars().take(1000).collect());
        self
    }
}

/// What is known of licences.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Licences {
    /// Packages by licence.
    pub(crate) by_licence: BTreeMap<String, usize>,
    /// Packages whose licence is not known on this machine.
    pub(crate) unknown: usize,
    /// Why, and of how many.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) unknown_because: BTreeMap<&'static str, usize>,
    /// Some of them, as `name version`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unknown_packages: Vec<String>,
}

/// What was imported into the database.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Imported {
    /// Advisories that were taken.
    pub(crate) advisories: usize,
    /// Advisories about ecosystems that are not known here.
    pub(crate) of_other_ecosystems: usize,
    /// Files that are no advisory.
    pub(crate) unreadable: usize,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Report {
    /// For people.
    pub(crate) fn summary(&self) -> String {
        if self.lockfiles.is_empty() {
            return "There is no lockfile here that is known.".to_owned();
        }
        let mut text = format!(
            "{} packages in {} lockfiles.",
            self.packages,
            self.lockfiles.len()
        );
        if self.lockfiles_left_out > 0 {
            text.push_str(&format!(
                " {} more lockfiles were not read: too many.",
                self.lockfiles_left_out
            ));
        }
        let found: usize = self.vulnerabilities.values().sum();
        let counts: Vec<String> = self
            .vulnerabilities
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(level, count)| format!("{count} {level}"))
            .collect();
        if found > 0 {
            text.push_str(&format!(" Advisories: {}.", counts.join(", ")));
        }
        text.push_str("\n\n| asked | about | answer |\n|---|---|---|\n");
        for source in &self.sources {
            text.push_str(&source.row());
        }
        let skipped: usize = self
            .lockfiles
            .iter()
            .map(|lockfile| lockfile.not_looked_up.len() + lockfile.not_looked_up_left_out)
            .sum();
        if skipped > 0 {
            text.push_str(&format!(
                "\n{skipped} entries of lockfiles are not looked up; the JSON file says which and why.\n"
            ));
        }
        text.push_str(&self.licences.sentence());
        text
    }
}

impl Source {
    fn row(&self) -> String {
        let about = self
            .ecosystem
            .or(self.lockfile.as_deref())
            .unwrap_or("all packages");
        let answer = match (
            self.error.as_ref().or(self.reason.as_ref()),
            &self.expires_at,
        ) {
            (Some(why), _) => why.replace('|', "\\|").replace('\n', " "),
            (None, Some(expires)) if self.complete == Some(false) => {
                format!("from single files, fresh until {expires}")
            }
            (None, Some(expires)) => format!("fresh until {expires}"),
            (None, None) => "answered".to_owned(),
        };
        format!("| {} | {about} | {answer} |\n", self.name)
    }
}

impl Licences {
    fn sentence(&self) -> String {
        let mut all: Vec<(&String, &usize)> = self.by_licence.iter().collect();
        all.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let named: Vec<String> = all
            .iter()
            .take(10)
            .map(|(licence, count)| format!("{licence} ({count})"))
            .collect();
        let more = all.len().saturating_sub(10);
        let mut text = String::from("\nLicences: ");
        if named.is_empty() {
            text.push_str("none known");
        } else {
            text.push_str(&named.join(", "));
        }
        if more > 0 {
            text.push_str(&format!(", and {more} others"));
        }
        text.push_str(&format!("; {} packages without a known one", self.unknown));
        let because: Vec<String> = self
            .unknown_because
            .iter()
            .map(|(why, count)| format!("{count}: {why}"))
            .collect();
        if !because.is_empty() {
            text.push_str(&format!(" ({})", because.join("; ")));
        }
        text.push_str(".\n");
        text
    }
}
