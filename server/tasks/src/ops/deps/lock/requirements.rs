//! `requirements.txt`. Only what is pinned with `==` is a version; ranges are said and left out.

use super::Beside;
use crate::ops::deps::package::{Ecosystem, Hash, Parsed};
use pep440_rs::{Operator, VersionSpecifiers};
use std::collections::HashSet;
use std::str::FromStr;

/// Files that are included by one.
const MOST_FILES: usize = 20;
/// Physical lines of one logical line.
const MOST_CONTINUED: usize = 2000;

pub(super) fn parse(text: &str, beside: Beside<'_>) -> Parsed {
    let mut reading = Reading {
        parsed: Parsed::default(),
        beside,
        seen: HashSet::new(),
    };
    reading.file(text, "", 1);
    reading.parsed
}

struct Reading<'a> {
    parsed: Parsed,
    beside: Beside<'a>,
    seen: HashSet<String>,
}

impl Reading<'_> {
    /// Reads a file; `path` is empty for the one asked for, else the packages are told to stand in the included one.
    fn file(&mut self, text: &str, path: &str, depth: usize) {
        for (number, line) in logical_lines(text) {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            if let Some(included) = option(line, &["-r", "--requirement"]) {
                self.include(included, path, number, depth);
            } else if option(line, &["-c", "--constraint"]).is_some() {
                self.note(
                    path,
                    number,
                    "constraints pin nothing by themselves: they are not read",
                );
            } else if option(line, &["-e", "--editable"]).is_some() {
                self.note(path, number, "an editable package is not looked up");
            } else if !line.starts_with('-') {
                self.requirement(line, path, number);
            }
        }
    }

    fn include(&mut self, included: &str, from: &str, number: u32, depth: usize) {
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = if folder.is_empty() {
            included.to_owned()
        } else {
            format!("{folder}/{included}")
        };
        if depth >= MOST_FILES || self.seen.len() >= MOST_FILES || !self.seen.insert(path.clone()) {
            return;
        }
        match (self.beside)(&path) {
            Some(text) => self.file(&text, &path, depth + 1),
            None => self.note(
                from,
                number,
                &format!("`{included}` is not there to be read"),
            ),
        }
    }

    fn note(&mut self, path: &str, number: u32, text: &str) {
        if path.is_empty() {
            self.parsed.note(number, text);
        } else {
            self.parsed.note(0, format!("{path}:{number}: {text}"));
        }
    }

    fn requirement(&mut self, line: &str, path: &str, number: u32) {
        let wanted = line.split(" --").next().unwrap_or_default();
        let wanted = wanted.split(';').next().unwrap_or_default().trim();
        let end = wanted
            .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
            .unwrap_or(wanted.len());
        let (name, rest) = wanted.split_at(end);
        let rest = rest.trim_start();
        // Extras change what it brings along, not what it is.
        let rest = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((_, rest)) => rest.trim(),
            None => rest,
        };
        if name.is_empty() || rest.starts_with('@') || rest.starts_with(['/', ':']) {
            return self.note(path, number, "an address or a folder is not looked up");
        }
        match pinned(rest) {
            Ok(version) => {
                let package = self.parsed.add(Ecosystem::PyPi, name, &version, number);
                if let Some(package) = package {
                    package.direct = Some(true);
                    package.path = path.to_owned();
                    package.hashes = hashes(line);
                }
            }
            Err(why) => self.note(
                path,
                number,
                &format!("`{name}` {why}: it is not looked up"),
            ),
        }
    }
}

/// The version behind `==1.0`, `===1.0`, or several of which one is such.
fn pinned(rest: &str) -> Result<String, &'static str> {
    let rest = rest.trim().trim_start_matches('(').trim_end_matches(')');
    if rest.is_empty() {
        return Err("is not pinned");
    }
    let parts =
        VersionSpecifiers::from_str(rest).map_err(|_| "has a version that cannot be read")?;
    let exact = parts
        .iter()
        .find(|part| matches!(part.operator(), Operator::Equal | Operator::ExactEqual));
    exact
        .map(|part| part.version().to_string())
        .ok_or("is not pinned")
}

/// `--hash=sha256:…`, as often as it stands there.
fn hashes(line: &str) -> Vec<Hash> {
    let sums = line.split("--hash").skip(1);
    let mut hashes: Vec<Hash> = sums
        .filter_map(|sum| {
            let sum = sum
                .trim_start_matches(['=', ' '])
                .split_ascii_whitespace()
                .next()?;
            Hash::hex(sum.split_once(':')?.1)
        })
        .collect();
    hashes.sort();
    hashes.dedup();
    hashes
}

/// The value of an option: `-r file`, `-rfile`, `--requirement=file`.
fn option<'a>(line: &'a str, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| {
        let rest = line.strip_prefix(name)?;
        let value = rest.strip_prefix('=').unwrap_or(rest).trim();
        (!value.is_empty() && !value.starts_with('-')).then_some(value)
    })
}

/// Lines without comments, those that end with a backslash put together; each with the number of its first.
fn logical_lines(text: &str) -> Vec<(u32, String)> {
    let mut lines: Vec<(u32, String)> = Vec::new();
    let mut continued = 0;
    for (number, line) in super::lines::numbered(text) {
        let comment = if line.trim_start().starts_with('#') {
            Some(0)
        } else {
            line.find(" #").or_else(|| line.find("\t#"))
        };
        let line = comment.map_or(line, |at| line.get(..at).unwrap_or_default());
        let (content, goes_on) = match line.trim_end().strip_suffix('\\') {
            Some(content) => (content, true),
            None => (line, false),
        };
        match lines.last_mut().filter(|_| continued > 0) {
            Some((_, all)) => {
                all.push(' ');
                all.push_str(content.trim());
            }
            None => lines.push((number, content.to_owned())),
        }
        continued = if goes_on && continued < MOST_CONTINUED {
            continued + 1
        } else {
            0
        };
    }
    lines
}
