//! Licences of packages: as SPDX expressions, from what is on this machine, and against a policy. What is not known
//! is said to be unknown; nobody guesses.

use super::package::{Ecosystem, Package};
use serde_json::Value;
use spdx::{Expression, LicenseReq, ParseMode};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// Bytes of a file that names a licence.
const LARGEST: u64 = 4 << 20;
/// Characters of an expression.
const LONGEST: usize = 200;
/// Folders of site-packages that are looked at.
const MOST_FOLDERS: usize = 20_000;

/// What is wanted of licences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Only these, where there are any.
    pub allow: Vec<String>,
    /// None of these.
    pub deny: Vec<String>,
}

/// How a licence stands to a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judgement {
    Fine,
    /// It cannot be had without one that is denied.
    Denied,
    /// It cannot be had with those that are allowed alone.
    NotAllowed,
    /// It is not known, or is no expression that can be read.
    Unknown,
}

impl Policy {
    /// Whether there is anything to judge by.
    pub(crate) fn is_empty(&self) -> bool {
        self.allow.is_empty() && self.deny.is_empty()
    }

    /// Whether each name is one of SPDX: a slip would let everything through, or nothing.
    ///
    /// # Errors
    /// A sentence about the first that is none.
    pub(crate) fn check(&self) -> Result<(), String> {
        let wrong = |name: &&String| Expression::parse_mode(name, ParseMode::LAX).is_err();
        match self.allow.iter().chain(&self.deny).find(wrong) {
            Some(name) => Err(format!("`{name}` is no licence that SPDX knows")),
            None => Ok(()),
        }
    }

    /// Judges an expression.
    #[must_use]
    pub(crate) fn judge(&self, licence: Option<&str>) -> Judgement {
        let expression = licence.and_then(|text| Expression::parse_mode(text, ParseMode::LAX).ok());
        let Some(expression) = expression else {
            return Judgement::Unknown;
        };
        if !expression.evaluate(|one| !named(&self.deny, one)) {
            Judgement::Denied
        } else if !self.allow.is_empty()
            && !expression.evaluate(|one| named(&self.allow, one) && !named(&self.deny, one))
        {
            Judgement::NotAllowed
        } else {
            Judgement::Fine
        }
    }
}

/// Whether a list names a licence: with its exception, or without any.
fn named(list: &[String], one: &LicenseReq) -> bool {
    let full = one.to_string();
    let bare = one.license.id().map_or(full.as_str(), |id| id.name);
    let base = bare.trim_end_matches("-only").trim_end_matches("-or-later");
    list.iter().any(|name| {
        name.eq_ignore_ascii_case(&full)
            || name.eq_ignore_ascii_case(bare)
            || name.eq_ignore_ascii_case(base)
    })
}

/// A licence as an SPDX expression in its usual spelling; as it was written where it is none.
pub(crate) fn spelled(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = text.lines().count() == 1 && text.len() <= LONGEST;
    if !plain || text.eq_ignore_ascii_case("unknown") {
        return None;
    }
    if Expression::parse_mode(text, ParseMode::LAX).is_err() {
        return Some(text.to_owned());
    }
    let usual = Expression::canonicalize(text).ok().flatten();
    Some(usual.unwrap_or_else(|| text.to_owned()))
}

/// Whether it is an SPDX expression.
pub(crate) fn is_expression(text: &str) -> bool {
    Expression::parse(text).is_ok()
}

/// The places of this machine where packages tell their licences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// The folder of cargo, usually `~/.cargo`.
    pub cargo: Option<PathBuf>,
}

/// Looks licences up.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    root: &'a Path,
    /// The sources of registries that cargo keeps.
    registries: Vec<PathBuf>,
    /// Of each lockfile's folder, what is installed there for Python: name and version, and the folder.
    python: HashMap<PathBuf, HashMap<(String, String), PathBuf>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(root: &'a Path, places: &Places) -> Self {
        let sources = places
            .cargo
            .as_ref()
            .map(|cargo| cargo.join("registry/src"));
        Self {
            root,
            registries: sources.map(|folder| folders(&folder)).unwrap_or_default(),
            python: HashMap::new(),
        }
    }

    /// The licence of a package.
    pub(crate) fn of(&mut self, package: &Package) -> Option<String> {
        let beside = self.root.join(&package.path);
        let beside = beside.parent().unwrap_or(self.root);
        let written = package.licence.clone().or_else(|| match package.ecosystem {
            Ecosystem::Crates => self.of_crate(package, beside),
            Ecosystem::Npm => of_npm(package, beside),
            Ecosystem::PyPi => self.of_python(package, beside),
            Ecosystem::Go | Ecosystem::Maven | Ecosystem::RubyGems => None,
        });
        spelled(&written?)
    }

    fn of_crate(&self, package: &Package, beside: &Path) -> Option<String> {
        let name = safe(&format!("{}-{}", package.name, package.version))?;
        let vendored = [
            beside.join("vendor").join(&name),
            beside.join("vendor").join(&package.name),
        ];
        let kept = self.registries.iter().map(|registry| registry.join(&name));
        vendored.into_iter().chain(kept).find_map(|folder| {
            let text = read(&folder.join("Cargo.toml"))?;
            let (document, _) = DeTable::parse_recoverable(&text);
            let fields = document.get_ref().get("package")?.get_ref().as_table()?;
            let field = |name: &str| fields.get(name)?.get_ref().as_str();
            (field("version")? == package.version).then(|| field("license").map(str::to_owned))?
        })
    }

    fn of_python(&mut self, package: &Package, beside: &Path) -> Option<String> {
        let installed = self
            .python
            .entry(beside.to_owned())
            .or_insert_with(|| installed(beside));
        let key = (package.name.clone(), package.version.clone());
        let text = read(&installed.get(&key)?.join("METADATA"))?;
        of_metadata(&text)
    }
}

/// `node_modules/<name>/package.json`, where it is of that version.
fn of_npm(package: &Package, beside: &Path) -> Option<String> {
    let usual = format!("node_modules/{}", package.name);
    let folder = package.folder.as_deref().unwrap_or(&usual);
    let text = read(&beside.join(safe(folder)?).join("package.json"))?;
    let manifest: Value = serde_json::from_str(&text).ok()?;
    if manifest.get("version")?.as_str()? != package.version {
        return None;
    }
    let licence = manifest
        .get("license")
        .or_else(|| manifest.get("licenses"))?;
    let text: super::lock::Text = serde_json::from_value(licence.clone()).ok()?;
    text.0
}

/// What virtual environments beside a lockfile hold.
fn installed(beside: &Path) -> HashMap<(String, String), PathBuf> {
    let mut found = HashMap::new();
    for environment in [".venv", "venv"] {
        let libraries = folders(&beside.join(environment).join("lib"));
        for library in libraries {
            for folder in folders(&library.join("site-packages")) {
                let name = folder.file_name().unwrap_or_default().to_string_lossy();
                let named = name
                    .strip_suffix(".dist-info")
                    .and_then(|name| name.split_once('-'));
                if let Some((name, version)) = named {
                    let key = (Ecosystem::PyPi.normal(name), version.to_owned());
                    found.entry(key).or_insert_with(|| folder.clone());
                }
            }
        }
    }
    found
}

/// `License-Expression`, else `License`, else the last word of a classifier.
fn of_metadata(text: &str) -> Option<String> {
    let head = text.split("\n\n").next().unwrap_or_default();
    let field = |name: &str| {
        let lines = head.lines();
        let mut values = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        values.next().map(|value| value.trim().to_owned())
    };
    let classifier = || {
        let lines = head.lines();
        let mut all = lines.filter_map(|line| line.strip_prefix("Classifier: License :: "));
        all.next()
            .map(|path| classified(path.rsplit(" :: ").next().unwrap_or_default()))
    };
    let usable = |text: &String| !text.is_empty() && spelled(text).is_some();
    field("License-Expression")
        .filter(usable)
        .or_else(|| {
            field("License").filter(|text| Expression::parse_mode(text, ParseMode::LAX).is_ok())
        })
        .or_else(classifier)
        .or_else(|| field("License").filter(usable))
}

/// Classifiers that mean one licence of SPDX; the others are told as they are.
fn classified(name: &str) -> String {
    let spdx = match name {
        "MIT License" => "MIT",
        "ISC License (ISCL)" => "ISC",
        "Apache Software License" => "Apache-2.0",
        "Mozilla Public License 2.0 (MPL 2.0)" => "MPL-2.0",
        "Python Software Foundation License" => "PSF-2.0",
        "The Unlicense (Unlicense)" => "Unlicense",
        "GNU General Public License v2 (GPLv2)" => "GPL-2.0-only",
        "GNU General Public License v2 or later (GPLv2+)" => "GPL-2.0-or-later",
        "GNU General Public License v3 (GPLv3)" => "GPL-3.0-only",
        "GNU General Public License v3 or later (GPLv3+)" => "GPL-3.0-or-later",
        "GNU Lesser General Public License v3 (LGPLv3)" => "LGPL-3.0-only",
        "GNU Lesser General Public License v3 or later (LGPLv3+)" => "LGPL-3.0-or-later",
        other => other,
    };
    spdx.to_owned()
}

/// A path that stays below where it begins.
fn safe(path: &str) -> Option<String> {
    let outside =
        path.starts_with('/') || path.split('/').any(|part| part == ".." || part.is_empty());
    (!outside && !path.contains('\0')).then(|| path.to_owned())
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let mut folders: Vec<PathBuf> = entries
        .take(MOST_FOLDERS)
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn read(path: &Path) -> Option<String> {
    let mut text = String::new();
    let file = File::open(path).ok()?;
    file.take(LARGEST).read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests;
