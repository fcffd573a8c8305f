//! Every row of the reader's truth table of the reference, mended, and what else must end nothing.

use super::*;

fn expectation(freshness: Freshness) -> Expectation<'static> {
    Expectation {
        execution_id: "x-1",
        workflow_ids: ["wf", "run-1"],
        step_id: "s1",
        worktree: [Path::new("/real/wt"), Path::new("/wt")],
        freshness,
    }
}

fn read(text: &str) -> StatusReading {
    parse(text.as_bytes(), &expectation(Freshness::New))
}

#[track_caller]
fn check(text: &str, expected: Said) {
    assert_eq!(read(text).said, expected, "{text}");
}

#[track_caller]
fn check_malformed(bytes: &[u8], part: &str) {
    match parse(bytes, &expectation(Freshness::New)).said {
        Said::Malformed(problem) => assert!(problem.contains(part), "{problem}"),
        other => panic!(
            "{}: {other:?}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(40)])
        ),
    }
}

fn completed(artifacts: &[&str], output: Option<&str>) -> Said {
    Said::Completed(Results {
        artifacts: artifacts.iter().map(|&path| path.to_owned()).collect(),
        output: output.map(str::to_owned),
    })
}

fn why(message: &str, retryable: Option<bool>) -> Failed {
    Failed {
        message: message.to_owned(),
        code: None,
        retryable,
    }
}

fn failed(message: &str, code: Option<&str>, retryable: Option<bool>) -> Said {
    Said::Failed(Failed {
        message: message.to_owned(),
        code: code.map(str::to_owned),
        retryable,
    })
}

fn running(percentage: Option<u8>, message: &str) -> Said {
    Said::Running(Progress {
        percentage,
        message: message.to_owned(),
    })
}

#[test]
fn what_is_no_object_is_looked_at_again() {
    for (text, part) in [
        ("", "empty"),
        (" \n\t", "empty"),
        ("{", "no JSON"),
        (r#"{"status":"compl"#, "no JSON"),
        (r#"{"status":"completed""#, "no JSON"),
        (r#"{"status":"completed"}}"#, "no JSON"),
        ("[]", "a list"),
        ("null", "null"),
        ("3", "a number"),
        ("true", "true or false"),
        (r#""completed""#, "text"),
        ("completed", "no JSON"),
        (r#"{"status":NaN}"#, "no JSON"),
    ] {
        check_malformed(text.as_bytes(), part);
    }
    check_malformed(b"{\"status\":\"completed\",\"output\":\"\xff\"}", "no JSON");
    check_malformed(b"\xff\xfe{\0", "no JSON");
    check_malformed("[".repeat(100_000).as_bytes(), "no JSON");
    check_malformed(&vec![b' '; MAX_BYTES + 1], "1 MiB");
}

#[test]
fn objects_without_a_known_status_end_nothing() {
    for text in [
        "{}",
        r#"{"status":null}"#,
        r#"{"status":""}"#,
        r#"{"status":7}"#,
        r#"{"status":{}}"#,
    ] {
        check(text, Said::Unknown(String::new()));
    }
    check(
        r#"{"status":"finished"}"#,
        Said::Unknown("finished".to_owned()),
    );
    check(
        r#"{"status":"finished","success":true}"#,
        Said::Unknown("finished".to_owned()),
    );
}

#[test]
fn states_are_folded() {
    for word in ["completed", "COMPLETED", " Success ", "done"] {
        check(&format!(r#"{{"status":"{word}"}}"#), completed(&[], None));
    }
    let unsaid = "the agent reported a failure without a message";
    for word in ["failed", "Error"] {
        check(
            &format!(r#"{{"status":"{word}"}}"#),
            failed(unsaid, None, None),
        );
    }
    for word in ["cancelled", "canceled"] {
        let said = Said::Cancelled(why("the agent reported that it was cancelled", None));
        check(&format!(r#"{{"status":"{word}"}}"#), said);
    }
    check(
        r#"{"status":"timeout","error":"5 s"}"#,
        Said::TimedOut(why("5 s", None)),
    );
    check(
        r#"{"status":"cancelled","error":{"message":"a person stopped it","retryable":false}}"#,
        Said::Cancelled(why("a person stopped it", Some(false))),
    );
    for word in ["pending", "queued", "QUEUED"] {
        check(&format!(r#"{{"status":"{word}"}}"#), Said::Pending);
    }
    for word in ["running", "in_progress", "In Progress", "in-progress"] {
        check(
            &format!(r#"{{"status":"{word}","started_at":"t"}}"#),
            running(None, ""),
        );
    }
}

#[test]
fn success_counts_where_there_is_no_status() {
    check(r#"{"success":true}"#, completed(&[], None));
    check(
        r#"{"success":false,"error":"no"}"#,
        failed("no", None, None),
    );
    check(
        r#"{"status":"completed","success":true}"#,
        completed(&[], None),
    );
    check(
        r#"{"status":"completed","success":false,"error":"no"}"#,
        failed("no", None, None),
    );
    check(r#"{"status":"running","success":true}"#, running(None, ""));
    check(r#"{"success":"yes"}"#, Said::Unknown(String::new()));
}

#[test]
fn errors_of_any_type() {
    for (error, expected) in [
        (r#""boom""#, failed("boom", None, None)),
        (
            r#"{"message":"boom","code":"E1","retryable":true,"retry_count":2}"#,
            failed("boom", Some("E1"), Some(true)),
        ),
        (
            r#"{"message":"boom","code":7,"retryable":"no"}"#,
            failed("boom", Some("7"), None),
        ),
        (r#"["a","b"]"#, failed(r#"["a","b"]"#, None, None)),
        ("5", failed("5", None, None)),
    ] {
        for version in [r#""version":"1.0","#, ""] {
            check(
                &format!(r#"{{{version}"status":"failed","error":{error}}}"#),
                expected.clone(),
            );
        }
    }
    check(
        r#"{"status":"failed","message":"why"}"#,
        failed("why", None, None),
    );
}

#[test]
fn results_of_every_version() {
    check(
        r#"{"status":"completed","artifacts":["a"],"output":"ok"}"#,
        completed(&["a"], Some("ok")),
    );
    for version in ["\"1.0\"", "\"2.0\"", "\"1.1\"", "1.0", "null"] {
        check(
            &format!(
                r#"{{"version":{version},"status":"completed","artifacts":["a","b"],
                    "partial_results":{{"artifacts":["b","c"],"output":"part"}}}}"#
            ),
            completed(&["b", "c", "a"], Some("part")),
        );
    }
    check(
        r#"{"version":"1.0","status":"completed","partial_results":null}"#,
        completed(&[], None),
    );
    check(
        r#"{"status":"completed","partial_results":[1]}"#,
        completed(&[], None),
    );
    check(
        r#"{"status":"completed","artifacts":"one.md"}"#,
        completed(&["one.md"], None),
    );
    check(
        r#"{"status":"completed","artifacts":[{"path":"a"},7]}"#,
        completed(&["a"], None),
    );
    check(
        r#"{"status":"completed","output":{"n":1}}"#,
        completed(&[], Some(r#"{"n":1}"#)),
    );
}

#[test]
fn a_wrong_field_is_noted_and_spoils_nothing_else() {
    let reading = read(r#"{"status":"completed","artifacts":{"a":1},"success":"x","output":"ok"}"#);
    assert_eq!(reading.said, completed(&[], Some("ok")));
    assert_eq!(reading.notes.len(), 2, "{:?}", reading.notes);
}

#[test]
fn progress_is_clamped() {
    for (progress, percentage, noted) in [
        ("40", Some(40), false),
        ("150", Some(100), true),
        ("-3", Some(0), true),
        ("1e300", Some(100), true),
        ("33.4", Some(33), false),
        ("\"50 %\"", Some(50), false),
        ("\"half\"", None, true),
        ("null", None, false),
    ] {
        for text in [
            format!(r#"{{"status":"running","progress":{{"percentage":{progress}}}}}"#),
            format!(r#"{{"status":"running","progress":{progress}}}"#),
        ] {
            let reading = read(&text);
            assert_eq!(reading.said, running(percentage, ""), "{text}");
            assert_eq!(
                !reading.notes.is_empty(),
                noted,
                "{text}: {:?}",
                reading.notes
            );
        }
    }
    check(
        r#"{"status":"running","progress":{"percentage":1,"current_step":"build","message":"two\n of 3"}}"#,
        running(Some(1), "build: two of 3"),
    );
}

#[test]
fn paths_stay_in_the_worktree() {
    let reading = read(
        r#"{"status":"completed","artifacts":["/etc/passwd","../x","a/../../x","./b//c","/wt/d","/real/wt/e",
            "/wtf/x","","/wt","a\u0000b","docs/"]}"#,
    );
    assert_eq!(reading.said, completed(&["b/c", "d", "e", "docs"], None));
    assert_eq!(reading.notes.len(), 7, "{:#?}", reading.notes);
}

#[test]
fn endless_lists_and_texts_are_cut() {
    let many: Vec<_> = (0..2_000).map(|n| format!("\"f{n}\"")).collect();
    let text = format!(
        r#"{{"status":"completed","artifacts":[{}],"output":"{}"}}"#,
        many.join(","),
        "ä".repeat(100_000)
    );
    let Said::Completed(results) = read(&text).said else {
        panic!("not completed")
    };
    assert_eq!(results.artifacts.len(), MAX_ARTIFACTS);
    assert!(
        results
            .output
            .is_some_and(|output| output.len() <= MAX_OUTPUT + 3)
    );
}

#[test]
fn another_ones_status_is_ignored() {
    let other = |id: &str| Some(Said::Ignored(Ignored::OtherExecution(id.to_owned())));
    let step = Some(Said::Ignored(Ignored::OtherStep("s2".to_owned())));
    let workflow = Some(Said::Ignored(Ignored::OtherWorkflow("w2".to_owned())));
    for (ids, expected) in [
        (r#""execution_id":"x-1""#, None),
        (r#""execution_id":"x-2""#, other("x-2")),
        (r#""execution_id":"X-1""#, other("X-1")),
        (r#""execution_id":3"#, other("3")),
        (r#""execution_id":null"#, None),
        (r#""execution_id":"""#, None),
        (r#""execution_id":["x-1"]"#, None),
        (
            r#""execution_id":"x-1","metadata":{"execution_id":"x-2"}"#,
            other("x-2"),
        ),
        (r#""metadata":{"step_id":"s2"}"#, step.clone()),
        (r#""correlation":{"step_id":"s2"}"#, step.clone()),
        (r#""execution_id":"x-1","step_id":"s2""#, step),
        (r#""workflow_id":"wf","step_id":"s1""#, None),
        (r#""workflow_id":"run-1""#, None),
        (r#""workflow_id":"w2""#, workflow),
        (r#""metadata":7"#, None),
    ] {
        let text = format!(r#"{{"status":"completed",{ids}}}"#);
        check(&text, expected.unwrap_or(completed(&[], None)));
    }
}

#[test]
fn without_the_nonce_age_decides() {
    for (freshness, ignored) in [
        (Freshness::Unchanged, Ignored::Unchanged),
        (Freshness::Older, Ignored::Older),
    ] {
        let plain = parse(
            br#"{"status":"completed","step_id":"s1"}"#,
            &expectation(freshness),
        );
        assert_eq!(plain.said, Said::Ignored(ignored));
        let sure = parse(
            br#"{"status":"completed","execution_id":"x-1"}"#,
            &expectation(freshness),
        );
        assert_eq!(sure.said, completed(&[], None));
    }
}

#[test]
fn a_byte_order_mark_is_no_text() {
    check("\u{feff}{\"status\":\"done\"}", completed(&[], None));
}

/// Every prefix of a status, and every status with one byte broken, is read without a panic and
/// never ends a step that the whole one does not end.
#[test]
fn broken_bytes_end_nothing() {
    let whole = br#"{"version":"1.0","status":"running","progress":{"percentage":5},"error":null}"#;
    for end in 0..whole.len() {
        let said = parse(&whole[..end], &expectation(Freshness::New)).said;
        assert!(matches!(said, Said::Malformed(_)), "{end}: {said:?}");
    }
    for at in 0..whole.len() {
        for byte in [0, b'"', b'{', 0xff] {
            let mut bytes = whole.to_vec();
            bytes[at] = byte;
            let said = parse(&bytes, &expectation(Freshness::New)).said;
            assert!(
                !matches!(said, Said::Completed(_) | Said::Failed(_)),
                "{at}: {said:?}"
            );
        }
    }
}
