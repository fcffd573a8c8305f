//! Every kind of lockfile: what is in it, on which line, and that nothing makes a parser panic.

use super::Kind;
use crate::ops::deps::package::{Package, Parsed};
use proptest::prelude::*;

mod cargo;
mod gem;
mod go;
mod maven;
mod npm;
mod pnpm;
mod python;
mod yarn;

fn alone(_: &str) -> Option<String> {
    None
}

fn parse(kind: Kind, text: &str) -> Parsed {
    kind.parse(text, &alone).unwrap()
}

/// `name version:line`, `*` for what the project asks for itself, and what it needs.
fn told(parsed: &Parsed) -> Vec<String> {
    let one = |package: &Package| {
        let needs: Vec<&str> = package
            .needs
            .iter()
            .map(|need| parsed.packages[*need].name.as_str())
            .collect();
        format!(
            "{}{} {}:{}{}{}",
            if package.direct == Some(true) {
                "*"
            } else {
                ""
            },
            package.name,
            package.version,
            package.line,
            if needs.is_empty() { "" } else { " > " },
            needs.join(" ")
        )
    };
    parsed.packages.iter().map(one).collect()
}

#[track_caller]
fn check(kind: Kind, text: &str, expected: &[&str], notes: &[(u32, &str)]) {
    check_beside(kind, text, &alone, expected, notes);
}

#[track_caller]
fn check_beside(
    kind: Kind,
    text: &str,
    beside: &dyn super::Beside,
    expected: &[&str],
    notes: &[(u32, &str)],
) {
    let parsed = kind.parse(text, beside).unwrap();
    assert_eq!(told(&parsed), expected);
    assert_eq!(parsed.notes.len(), notes.len(), "{:?}", parsed.notes);
    for (note, (line, text)) in parsed.notes.iter().zip(notes) {
        assert_eq!(note.line, *line, "{note:?}");
        assert!(note.text.contains(text), "{note:?} without {text}");
    }
}

#[test]
fn too_many_packages_are_said_to_be() {
    let most = crate::ops::deps::package::MOST_PACKAGES;
    let text = "a==1.0\n".repeat(most + 2);
    let parsed = parse(Kind::Requirements, &text);
    assert_eq!(parsed.packages.len(), most);
    assert_eq!(parsed.notes.len(), 1);
    assert_eq!(parsed.notes[0].line as usize, most + 1);
}

#[test]
fn names_tell_the_kind() {
    for (path, kind) in [
        ("/Cargo.lock", Some(Kind::Cargo)),
        ("/requirements-dev.txt", Some(Kind::Requirements)),
        ("/test-requirements.txt", Some(Kind::Requirements)),
        ("requirements/base.txt", Some(Kind::Requirements)),
        ("docs/base.txt", None),
        ("/requirements.in", None),
        ("/npm-shrinkwrap.json", Some(Kind::Npm)),
        ("/package.json", None),
    ] {
        let (folder, name) = path.split_once('/').unwrap();
        assert_eq!(Kind::of(folder, name), kind, "{path}");
    }
}

const KINDS: [(Kind, &str); 14] = [
    (Kind::Cargo, cargo::CARGO),
    (Kind::Npm, npm::NPM_1),
    (Kind::Npm, npm::NPM_3),
    (Kind::Pnpm, pnpm::PNPM_5),
    (Kind::Pnpm, pnpm::PNPM_6),
    (Kind::Pnpm, pnpm::PNPM_9),
    (Kind::Yarn, yarn::YARN_1),
    (Kind::Yarn, yarn::YARN_4),
    (Kind::Requirements, python::REQUIREMENTS),
    (Kind::Poetry, python::POETRY),
    (Kind::Uv, python::UV),
    (Kind::GoMod, go::GO_MOD),
    (Kind::Maven, maven::POM),
    (Kind::Gem, gem::GEMS),
];

/// Packages are usable whatever was read: names, lines of the file, needs that are there.
fn sound(text: &str, parsed: &Parsed) {
    let lines = text.lines().count().max(1) as u32 + 1;
    for package in &parsed.packages {
        assert!(!package.name.is_empty() && !package.version.is_empty());
        assert!((1..=lines).contains(&package.line), "{package:?}");
        assert!(
            package
                .needs
                .iter()
                .all(|need| *need < parsed.packages.len())
        );
    }
}

proptest! {
    #[test]
    fn nothing_makes_them_panic(text in "\\PC{0,200}|([a-z@:{}\\[\\]\"', .=()<>/0-9-]|\n|  ){0,200}") {
        for (kind, _) in KINDS {
            if let Ok(parsed) = kind.parse(&text, &|_: &str| Some(text.clone())) {
                sound(&text, &parsed);
            }
        }
    }

    #[test]
    fn damage_makes_none_panic(at in 0_usize..2000, length in 0_usize..40, put in "\\PC{0,6}|[\n \"'{}:@\\[]{0,4}") {
        for (kind, text) in KINDS {
            let chars: Vec<char> = text.chars().collect();
            let at = at % chars.len();
            let end = (at + length).min(chars.len());
            let damaged: String = chars[..at].iter().copied().chain(put.chars()).chain(chars[end..].iter().copied()).collect();
            if let Ok(parsed) = kind.parse(&damaged, &|_: &str| None) {
                sound(&damaged, &parsed);
            }
        }
    }
}
