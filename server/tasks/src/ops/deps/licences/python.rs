//! What is installed in virtual environments beside a lockfile.

use super::reader::{Told, folders, read};
use super::spelled;
use crate::ops::deps::package::{Ecosystem, Package};
use spdx::{Expression, ParseMode};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Of each lockfile's folder, what is installed there: name and version, and the folder.
#[derive(Debug, Default)]
pub(super) struct Environments(HashMap<PathBuf, HashMap<(String, String), PathBuf>>);

impl Environments {
    pub(super) fn told(&mut self, package: &Package, beside: &Path) -> Told {
        let installed = self
            .0
            .entry(beside.to_owned())
            .or_insert_with(|| installed(beside));
        let key = (package.name.clone(), package.version.clone());
        let text = installed
            .get(&key)
            .and_then(|folder| read(&folder.join("METADATA")));
        match text {
            Some(text) => Told::of(of_metadata(&text)),
            None => Told::NotHere,
        }
    }
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
