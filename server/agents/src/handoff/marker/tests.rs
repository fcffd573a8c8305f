//! Markers: whole, broken, about something else, and shared between two runs.

use super::*;

fn check(kind: Kind, text: &str, freshness: Freshness, shared: bool, expected: Said) {
    let expectation = Expectation {
        execution_id: "x-1",
        workflow_ids: ["wf", "run-1"],
        step_id: "s1",
        worktree: [Path::new("/real/wt"), Path::new("/wt")],
        freshness,
    };
    assert_eq!(
        parse(text.as_bytes(), kind, &expectation, shared).said,
        expected,
        "{text}"
    );
}

fn done(artifacts: &[&str]) -> Said {
    let artifacts = artifacts.iter().map(|&path| path.to_owned()).collect();
    Said::Completed(Results {
        artifacts,
        output: None,
    })
}

const WHOLE: &str = r#"{"workflow_id":"wf","step_id":"s1","agent":"a","action":"b","status":"completed",
    "timestamp":"2026-01-01T00:00:00","found_artifacts":["a.md","../b"],"worktree_path":"/wt"}"#;

#[test]
fn done_markers() {
    check(Kind::Done, WHOLE, Freshness::New, false, done(&["a.md"]));
    check(Kind::Done, WHOLE, Freshness::New, true, done(&["a.md"]));
    check(Kind::Done, "{}", Freshness::New, false, done(&[]));
    check(
        Kind::Done,
        WHOLE,
        Freshness::Unchanged,
        false,
        Said::Ignored(Ignored::Unchanged),
    );
    let contradiction = Said::Malformed("its `status` \"failed\" contradicts its name".to_owned());
    check(
        Kind::Done,
        r#"{"status":"failed"}"#,
        Freshness::New,
        false,
        contradiction,
    );
    check(
        Kind::Done,
        "",
        Freshness::New,
        false,
        Said::Malformed("it is empty".to_owned()),
    );
    let list = Said::Malformed("it is a list, not a JSON object".to_owned());
    check(Kind::Done, "[]", Freshness::New, false, list);
}

#[test]
fn failed_markers() {
    let failed = |message: &str, code: Option<&str>| {
        Said::Failed(Failed {
            message: message.to_owned(),
            code: code.map(str::to_owned),
            retryable: None,
        })
    };
    let text = r#"{"status":"failed","error":"boom","error_type":"TimeoutError"}"#;
    check(
        Kind::Failed,
        text,
        Freshness::New,
        false,
        failed("boom", Some("TimeoutError")),
    );
    let object = r#"{"error":{"message":"boom"},"error_type":"E"}"#;
    check(
        Kind::Failed,
        object,
        Freshness::New,
        false,
        failed("boom", Some("E")),
    );
    let unsaid = "the agent reported a failure without a message";
    check(
        Kind::Failed,
        "{}",
        Freshness::New,
        false,
        failed(unsaid, None),
    );
}

#[test]
fn markers_of_others() {
    let ignored = |reason| Said::Ignored(reason);
    for (text, reason) in [
        (r#"{"step_id":"s2"}"#, Ignored::OtherStep("s2".to_owned())),
        (
            r#"{"execution_id":"x"}"#,
            Ignored::OtherExecution("x".to_owned()),
        ),
        (
            r#"{"worktree_path":"/other"}"#,
            Ignored::OtherWorktree("/other".to_owned()),
        ),
    ] {
        check(Kind::Done, text, Freshness::New, false, ignored(reason));
    }
    for (text, sure) in [
        (r#"{"workflow_id":"wf","step_id":"s1"}"#, false),
        (r#"{"workflow_id":"run-1"}"#, true),
        (r#"{"execution_id":"x-1"}"#, true),
        (r#"{"worktree_path":"/real/wt"}"#, true),
    ] {
        let expected = if sure {
            done(&[])
        } else {
            ignored(Ignored::Ambiguous)
        };
        check(Kind::Done, text, Freshness::New, true, expected);
    }
}
