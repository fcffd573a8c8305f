//! `requirements.txt`. Only what is pinned with `==`, here or in a file of constraints, is a version; ranges are said
//! and left out.

use super::Beside;
use crate::ops::deps::package::{Ecosystem, Hash, Parsed};
use pep440_rs::{Operator, VersionSpecifiers};
use std::collections::{HashMap, HashSet};
use std::str::FromStr;

/// Files that are included by one.
const MOST_FILES: usize = 20;
/// Physical lines of one logical line.
const MOST_CONTINUED: usize = 2000;

pub(super) fn parse(text: &str, beside: &dyn Beside) -> Parsed {
    let mut reading = Reading {
        parsed: Parsed::default(),
        beside,
        seen: HashSet::new(),
        constraints: HashMap::new(),
        open: Vec::new(),
    };
    reading.file(text, "", 1);
    reading.settle();
    reading.parsed
}

struct Reading<'a> {
    parsed: Parsed,
    beside: &'a dyn Beside,
    seen: HashSet<String>,
    /// Versions by name, from files of constraints.
    constraints: HashMap<String, String>,
    /// What is not pinned where it is asked for.
    open: Vec<Open>,
}

/// A package without a version of its own.
struct Open {
    name: String,
    path: String,
    line: u32,
    why: &'static str,
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
            } else if let Some(constraints) = option(line, &["-c", "--constraint"]) {
                self.constrain(constraints, path, number);
            } else if option(line, &["-e", "--editable"]).is_some() {
                self.note(path, number, "an editable package is not looked up");
            } else if !line.starts_with('-') {
                self.requirement(line, path, number);
            }
        }
    }

    /// What a file of constraints pins counts for what is asked for elsewhere, and asks for nothing itself.
    fn constrain(&mut self, named: &str, from: &str, number: u32) {
        let path = relative(named, from);
        if self.seen.len() >= MOST_FILES || !self.seen.insert(path.clone()) {
            return;
        }
        let Some(text) = self.beside.file(&path) else {
            return self.note(from, number, &format!("`{named}` is not there to be read"));
        };
        for (_, line) in logical_lines(&text) {
            if let Some((name, rest)) = split(&line)
                && let Ok(version) = pinned(rest)
            {
                self.constraints
                    .insert(Ecosystem::PyPi.normal(name), version);
            }
        }
    }

    fn settle(&mut self) {
        for open in std::mem::take(&mut self.open) {
            let known = self.constraints.get(&Ecosystem::PyPi.normal(&open.name));
            match known.cloned() {
                Some(version) => self.pin(&open.name, &version, &open.path, open.line, ""),
                None => {
                    let text = format!("`{}` {}: it is not looked up", open.name, open.why);
                    self.note(&open.path, open.line, &text);
                }
            }
        }
    }

    fn pin(&mut self, name: &str, version: &str, path: &str, number: u32, line: &str) {
        if let Some(package) = self.parsed.add(Ecosystem::PyPi, name, version, number) {
            package.direct = Some(true);
            package.path = path.to_owned();
            package.hashes = hashes(line);
        }
    }

    fn include(&mut self, included: &str, from: &str, number: u32, depth: usize) {
        let path = relative(included, from);
        if depth >= MOST_FILES || self.seen.len() >= MOST_FILES || !self.seen.insert(path.clone()) {
            return;
        }
        match self.beside.file(&path) {
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
        let Some((name, rest)) = split(line) else {
            return self.note(path, number, "an address or a folder is not looked up");
        };
        match pinned(rest) {
            Ok(version) => self.pin(name, &version, path, number, line),
            Err(why) => self.open.push(Open {
                name: name.to_owned(),
                path: path.to_owned(),
                line: number,
                why,
            }),
        }
    }
}

/// A path that stands in a file, relative to the file that was asked for.
fn relative(named: &str, from: &str) -> String {
    match from.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{named}"),
        None => named.to_owned(),
    }
}

/// The name of a requirement and what is asked of its version; none for an address or a folder.
fn split(line: &str) -> Option<(&str, &str)> {
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
    (!name.is_empty() && !rest.starts_with(['@', '/', ':'])).then_some((name, rest))
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
