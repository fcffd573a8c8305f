//! Advisories: whether they are about a version, how bad they are, and the database of this machine.

use super::{Record, level};
use crate::ground::{AddedLines, Ground, Halt, Stop};
use crate::ops::deps::advisory::{Advisory, Level, merged};
use crate::ops::deps::package::{Ecosystem, Package, Parsed};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

mod database;
mod service;

/// A ground without anything, that stops after so many looks.
struct Bare(std::sync::atomic::AtomicUsize);

impl Bare {
    fn stopping_after(looks: usize) -> Self {
        Self(looks.into())
    }

    fn endless() -> Self {
        Self::stopping_after(usize::MAX)
    }
}

impl Ground for Bare {
    fn root(&self) -> &Path {
        Path::new("/")
    }
    fn files(&self) -> Result<Vec<PathBuf>, Halt> {
        Ok(Vec::new())
    }
    fn added_lines(&self, _: &str) -> Result<Vec<AddedLines>, Halt> {
        Ok(Vec::new())
    }
    fn stop(&self) -> Option<Stop> {
        use std::sync::atomic::Ordering::SeqCst;
        let left = self.0.load(SeqCst);
        self.0.store(left.saturating_sub(1), SeqCst);
        (left == 0).then_some(Stop::Cancelled)
    }
}

fn package(ecosystem: Ecosystem, name: &str, version: &str) -> Package {
    let mut parsed = Parsed::default();
    parsed.add(ecosystem, name, version, 1).unwrap().clone()
}

fn record(json: &Value) -> Record {
    Record::read(json.to_string().as_bytes()).unwrap()
}

fn about(ecosystem: Ecosystem, ranges: Value, versions: Value) -> Record {
    record(&json!({
        "id": "X-1", "modified": "2026-01-01T00:00:00Z",
        "affected": [{
            "package": { "ecosystem": ecosystem.name(), "name": "a" },
            "ranges": ranges, "versions": versions,
        }],
    }))
}

/// What is said of versions: `-` nothing, `?` not known, `!` affected without a fix, else the fix.
fn check(ecosystem: Ecosystem, record: &Record, expected: &[(&str, &str)]) {
    for (version, expected) in expected {
        let said = super::advisory(&package(ecosystem, "a", version), record, "test");
        let said = match said {
            Err(()) => "?".to_owned(),
            Ok(None) => "-".to_owned(),
            Ok(Some(advisory)) => advisory.fixed.unwrap_or("!".to_owned()),
        };
        assert_eq!(said, *expected, "{version} of {}", ecosystem.name());
    }
}

#[test]
fn ranges_are_judged_by_the_order_of_their_ecosystem() {
    let range = |events: Value| json!([{ "type": "ECOSYSTEM", "events": events }]);
    let two = range(json!([
        { "introduced": "2.0.0" }, { "fixed": "2.3.1" },
        { "introduced": "0" }, { "fixed": "1.10.0" },
    ]));
    let versions = &[
        ("0.0.1", "1.10.0"),
        ("1.9.0", "1.10.0"),
        ("1.10.0", "-"),
        ("2.0.0", "2.3.1"),
        ("2.3.0", "2.3.1"),
        ("2.3.1", "-"),
        ("3.0.0", "-"),
    ];
    for ecosystem in Ecosystem::ALL {
        check(
            ecosystem,
            &about(ecosystem, two.clone(), json!([])),
            versions,
        );
    }
    let last = about(
        Ecosystem::PyPi,
        range(json!([{ "introduced": "1.0a1" }, { "last_affected": "1.2" }])),
        json!([]),
    );
    check(
        Ecosystem::PyPi,
        &last,
        &[
            ("1.0.dev1", "-"),
            ("1.0rc1", "!"),
            ("1.2", "!"),
            ("1.2.post1", "-"),
            ("what", "?"),
        ],
    );
    let open = about(
        Ecosystem::Npm,
        range(json!([{ "introduced": "1.0.0" }])),
        json!([]),
    );
    check(
        Ecosystem::Npm,
        &open,
        &[
            ("0.9.0", "-"),
            ("1.0.0-rc.1", "-"),
            ("9.0.0", "!"),
            ("latest", "?"),
        ],
    );
    let empty = about(Ecosystem::Npm, json!([]), json!([]));
    check(Ecosystem::Npm, &empty, &[("1.0.0", "-")]);
}

#[test]
fn limits_end_a_range_for_what_lies_behind_all_of_them() {
    let limited = |events: Value| {
        let range = json!([{ "type": "SEMVER", "events": events }]);
        about(Ecosystem::Npm, range, json!([]))
    };
    let one = limited(json!([{ "introduced": "1.0.0" }, { "limit": "2.0.0" }]));
    check(
        Ecosystem::Npm,
        &one,
        &[("0.9.0", "-"), ("1.5.0", "!"), ("2.0.0", "-")],
    );
    let several =
        limited(json!([{ "introduced": "0" }, { "limit": "1.0.0" }, { "limit": "3.0.0" }]));
    check(Ecosystem::Npm, &several, &[("2.0.0", "!"), ("3.0.0", "-")]);
    let all = limited(json!([{ "introduced": "0" }, { "limit": "*" }]));
    check(Ecosystem::Npm, &all, &[("9.0.0", "!")]);
}

#[test]
fn lists_of_versions_count_and_ranges_of_commits_do_not() {
    let git = json!([{ "type": "GIT", "repo": "r", "events": [{ "introduced": "0" }] }]);
    let listed = about(Ecosystem::PyPi, git.clone(), json!(["1.0", "1.1"]));
    check(
        Ecosystem::PyPi,
        &listed,
        &[("1.0.0", "!"), ("1.1", "!"), ("1.2", "-"), ("what", "-")],
    );
    check(
        Ecosystem::Npm,
        &about(Ecosystem::Npm, git, json!([])),
        &[("1.0.0", "?")],
    );
    let both = about(
        Ecosystem::Npm,
        json!([{ "type": "SEMVER", "events": [{ "introduced": "2.0.0" }, { "fixed": "2.1.0" }] }]),
        json!(["1.0.0"]),
    );
    check(
        Ecosystem::Npm,
        &both,
        &[("1.0.0", "2.1.0"), ("1.0.1", "-"), ("2.0.5", "2.1.0")],
    );
}

#[test]
fn other_packages_and_withdrawn_ones_are_not_meant() {
    let mut withdrawn = about(Ecosystem::Npm, json!([]), json!(["1.0.0"]));
    check(Ecosystem::Npm, &withdrawn, &[("1.0.0", "!")]);
    check(Ecosystem::PyPi, &withdrawn, &[("1.0.0", "-")]);
    withdrawn.withdrawn = Some("2026-01-02T00:00:00Z".to_owned());
    check(Ecosystem::Npm, &withdrawn, &[("1.0.0", "-")]);
}

#[test]
fn severity_comes_from_the_vector_then_from_the_word() {
    let v3 =
        json!([{ "type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }]);
    let v4 = json!({ "type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:L/SC:N/SI:N/SA:N" });
    let both = json!([v3[0], v4]);
    let of = |id: &str, severity: &Value, word: &Value, informational: &Value| {
        let record = record(&json!({
            "id": id, "severity": severity, "database_specific": { "severity": word },
            "affected": [{
                "package": { "ecosystem": "npm", "name": "a" },
                "database_specific": { "informational": informational },
            }],
        }));
        level(&record, &package(Ecosystem::Npm, "a", "1.0.0"))
    };
    let none = &Value::Null;
    for (expected, told) in [
        (
            (Level::Critical, Some(9.8)),
            of("A-1", &v3, &"LOW".into(), none),
        ),
        ((Level::Medium, Some(6.9)), of("A-1", &both, none, none)),
        (
            (Level::Medium, None),
            of("A-1", &json!([]), &"MODERATE".into(), none),
        ),
        (
            (Level::Unknown, None),
            of("A-1", &json!([{ "score": "CVSS:3.1/what" }]), none, none),
        ),
        (
            (Level::Critical, None),
            of("MAL-2026-1", &json!([]), none, none),
        ),
        (
            (Level::Low, None),
            of("RUSTSEC-1", &v3, none, &"unmaintained".into()),
        ),
        (
            (Level::Medium, None),
            of("RUSTSEC-1", &json!([]), none, &"unsound".into()),
        ),
    ] {
        assert_eq!(told, expected);
    }
}

#[test]
fn what_shares_a_name_is_one() {
    let one = |id: &str, aliases: &[&str], source: &str, fixed: Option<&str>| Advisory {
        id: id.to_owned(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        summary: String::new(),
        level: if fixed.is_some() {
            Level::High
        } else {
            Level::Unknown
        },
        score: None,
        fixed: fixed.map(str::to_owned),
        url: String::new(),
        sources: vec![source.to_owned()],
    };
    let all = vec![
        one("CVE-2026-1", &[], "pip-audit", None),
        one("PYSEC-2026-9", &["GHSA-a"], "osv-database", None),
        one("CVE-2026-2", &[], "osv-database", None),
        one("GHSA-a", &["CVE-2026-1"], "osv-api", Some("1.2")),
    ];
    let mut turned = all.clone();
    turned.reverse();
    for all in [all, turned] {
        let merged = merged(all);
        assert_eq!(merged.len(), 2);
        assert_eq!(merged[0].id, "CVE-2026-2");
        let told = &merged[1];
        assert_eq!(
            (told.id.as_str(), told.fixed.as_deref(), told.level),
            ("GHSA-a", Some("1.2"), Level::High)
        );
        assert_eq!(told.aliases, ["CVE-2026-1", "PYSEC-2026-9"]);
        assert_eq!(told.sources, ["osv-api", "osv-database", "pip-audit"]);
    }
}

proptest::proptest! {
    #[test]
    fn no_advisory_makes_it_panic(json in "\\PC{0,80}", version in "\\PC{0,10}", event in "\\PC{0,10}") {
        let _ = Record::read(json.as_bytes());
        let record = about(
            Ecosystem::Maven,
            json!([{ "type": "ECOSYSTEM", "events": [{ "introduced": event }, { "fixed": version }] }]),
            json!([json]),
        );
        let mut parsed = Parsed::default();
        if let Some(package) = parsed.add(Ecosystem::Maven, "a", &version, 1) {
            let _ = super::advisory(package, &record, "test");
        }
    }
}
