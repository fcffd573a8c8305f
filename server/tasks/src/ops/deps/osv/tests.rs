//! Advisories: whether they are about a version, how bad they are, and the database of this machine.

use super::store::{Stamp, Store};
use super::{Record, files, level};
use crate::ground::{AddedLines, Ground, Halt, Stop};
use crate::ops::deps::advisory::{Advisory, Level, merged};
use crate::ops::deps::package::{Ecosystem, Package, Parsed};
use crate::web::Offline;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

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
    fn files(&self) -> Result<Vec<PathBuf>, String> {
        Ok(Vec::new())
    }
    fn added_lines(&self, _: &str) -> Result<Vec<AddedLines>, String> {
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

fn stamp(day: u32) -> Stamp {
    Stamp {
        at: format!("2026-11-{day:02}T00:00:00Z"),
        expires: format!("2026-12-{day:02}T00:00:00Z"),
    }
}

fn put(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::File::create(path)
        .unwrap()
        .write_all(bytes)
        .unwrap();
}

fn advisory_json(id: &str, ecosystem: &str, name: &str, version: &str) -> Vec<u8> {
    json!({
        "id": id, "modified": "2026-01-01T00:00:00Z", "details": format!("\n# About {id}\nmore"),
        "affected": [{ "package": { "ecosystem": ecosystem, "name": name }, "versions": [version] }],
    })
    .to_string()
    .into_bytes()
}

fn archive(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The ids that the database has of a package, and whether it is whole.
fn known(
    store: &Store<'_>,
    ecosystem: Ecosystem,
    name: &str,
) -> Option<(Vec<String>, bool, String)> {
    let (about, mut found) = store.look_up(ecosystem, &HashSet::from([name])).unwrap()?;
    let records = found.remove(name).unwrap_or_default();
    let mut ids: Vec<String> = records.into_iter().map(|record| record.id).collect();
    ids.sort();
    Some((ids, about.complete, about.imported_at))
}

#[test]
fn a_database_is_filled_replaced_and_added_to() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let store = Store::at(&cache);
    let ground = Bare::endless();
    assert_eq!(known(&store, Ecosystem::Npm, "a"), None);
    let inputs = folder.path().join("in");
    put(
        &inputs.join("npm/A-1.json"),
        &advisory_json("A-1", "npm", "a", "1.0.0"),
    );
    put(
        &inputs.join("npm/A-2.json"),
        &advisory_json("A-2", "npm", "a", "1.0.0"),
    );
    put(
        &inputs.join("P-1.json"),
        &advisory_json("P-1", "PyPI", "Some_Thing", "1.0"),
    );
    put(
        &inputs.join("D-1.json"),
        &advisory_json("D-1", "Debian:12", "a", "1.0"),
    );
    put(&inputs.join("broken.json"), b"{");
    put(&inputs.join("README.md"), b"no advisory");
    let count = files::import(&store, std::slice::from_ref(&inputs), &stamp(1), &ground).unwrap();
    assert_eq!((count.taken, count.others, count.unreadable), (3, 1, 1));
    let day = |day: u32| format!("2026-11-{day:02}T00:00:00Z");
    assert_eq!(
        known(&store, Ecosystem::Npm, "a"),
        Some((vec!["A-1".into(), "A-2".into()], false, day(1)))
    );
    assert_eq!(
        known(&store, Ecosystem::PyPi, "some-thing").unwrap().0,
        ["P-1"]
    );
    let (_, found) = store
        .look_up(Ecosystem::Npm, &HashSet::from(["a"]))
        .unwrap()
        .unwrap();
    assert!(
        found["a"]
            .iter()
            .all(|record| record.summary.starts_with("About A-"))
    );
    // An archive holds all there is: what was there goes.
    let zip = folder.path().join("all.zip");
    put(
        &zip,
        &archive(&[
            ("A-3.json", advisory_json("A-3", "npm", "a", "1.0.0")),
            ("A-4.json", advisory_json("A-4", "npm", "b", "1.0.0")),
            (
                "P-2.json",
                advisory_json("P-2", "PyPI", "some.thing", "1.0"),
            ),
        ]),
    );
    files::import(&store, &[zip], &stamp(2), &ground).unwrap();
    assert_eq!(
        known(&store, Ecosystem::Npm, "a"),
        Some((vec!["A-3".into()], true, day(2)))
    );
    assert_eq!(
        known(&store, Ecosystem::PyPi, "some-thing").unwrap().0,
        ["P-1", "P-2"]
    );
    // A single one is added, replaces its older self, or takes it away.
    let mut one: Value =
        serde_json::from_slice(&advisory_json("A-3", "npm", "a", "1.0.0")).unwrap();
    one["withdrawn"] = "2026-11-03T00:00:00Z".into();
    put(&inputs.join("npm/A-3.json"), one.to_string().as_bytes());
    files::import(&store, &[inputs.join("npm")], &stamp(3), &ground).unwrap();
    assert_eq!(
        known(&store, Ecosystem::Npm, "a"),
        Some((vec!["A-1".into(), "A-2".into()], true, day(2)))
    );
    assert_eq!(known(&store, Ecosystem::Npm, "b").unwrap().0, ["A-4"]);
}

#[test]
fn what_cannot_be_imported_is_said_and_leaves_the_database_alone() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let store = Store::at(&cache);
    let good = folder.path().join("good.json");
    put(&good, &advisory_json("A-1", "npm", "a", "1.0.0"));
    files::import(
        &store,
        std::slice::from_ref(&good),
        &stamp(1),
        &Bare::endless(),
    )
    .unwrap();
    let no_zip = folder.path().join("all.zip");
    put(&no_zip, b"no archive");
    let empty = folder.path().join("empty.json");
    put(&empty, b"[]");
    for (input, expected) in [
        (folder.path().join("nowhere"), "nowhere"),
        (no_zip, "no archive that can be read"),
        (empty, "hold no advisory"),
    ] {
        let failed = files::import(&store, &[input], &stamp(2), &Bare::endless());
        let Err(Halt::Failed(why)) = failed else {
            panic!("{failed:?}");
        };
        assert!(why.contains(expected), "{why}");
    }
    let stopped = files::import(&store, &[good], &stamp(2), &Bare::stopping_after(0));
    assert_eq!(stopped, Err(Halt::Stopped(Stop::Cancelled)));
    let offline = files::update(
        &store,
        "http://127.0.0.1:1",
        Ecosystem::Npm,
        &stamp(2),
        &Offline,
        &Bare::endless(),
    );
    assert!(matches!(offline, Err(Halt::Failed(_))), "{offline:?}");
    assert_eq!(known(&store, Ecosystem::Npm, "a").unwrap().2, stamp(1).at);
    // A file that was cut off, as by a full disk, is no database that holds nothing.
    let path = cache.join("npm.tsv");
    let bytes = std::fs::read(&path).unwrap();
    for length in 0..bytes.len() - 1 {
        put(&path, &bytes[..length]);
        assert!(
            store
                .look_up(Ecosystem::Npm, &HashSet::from(["a"]))
                .is_err(),
            "{length}"
        );
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
