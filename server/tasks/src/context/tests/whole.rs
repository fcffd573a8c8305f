//! The whole, what the artifacts tell nobody, and what a stop leaves.

use super::*;
use crate::context::whole;

/// All artifacts, their pages too.
fn written(bed: &Bed) -> String {
    let folder = bed.folder.path().join("reports/context");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    files.collect()
}

#[test]
fn the_whole_leaves_all_artifacts_and_tells_no_topic_no_id_and_no_key() {
    let bed = Bed::with_theirs(&MANIFESTS);
    let fake = but("vitest", 500, &[]);
    let artifact = whole::run(&bed, &fake, &bed.around(), &all()).unwrap();
    assert_eq!(artifact.status, "completed", "{:?}", artifact.error);
    let rows = artifact.other["operations"].as_array().unwrap();
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row["operation"].as_str().unwrap(),
                row["status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        ["staleness", "refresh", "warm", "stats", "health"].map(|name| (name, "completed"))
    );
    assert_eq!(artifact.other["health"], "healthy");
    let options = search::Options {
        name: "fastapi".to_owned(),
        topic: Some("routing".to_owned()),
        threshold: 0.7,
        exact: false,
        limit: 9,
    };
    search::run(&bed, &bed.around(), &options).unwrap();
    let options = clean::Options {
        max_age_days: Some(0),
        unused_days: Some(0),
        max_bytes: Some(0),
        recent_days: 0,
        dry_run: true,
    };
    clean::run(&bed, &bed.around(), &options).unwrap();
    let written = written(&bed);
    for hidden in [
        "routing",
        "hooks",
        "testing",
        "/fastapi/fastapi",
        "/owner/",
        "/facebook/",
        "never-told",
        "useState",
        "Routers",
    ] {
        assert!(!written.contains(hidden), "{hidden} is in {written}");
    }
    assert!(written.contains("FastAPI"));
}

#[test]
fn without_a_key_the_whole_is_done_as_far_as_it_can_be() {
    let bed = Bed::with_theirs(&MANIFESTS);
    let mut around = bed.around();
    around.access = Err("there is no API key".to_owned());
    let artifact = whole::run(&bed, &Offline, &around, &all()).unwrap();
    assert_eq!(
        (artifact.status.as_str(), &artifact.other["enabled"]),
        ("completed", &json!(false))
    );
    let rows = artifact.other["operations"].as_array().unwrap();
    let rows: Vec<_> = rows
        .iter()
        .map(|row| row["status"].as_str().unwrap())
        .collect();
    assert_eq!(
        rows,
        ["completed", "not_run", "not_run", "completed", "completed"]
    );
}

/// Stopped at any look, the artifact is whole and says so, the knowledge base is sound, and the next run goes on.
#[test]
fn stopped_at_any_moment_it_leaves_what_was_done() {
    let whole = Bed::with_theirs(&MANIFESTS);
    warm(&whole, &Fake::well(), &all());
    let looks = whole.looks();
    assert!(looks > 20, "{looks}");
    for look in 0..looks {
        let stop = if look % 2 == 0 {
            Stop::Cancelled
        } else {
            Stop::TimedOut
        };
        let bed = Bed::with_theirs(&MANIFESTS).stopped(look, stop);
        warm(&bed, &Fake::well(), &all());
        let artifact: Value = serde_json::from_str(&bed.read(warm::ARTIFACT.0)).unwrap();
        let expected = if look % 2 == 0 {
            "cancelled"
        } else {
            "timeout"
        };
        assert_eq!(artifact["status"], expected, "look {look} of {looks}");
        assert!(artifact["error"].is_string());
        let held = held(&bed);
        assert!(held.len() >= 3, "look {look}");
        let index = yaml::read(&bed.cache().join("index.yaml")).unwrap();
        let entries: usize = held.iter().map(|library| library.topics.len()).sum();
        assert_eq!(index["total_entries"], entries, "look {look}");
        let free = Bed::of(bed.folder);
        let again = warm(&free, &Fake::well(), &all());
        assert_eq!(again.status, "completed", "look {look}");
    }
}
