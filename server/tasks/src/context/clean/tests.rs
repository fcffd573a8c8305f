//! What goes and what stays.

use super::{Options, run};
use crate::context::bed::{Bed, now};
use crate::context::cache::Cache;
use crate::context::entry::Entry;
use jiff::SignedDuration;

/// Entries with their ages and the days since they were used, each of about 1000 bytes more than its number.
fn bed(entries: &[(&str, i64, i64)]) -> Bed {
    let bed = Bed::new(&[]);
    let cache = Cache::open(bed.folder.path()).unwrap();
    let ago = |days: i64| now() - SignedDuration::from_hours(24 * days);
    for (name, fetched, used) in entries {
        let (library, topic) = name.split_once('/').unwrap();
        let entry = Entry {
            library: library.to_owned(),
            topic: topic.to_owned(),
            updated: Some(ago(*fetched)),
            body: "x".repeat(1000),
            ..Entry::default()
        };
        cache.store(&bed, &entry, ago(*used)).unwrap();
    }
    bed
}

fn all() -> Options {
    Options {
        max_age_days: Some(90),
        unused_days: Some(30),
        max_bytes: Some(100 << 20),
        recent_days: 30,
        dry_run: false,
    }
}

fn left(bed: &Bed) -> String {
    let held = Cache::open(bed.folder.path()).unwrap().libraries();
    let names = held.iter().flat_map(|library| {
        library
            .topics
            .iter()
            .map(move |topic| format!("{}/{}", library.name, topic.name))
    });
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn what_goes_is_old_unused_or_too_much() {
    let entries = [
        ("a/old", 100, 40),
        ("a/used", 100, 1),
        ("b/unused", 50, 31),
        ("b/edge", 50, 30),
        ("c/new", 1, 1),
    ];
    let check = |options: Options, expected: &str, freed: usize| {
        let bed = bed(&entries);
        let artifact = run(&bed, &bed.around(), &options).unwrap();
        assert_eq!(artifact.status, "completed");
        assert_eq!(left(&bed), expected);
        assert_eq!(artifact.other["files_removed"], freed);
        assert!(
            !artifact.to_json().unwrap().contains("edge"),
            "topics are not told"
        );
        artifact
    };
    check(all(), "a/used b/edge c/new", 2);
    check(
        Options {
            unused_days: None,
            ..all()
        },
        "a/used b/edge b/unused c/new",
        1,
    );
    check(
        Options {
            max_age_days: None,
            unused_days: None,
            ..all()
        },
        "a/old a/used b/edge b/unused c/new",
        0,
    );
    // By size the least used go first, and what was used a short while ago stays.
    let size = Options {
        max_age_days: None,
        unused_days: None,
        max_bytes: Some(6000),
        ..all()
    };
    check(size.clone(), "a/used b/edge b/unused c/new", 1);
    let artifact = check(
        Options {
            max_bytes: Some(10),
            ..size
        },
        "a/used b/edge c/new",
        2,
    );
    assert!(artifact.other["still_over_bytes"].as_u64().unwrap() > 3000);
}

#[test]
fn a_dry_run_removes_nothing_and_an_empty_folder_is_none() {
    let bed = bed(&[("a/old", 100, 40)]);
    let artifact = run(
        &bed,
        &bed.around(),
        &Options {
            dry_run: true,
            ..all()
        },
    )
    .unwrap();
    assert_eq!(
        (
            &artifact.other["files_removed"],
            &artifact.other["cache_cleanup_performed"]
        ),
        (&1.into(), &false.into())
    );
    assert_eq!(artifact.other["libraries_removed"], 1);
    assert_eq!(left(&bed), "a/old");
    let empty = Bed::new(&[]);
    assert_eq!(
        run(&empty, &empty.around(), &all()).unwrap().status,
        "completed"
    );
    assert!(!empty.cache().exists());
}
