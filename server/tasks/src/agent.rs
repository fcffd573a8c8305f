//! What an agent adds to the artifact of a built-in task: taken in where it is one, so that what the task found
//! stays whatever the agent writes.

use crate::markdown;
use crate::ops::secrets::{RULES, Scanner, Strength};
use crate::sheet::{Counts, write};
use artifact::{Artifact, LARGEST};
use std::fs;
use std::io;
use std::path::Path;

/// What came of looking for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// The agent left nothing.
    Nothing,
    /// It was taken in before.
    Before,
    /// It was taken in, with so many findings that are new.
    Findings(usize),
    /// It was not taken in, and lies where the agent was to leave it: why.
    Refused(String),
}

/// Where an agent leaves what it adds to the artifact at this path.
pub fn addition(path: &str) -> String {
    let stem = path.strip_suffix(".json").unwrap_or(path);
    format!("{stem}.agent.json")
}

/// Keeps a copy of the artifact, and of an addition that an earlier agent left, before the agent begins.
/// `aside` is a folder that the agent does not know.
///
/// # Errors
/// When it cannot be written.
pub fn set_aside(folder: &Path, path: &str, aside: &Path) -> io::Result<()> {
    for path in [path, &addition(path)] {
        if let Some(text) = read(folder, path) {
            write(aside, path, &text)?;
        }
    }
    Ok(())
}

/// Takes in what the agent of this name left beside the artifact, or wrote over it. The artifact has what the
/// task wrote afterwards in any case.
///
/// # Errors
/// When something cannot be written.
pub fn take_in(folder: &Path, path: &str, aside: &Path, agent: &str) -> io::Result<Added> {
    let Some(ours) = read(aside, path) else {
        return Ok(Added::Nothing);
    };
    let Ok((mut artifact, _)) = Artifact::from_json(ours.as_bytes(), &[folder]) else {
        return Ok(Added::Nothing);
    };
    let beside = addition(path);
    let now = read(folder, path).filter(|now| *now != ours);
    let left = read(folder, &beside).filter(|left| Some(left) != read(aside, &beside).as_ref());
    let Some(text) = left.or(now) else {
        write(folder, path, &ours)?;
        return Ok(match artifact.has_addition() {
            true => Added::Before,
            false => Added::Nothing,
        });
    };
    let known = artifact.findings.clone();
    let new = match secret(&beside, &text) {
        Some(what) => Err(format!("it holds what looks like {what}")),
        None => artifact
            .add(text.as_bytes(), agent, &[folder])
            .map_err(|error| error.to_string()),
    };
    match new {
        Ok(new) => {
            let counts = serde_json::to_value(Counts::of(&artifact.findings))?;
            artifact.other.insert("counts".to_owned(), counts);
            let merged = artifact.to_json().map_err(io::Error::from)?;
            write(folder, path, &merged)?;
            let page = Path::new(path).with_extension("md");
            let page = page.to_string_lossy();
            let before = read(folder, &page).unwrap_or_default();
            let added = artifact.findings.iter().filter(|one| !known.contains(one));
            write(folder, &page, &(before + &markdown::addition(agent, added)))?;
            // From here on that is what was there before.
            write(aside, path, &merged)?;
            if folder.join(&beside).exists() {
                fs::remove_file(folder.join(&beside))?;
            }
            Ok(Added::Findings(new))
        }
        Err(why) => {
            write(folder, path, &ours)?;
            write(folder, &beside, &text)?;
            Ok(Added::Refused(why))
        }
    }
}

/// A text file of a sane size; a link is none.
fn read(folder: &Path, path: &str) -> Option<String> {
    let path = folder.join(path);
    let meta = path.symlink_metadata().ok()?;
    if !meta.is_file() || meta.len() > LARGEST {
        return None;
    }
    fs::read_to_string(path).ok()
}

/// What kind of secret stands in a text, where one surely does: artifacts are committed and shown.
fn secret(path: &str, text: &str) -> Option<&'static str> {
    let hits = Scanner::new().scan(path, text.as_bytes());
    let rules = hits.iter().filter_map(|hit| RULES.get(hit.rule));
    let mut sure = rules.filter(|rule| !matches!(rule.strength, Strength::Context));
    sure.next().map(|rule| rule.what)
}

#[cfg(test)]
mod tests;
