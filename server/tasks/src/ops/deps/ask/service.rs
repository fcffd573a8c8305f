//! Asking the service of OSV about all packages at once.

use super::super::advisory::{Advisory, Level};
use super::super::audit::{Options, Surroundings};
use super::super::find::Lock;
use super::super::osv::api::{Ids, Service};
use super::super::osv::{Record, advisory, level};
use super::super::package::{Ecosystem, Package};
use super::super::report::Source;
use super::{Asked, Placed, by_ecosystem};
use crate::ground::{Ground, Halt};
use std::collections::BTreeMap;

impl Asked {
    /// The service.
    pub(crate) fn service(
        &mut self,
        locks: &[Lock],
        options: &Options,
        with: &Surroundings<'_>,
        ground: &dyn Ground,
    ) -> Result<(), Halt> {
        let all: Vec<Placed<'_>> = by_ecosystem(locks).into_values().flatten().collect();
        if all.is_empty() {
            return Ok(());
        }
        let service = Service {
            base: &options.service,
            web: with.web,
            ground,
            cache: &options.cache.join("advisories"),
            pause: options.pause,
        };
        let mut source = Source::new("osv-api");
        // The same package of several lockfiles is asked about once.
        let mut distinct: BTreeMap<(Ecosystem, &str, &str), &Package> = BTreeMap::new();
        for (_, _, package) in &all {
            distinct.insert(key(package), package);
        }
        let packages: Vec<&Package> = distinct.values().copied().collect();
        let answers = service.ask(&packages)?;
        let ids: BTreeMap<_, &Ids> = packages
            .iter()
            .map(|package| key(package))
            .zip(&answers.ids)
            .collect();
        for (lock, index, package) in &all {
            for id in ids
                .get(&key(package))
                .into_iter()
                .flat_map(|ids| ids.keys())
            {
                if let Some(advisory) = told(package, id, answers.records.get(id)) {
                    self.hits.push((*lock, *index, advisory));
                }
            }
        }
        if answers.errors.is_empty() {
            self.answered
                .extend(all.iter().map(|(_, _, package)| package.ecosystem));
        } else {
            let more = answers.errors.len().saturating_sub(3);
            let mut why = answers
                .errors
                .iter()
                .take(3)
                .cloned()
                .collect::<Vec<_>>()
                .join("; ");
            if more > 0 {
                why.push_str(&format!("; and {more} more"));
            }
            source = source.failed(why);
        }
        self.sources.push(source);
        Ok(())
    }
}

fn key(package: &Package) -> (Ecosystem, &str, &str) {
    (package.ecosystem, &package.name, &package.version)
}

/// What the service says of a package is taken as it is: it judged the version itself.
fn told(package: &Package, id: &str, record: Option<&Record>) -> Option<Advisory> {
    let Some(record) = record else {
        // The advisory could not be had: that there is one is known all the same.
        return Some(Advisory {
            id: id.to_owned(),
            aliases: Vec::new(),
            summary: "the advisory itself could not be fetched".to_owned(),
            level: Level::Unknown,
            score: None,
            fixed: None,
            url: format!("https://osv.dev/vulnerability/{id}"),
            sources: vec!["osv-api".to_owned()],
        });
    };
    if record.withdrawn.is_some() {
        return None;
    }
    let judged = advisory(package, record, "osv-api").ok().flatten();
    judged.or_else(|| {
        let (level, score) = level(record, package);
        Some(Advisory {
            id: record.id.clone(),
            aliases: record.aliases.clone(),
            summary: record.summary.clone(),
            level,
            score,
            fixed: None,
            url: format!("https://osv.dev/vulnerability/{id}"),
            sources: vec!["osv-api".to_owned()],
        })
    })
}
