//! Who ends a hand-off, and who does not.

use super::bed::{Bed, Watched, put};
use crate::handoff::names::{COMMAND_FILE, COMPLETED_FILE, STATUS_FILE};
use crate::handoff::{Baseline, By, HandOffEnd, Signal, Via, Watch, collect};
use model::failure::FailureClass;
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Without the poll: only events can end it.
fn events_only(bed: &mut Bed) {
    bed.job.poll_interval = Duration::from_secs(3_600);
}

fn start(bed: &Bed) -> (Arc<Baseline>, Watched) {
    let baseline = bed.write();
    let watched = Watched::start(&baseline, Watch::default());
    (baseline, watched)
}

fn completed(via: Via) -> HandOffEnd {
    HandOffEnd::Completed {
        via,
        artifacts: Vec::new(),
        output: None,
    }
}

/// Waits until the watch is known to have looked: it warns about the status that is there.
async fn sees(bed: &Bed, watched: &mut Watched) {
    bed.put(STATUS_FILE, r#"{"execution_id":"x-nobody"}"#);
    watched.warning("x-nobody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_ends_it_by_its_event() {
    for place in [STATUS_FILE, ".cursor/.cursor-skill-status.json"] {
        let mut bed = Bed::new();
        events_only(&mut bed);
        let (_, watched) = start(&bed);
        bed.put(
            place,
            r#"{"status":"completed","output":"ok","artifacts":["a.md"]}"#,
        );
        let expected = HandOffEnd::Completed {
            via: Via::Status,
            artifacts: vec!["a.md".to_owned()],
            output: Some("ok".to_owned()),
        };
        assert_eq!(watched.end().await, expected, "{place}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_is_seen_within_milliseconds() {
    let mut spans = Vec::new();
    for _ in 0..20 {
        let mut bed = Bed::new();
        events_only(&mut bed);
        let (_, mut watched) = start(&bed);
        sees(&bed, &mut watched).await;
        put(&bed.job.worktree.join("temp"), r#"{"status":"completed"}"#);
        let from = Instant::now();
        fs::rename(
            bed.job.worktree.join("temp"),
            bed.job.worktree.join(STATUS_FILE),
        )
        .unwrap();
        watched.end().await;
        spans.push(from.elapsed());
    }
    spans.sort();
    // The bar is 10 ms; the limit is generous because machines that test are busy.
    assert!(spans[10] < Duration::from_millis(100), "{spans:?}");
    println!(
        "status written to end reported: p50 {:?}, worst {:?}",
        spans[10], spans[19]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_written_status_is_read_again() {
    let mut bed = Bed::new();
    events_only(&mut bed);
    let (_, mut watched) = start(&bed);
    sees(&bed, &mut watched).await;
    bed.put(STATUS_FILE, r#"{"status":"comp"#);
    watched.warning("is not used: it is no JSON").await;
    bed.put(STATUS_FILE, r#"{"status":"completed"}"#);
    assert_eq!(watched.end().await, completed(Via::Status));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_an_answer_warns_and_ends_nothing() {
    let mut bed = Bed::new();
    events_only(&mut bed);
    let (_, mut watched) = start(&bed);
    for (text, part) in [
        (
            r#"{"status":"completed","execution_id":"x-other"}"#,
            "execution_id \"x-other\"",
        ),
        (
            r#"{"status":"completed","step_id":"other"}"#,
            "step \"other\"",
        ),
        (
            r#"{"status":"completed","metadata":{"workflow_id":"other"}}"#,
            "workflow \"other\"",
        ),
        (r#"{"status":"finished"}"#, "status \"finished\""),
        ("[]", "a list"),
    ] {
        bed.put(STATUS_FILE, text);
        watched.warning(part).await;
        assert!(!watched.task.is_finished(), "{text}");
    }
    fs::remove_file(bed.job.worktree.join(STATUS_FILE)).unwrap();
    symlink("/etc/hostname", bed.job.worktree.join(STATUS_FILE)).unwrap();
    watched.warning("symlink").await;
    fs::remove_file(bed.job.worktree.join(STATUS_FILE)).unwrap();
    bed.put(STATUS_FILE, r#"{"status":"failed","error":"a string"}"#);
    let HandOffEnd::Failed {
        class: FailureClass::Exit,
        message,
        ..
    } = watched.end().await
    else {
        panic!()
    };
    assert_eq!(message, "a string");
}

#[tokio::test(flavor = "multi_thread")]
async fn artifacts_that_leave_are_reported_and_dropped() {
    let bed = Bed::new();
    symlink(&bed.job.repo, bed.job.worktree.join("out")).unwrap();
    let (_, mut watched) = start(&bed);
    bed.put(
        STATUS_FILE,
        r#"{"status":"done","artifacts":["/etc/passwd","../x","out/x","in.md"]}"#,
    );
    let mut warnings = Vec::new();
    while let Some(signal) = watched.signals.recv().await {
        if let Signal::Warning { text } = signal {
            warnings.push(text);
        }
    }
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    let HandOffEnd::Completed { artifacts, .. } = watched.end().await else {
        panic!()
    };
    assert_eq!(artifacts, ["in.md"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn markers_and_the_completed_file_end_it() {
    for side in ["repo", "worktree"] {
        let mut bed = Bed::new();
        events_only(&mut bed);
        let (_, mut watched) = start(&bed);
        sees(&bed, &mut watched).await;
        let root = if side == "repo" {
            &bed.job.repo
        } else {
            &bed.job.worktree
        };
        let marker = root.join(".tapps-agents/workflows/markers/wf-1/step-gather/DONE.json");
        put(
            &marker,
            r#"{"workflow_id":"wf-1","step_id":"gather","status":"completed"}"#,
        );
        assert_eq!(watched.end().await, completed(Via::Marker), "{side}");
    }
    let mut bed = Bed::new();
    events_only(&mut bed);
    let (_, watched) = start(&bed);
    put(
        &bed.marker("FAILED.json"),
        r#"{"status":"failed","error":"no","error_type":"E"}"#,
    );
    let HandOffEnd::Failed { message, code, .. } = watched.end().await else {
        panic!()
    };
    assert_eq!((message.as_str(), code.as_deref()), ("no", Some("E")));

    let mut bed = Bed::new();
    events_only(&mut bed);
    let (_, watched) = start(&bed);
    bed.put(COMPLETED_FILE, "");
    assert_eq!(watched.end().await, completed(Via::CompletedFile));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_marker_that_could_mean_two_runs_ends_neither() {
    let mut bed = Bed::new();
    events_only(&mut bed);
    let (_, mut one) = start(&bed);
    sees(&bed, &mut one).await;
    let mut other = Bed::new();
    other.job.repo.clone_from(&bed.job.repo);
    other.job.worktree = bed.job.repo.join(".tapps-agents/worktrees/other");
    fs::create_dir_all(&other.job.worktree).unwrap();
    let (_, mut two) = start(&other);
    sees(&other, &mut two).await;
    put(
        &bed.marker("DONE.json"),
        r#"{"workflow_id":"wf-1","step_id":"gather","status":"completed"}"#,
    );
    one.warning("another run waits").await;
    two.warning("another run waits").await;
    let mine = format!(
        r#"{{"worktree_path":{:?}}}"#,
        other.job.worktree.display().to_string()
    );
    put(&bed.marker("DONE.json"), &mine);
    assert_eq!(two.end().await, completed(Via::Marker));
    assert!(!one.task.is_finished());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_there_before_ends_it() {
    let mut bed = Bed::new();
    let old = r#"{"status":"completed"}"#;
    for place in [
        STATUS_FILE,
        COMPLETED_FILE,
        ".cursor/.cursor-skill-status.json",
        ".cursor/.skill-completed.txt",
    ] {
        bed.put(place, old);
    }
    put(&bed.marker("DONE.json"), old);
    put(
        &bed.job
            .worktree
            .join(".tapps-agents/workflows/markers/wf-1/step-gather/FAILED.json"),
        old,
    );
    bed.put("requirements.md", "old");
    bed.put("stories/1.md", "old");
    bed.job.tracked = vec![
        COMPLETED_FILE.to_owned(),
        ".cursor/.cursor-skill-status.json".to_owned(),
    ];
    bed.job.poll_interval = Duration::from_millis(100);
    let (_, mut watched) = start(&bed);
    sees(&bed, &mut watched).await;
    // Git puts back what it tracks; times and inodes are new, the content is not.
    bed.put(COMPLETED_FILE, old);
    bed.put(".cursor/.cursor-skill-status.json", old);
    // A copy that keeps its times is older than the command.
    let kept = bed.job.attempt_dir.join("handoff/before").join(STATUS_FILE);
    fs::rename(kept, bed.job.worktree.join(STATUS_FILE)).unwrap();
    // The same content anew is no new artifact.
    bed.put("requirements.md", "old");
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(!watched.task.is_finished());
    // The same words, written since, are an answer.
    fs::remove_file(bed.job.worktree.join(STATUS_FILE)).unwrap();
    bed.put(STATUS_FILE, old);
    assert_eq!(watched.end().await, completed(Via::Status));
}

#[tokio::test(flavor = "multi_thread")]
async fn new_artifacts_end_it_when_stable() {
    let mut bed = Bed::new();
    events_only(&mut bed);
    bed.put("requirements.md", "old");
    let (_, mut watched) = start(&bed);
    sees(&bed, &mut watched).await;
    fs::remove_file(bed.job.worktree.join(STATUS_FILE)).unwrap();
    bed.put("stories/1.md", "new");
    let from = Instant::now();
    bed.put("requirements.md", "new");
    let end = watched.end().await;
    assert!(
        matches!(&end, HandOffEnd::Completed { via: Via::Artifacts, artifacts, .. } if artifacts.len() == 2),
        "{end:?}"
    );
    assert!(from.elapsed() >= Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn features_that_are_off_are_off() {
    let mut bed = Bed::new();
    bed.job.features.artifact_detection = false;
    bed.job.features.status_tracking = false;
    bed.job.poll_interval = Duration::from_millis(100);
    let (_, watched) = start(&bed);
    bed.put("stories/1.md", "new");
    bed.put("requirements.md", "new");
    bed.put(STATUS_FILE, r#"{"status":"completed"}"#);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(!watched.task.is_finished());
    bed.put(COMPLETED_FILE, "");
    assert_eq!(watched.end().await, completed(Via::CompletedFile));
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_and_pick_up_are_told() {
    let mut bed = Bed::new();
    events_only(&mut bed);
    let (_, mut watched) = start(&bed);
    bed.put(
        STATUS_FILE,
        r#"{"status":"running","progress":{"percentage":40,"message":"m"}}"#,
    );
    assert_eq!(watched.signal().await, Signal::PickedUp);
    let progress = Signal::Progress {
        percentage: Some(40),
        message: "m".to_owned(),
    };
    assert_eq!(watched.signal().await, progress);
    watched.cancel();
    assert!(matches!(
        watched.end().await,
        HandOffEnd::Cancelled { by: By::Engine, .. }
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_takes_the_command_file_has_picked_it_up() {
    let mut bed = Bed::new();
    events_only(&mut bed);
    let (_, mut watched) = start(&bed);
    sees(&bed, &mut watched).await;
    fs::remove_file(bed.job.worktree.join(COMMAND_FILE)).unwrap();
    assert_eq!(watched.signal().await, Signal::PickedUp);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worktree_that_is_deleted_fails() {
    let mut bed = Bed::new();
    events_only(&mut bed);
    let (baseline, mut watched) = start(&bed);
    sees(&bed, &mut watched).await;
    fs::remove_dir_all(&bed.job.worktree).unwrap();
    let end = watched.end().await;
    let HandOffEnd::Failed {
        class: FailureClass::Worktree,
        message,
        retryable: Some(true),
        ..
    } = &end
    else {
        panic!("{end:?}")
    };
    assert!(message.contains("not there any more"), "{message}");
    assert_eq!(collect(&baseline), crate::handoff::Collected::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_that_go_and_come_back_are_watched_again() {
    let mut bed = Bed::new();
    events_only(&mut bed);
    let (_, mut watched) = start(&bed);
    for n in 0..20 {
        let place = ".cursor/.cursor-skill-status.json";
        bed.put(place, &format!(r#"{{"status":"odd {n}"}}"#));
        watched.warning(&format!("odd {n}\"")).await;
        fs::remove_dir_all(bed.job.worktree.join(".cursor")).unwrap();
    }
    bed.put(
        ".cursor/.cursor-skill-status.json",
        r#"{"status":"completed"}"#,
    );
    assert_eq!(watched.end().await, completed(Via::Status));
}
