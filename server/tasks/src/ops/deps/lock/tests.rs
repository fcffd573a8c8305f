//! Every kind of lockfile: what is in it, on which line, and that nothing makes a parser panic.

use super::Kind;
use crate::ops::deps::package::{Package, Parsed};
use proptest::prelude::*;

mod files;

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
    beside: super::Beside<'_>,
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
fn cargo() {
    check(
        Kind::Cargo,
        files::CARGO,
        &[
            "*serde 1.0.200:13 > serde_derive",
            "serde_derive 1.0.200:22",
            "*time 0.1.43:27",
            "time 0.3.36:32",
        ],
        &[(37, "`forked` does not come from crates.io")],
    );
    let parsed = parse(Kind::Cargo, files::CARGO);
    assert_eq!(parsed.packages[0].hashes[0].algorithm, "SHA-256");
    assert!(Kind::Cargo.parse("[package", &alone).is_err());
    assert!(
        Kind::Cargo
            .parse("[package]\nname = \"a\"", &alone)
            .is_err()
    );
}

#[test]
fn npm_of_all_versions() {
    check(
        Kind::Npm,
        files::NPM_1,
        &["a 1.0.0:4 > b", "b 2.0.0:9", "b 1.0.0:14", "real 3.1.0:18"],
        &[
            (19, "`local` does not come from the registry"),
            (20, "`forked`"),
        ],
    );
    check(
        Kind::Npm,
        files::NPM_3,
        &[
            "*@s/a 1.0.0:18 > b",
            "b 2.0.0:26",
            "*b 1.0.0:30",
            "real 3.1.0:36",
            "*c 0.1.0:37",
        ],
        &[(38, "`odd` has no version")],
    );
    let parsed = parse(Kind::Npm, files::NPM_3);
    assert_eq!(parsed.packages[0].licence.as_deref(), Some("MIT"));
    assert_eq!(parsed.packages[2].licence.as_deref(), Some("ISC OR MIT"));
    assert!(parsed.packages[1].development);
    let algorithms: Vec<_> = parsed.packages[0]
        .hashes
        .iter()
        .map(|hash| hash.algorithm)
        .collect();
    assert_eq!(algorithms, ["SHA-1", "SHA-512"]);
    assert!(
        Kind::Npm
            .parse(r#"{"lockfileVersion": 3}"#, &alone)
            .is_err()
    );
    assert!(Kind::Npm.parse("[]", &alone).is_err());
    let deep = "{\"dependencies\":{\"a\":".repeat(200) + "{}" + &"}}".repeat(200);
    assert!(Kind::Npm.parse(&deep, &alone).is_err());
}

#[test]
fn pnpm_of_all_versions() {
    check(
        Kind::Pnpm,
        files::PNPM_5,
        &["*@s/a 1.0.0:6 > b", "b 2.0.0:11", "*c 3.0.0:13 > b"],
        &[(18, "github.com/o/forked")],
    );
    check(
        Kind::Pnpm,
        files::PNPM_6,
        &["*@s/a 1.0.0:9 > b", "b 2.0.0:15"],
        &[],
    );
    check(
        Kind::Pnpm,
        files::PNPM_9,
        &["*@s/a 1.0.0:24 > b", "*b 2.0.0:27", "c 3.0.0-rc.1:30"],
        &[(32, "file:packages/own")],
    );
    assert!(Kind::Pnpm.parse("a: [", &alone).is_err());
    assert!(Kind::Pnpm.parse("a: 1", &alone).is_err());
    let deep = "[".repeat(5000);
    assert!(Kind::Pnpm.parse(&deep, &alone).is_err());
}

#[test]
fn yarn_of_both_forms() {
    let manifest = |name: &str| {
        (name == "package.json").then(|| r#"{"dependencies": {"@s/a": "^1.0.0"}}"#.to_owned())
    };
    check_beside(
        Kind::Yarn,
        files::YARN_1,
        &manifest,
        &["*@s/a 1.0.0:4 > b", "b 2.0.0:11", "real 3.1.0:15"],
        &[(19, "`forked` does not come from the registry")],
    );
    check(
        Kind::Yarn,
        files::YARN_4,
        &["*@s/a 1.0.0:8 > b", "b 2.0.0:17"],
        &[(31, "`forked`")],
    );
    let parsed = parse(Kind::Yarn, files::YARN_4);
    assert_eq!(parsed.packages[0].hashes[0].algorithm, "SHA-512");
    assert!(Kind::Yarn.parse("no entry", &alone).is_err());
    assert!(Kind::Yarn.parse("  version \"1\"", &alone).is_err());
}

#[test]
fn requirements() {
    let beside = |name: &str| match name {
        "more/dev.txt" => Some("-r ../requirements.txt\n-r more.txt\npytest==8.0\n".to_owned()),
        "more/more.txt" => Some("tox>=4\n".to_owned()),
        _ => None,
    };
    let parsed = Kind::Requirements
        .parse(files::REQUIREMENTS, &beside)
        .unwrap();
    assert_eq!(
        told(&parsed),
        [
            "*requests 2.31.0:3",
            "*zope-interface 5.0:6",
            "*django 4.2.1:7",
            "*exact 1.0:8",
            "*pytest 8.0:3"
        ]
    );
    assert_eq!(parsed.packages[2].hashes.len(), 2);
    assert_eq!(parsed.packages[4].path, "more/dev.txt");
    let notes: Vec<_> = parsed
        .notes
        .iter()
        .map(|note| (note.line, note.text.as_str()))
        .collect();
    assert_eq!(
        notes,
        [
            (11, "`flask` is not pinned: it is not looked up"),
            (12, "`numpy` is not pinned: it is not looked up"),
            (13, "an address or a folder is not looked up"),
            (14, "an address or a folder is not looked up"),
            (15, "an editable package is not looked up"),
            (
                16,
                "constraints pin nothing by themselves: they are not read"
            ),
            (
                0,
                "more/dev.txt:1: `../requirements.txt` is not there to be read"
            ),
            (
                0,
                "more/more.txt:1: `tox` is not pinned: it is not looked up"
            ),
            (18, "`gone.txt` is not there to be read"),
            (
                20,
                "`wild` has a version that cannot be read: it is not looked up"
            ),
        ]
    );
}

#[test]
fn poetry_and_uv() {
    let project = |name: &str| {
        (name == "pyproject.toml")
            .then(|| "[tool.poetry.dependencies]\nRequests = \"*\"\n".to_owned())
    };
    check_beside(
        Kind::Poetry,
        files::POETRY,
        &project,
        &["*requests 2.31.0:2 > urllib3", "urllib3 1.26.0:14"],
        &[(21, "`own` does not come from PyPI")],
    );
    check(
        Kind::Uv,
        files::UV,
        &[
            "*requests 2.31.0:12 > urllib3",
            "urllib3 1.26.0:21",
            "*pytest 8.0.0:26",
        ],
        &[(31, "`forked` does not come from PyPI")],
    );
    for kind in [Kind::Poetry, Kind::Uv] {
        assert!(kind.parse("[[package]", &alone).is_err());
    }
}

#[test]
fn go() {
    let sums = |name: &str| (name == "go.sum").then(|| files::GO_SUM.to_owned());
    check_beside(
        Kind::GoMod,
        files::GO_MOD,
        &sums,
        &[
            "*github.com/a/b 1.2.3:6",
            "golang.org/x/text 0.3.7:7",
            "*example.org/fork 1.0.1:8",
            "*github.com/one/line 0.1.0:12",
        ],
        &[(9, "`example.org/near` is replaced by a folder")],
    );
    check_beside(
        Kind::GoMod,
        "module m\ngo 1.16\nrequire github.com/a/b v1.2.3\n",
        &sums,
        &["*github.com/a/b 1.2.3:3", "golang.org/x/text 0.3.10:2"],
        &[(2, "before Go 1.17")],
    );
    check(
        Kind::GoSum,
        "no go sum\nexample.org/a v1.0.0\n",
        &["example.org/a 1.0.0:2"],
        &[(1, "there is no go.mod")],
    );
    check(
        Kind::GoSum,
        files::GO_SUM,
        &["github.com/a/b 1.2.3:1", "golang.org/x/text 0.3.10:4"],
        &[(1, "there is no go.mod")],
    );
}

#[test]
fn maven() {
    check(
        Kind::Maven,
        files::POM,
        &[
            "*org.x:set 2.17.0:26",
            "*org.x:managed 1.5:31",
            "*org.app:sister 1.0.0:35",
            "*junit:junit 4.12:50",
        ],
        &[
            (20, "`org.y:bom` are not in this file"),
            (39, "`org.y:unset` has the version `${elsewhere}`"),
            (44, "the version of `org.y:none`"),
            (1, "does not name what its dependencies need"),
        ],
    );
    assert!(parse(Kind::Maven, files::POM).packages[3].development);
    assert!(Kind::Maven.parse("<project>", &alone).is_err());
    assert!(Kind::Maven.parse("<other/>", &alone).is_err());
    let circle = "<project><properties><a>${b}${b}</a><b>${a}${a}</b></properties><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>${a}</version></dependency></dependencies></project>";
    assert!(parse(Kind::Maven, circle).packages.is_empty());
    let bomb = "<!DOCTYPE p [<!ENTITY a \"b\">]><project/>";
    assert!(Kind::Maven.parse(bomb, &alone).is_err());
}

#[test]
fn gems() {
    check(
        Kind::Gem,
        files::GEMS,
        &[
            "nokogiri 1.15.0:13 > racc",
            "racc 1.7.0:17",
            "*rails 7.0.4:18 > nokogiri",
        ],
        &[(5, "`forked`")],
    );
    let parsed = parse(Kind::Gem, files::GEMS);
    assert_eq!(parsed.packages[1].hashes.len(), 1);
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
    for (name, kind) in [
        ("Cargo.lock", Some(Kind::Cargo)),
        ("requirements-dev.txt", Some(Kind::Requirements)),
        ("requirements.in", None),
        ("npm-shrinkwrap.json", Some(Kind::Npm)),
        ("package.json", None),
    ] {
        assert_eq!(Kind::of(name), kind, "{name}");
    }
}

const KINDS: [(Kind, &str); 14] = [
    (Kind::Cargo, files::CARGO),
    (Kind::Npm, files::NPM_1),
    (Kind::Npm, files::NPM_3),
    (Kind::Pnpm, files::PNPM_5),
    (Kind::Pnpm, files::PNPM_6),
    (Kind::Pnpm, files::PNPM_9),
    (Kind::Yarn, files::YARN_1),
    (Kind::Yarn, files::YARN_4),
    (Kind::Requirements, files::REQUIREMENTS),
    (Kind::Poetry, files::POETRY),
    (Kind::Uv, files::UV),
    (Kind::GoMod, files::GO_MOD),
    (Kind::Maven, files::POM),
    (Kind::Gem, files::GEMS),
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
            if let Ok(parsed) = kind.parse(&text, &|_| Some(text.clone())) {
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
            if let Ok(parsed) = kind.parse(&damaged, &|_| None) {
                sound(&damaged, &parsed);
            }
        }
    }
}
