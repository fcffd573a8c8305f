//! Command files of every age, and the answer as the engine reads it.

use super::*;
use crate::handoff::files;
use crate::handoff::status::{self, Expectation, Freshness, Said};
use model::time::Timestamp;
use std::fs::File;
use std::io::Write;

fn put(path: &Path, content: &str) {
    File::create(path)
        .unwrap()
        .write_all(content.as_bytes())
        .unwrap();
}

fn read(content: &str) -> (tempfile::TempDir, Result<SkillCommand, Error>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(COMMAND_FILE);
    put(&path, content);
    let command = read_command(&path);
    (folder, command)
}

#[test]
fn what_we_write_we_read() {
    let mut job = crate::handoff::tests::bed::job();
    let folder = tempfile::tempdir().unwrap();
    job.worktree = folder.path().to_owned();
    let path = folder.path().join("copied elsewhere.txt");
    put(&path, std::str::from_utf8(&files::command(&job)).unwrap());
    let command = read_command(&path).unwrap();
    assert_eq!(command.command, job.command);
    assert_eq!(command.prompt, job.prompt);
    assert_eq!(command.params, job.params);
    assert_eq!(command.workflow_id.as_deref(), Some("wf-1"));
    assert_eq!(command.step_id.as_deref(), Some("gather"));
    assert_eq!(command.run_id.as_deref(), Some("sdlc-7k2m9xqa"));
    assert_eq!(command.execution_id.as_deref(), Some("x-0123456789"));
    assert_eq!(command.attempt, 2);
    assert_eq!(command.expected_artifacts, job.expected_artifacts);
    assert_eq!(command.worktree, job.worktree);
    assert_eq!(command.timeout, Some(job.timeout));
    let context = Context {
        title: job.title,
        notes: job.notes,
        context_tier: job.context_tier,
        consults: job.consults,
    };
    assert_eq!(command.context, context);
}

#[test]
fn early_and_late_forms() {
    let (folder, early) = read(
        r#"{"command":"@a b","workflow_id":"wf","step_id":null,"worktree_path":"/nowhere/at/all","instructions":"1."}"#,
    );
    let early = early.unwrap();
    assert_eq!(
        (
            early.command.as_str(),
            early.workflow_id.as_deref(),
            early.step_id
        ),
        ("@a b", Some("wf"), None)
    );
    assert_eq!(
        early.worktree,
        folder.path(),
        "a worktree that is not there is not meant"
    );
    let (_folder, late) = read(
        r#"{"command":"@a b --key ***REDACTED***","correlation":{"workflow_id":"wf","step_id":"s",
            "created_at":"2026-01-01T00:00:00","expected_artifacts":["a.md"]},"redaction_applied":true,"original_length":40}"#,
    );
    let late = late.unwrap();
    assert_eq!(
        (late.workflow_id.as_deref(), late.step_id.as_deref()),
        (Some("wf"), Some("s"))
    );
    assert_eq!(late.expected_artifacts, ["a.md"]);
    assert!(late.redacted);
    assert_eq!(late.status_file, STATUS_FILE);
}

#[test]
fn plain_text_and_its_twin() {
    let (folder, plain) = read("\u{feff}@a b --c d\n");
    let plain = plain.unwrap();
    assert_eq!(
        plain,
        SkillCommand {
            command: "@a b --c d".to_owned(),
            ..empty(folder.path().to_owned())
        }
    );

    put(
        &folder.path().join(COMMAND_FILE),
        r#"{"command":"@a b --c d","execution_id":"x"}"#,
    );
    let simple = folder.path().join(".cursor-skill-command-simple.txt");
    put(&simple, "@a b --c d");
    assert_eq!(
        read_command(&simple).unwrap().execution_id.as_deref(),
        Some("x")
    );
    put(&simple, "@a other");
    assert_eq!(read_command(&simple).unwrap().execution_id, None);
}

#[test]
fn a_file_in_dot_cursor_means_the_folder_above() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(CURSOR_DIR)).unwrap();
    let path = folder.path().join(CURSOR_DIR).join(COMMAND_FILE);
    put(&path, r#"{"command":"@a b"}"#);
    assert_eq!(read_command(&path).unwrap().worktree, folder.path());
}

#[test]
fn what_says_nothing_is_refused() {
    for (content, part) in [
        ("", "no `command`"),
        ("{\"command\":\"@a", "no JSON"),
        ("{}", "no `command`"),
        (r#"{"command":null}"#, "no `command`"),
        (r#"{"command":["@a"]}"#, "no `command`"),
    ] {
        let error = read(content).1.unwrap_err().to_string();
        assert!(error.contains(part), "{content}: {error}");
    }
    assert!(
        read_command(Path::new("/nowhere/at/all"))
            .unwrap_err()
            .to_string()
            .contains("no such file")
    );
}

#[test]
fn wrong_types_spoil_nothing_else() {
    let (_folder, command) = read(
        r#"{"command":"@a b","params":[1],"attempt":"two","timeout_seconds":-1,"status_file":"../x",
            "context":7,"correlation":"x","worktree_path":5,"execution_id":{}}"#,
    );
    let command = command.unwrap();
    assert_eq!((command.attempt, command.timeout), (1, None));
    assert_eq!(
        (command.params.len(), command.status_file.as_str()),
        (0, STATUS_FILE)
    );
}

#[test]
fn the_engine_understands_the_answer() {
    let (folder, command) =
        read(r#"{"command":"@a b","execution_id":"x","workflow_id":"wf","step_id":"s"}"#);
    let command = command.unwrap();
    let text = String::new;
    for (state, expected) in [
        (State::Pending, "Pending"),
        (
            State::Running {
                percentage: Some(3),
                current_step: text(),
                message: text(),
            },
            "Running",
        ),
        (
            State::Completed {
                artifacts: Vec::new(),
                output: text(),
            },
            "Completed",
        ),
        (
            State::Failed {
                message: "m".to_owned(),
                code: text(),
                retryable: true,
                output: text(),
            },
            "Failed(Failed { message: \"m\", code: None, retryable: Some(true) })",
        ),
        (State::Cancelled { message: text() }, "Cancelled"),
        (
            State::TimedOut {
                message: "m".to_owned(),
            },
            "TimedOut(Failed { message: \"m\", code: Some(\"timeout\"), retryable: Some(true) })",
        ),
    ] {
        let update = StatusUpdate {
            state,
            started_at: Timestamp(0),
            now: Timestamp(1),
        };
        write_status(folder.path(), &command, &update).unwrap();
        let bytes = std::fs::read(folder.path().join(STATUS_FILE)).unwrap();
        let expectation = Expectation {
            execution_id: "x",
            workflow_ids: ["wf", "r"],
            step_id: "s",
            worktree: [folder.path(), folder.path()],
            freshness: Freshness::Unchanged,
        };
        let reading = status::parse(&bytes, &expectation);
        assert!(
            format!("{:?}", reading.said).starts_with(expected),
            "{reading:?}"
        );
        assert!(
            !matches!(reading.said, Said::Unknown(_)) && reading.notes.is_empty(),
            "{reading:?}"
        );
    }
}
