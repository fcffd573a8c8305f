//! `Gemfile.lock`: sections by indent. Gems below `GEM` come from the registry; those of `GIT` and `PATH` do not.

use super::lines::numbered;
use crate::ops::deps::package::{Ecosystem, Hash, Parsed, Wanted};
use std::collections::{HashMap, HashSet};

/// Sections that every such file has one of.
const SECTIONS: [&str; 5] = ["GEM", "GIT", "PATH", "PLATFORMS", "DEPENDENCIES"];

pub(super) fn parse(text: &str) -> Result<Parsed, String> {
    if !text.trim().is_empty() && !text.lines().any(|line| SECTIONS.contains(&line)) {
        return Err("it has none of the sections of a Gemfile.lock".to_owned());
    }
    let mut parsed = Parsed::default();
    let mut section = "";
    let mut needs: Vec<(usize, Vec<Wanted>)> = Vec::new();
    let mut asked = HashSet::new();
    let mut sums: HashMap<(String, String), Vec<Hash>> = HashMap::new();
    for (number, line) in numbered(text) {
        let depth = line.len() - line.trim_start_matches(' ').len();
        let content = line.trim();
        match (depth, section) {
            (0, _) => section = content,
            (4, "GEM") => {
                let Some((name, version)) = gem(content) else {
                    parsed.note(number, "a gem without a version");
                    continue;
                };
                // The same version for several platforms stands there several times.
                let last = parsed.packages.last();
                if last.is_some_and(|last| last.name == name && last.version == version) {
                    continue;
                }
                if let Some(package) = parsed.add(Ecosystem::RubyGems, name, version, number) {
                    package.direct = Some(false);
                    needs.push((parsed.packages.len() - 1, Vec::new()));
                }
            }
            (6, "GEM") => {
                if let (Some((_, wanted)), Some(name)) =
                    (needs.last_mut(), content.split(' ').next())
                {
                    wanted.push((name.to_owned(), None));
                }
            }
            (4, "GIT" | "PATH") => {
                let name = content.split(' ').next().unwrap_or_default();
                let text = format!("`{name}` does not come from the registry: it is not looked up");
                parsed.note(number, text);
            }
            (2, "DEPENDENCIES") => {
                let name = content.split([' ', '!']).next().unwrap_or_default();
                asked.insert(name.to_owned());
            }
            (2, "CHECKSUMS") => {
                if let Some((name, version)) = gem(content)
                    && let Some((_, sum)) = content.split_once("sha256=")
                {
                    let key = (name.to_owned(), version.to_owned());
                    sums.entry(key).or_default().extend(Hash::hex(sum));
                }
            }
            _ => {}
        }
    }
    parsed.connect(&needs);
    for package in &mut parsed.packages {
        package.direct = Some(asked.contains(&package.name));
        let key = (package.name.clone(), package.version.clone());
        package.hashes = sums.remove(&key).unwrap_or_default();
    }
    Ok(parsed)
}

/// `name (1.0.0)` or `name (1.0.0-x86_64-linux)`; the platform is no part of the version.
fn gem(content: &str) -> Option<(&str, &str)> {
    let (name, rest) = content.split_once(" (")?;
    let (version, _) = rest.split_once(')')?;
    let version = version.split('-').next().unwrap_or_default();
    version
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some((name, version))
}
