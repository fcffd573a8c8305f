//! The files as agents and later versions of the engine see them. `UPDATE_GOLDEN=1` writes them anew.

use super::bed::job;
use crate::handoff::baseline::{Baseline, Before, Expected, Side, VERSION};
use crate::handoff::names::{STATUS_FILE, exclude_lines};
use crate::handoff::skill::{self, State, StatusUpdate, write_status};
use crate::handoff::{Since, Stamp, files, instructions};
use model::time::Timestamp;
use std::path::PathBuf;

#[track_caller]
fn check(name: &str, actual: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("src/handoff/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        super::bed::put(&path, std::str::from_utf8(actual).unwrap());
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        String::from_utf8_lossy(actual),
        expected,
        "{name}; UPDATE_GOLDEN=1 writes it anew"
    );
}

#[test]
fn the_four_files() {
    let job = job();
    check("command.json", &files::command(&job));
    check("metadata.json", &files::metadata(&job));
    check("instructions.md", instructions::text(&job).as_bytes());
    check("simple.txt", job.command.as_bytes());
}

#[test]
fn what_is_not_given_is_left_out() {
    let mut job = job();
    for text in [&mut job.prompt, &mut job.title, &mut job.notes] {
        text.clear();
    }
    job.context_tier = None;
    (job.params, job.consults, job.expected_artifacts) = Default::default();
    check("command-least.json", &files::command(&job));
    check("instructions-least.md", instructions::text(&job).as_bytes());
}

#[test]
fn the_status_of_our_agent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".cursor-skill-command.txt");
    super::bed::put(&path, std::str::from_utf8(&files::command(&job())).unwrap());
    let command = skill::read_command(&path).unwrap();
    let failed = State::Failed {
        message: "no agent is configured".to_owned(),
        code: "backend".to_owned(),
        retryable: false,
        output: String::new(),
    };
    let running = State::Running {
        percentage: Some(40),
        current_step: "build".to_owned(),
        message: "2 of 5".to_owned(),
    };
    let completed = State::Completed {
        artifacts: vec!["requirements.md".to_owned()],
        output: "ok".to_owned(),
    };
    for (name, state) in [
        ("running", running),
        ("completed", completed),
        ("failed", failed),
    ] {
        let update = StatusUpdate {
            state,
            started_at: Timestamp(1_795_168_800_250),
            now: Timestamp(1_795_168_802_000),
        };
        write_status(folder.path(), &command, &update).unwrap();
        check(
            &format!("status-{name}.json"),
            &std::fs::read(folder.path().join(STATUS_FILE)).unwrap(),
        );
    }
}

/// What version 1 stored must be read for ever.
#[test]
fn the_stored_baseline() {
    let job = job();
    let stamp = Stamp {
        sha256: "ab".repeat(32),
        mtime_ns: 1_795_168_700_000_000_001,
        inode: 42,
    };
    let baseline = Baseline {
        version: VERSION,
        attempt_dir: PathBuf::new(),
        worktree: job.worktree,
        repo: job.repo,
        run_id: job.run_id,
        workflow_id: job.workflow_id,
        step_id: job.step_id,
        attempt: job.attempt,
        execution_id: job.execution_id,
        status_file: job.status_file_name,
        poll_ms: 5_000,
        timeout_ms: 3_600_000,
        features: job.features,
        created_at_ms: job.created_at.0,
        since: Since {
            boot_id: "0b0b".to_owned(),
            monotonic_ms: 77,
        },
        not_before_ns: 1_795_168_800_000_000_000,
        expected: vec![
            Expected {
                path: "requirements.md".to_owned(),
                was: Some("cd".repeat(32)),
            },
            Expected {
                path: "stories/".to_owned(),
                was: None,
            },
        ],
        before: vec![Before {
            side: Side::Worktree,
            path: STATUS_FILE.to_owned(),
            stamp,
            tracked: true,
            kept: Some("handoff/before/.cursor-skill-status.json".to_owned()),
            mode: 0o644,
        }],
    };
    check(
        "handoff.json",
        &serde_json::to_vec_pretty(&baseline).unwrap(),
    );
    let stored = include_bytes!("../golden/handoff.json");
    assert_eq!(
        serde_json::from_slice::<Baseline>(stored).unwrap(),
        baseline
    );
}

#[test]
fn the_lines_that_git_ignores() {
    check(
        "exclude.txt",
        (exclude_lines(STATUS_FILE).join("\n") + "\n").as_bytes(),
    );
}
