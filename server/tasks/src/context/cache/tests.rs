//! The knowledge base on disk: theirs read, ours written, nothing lost.

use super::{Cache, FOLDER};
use crate::context::bed::{Bed, now};
use crate::context::counts::Counts;
use crate::context::entry::Entry;
use crate::context::shelf::Library;
use crate::context::{stamp, yaml};
use crate::ground::Halt;
use jiff::SignedDuration;
use serde_yaml::{Mapping, Value};

fn open(bed: &Bed) -> Cache {
    Cache::open(bed.folder.path()).unwrap()
}

fn entry(library: &str, topic: &str, body: &str) -> Entry {
    Entry {
        library: library.to_owned(),
        topic: topic.to_owned(),
        id: Some(format!("/owner/{library}")),
        trust: Some(8.5),
        snippets: 1,
        tokens: 3,
        updated: Some(now()),
        body: body.to_owned(),
        ..Entry::default()
    }
}

fn told(held: &[Library]) -> Vec<String> {
    let topics = |library: &Library| {
        let names: Vec<&str> = library
            .topics
            .iter()
            .map(|topic| topic.name.as_str())
            .collect();
        format!("{}: {}", library.name, names.join(", "))
    };
    held.iter().map(topics).collect()
}

/// A file of ours is as it is kept in `golden/ours`.
fn golden(bed: &Bed, file: &str) {
    let name = file.rsplit('/').next().unwrap();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/context/golden/ours")
        .join(name);
    let written = bed.read(&format!("{FOLDER}/{file}"));
    assert_eq!(
        written,
        std::fs::read_to_string(&path).unwrap_or_default(),
        "{}:\n{written}",
        path.display()
    );
}

fn at<'a>(mapping: &'a Mapping, path: &[&str]) -> &'a Value {
    let (first, rest) = path.split_first().expect("a path");
    rest.iter()
        .fold(&mapping[*first], |value, key| &value[*key])
}

#[test]
fn theirs_is_read_whole() {
    let bed = Bed::with_theirs(&[]);
    let held = open(&bed).libraries();
    assert_eq!(
        told(&held),
        [
            "@tanstack/react-query: overview",
            "FastAPI: overview, routing",
            "react: hooks/state, overview"
        ]
    );
    let fastapi = &held[1];
    assert_eq!(
        (fastapi.id.as_deref(), fastapi.hits),
        (Some("/fastapi/fastapi"), 5)
    );
    assert_eq!(
        fastapi.updated(),
        stamp::parse("2026-10-01T07:00:00.000001Z")
    );
    assert_eq!(
        fastapi.accessed,
        stamp::parse("2026-11-20T09:58:27.470750Z")
    );
    let counts = open(&bed).counts();
    assert_eq!(
        (
            counts.hits,
            counts.misses,
            counts.api_calls,
            counts.fuzzy,
            counts.average
        ),
        (7, 3, 4, 1, 176.375)
    );
}

#[test]
fn what_is_stored_is_found_by_them_too() {
    let bed = Bed::with_theirs(&[]);
    let cache = open(&bed);
    // What others noted and we do not know stays.
    let noted = bed.read(&format!("{FOLDER}/index.yaml")) + "theirs: {a: 1}\n";
    crate::sheet::write(
        cache.root(),
        "index.yaml",
        &noted.replace("  react:\n", "  react:\n    pinned: true\n"),
    )
    .unwrap();
    cache
        .store(&bed, &entry("fastapi", "testing", "Use a client."), now())
        .unwrap();
    let index = yaml::read(&cache.root().join("index.yaml")).unwrap();
    assert_eq!(at(&index, &["version"]), "1.0");
    assert_eq!(at(&index, &["total_entries"]), 6);
    assert_eq!(at(&index, &["theirs", "a"]), 1);
    assert_eq!(
        at(&index, &["libraries", "react", "pinned"]),
        &Value::from(true)
    );
    // Two spellings are one library now.
    let names: Vec<&str> = index["libraries"]
        .as_mapping()
        .unwrap()
        .keys()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(names, ["@tanstack/react-query", "FastAPI", "react"]);
    assert_eq!(
        at(
            &index,
            &["libraries", "FastAPI", "topics", "overview", "cached_at"]
        ),
        "2026-11-20T09:58:27.470750Z"
    );
    assert_eq!(
        at(
            &index,
            &["libraries", "FastAPI", "topics", "testing", "last_accessed"]
        ),
        "2026-11-26T12:00:00.000000Z"
    );
    // The exact file: readers of YAML 1.1 must see texts, and no field that they do not know.
    golden(&bed, "libraries/fastapi/meta.yaml");
    golden(&bed, "libraries/fastapi/testing.md");
}

#[test]
fn an_empty_folder_becomes_one_of_theirs() {
    let bed = Bed::new(&[]);
    let cache = open(&bed);
    assert!(cache.libraries().is_empty() && !cache.root().exists());
    cache.store(&bed, &entry("a", "b", "c"), now()).unwrap();
    golden(&bed, "index.yaml");
    golden(&bed, "cross-references.yaml");
    assert_eq!(bed.read(&format!("{FOLDER}/.refresh-queue")), "");
    assert!(cache.root().join("topics").is_dir());
}

#[test]
fn a_damaged_index_is_made_anew_from_the_entries() {
    for damaged in [
        "",
        "{",
        "libraries: 3\n",
        "libraries: {react: 1, 7: {}}\n",
        "\u{0}",
    ] {
        let bed = Bed::with_theirs(&[]);
        let cache = open(&bed);
        crate::sheet::write(cache.root(), "index.yaml", damaged).unwrap();
        crate::sheet::write(cache.root(), "libraries/react/meta.yaml", "[").unwrap();
        assert_eq!(cache.libraries().len(), 3, "{damaged:?}");
        assert!(cache.mend(&bed, now()).unwrap(), "{damaged:?}");
        let index = yaml::read(&cache.root().join("index.yaml")).unwrap();
        assert_eq!(at(&index, &["total_entries"]), 5, "{damaged:?}");
        assert_eq!(
            at(
                &index,
                &["libraries", "react", "topics", "hooks/state", "cached_at"]
            ),
            "2026-11-20T10:02:11.101000Z"
        );
        assert!(!cache.mend(&bed, now()).unwrap(), "{damaged:?}");
    }
    let bed = Bed::new(&[]);
    assert!(!open(&bed).mend(&bed, now()).unwrap() && !bed.cache().exists());
}

#[test]
fn names_do_not_lead_out_and_links_are_not_followed() {
    let bed = Bed::new(&[("outside.md", "mine")]);
    let cache = open(&bed);
    for (library, topic) in [
        ("../../x", "a"),
        ("a", "../../../outside"),
        ("a", "/etc/x"),
        ("", "a"),
        ("..", "a"),
    ] {
        let stored = cache.store(&bed, &entry(library, topic, "x"), now());
        assert!(matches!(stored, Err(Halt::Failed(_))), "{library} {topic}");
    }
    assert_eq!(bed.read("outside.md"), "mine");
    cache.store(&bed, &entry("a", "b", "c"), now()).unwrap();
    std::os::unix::fs::symlink(bed.folder.path(), cache.root().join("libraries/linked")).unwrap();
    std::os::unix::fs::symlink(
        bed.folder.path().join("outside.md"),
        cache.root().join("libraries/a/linked.md"),
    )
    .unwrap();
    assert_eq!(told(&cache.libraries()), ["a: b"]);
    let other = Bed::new(&[(".tapps-agents/x", "")]);
    std::os::unix::fs::symlink(
        bed.folder.path(),
        other.folder.path().join(".tapps-agents/kb"),
    )
    .unwrap();
    assert!(Cache::open(other.folder.path()).is_err());
}

#[test]
fn uses_are_noted_and_what_goes_goes_whole() {
    let bed = Bed::with_theirs(&[]);
    let cache = open(&bed);
    cache
        .touch(&bed, &[("react".into(), "overview".to_owned())], 1, now())
        .unwrap();
    let held = cache.libraries();
    let react = &held[2];
    assert_eq!((react.hits, react.accessed), (3, Some(now())));
    let accessed: Vec<_> = react.topics.iter().map(|topic| topic.accessed).collect();
    assert_eq!(accessed, [None, Some(now())]);
    // An earlier time does not take a later one back.
    cache
        .touch(
            &bed,
            &[("react".into(), "overview".to_owned())],
            0,
            now() - SignedDuration::from_hours(1),
        )
        .unwrap();
    assert_eq!(cache.libraries()[2].accessed, Some(now()));
    let topics: Vec<_> = react.topics.iter().collect();
    cache.remove(&bed, &topics, now()).unwrap();
    assert!(!cache.root().join("libraries/react").exists());
    cache.remove(&bed, &[&held[0].topics[0]], now()).unwrap();
    assert!(!cache.root().join("libraries/@tanstack").exists());
    assert_eq!(told(&cache.libraries()), ["FastAPI: overview, routing"]);
    let index = yaml::read(&cache.root().join("index.yaml")).unwrap();
    assert_eq!(at(&index, &["total_entries"]), 2);
    cache
        .count(
            &bed,
            &Counts {
                misses: 2,
                ..Counts::default()
            },
        )
        .unwrap();
    assert_eq!(
        (cache.counts().misses, cache.counts().average),
        (5, 176.375)
    );
}

#[test]
fn threads_at_once_lose_nothing() {
    let bed = Bed::new(&[]);
    let cache = open(&bed);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (bed, cache) = (&bed, cache.clone());
            scope.spawn(move || {
                for number in 0..8 {
                    let library = format!("library-{}", number % 3);
                    let topic = format!("topic-{thread}-{number}");
                    cache
                        .store(bed, &entry(&library, &topic, "text"), now())
                        .unwrap();
                    cache
                        .touch(bed, &[(library.into(), topic)], 1, now())
                        .unwrap();
                    cache
                        .count(
                            bed,
                            &Counts {
                                hits: 1,
                                ..Counts::default()
                            },
                        )
                        .unwrap();
                    cache
                        .change_queue(bed, now(), |queue| {
                            queue.add(&format!("{thread}{number}"), None, 5, "x", now())
                        })
                        .unwrap();
                }
            });
        }
    });
    let held = cache.libraries();
    assert_eq!(
        held.iter()
            .map(|library| library.topics.len())
            .sum::<usize>(),
        32
    );
    assert_eq!(held.iter().map(|library| library.hits).sum::<u64>(), 32);
    assert_eq!((cache.counts().hits, cache.queue().tasks.len()), (32, 32));
    let index = yaml::read(&cache.root().join("index.yaml")).unwrap();
    assert_eq!(at(&index, &["total_entries"]), 32);
}
