//! Asking the sources about the packages: the database of this machine, the service of OSV, the ecosystems' own tools.

mod service;
mod silent;

use super::audit::{Options, Surroundings};
use super::find::Lock;
use super::findings::Hits;
use super::osv::store::{Found, Store};
use super::osv::{self, advisory};
use super::package::{Ecosystem, Package};
use super::report::{MOST_NOTES, Source};
use super::tools::{Network, Tool};
use crate::ground::{Ground, Halt, go_on};
use std::collections::{BTreeMap, BTreeSet, HashSet};

pub(crate) use silent::Silent;

/// Said of an ecosystem whose advisories are not on this machine.
const NO_DATABASE: &str = "there is no database of its advisories on this machine";
/// Said of a tool that may not be asked.
const OFFLINE: &str = "it needs the network, which was not allowed";

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
                Ok(None) => source.absent(NO_DATABASE),
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
                self.sources.push(source.absent(OFFLINE));
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
                Ok(None) => source = source.absent("it is not installed"),
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
