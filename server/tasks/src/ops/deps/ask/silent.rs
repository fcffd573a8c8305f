//! Packages about which nobody answered: that nothing was found there would be a lie.

use super::super::find::Lock;
use super::super::package::Ecosystem;
use super::super::report::{Answered, Source};
use super::{Asked, by_ecosystem};
use crate::ground::Halt;
use artifact::{Finding, Severity};
use std::collections::BTreeSet;

/// The way out where there is nobody to ask.
const WAY_OUT: &str = "fetch its advisories with `offshoot task ops audit --update`, import them with `--import PATH` \
     (files of OSV, or an all.zip), or ask the service of OSV with `--online`";

/// The ecosystems about which nobody answered.
#[derive(Debug, Default)]
pub(crate) struct Silent {
    /// There was nobody to ask.
    nobody: BTreeSet<Ecosystem>,
    /// Somebody was asked and failed.
    failed: BTreeSet<Ecosystem>,
}

impl Asked {
    /// Who is still without an answer, once all were asked.
    pub(crate) fn silent(&self, locks: &[Lock]) -> Silent {
        let mut silent = Silent::default();
        for ecosystem in by_ecosystem(locks).into_keys() {
            if self.answered.contains(&ecosystem) {
                continue;
            }
            let failed = |source: &Source| {
                source.status == Answered::Failed && is_about(source, ecosystem, locks)
            };
            if self.sources.iter().any(failed) {
                silent.failed.insert(ecosystem);
            } else {
                silent.nobody.insert(ecosystem);
            }
        }
        silent
    }

    /// How the audit ends: failed where a source failed and nobody else answered, and not run where there was nobody
    /// to ask about anything.
    pub(crate) fn outcome(&self, silent: &Silent, locks: &[Lock]) -> Result<(), Halt> {
        if !silent.failed.is_empty() {
            let failed = self.sources.iter().filter_map(|source| {
                let error = source.error.as_ref()?;
                Some(format!("{}: {error}", source.name))
            });
            let errors: BTreeSet<String> = failed.collect();
            let errors: Vec<String> = errors.into_iter().take(3).collect();
            return Err(Halt::Failed(format!(
                "no source answered about {}: {}",
                counted(&silent.failed, locks),
                errors.join("; ")
            )));
        }
        if !silent.nobody.is_empty() && self.answered.is_empty() {
            return Err(Halt::NotRun(format!(
                "nobody could be asked about {}, so whether they are safe is not known: {WAY_OUT}",
                counted(&silent.nobody, locks)
            )));
        }
        Ok(())
    }
}

/// Whether a source was asked about an ecosystem.
fn is_about(source: &Source, ecosystem: Ecosystem, locks: &[Lock]) -> bool {
    match (source.ecosystem, &source.lockfile) {
        (Some(name), _) => name == ecosystem.name(),
        (None, Some(path)) => {
            let lock = locks.iter().find(|lock| lock.path == *path);
            lock.is_some_and(|lock| lock.kind.ecosystem() == ecosystem)
        }
        (None, None) => true,
    }
}

/// `crates.io (2 packages), npm (1 package)`.
fn counted(ecosystems: &BTreeSet<Ecosystem>, locks: &[Lock]) -> String {
    let all = by_ecosystem(locks);
    let named: Vec<String> = ecosystems
        .iter()
        .map(|ecosystem| {
            let packages = all.get(ecosystem).map_or(0, Vec::len);
            format!("{} ({})", ecosystem.name(), packages_of(packages))
        })
        .collect();
    named.join(", ")
}

fn packages_of(count: usize) -> String {
    match count {
        1 => "1 package".to_owned(),
        more => format!("{more} packages"),
    }
}

impl Silent {
    /// A warning at each lockfile about whose packages nothing is known.
    pub(crate) fn findings(&self, locks: &[Lock]) -> Vec<Finding> {
        let unheard = locks.iter().filter_map(|lock| {
            let ecosystem = lock.kind.ecosystem();
            let why = if self.failed.contains(&ecosystem) {
                "every source that was asked failed"
            } else if self.nobody.contains(&ecosystem) {
                "there was nobody to ask"
            } else {
                return None;
            };
            let packages = lock.packages().len();
            (packages > 0).then(|| unknown(lock, packages, why))
        });
        unheard.collect()
    }
}

fn unknown(lock: &Lock, packages: usize, why: &str) -> Finding {
    Finding {
        severity: Severity::Warning,
        code: "packages-not-audited".to_owned(),
        message: format!(
            "whether anything is known against the {} of this lockfile was not found out: {why}",
            packages_of(packages)
        ),
        path: Some(lock.path.clone()),
        line: Some(1),
        help: Some(WAY_OUT.to_owned()),
        ..Finding::default()
    }
}
