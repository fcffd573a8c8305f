//! Asking the sources about the packages: the database of this machine, the service of OSV, the ecosystems' own tools.

use super::audit::{Options, Surroundings};
use super::find::Lock;
use super::findings::Hits;
use super::osv::api::{Ids, Service};
use super::osv::store::{Found, Store};
use super::osv::{Record, advisory, level};
use super::package::{Ecosystem, Package};
use super::report::{Answered, MOST_NOTES, Source};
use super::tools::{Network, Tool};
use super::{advisory::Advisory, osv};
use crate::ground::{Ground, Halt, go_on};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

/// Before the service is asked a second time.
const PAUSE: Duration = Duration::from_secs(1);

/// What is said where there is none and nobody else may be asked.
const NO_DATABASE: &str = "there is no database of its advisories here: fetch it with --update, import it with \
     --import, or ask the service with --online";

/// Everybody who was asked, and what they said.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) sources: Vec<Source>,
    pub(crate) hits: Hits,
    /// Ecosystems about which somebody answered.
    answered: BTreeSet<Ecosystem>,
}

impl Asked {
    /// The database of this machine.
    pub(crate) fn database(
        &mut self,
        locks: &[Lock],
        options: &Options,
        ground: &dyn Ground,
    ) -> Result<(), Halt> {
        let store = Store::at(&options.cache);
        for (ecosystem, packages) in by_ecosystem(locks) {
            go_on(ground)?;
            let names: HashSet<&str> = packages
                .iter()
                .map(|(_, _, package)| package.name.as_str())
                .collect();
            let mut source = Source::new("osv-database");
            source.ecosystem = Some(ecosystem.name());
            let source = match store.look_up(ecosystem, &names) {
                Ok(Some(found)) => {
                    self.answered.insert(ecosystem);
                    self.judge(source, &packages, &found)
                }
                Ok(None) if options.online || options.tools => {
                    source.status = Answered::Absent;
                    source
                }
                Ok(None) => source.failed(NO_DATABASE),
                Err(why) => source.failed(why),
            };
            self.sources.push(source);
        }
        Ok(())
    }

    fn judge(
        &mut self,
        mut source: Source,
        packages: &[Placed<'_>],
        (about, records): &Found,
    ) -> Source {
        source.imported_at = Some(about.imported_at.clone());
        source.expires_at = Some(about.expires_at.clone());
        source.complete = Some(about.complete);
        for (lock, index, package) in packages {
            for record in records.get(&package.name).into_iter().flatten() {
                match advisory(package, record, "osv-database") {
                    Ok(Some(advisory)) => self.hits.push((*lock, *index, advisory)),
                    Ok(None) => {}
                    Err(()) if source.not_judged.len() < MOST_NOTES => {
                        let named = format!("{} {}: {}", package.name, package.version, record.id);
                        source.not_judged.push(named);
                    }
                    Err(()) => {}
                }
            }
        }
        source.not_judged.sort();
        source.not_judged.dedup();
        source
    }

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
            pause: if options.service == osv::SERVICE {
                PAUSE
            } else {
                PAUSE / 20
            },
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

    /// The tools of the ecosystems, each about its lockfiles.
    pub(crate) fn tools(
        &mut self,
        locks: &[Lock],
        options: &Options,
        with: &Surroundings<'_>,
        ground: &dyn Ground,
    ) -> Result<(), Halt> {
        let network = Network {
            allowed: options.online,
            service: &options.service,
            other_service: options.service != osv::SERVICE,
        };
        let mut answered: BTreeMap<Ecosystem, usize> = BTreeMap::new();
        for (at, lock) in locks.iter().enumerate() {
            let Some(tool) = Tool::of(lock.kind).filter(|_| !lock.packages().is_empty()) else {
                continue;
            };
            go_on(ground)?;
            let mut source = Source::new(tool.name());
            source.lockfile = Some(lock.path.clone());
            if !options.online && !tool.works_offline() {
                self.sources
                    .push(source.failed("it needs the network: allow it with --online"));
                continue;
            }
            let packages: Vec<&Package> = lock.packages().iter().collect();
            let path = ground.root().join(&lock.path);
            match tool.ask(&path, &packages, &network, with.tools, ground) {
                Ok(Some(hits)) => {
                    let hits = hits
                        .into_iter()
                        .map(|(index, advisory)| (at, index, advisory));
                    self.hits.extend(hits);
                    *answered.entry(lock.kind.ecosystem()).or_default() += 1;
                }
                Ok(None) => source.status = Answered::Absent,
                Err(Halt::Failed(why)) => source = source.failed(why),
                Err(stopped) => return Err(stopped),
            }
            self.sources.push(source);
        }
        for (ecosystem, count) in answered {
            let of_it = locks
                .iter()
                .filter(|lock| lock.kind.ecosystem() == ecosystem);
            let with_packages = of_it.filter(|lock| !lock.packages().is_empty());
            if with_packages.count() == count {
                self.answered.insert(ecosystem);
            }
        }
        Ok(())
    }

    /// Fails where nobody answered about an ecosystem: that nothing was found there would be a lie.
    pub(crate) fn all_answered(&self, locks: &[Lock]) -> Result<(), Halt> {
        let all = by_ecosystem(locks);
        let silent: Vec<String> = all
            .iter()
            .filter(|(ecosystem, _)| !self.answered.contains(ecosystem))
            .map(|(ecosystem, packages)| match packages.len() {
                1 => format!("{} (1 package)", ecosystem.name()),
                more => format!("{} ({more} packages)", ecosystem.name()),
            })
            .collect();
        if silent.is_empty() {
            return Ok(());
        }
        let failed = self
            .sources
            .iter()
            .filter_map(|source| Some((source.name, source.error.as_ref()?)));
        let errors: BTreeSet<String> = failed
            .map(|(name, error)| format!("{name}: {error}"))
            .collect();
        let errors: Vec<String> = errors.into_iter().take(3).collect();
        let why = if errors.is_empty() {
            "nobody who could be asked is there".to_owned()
        } else {
            errors.join("; ")
        };
        Err(Halt::Failed(format!(
            "no source answered about {}: {why}",
            silent.join(", ")
        )))
    }
}

/// Lockfile, place in it, package.
type Placed<'a> = (usize, usize, &'a Package);

fn by_ecosystem(locks: &[Lock]) -> BTreeMap<Ecosystem, Vec<Placed<'_>>> {
    let mut all: BTreeMap<Ecosystem, Vec<Placed<'_>>> = BTreeMap::new();
    for (at, lock) in locks.iter().enumerate() {
        for (index, package) in lock.packages().iter().enumerate() {
            all.entry(package.ecosystem)
                .or_default()
                .push((at, index, package));
        }
    }
    all
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
            level: super::advisory::Level::Unknown,
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
