//! Whether an advisory is about a version: the rules of OSV (<https://ossf.github.io/osv-schema/#evaluation>), with the
//! order of versions of each ecosystem.

use super::record::{Affected, Event, Range, Record};
use crate::ops::deps::package::Package;
use crate::ops::deps::version::compare;
use std::cmp::Ordering;

/// What is known of a package and an advisory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is about another version or package.
    Unaffected,
    /// It is about this one; `fixed` is the first version after it that is not affected.
    Affected { fixed: Option<String> },
    /// A version in it, or the package's, cannot be read by the ecosystem's rules.
    Unknown,
}

/// Judges.
#[must_use]
pub(crate) fn judge(package: &Package, record: &Record) -> Verdict {
    if record.withdrawn.is_some() {
        return Verdict::Unaffected;
    }
    let about = |affected: &&Affected| affected.is(package.ecosystem, &package.name);
    let mut affected_at_all = false;
    let mut unknown = false;
    let mut fixed: Option<String> = None;
    for affected in record.affected.iter().filter(about) {
        match judge_one(package, affected) {
            Verdict::Unaffected => {}
            Verdict::Unknown => unknown = true,
            Verdict::Affected { fixed: of_this } => {
                affected_at_all = true;
                fixed = smaller(package, fixed, of_this);
            }
        }
    }
    match (affected_at_all, unknown) {
        (true, _) => Verdict::Affected { fixed },
        (false, true) => Verdict::Unknown,
        (false, false) => Verdict::Unaffected,
    }
}

fn smaller(package: &Package, one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => {
            let order = compare(package.ecosystem, &other, &one);
            Some(if order == Some(Ordering::Less) {
                other
            } else {
                one
            })
        }
        (one, other) => one.or(other),
    }
}

fn judge_one(package: &Package, affected: &Affected) -> Verdict {
    let is = |version: &String| {
        *version == package.version
            || compare(package.ecosystem, version, &package.version) == Some(Ordering::Equal)
    };
    let mut hit = affected.versions.iter().any(is);
    let (commits, ranges): (Vec<_>, Vec<_>) = affected
        .ranges
        .iter()
        .partition(|range| range.kind == "GIT");
    // A range of commits says nothing about a version. Where there is nothing else, nothing is known.
    let mut unknown = ranges.is_empty() && !commits.is_empty();
    for range in ranges {
        match within(package, range) {
            Some(inside) => hit |= inside,
            None => unknown = true,
        }
    }
    match (hit, unknown) {
        (true, _) => Verdict::Affected {
            fixed: first_fix(package, affected),
        },
        // The list names all versions: what is not in it is not affected.
        (false, true) if affected.versions.is_empty() => Verdict::Unknown,
        (false, _) => Verdict::Unaffected,
    }
}

/// Whether the version is in the range; none where one of the versions cannot be read.
fn within(package: &Package, range: &Range) -> Option<bool> {
    let mut events: Vec<(&str, &Event)> = Vec::with_capacity(range.events.len());
    let mut limits = Vec::new();
    for event in &range.events {
        if let Some(limit) = &event.limit {
            limits.push(
                limit == "*" || {
                    compare_event(package, limit, &package.version)? == Ordering::Greater
                },
            );
        }
        let ends = [&event.introduced, &event.fixed, &event.last_affected];
        if let Some(at) = ends.into_iter().flatten().next() {
            // Each version has to be readable, or the order means nothing.
            compare_event(package, at, &package.version)?;
            events.push((at, event));
        }
    }
    // `fixed` ends what began at an earlier event: at the same version it comes after.
    events.sort_by(|(a, one), (b, other)| {
        let order = compare_event(package, a, b).unwrap_or(Ordering::Equal);
        order.then(one.introduced.is_none().cmp(&other.introduced.is_none()))
    });
    let mut inside = false;
    for (at, event) in events {
        let version = compare_event(package, at, &package.version)?.reverse();
        if event.introduced.is_some() && version != Ordering::Less {
            inside = true;
        } else if event.fixed.is_some() && version != Ordering::Less
            || event.last_affected.is_some() && version == Ordering::Greater
        {
            inside = false;
        }
    }
    // Several limits belong to several lines of versions: to lie before one of them is enough.
    Some(inside && (limits.is_empty() || limits.contains(&true)))
}

/// `0` stands for what is before all versions.
fn compare_event(package: &Package, at: &str, version: &str) -> Option<Ordering> {
    match (at, version) {
        ("0", "0") => Some(Ordering::Equal),
        ("0", version) => compare(package.ecosystem, version, version).map(|_| Ordering::Less),
        (at, "0") => compare(package.ecosystem, at, at).map(|_| Ordering::Greater),
        _ => compare(package.ecosystem, at, version),
    }
}

/// The first fix after the version.
fn first_fix(package: &Package, affected: &Affected) -> Option<String> {
    let ranges = affected.ranges.iter().filter(|range| range.kind != "GIT");
    let fixes = ranges
        .flat_map(|range| &range.events)
        .filter_map(|event| event.fixed.as_ref());
    let later = fixes
        .filter(|fix| compare(package.ecosystem, fix, &package.version) == Some(Ordering::Greater));
    later.fold(None, |first, fix| {
        smaller(package, first, Some(fix.clone()))
    })
}
