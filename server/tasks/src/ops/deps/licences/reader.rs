//! Where packages tell their licences on this machine, and which of these places counts for which package.

use super::texts::Texts;
use super::{cargo, gem, go, maven, npm, python, spelled};
use crate::ops::deps::package::{Ecosystem, Package};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes of a file that names a licence.
const LARGEST: u64 = 4 << 20;
/// Entries of a folder that are looked at.
const MOST_ENTRIES: usize = 20_000;

/// The places of this machine where packages tell their licences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// The folder of cargo, usually `~/.cargo`.
    pub cargo: Option<PathBuf>,
    /// The cache of modules of Go, usually `~/go/pkg/mod`.
    pub go: Option<PathBuf>,
    /// The repository of Maven, usually `~/.m2/repository`.
    pub maven: Option<PathBuf>,
    /// Folders that gems are installed in: each has `specifications` in it.
    pub gems: Vec<PathBuf>,
}

/// What a place tells of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// The package is not there.
    NotHere,
    /// It is, and tells no licence that can be read.
    Nothing,
    /// As it is written there.
    Licence(String),
}

impl Told {
    /// Of a package that is there.
    pub(super) fn of(licence: Option<String>) -> Self {
        licence.map_or(Self::Nothing, Self::Licence)
    }
}

/// Why a licence is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// The package is not on this machine.
    NotHere,
    /// It is, and tells none that can be read.
    TellsNone,
}

impl Unknown {
    /// For people.
    pub(crate) fn because(self) -> &'static str {
        match self {
            Self::NotHere => "the package is not on this machine",
            Self::TellsNone => "the package tells no licence that can be read",
        }
    }
}

/// Looks licences up.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    root: &'a Path,
    places: &'a Places,
    /// The sources of registries that cargo keeps.
    registries: Vec<PathBuf>,
    python: python::Environments,
    texts: Texts,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(root: &'a Path, places: &'a Places) -> Self {
        let sources = places
            .cargo
            .as_ref()
            .map(|cargo| cargo.join("registry/src"));
        Self {
            root,
            places,
            registries: sources.map(|folder| folders(&folder)).unwrap_or_default(),
            python: python::Environments::default(),
            texts: Texts::default(),
        }
    }

    /// The licence of a package, or why it is not known.
    pub(crate) fn of(&mut self, package: &Package) -> Result<String, Unknown> {
        let beside = self.root.join(&package.path);
        let beside = beside.parent().unwrap_or(self.root);
        let told = match &package.licence {
            Some(licence) => Told::Licence(licence.clone()),
            None => self.told(package, beside),
        };
        match told {
            Told::NotHere => Err(Unknown::NotHere),
            Told::Nothing => Err(Unknown::TellsNone),
            Told::Licence(licence) => spelled(&licence).ok_or(Unknown::TellsNone),
        }
    }

    fn told(&mut self, package: &Package, beside: &Path) -> Told {
        match package.ecosystem {
            Ecosystem::Crates => cargo::told(package, beside, &self.registries),
            Ecosystem::Npm => npm::told(package, beside),
            Ecosystem::PyPi => self.python.told(package, beside),
            Ecosystem::Go => go::told(package, beside, self.places.go.as_deref(), &mut self.texts),
            Ecosystem::Maven => maven::told(package, self.places.maven.as_deref()),
            Ecosystem::RubyGems => gem::told(package, beside, &self.places.gems),
        }
    }
}

/// A path that stays below where it begins.
pub(super) fn safe(path: &str) -> Option<String> {
    let outside =
        path.starts_with('/') || path.split('/').any(|part| part == ".." || part.is_empty());
    (!outside && !path.contains('\0')).then(|| path.to_owned())
}

/// The folders in a folder, sorted.
pub(super) fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder)
        .into_iter()
        .filter(|path| path.is_dir())
        .collect()
}

/// What is in a folder, sorted.
pub(super) fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let mut paths: Vec<PathBuf> = entries
        .take(MOST_ENTRIES)
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
}

/// A text that is not too large.
pub(super) fn read(path: &Path) -> Option<String> {
    let mut text = String::new();
    let file = File::open(path).ok().filter(|file| {
        // Opening anything else, such as a pipe, could wait for ever.
        file.metadata().is_ok_and(|meta| meta.is_file())
    })?;
    file.take(LARGEST).read_to_string(&mut text).ok()?;
    Some(text)
}
