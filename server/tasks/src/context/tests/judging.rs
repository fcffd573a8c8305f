//! Refresh, staleness, search and health.

use super::*;

#[test]
fn a_refresh_takes_what_is_stale_the_most_urgent_first() {
    let bed = Bed::with_theirs(&[]);
    let fake = but("react", 500, &[]);
    let around = bed.around();
    let options = refresh::Options {
        limit: 20,
        ..Default::default()
    };
    let artifact = refresh::run(&bed, &fake, &around, &options).unwrap();
    let told: Vec<_> = artifact.other["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["library_name"].as_str().unwrap(),
                row["priority"].as_i64().unwrap(),
                row["status"].as_str().unwrap(),
            )
        })
        .collect();
    // Of theirs, one is for later; one is of a file that is stale for more than a week.
    assert_eq!(
        told,
        [
            ("FastAPI", 9, "refreshed"),
            ("jose", 7, "refreshed"),
            ("react", 7, "failed"),
            ("vue", 5, "refreshed")
        ]
    );
    assert_eq!(
        (
            &artifact.other["refreshed"],
            &artifact.other["failed"],
            &artifact.other["queued"]
        ),
        (&json!(3), &json!(1), &json!(2))
    );
    let fastapi = &held(&bed)[1];
    assert_eq!(fastapi.topic("routing").unwrap().updated, Some(now()));
    let queue = Cache::open(bed.folder.path()).unwrap().queue();
    let react = queue
        .tasks
        .iter()
        .find(|task| task.library == "react")
        .unwrap();
    assert_eq!(
        (react.attempts, react.error.as_deref()),
        (1, Some("Context7 fails (500)"))
    );
    let dry = refresh::Options {
        dry_run: true,
        again: true,
        libraries: vec!["x".to_owned()],
        limit: 1,
    };
    let before = bed.read(&format!("{}/.refresh-queue", crate::context::FOLDER));
    let artifact = refresh::run(&bed, &Offline, &around, &dry).unwrap();
    assert_eq!(
        (
            &artifact.other["tasks"][0]["library_name"],
            &artifact.other["tasks_left_out"]
        ),
        (&json!("x"), &json!(2))
    );
    assert_eq!(
        bed.read(&format!("{}/.refresh-queue", crate::context::FOLDER)),
        before
    );
}

#[test]
fn staleness_tells_when_and_where() {
    let bed = Bed::with_theirs(&MANIFESTS);
    let artifact = staleness::run(&bed, &bed.around()).unwrap();
    let rows = artifact.other["libraries"].as_array().unwrap();
    assert_eq!(
        (
            &rows[1]["library_name"],
            &rows[1]["is_stale"],
            &rows[1]["recommendation"]
        ),
        (&json!("FastAPI"), &json!(true), &json!("refresh"))
    );
    assert_eq!(
        (&rows[1]["expires_at"], &rows[1]["used_by"]),
        (&json!("2026-10-31T07:00:00Z"), &json!("requirements.txt"))
    );
    assert_eq!(
        (&rows[2]["expires_at"], &rows[2]["is_stale"]),
        (&json!("2026-12-20T10:01:40Z"), &json!(false))
    );
    assert_eq!(
        (
            &artifact.other["stale"],
            &artifact.other["fresh"],
            &artifact.other["expires_at"]
        ),
        (&json!(1), &json!(2), &json!("2026-12-20T10:01:40Z"))
    );
    let finding = &artifact.findings[0];
    assert_eq!(
        (finding.path.as_deref(), finding.line, finding.code.as_str()),
        (Some("requirements.txt"), Some(1), "stale-documentation")
    );
    // Another second changes nothing that is told.
    let before = bed.read(staleness::ARTIFACT.0);
    let mut around = bed.around();
    around.now = now() + jiff::SignedDuration::from_secs(1);
    staleness::run(&bed, &around).unwrap();
    assert_eq!(bed.read(staleness::ARTIFACT.0), before);
}

#[test]
fn questions_are_answered_and_counted() {
    let bed = Bed::with_theirs(&[]);
    let ask = |name: &str, topic: Option<&str>, exact: bool| {
        let options = search::Options {
            name: name.to_owned(),
            topic: topic.map(str::to_owned),
            threshold: 0.7,
            exact,
            limit: 10,
        };
        let (artifact, shown) = search::run(&bed, &bed.around(), &options).unwrap();
        let shown: Vec<String> = shown
            .iter()
            .map(|one| format!("{}/{}", one.library, one.topic))
            .collect();
        (
            artifact.other["cache_hit"] == json!(true),
            artifact.other["results_count"].as_u64().unwrap(),
            shown.join(" "),
        )
    };
    assert_eq!(
        ask("fastapi", Some("routing"), true),
        (true, 1, "FastAPI/routing".to_owned())
    );
    assert_eq!(
        ask("fast-api", Some("route"), false),
        (false, 1, "FastAPI/routing".to_owned())
    );
    assert_eq!(
        ask("react", None, true),
        (true, 2, "react/hooks/state react/overview".to_owned())
    );
    assert_eq!(ask("django", None, false), (false, 0, String::new()));
    let counts = Cache::open(bed.folder.path()).unwrap().counts();
    assert_eq!(
        (counts.hits, counts.misses, counts.fuzzy),
        (7 + 3, 3 + 1, 1 + 1)
    );
    let statistics = statistics::run(&bed, &bed.around()).unwrap();
    assert_eq!(
        (
            &statistics.other["hit_rate"],
            &statistics.other["total_entries"]
        ),
        (&json!(71.4), &json!(5))
    );
    assert_eq!(
        statistics.other["top_libraries"][0]["library_name"],
        "FastAPI"
    );
    assert_eq!(statistics.other["top_libraries"][0]["cache_hits"], 7);
}

#[test]
fn health_is_told_in_their_words() {
    let check = |bed: &Bed, expected: &str, issues: usize| {
        let artifact = health::run(bed, &bed.around()).unwrap();
        assert_eq!(artifact.other["health"], expected, "{:#?}", artifact.other);
        assert_eq!(
            artifact.other["issues"].as_array().unwrap().len(),
            issues,
            "{:#?}",
            artifact.other
        );
        artifact
    };
    check(&Bed::new(&[]), "empty", 0);
    let bed = Bed::with_theirs(&[]);
    let artifact = check(&bed, "healthy", 0);
    assert_eq!(
        (
            &artifact.other["estimated_tokens_saved"],
            &artifact.other["stale_libraries"]
        ),
        (&json!(14000), &json!(1))
    );
    // A fresh knowledge base of which nobody asked anything is well.
    let fresh = Bed::new(&MANIFESTS);
    warm(&fresh, &Fake::well(), &all());
    check(&fresh, "healthy", 0);
    crate::sheet::write(&bed.cache(), "index.yaml", "{").unwrap();
    check(&bed, "needs_attention", 1);
    crate::sheet::write(
        &bed.cache(),
        ".metrics.yaml",
        "{cache_hits: 1, cache_misses: 9, response_times: [3000]}",
    )
    .unwrap();
    check(&bed, "needs_attention", 4);
}
