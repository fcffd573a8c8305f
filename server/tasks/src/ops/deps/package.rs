//! Packages as lockfiles name them: what all lockfiles come to.

use std::collections::HashMap;

/// A world of packages with its own names and its own order of versions. Named as OSV names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ecosystem {
    /// crates.io.
    Crates,
    /// npm.
    Npm,
    /// PyPI.
    PyPi,
    /// Modules of Go.
    Go,
    /// Maven.
    Maven,
    /// RubyGems.
    RubyGems,
}

impl Ecosystem {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Crates,
        Self::Npm,
        Self::PyPi,
        Self::Go,
        Self::Maven,
        Self::RubyGems,
    ];

    /// The name that OSV gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crates => "crates.io",
            Self::Npm => "npm",
            Self::PyPi => "PyPI",
            Self::Go => "Go",
            Self::Maven => "Maven",
            Self::RubyGems => "RubyGems",
        }
    }

    /// The one of this name. What comes after a colon names a registry or a release of it.
    pub fn of(name: &str) -> Option<Self> {
        let name = name.split(':').next().unwrap_or_default();
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// A name as it is looked up: several spellings of PyPI are one package.
    pub fn normal(self, name: &str) -> String {
        if self != Self::PyPi {
            return name.to_owned();
        }
        let mut normal = String::with_capacity(name.len());
        for c in name.trim().chars() {
            match c {
                '-' | '_' | '.' if normal.ends_with('-') => {}
                '-' | '_' | '.' => normal.push('-'),
                c => normal.extend(c.to_lowercase()),
            }
        }
        normal
    }

    /// The file in which people write down what they want.
    pub(crate) fn manifest(self) -> &'static str {
        match self {
            Self::Crates => "Cargo.toml",
            Self::Npm => "package.json",
            Self::PyPi => "pyproject.toml",
            Self::Go => "go.mod",
            Self::Maven => "pom.xml",
            Self::RubyGems => "Gemfile",
        }
    }
}

/// A package in the version that a lockfile pins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    /// Where it comes from.
    pub(crate) ecosystem: Ecosystem,
    /// Its name; for Maven `group:artifact`.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// The file that pins it, relative to the folder that is looked at.
    pub(crate) path: String,
    /// The line in it, from 1.
    pub(crate) line: u32,
    /// Whether the project asks for it itself; none where the lockfile does not tell.
    pub(crate) direct: Option<bool>,
    /// Whether it is only there to build or test the project.
    pub(crate) development: bool,
    /// Packages of the same lockfile that it needs.
    pub(crate) needs: Vec<usize>,
    /// What its files add up to.
    pub(crate) hashes: Vec<Hash>,
    /// Its licence, where the lockfile knows it.
    pub(crate) licence: Option<String>,
    /// Where it was put, relative to the lockfile: packages of npm.
    pub(crate) folder: Option<String>,
}

/// What a file adds up to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hash {
    /// As CycloneDX names it.
    pub(crate) algorithm: &'static str,
    /// In hexadecimal.
    pub(crate) hex: String,
}

impl Hash {
    /// From hexadecimal, where it has the length of one of SHA-1, SHA-256, SHA-384 or SHA-512.
    pub(crate) fn hex(text: &str) -> Option<Self> {
        let hex = text.trim().to_ascii_lowercase();
        let algorithm = match hex.len() {
            40 => "SHA-1",
            64 => "SHA-256",
            96 => "SHA-384",
            128 => "SHA-512",
            _ => return None,
        };
        hex.bytes()
            .all(|byte| byte.is_ascii_hexdigit())
            .then_some(Self { algorithm, hex })
    }

    /// From the base64 of a digest.
    pub(crate) fn base64(text: &str) -> Option<Self> {
        let bytes = data_encoding::BASE64.decode(text.trim().as_bytes()).ok()?;
        Self::hex(&data_encoding::HEXLOWER.encode(&bytes))
    }

    /// All of a `integrity` as npm writes it: `sha512-<base64> sha1-<base64>`.
    pub(crate) fn integrity(text: &str) -> Vec<Self> {
        let words = text.split_ascii_whitespace().take(8);
        let mut hashes: Vec<Self> = words
            .filter_map(|word| Self::base64(word.split_once('-')?.1))
            .collect();
        hashes.sort();
        hashes.dedup();
        hashes
    }
}

/// A package that another needs: its name, and the version where that is said.
pub(crate) type Wanted = (String, Option<String>);

/// What a lockfile holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// Its packages, in its order.
    pub(crate) packages: Vec<Package>,
    /// What in it was not understood or not taken: line and sentence.
    pub(crate) notes: Vec<Note>,
    /// Whether packages were left out because there were too many.
    full: bool,
}

/// Something in a lockfile that is not looked up, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    /// The line.
    pub(crate) line: u32,
    /// A sentence.
    pub(crate) text: String,
}

/// Packages of one lockfile.
pub(crate) const MOST_PACKAGES: usize = 100_000;
/// Notes that are kept of one lockfile.
const MOST_NOTES: usize = 1000;
/// Characters of a name or a version; longer ones are none.
const LONGEST: usize = 300;

impl Parsed {
    /// A package, for the fields that a parser knows to be completed. None where it is none, or too many.
    pub(crate) fn add(
        &mut self,
        ecosystem: Ecosystem,
        name: &str,
        version: &str,
        line: u32,
    ) -> Option<&mut Package> {
        let fits = |text: &str| {
            !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control)
        };
        if !fits(name) || !fits(version) {
            self.note(line, "a package without a usable name or version");
            return None;
        }
        if self.packages.len() >= MOST_PACKAGES {
            if !self.full {
                let text = format!(
                    "it holds more than {MOST_PACKAGES} packages: from here on they are not looked up"
                );
                self.note(line, text);
            }
            self.full = true;
            return None;
        }
        self.packages.push(Package {
            ecosystem,
            name: ecosystem.normal(name),
            version: version.to_owned(),
            path: String::new(),
            line,
            direct: None,
            development: false,
            needs: Vec::new(),
            hashes: Vec::new(),
            licence: None,
            folder: None,
        });
        self.packages.last_mut()
    }

    /// Something that is not looked up.
    pub(crate) fn note(&mut self, line: u32, text: impl Into<String>) {
        if self.notes.len() < MOST_NOTES {
            let text: String = text.into();
            let plain = text.chars().filter(|c| !c.is_control());
            self.notes.push(Note {
                line,
                text: plain.take(LONGEST).collect(),
            });
        }
    }

    /// Enters who needs whom: for each package the names that it needs, with their versions where known.
    pub(crate) fn connect(&mut self, needs: &[(usize, Vec<Wanted>)]) {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, package) in self.packages.iter().enumerate() {
            by_name.entry(&package.name).or_default().push(index);
        }
        let mut edges = Vec::new();
        for (from, wanted) in needs {
            for (name, version) in wanted {
                let Some(package) = self.packages.get(*from) else {
                    continue;
                };
                let name = package.ecosystem.normal(name);
                let same = by_name.get(name.as_str()).map_or(&[][..], Vec::as_slice);
                let of_version = |index: &&usize| {
                    version.as_deref().is_none_or(|version| {
                        self.packages
                            .get(**index)
                            .is_some_and(|package| package.version == version)
                    })
                };
                if let Some(to) = same.iter().find(of_version) {
                    edges.push((*from, *to));
                }
            }
        }
        for (from, to) in edges {
            if let Some(package) = self.packages.get_mut(from)
                && from != to
                && !package.needs.contains(&to)
            {
                package.needs.push(to);
            }
        }
    }
}
