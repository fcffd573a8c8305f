//! The order of versions, by the rules of each ecosystem.

mod gem;
mod maven;
#[cfg(test)]
mod tests;

use super::package::Ecosystem;
use std::cmp::Ordering;
use std::str::FromStr;

/// Longer ones are no versions.
const LONGEST: usize = 300;

/// How two versions stand to each other; none where one of them is no version there.
#[must_use]
pub fn compare(ecosystem: Ecosystem, left: &str, right: &str) -> Option<Ordering> {
    if left.len() > LONGEST || right.len() > LONGEST {
        return None;
    }
    match ecosystem {
        Ecosystem::Crates | Ecosystem::Npm | Ecosystem::Go => {
            Some(semantic(left)?.cmp_precedence(&semantic(right)?))
        }
        Ecosystem::PyPi => {
            let read = |text: &str| pep440_rs::Version::from_str(text).ok();
            Some(read(left)?.cmp(&read(right)?))
        }
        Ecosystem::Maven => Some(maven::compare(left, right)),
        Ecosystem::RubyGems => gem::compare(left, right),
    }
}

/// Leaves out what people put before a version, and adds the parts that they leave out.
fn semantic(text: &str) -> Option<semver::Version> {
    let text = text.trim().trim_start_matches(['v', '=']).trim();
    if let Ok(version) = semver::Version::parse(text) {
        return Some(version);
    }
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let mut parts: Vec<u64> = numbers
        .split('.')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    if parts.len() > 3 {
        return None;
    }
    parts.resize(3, 0);
    let numbers: Vec<String> = parts.iter().map(u64::to_string).collect();
    semver::Version::parse(&format!("{}{rest}", numbers.join("."))).ok()
}
