//! The database of this machine: filled, replaced, added to, and broken.

use super::Bare;
use crate::ground::{Halt, Stop};
use crate::ops::deps::osv::files;
use crate::ops::deps::osv::store::{Stamp, Store};
use crate::ops::deps::package::Ecosystem;
use crate::web::Offline;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::io::{Cursor, Write};
use std::path::Path;

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
