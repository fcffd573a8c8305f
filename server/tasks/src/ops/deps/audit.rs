//! The audit itself: one step after the other, each leaving what it found in the artifact.

use super::ask::{Asked, Silent};
use super::find::{self, Lock};
use super::findings::{self, Manifests};
use super::licences::{Places, Policy, Reader, Unknown};
use super::osv::files::{Count, import, update};
use super::osv::store::{Stamp, Store};
use super::package::{Ecosystem, Package};
use super::report::{Imported, Licences, Lockfile, MOST_NOTES, Note, Report, Source};
use super::sbom;
use crate::ground::{Ground, Halt, go_on};
use crate::sheet::{Sheet, write_with};
use crate::tools::Tools;
use crate::web::Web;
use artifact::Artifact;
use globset::{Glob, GlobSet, GlobSetBuilder};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Where its artifact lies.
pub const ARTIFACT: &str = "reports/ops/dependency-audit.json";
/// The kind of its artifact.
pub const KIND: &str = "dependency-audit";
/// Where the list of all packages lies.
pub const SBOM: &str = "reports/ops/sbom.cdx.json";

/// What is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The user's folder for the database.
    pub cache: PathBuf,
    /// Files, archives and folders of advisories to take into the database first.
    pub import: Vec<PathBuf>,
    /// Whether to fetch the databases of the ecosystems that are used here first.
    pub update: bool,
    /// Whether to ask the service.
    pub online: bool,
    /// Whether to ask the ecosystems' own tools.
    pub tools: bool,
    /// Address of the service.
    pub service: String,
    /// Before the service is asked a second time, where it failed; then twice as long.
    pub pause: Duration,
    /// Address of the databases.
    pub databases: String,
    /// Globs of lockfiles that are left out.
    pub exclude: Vec<String>,
    /// Advisories that are left out.
    pub ignore: Vec<String>,
    /// What is wanted of licences.
    pub licences: Policy,
    /// Where packages tell their licences.
    pub places: Places,
    /// The time that an import gets.
    pub stamp: Stamp,
}

/// What it may use of the world.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The network.
    pub web: &'a dyn Web,
    /// Programs.
    pub tools: &'a dyn Tools,
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Surroundings").finish_non_exhaustive()
    }
}

/// Does it, and leaves the artifact.
///
/// # Errors
/// When the artifact cannot be written; everything else is said in it.
pub fn run(ground: &dyn Ground, options: &Options, with: Surroundings<'_>) -> io::Result<Artifact> {
    let mut sheet = Sheet::begin(ground.root(), ARTIFACT, KIND)?;
    let mut audit = Audit {
        ground,
        options,
        with,
        locks: Vec::new(),
        manifests: Manifests::default(),
        licences: BTreeMap::new(),
        asked: Asked::default(),
        silent: Silent::default(),
        report: Report {
            operation_type: "dependency_audit",
            ..Report::default()
        },
    };
    let outcome = audit.work(&mut sheet);
    audit.tell(&mut sheet)?;
    let summary = audit.report.summary();
    sheet.end(&outcome, &summary)
}

struct Audit<'a> {
    ground: &'a dyn Ground,
    options: &'a Options,
    with: Surroundings<'a>,
    locks: Vec<Lock>,
    manifests: Manifests,
    licences: BTreeMap<(String, String, Ecosystem), Result<String, Unknown>>,
    asked: Asked,
    /// Known once all were asked.
    silent: Silent,
    report: Report,
}

impl Audit<'_> {
    fn work(&mut self, sheet: &mut Sheet) -> Result<(), Halt> {
        let left_out = globs(&self.options.exclude)?;
        self.options.licences.check().map_err(Halt::Failed)?;
        go_on(self.ground)?;
        if !self.options.import.is_empty() {
            let store = Store::at(&self.options.cache);
            let count = import(
                &store,
                &self.options.import,
                &self.options.stamp,
                self.ground,
            )?;
            self.report.imported = Some(imported(count));
        }
        self.report.lockfiles_left_out = find::all(
            self.ground,
            &left_out,
            self.options.places.maven.as_deref(),
            &mut self.locks,
        )?;
        self.manifests = Manifests::read(self.ground, &self.locks);
        self.save(sheet)?;
        self.read_licences()?;
        self.write_sbom()?;
        self.save(sheet)?;
        if self.options.update {
            self.update()?;
        }
        self.asked
            .database(&self.locks, self.options, self.ground)?;
        self.save(sheet)?;
        if self.options.tools {
            self.asked
                .tools(&self.locks, self.options, &self.with, self.ground)?;
            self.save(sheet)?;
        }
        if self.options.online {
            self.asked
                .service(&self.locks, self.options, &self.with, self.ground)?;
        }
        self.silent = self.asked.silent(&self.locks);
        self.asked.outcome(&self.silent, &self.locks)
    }

    fn save(&mut self, sheet: &mut Sheet) -> Result<(), Halt> {
        self.tell(sheet)
            .and_then(|()| sheet.save())
            .map_err(|error| Halt::Failed(error.to_string()))
    }

    /// Enters what is known so far.
    fn tell(&mut self, sheet: &mut Sheet) -> io::Result<()> {
        let judged = findings::of_advisories(
            &self.asked.hits,
            &self.locks,
            &self.manifests,
            &self.options.ignore,
        );
        let mut all = findings::of_lockfiles(&self.locks);
        all.extend(self.silent.findings(&self.locks));
        all.extend(judged.findings);
        let policy = &self.options.licences;
        if !self.licences.is_empty() {
            all.extend(findings::of_licences(
                &self.locks,
                &self.licences,
                policy,
                &self.manifests,
            ));
        }
        sheet.found_anew(all);
        self.report.lockfiles = self.locks.iter().map(lockfile).collect();
        self.report.packages = self.locks.iter().map(|lock| lock.packages().len()).sum();
        self.report.sources.clone_from(&self.asked.sources);
        self.report.vulnerabilities = judged.levels;
        self.report.ignored = judged.ignored;
        self.report.licences = licences(&self.licences);
        sheet.report(&self.report)
    }

    fn read_licences(&mut self) -> Result<(), Halt> {
        let mut reader = Reader::new(self.ground.root(), &self.options.places);
        for lock in &self.locks {
            for (index, package) in lock.packages().iter().enumerate() {
                if index % 200 == 0 {
                    go_on(self.ground)?;
                }
                // Of the same package in several places, one may know more than another.
                let known = self.licences.entry(key(package));
                let known = known.or_insert(Err(Unknown::NotHere));
                if known.is_err() {
                    let told = reader.of(package);
                    if told.is_ok() || told == Err(Unknown::TellsNone) {
                        *known = told;
                    }
                }
            }
        }
        Ok(())
    }

    fn write_sbom(&mut self) -> Result<(), Halt> {
        let packages: Vec<&[Package]> = self.locks.iter().map(Lock::packages).collect();
        if packages.iter().all(|packages| packages.is_empty()) {
            return Ok(());
        }
        let licence = |package: &Package| self.licences.get(&key(package))?.as_deref().ok();
        let put = |file: &mut dyn io::Write| sbom::write(&packages, &licence, file);
        write_with(self.ground.root(), SBOM, put)
            .map_err(|error| Halt::Failed(format!("the SBOM cannot be written: {error}")))?;
        self.report.sbom = Some(SBOM);
        Ok(())
    }

    /// Fetches databases. One that cannot be had is told among the sources; what there was before still serves.
    fn update(&mut self) -> Result<(), Halt> {
        let store = Store::at(&self.options.cache);
        let used: BTreeSet<Ecosystem> = self
            .locks
            .iter()
            .map(|lock| lock.kind.ecosystem())
            .collect();
        let mut count = Count::default();
        for ecosystem in used {
            let options = self.options;
            let fetched = update(
                &store,
                &options.databases,
                ecosystem,
                &options.stamp,
                self.with.web,
                self.ground,
            );
            match fetched {
                Ok(of_this) => count.add(of_this),
                Err(Halt::Failed(why)) => {
                    let mut source = Source::new("osv-update");
                    source.ecosystem = Some(ecosystem.name());
                    self.asked.sources.push(source.failed(why));
                }
                Err(stopped) => return Err(stopped),
            }
        }
        self.report.imported = Some(imported(count));
        Ok(())
    }
}

fn key(package: &Package) -> (String, String, Ecosystem) {
    (
        package.name.clone(),
        package.version.clone(),
        package.ecosystem,
    )
}

fn imported(count: Count) -> Imported {
    Imported {
        advisories: count.taken,
        of_other_ecosystems: count.others,
        unreadable: count.unreadable,
    }
}

fn lockfile(lock: &Lock) -> Lockfile {
    let notes = lock
        .content
        .as_ref()
        .map_or(&[][..], |parsed| &parsed.notes);
    Lockfile {
        path: lock.path.clone(),
        kind: lock.kind.name(),
        ecosystem: lock.kind.ecosystem().name(),
        packages: lock.packages().len(),
        error: lock.content.as_ref().err().cloned(),
        not_looked_up: notes
            .iter()
            .take(MOST_NOTES)
            .map(|note| Note {
                line: note.line,
                message: note.text.clone(),
            })
            .collect(),
        not_looked_up_left_out: notes.len().saturating_sub(MOST_NOTES),
    }
}

fn licences(all: &BTreeMap<(String, String, Ecosystem), Result<String, Unknown>>) -> Licences {
    let mut licences = Licences::default();
    for ((name, version, _), licence) in all {
        match licence {
            Ok(licence) => *licences.by_licence.entry(licence.clone()).or_default() += 1,
            Err(unknown) => {
                licences.unknown += 1;
                let because = unknown.because();
                *licences.unknown_because.entry(because).or_default() += 1;
                if licences.unknown_packages.len() < MOST_NOTES {
                    licences.unknown_packages.push(format!("{name} {version}"));
                }
            }
        }
    }
    licences
}

fn globs(globs: &[String]) -> Result<GlobSet, Halt> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let glob = Glob::new(glob)
            .map_err(|error| Halt::Failed(format!("`{glob}` is no glob: {}", error.kind())))?;
        set.add(glob);
    }
    set.build().map_err(|error| Halt::Failed(error.to_string()))
}
