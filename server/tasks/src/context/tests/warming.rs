//! Warm-up: what it fetches, what it does when it cannot, and what it remembers.

use super::*;

#[test]
fn a_warm_up_fetches_what_lacks_once() {
    let bed = Bed::with_theirs(&MANIFESTS);
    let fake = Fake::well();
    let artifact = warm(&bed, &fake, &all());
    assert_eq!(
        (artifact.status.as_str(), &artifact.error),
        ("completed", &None)
    );
    check(
        &artifact,
        &[
            ("react", "cached"),
            ("fastapi", "cached"),
            ("zod", "cached"),
            ("vitest", "cached"),
        ],
    );
    let reasons: Vec<_> = artifact.other["libraries_cached"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["reason"].clone())
        .collect();
    assert_eq!(
        reasons,
        [
            json!("missing"),
            json!("missing"),
            json!("missing"),
            json!("missing")
        ]
    );
    assert_eq!(artifact.other["enabled"], true);
    let asked = fake.asked().len();
    assert_eq!(artifact.other["requests"], asked);
    // Known ids are not looked up again.
    let searched: Vec<String> = fake
        .asked()
        .iter()
        .map(|asked| asked.get("libraryName").to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(searched, ["zod", "vitest"]);
    let names: Vec<String> = held(&bed)
        .iter()
        .map(|library| library.name.clone())
        .collect();
    assert_eq!(
        names,
        ["@tanstack/react-query", "FastAPI", "react", "vitest", "zod"]
    );
    assert_eq!(
        Cache::open(bed.folder.path()).unwrap().counts().api_calls,
        4 + asked as u64
    );
    let again = warm(&bed, &fake, &all());
    assert_eq!(
        (again.status.as_str(), fake.asked().len()),
        ("completed", asked)
    );
    assert_eq!(again.other["requests_planned"], 0);
}

#[test]
fn a_limit_takes_the_most_important_and_the_next_run_the_others() {
    let bed = Bed::new(&MANIFESTS);
    let fake = Fake::well();
    let options = warm::Options { limit: 2, ..all() };
    let artifact = warm(&bed, &fake, &options);
    check(
        &artifact,
        &[
            ("react", "cached"),
            ("fastapi", "cached"),
            ("zod", "pending"),
            ("vitest", "pending"),
        ],
    );
    assert_eq!(artifact.other["libraries_left_out"], 2);
    check(
        &warm(&bed, &fake, &options),
        &[
            ("react", "cached"),
            ("fastapi", "cached"),
            ("zod", "cached"),
            ("vitest", "cached"),
        ],
    );
}

#[test]
fn a_dry_run_needs_nothing_and_writes_nothing() {
    let bed = Bed::new(&MANIFESTS);
    let mut around = bed.around();
    around.access = Err("there is no API key (CONTEXT7_API_KEY is not set)".to_owned());
    let options = warm::Options {
        dry_run: true,
        ..all()
    };
    let artifact = warm::run(&bed, &Offline, &around, &options).unwrap();
    assert_eq!(
        (artifact.status.as_str(), &artifact.error),
        ("completed", &None)
    );
    assert_eq!(
        (
            &artifact.other["enabled"],
            &artifact.other["requests_planned"]
        ),
        (&json!(false), &json!(15))
    );
    check(
        &artifact,
        &[
            ("react", "pending"),
            ("fastapi", "pending"),
            ("zod", "pending"),
            ("vitest", "pending"),
        ],
    );
    assert!(!bed.cache().exists());
    let before = bed.read(warm::ARTIFACT.0);
    warm::run(&bed, &Offline, &around, &options).unwrap();
    assert_eq!(bed.read(warm::ARTIFACT.0), before);
    // The same without the word is not run, says why, and is no failure.
    let artifact = warm::run(&bed, &Offline, &around, &all()).unwrap();
    assert_eq!(artifact.status, "not_run");
    assert!(
        artifact
            .error
            .unwrap()
            .contains("CONTEXT7_API_KEY is not set")
    );
    let artifact = refresh::run(
        &bed,
        &Offline,
        &around,
        &refresh::Options {
            libraries: vec!["a".to_owned()],
            limit: 9,
            ..Default::default()
        },
    )
    .unwrap();
    assert_eq!(
        (
            artifact.status.as_str(),
            &artifact.other["tasks"][0]["status"]
        ),
        ("not_run", &json!("pending"))
    );
}

#[test]
fn what_is_there_is_the_answer_where_nobody_can_be_asked() {
    let bed = Bed::with_theirs(&[("requirements.txt", "fastapi\n")]);
    let mut around = bed.around();
    around.access = Err("no".to_owned());
    let options = warm::Options {
        topics: vec!["overview".to_owned()],
        ..all()
    };
    let artifact = warm::run(&bed, &Offline, &around, &options).unwrap();
    assert_eq!(
        (artifact.status.as_str(), &artifact.other["enabled"]),
        ("completed", &json!(false))
    );
    check(&artifact, &[("fastapi", "cached")]);
}

#[test]
fn what_goes_wrong_is_told_and_ends_only_what_it_has_to() {
    for (status, of_library, of_whole, last) in [
        (202, "pending", "completed", "cached"),
        (401, "failed", "failed", "pending"),
        (402, "failed", "failed", "pending"),
        (403, "failed", "completed", "cached"),
        (404, "not_found", "completed", "cached"),
        (422, "failed", "completed", "cached"),
        (429, "failed", "failed", "pending"),
        (500, "failed", "completed", "cached"),
        (0, "failed", "failed", "pending"),
    ] {
        let bed = Bed::new(&MANIFESTS);
        let artifact = warm(&bed, &but("fastapi", status, &[]), &all());
        assert_eq!(artifact.status, of_whole, "{status}");
        check(
            &artifact,
            &[
                ("react", "cached"),
                ("fastapi", of_library),
                ("zod", last),
                ("vitest", last),
            ],
        );
        assert_eq!(artifact.error.is_some(), of_whole == "failed", "{status}");
        let json = bed.read(warm::ARTIFACT.0);
        assert!(
            !json.contains("never-told") && !json.contains("/owner/"),
            "{json}"
        );
    }
}

#[test]
fn where_nobody_answers_at_all_it_was_not_run() {
    for (status, of_whole) in [
        (0, "not_run"),
        (401, "failed"),
        (402, "not_run"),
        (429, "not_run"),
    ] {
        let bed = Bed::new(&MANIFESTS);
        let artifact = warm(&bed, &but("react", status, &[]), &all());
        assert_eq!(artifact.status, of_whole, "{status}");
        assert!(artifact.error.is_some());
    }
}

#[test]
fn a_limit_of_the_server_is_kept_by_the_next_run() {
    let bed = Bed::new(&MANIFESTS);
    let fake = but(
        "fastapi",
        429,
        &[("retry-after", "7200"), ("ratelimit-limit", "1000")],
    );
    let artifact = warm(&bed, &fake, &all());
    assert_eq!(
        artifact.error.as_deref(),
        Some("Context7 takes no more questions for 7200 s")
    );
    assert_eq!(artifact.other["quota"]["limit"], 1000);
    let asked = fake.asked().len();
    let again = warm(&bed, &fake, &all());
    assert_eq!(
        (again.status.as_str(), fake.asked().len()),
        ("not_run", asked)
    );
    assert_eq!(
        again.error.as_deref(),
        Some("Context7 takes no more questions until 2026-11-26T14:00:00Z")
    );
    let mut around = bed.around();
    around.now = now() + jiff::SignedDuration::from_secs(7201);
    let later = warm::run(&bed, &Fake::well(), &around, &all()).unwrap();
    check(
        &later,
        &[
            ("react", "cached"),
            ("fastapi", "cached"),
            ("zod", "cached"),
            ("vitest", "cached"),
        ],
    );
}

#[test]
fn what_is_not_there_is_asked_for_again_in_a_week() {
    let bed = Bed::new(&MANIFESTS);
    let fake = but("zod", 404, &[]);
    warm(&bed, &fake, &all());
    let asked = fake.asked().len();
    let again = warm(&bed, &fake, &all());
    check(
        &again,
        &[
            ("react", "cached"),
            ("fastapi", "cached"),
            ("zod", "not_found"),
            ("vitest", "cached"),
        ],
    );
    assert_eq!(fake.asked().len(), asked);
    let mut around = bed.around();
    around.now = now() + jiff::SignedDuration::from_hours(24 * 7);
    warm::run(&bed, &fake, &around, &all()).unwrap();
    assert_eq!(fake.asked().len(), asked + 1);
    let named = warm::Options {
        libraries: vec!["zod".to_owned()],
        ..all()
    };
    check(&warm(&bed, &Fake::well(), &named), &[("zod", "cached")]);
}
