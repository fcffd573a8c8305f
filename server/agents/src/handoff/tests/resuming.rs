//! A daemon that restarts goes on watching from what is stored.

use super::bed::{Bed, Watched};
use crate::handoff::names::STATUS_FILE;
use crate::handoff::{Baseline, By, Error, HandOffEnd, Via, Watch, elapsed};
use model::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;

fn resume(bed: &Bed) -> Arc<Baseline> {
    Arc::new(Baseline::load(&bed.job.attempt_dir).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_came_while_nobody_watched() {
    let bed = Bed::new();
    let mut first = Watched::start(&bed.write(), Watch::default());
    first.cancel();
    first.end().await;
    bed.put(STATUS_FILE, r#"{"status":"completed"}"#);
    let end = Watched::start(&resume(&bed), Watch::default()).end().await;
    assert_eq!(
        end,
        HandOffEnd::Completed {
            via: Via::Status,
            artifacts: Vec::new(),
            output: None
        }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_old_then_is_old_now() {
    let mut bed = Bed::new();
    bed.put("requirements.md", "old");
    bed.put("stories/a.md", "old");
    bed.job.poll_interval = Duration::from_millis(100);
    drop(bed.write());
    bed.put("requirements.md", "new");
    let watched = Watched::start(&resume(&bed), Watch::default());
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(!watched.task.is_finished());
    bed.put("stories/a.md", "new");
    assert!(matches!(
        watched.end().await,
        HandOffEnd::Completed {
            via: Via::Artifacts,
            ..
        }
    ));
}

#[tokio::test(start_paused = true)]
async fn a_marker_that_came_while_nobody_watched() {
    let bed = Bed::new();
    bed.write();
    super::bed::put(&bed.marker("DONE.json"), r#"{"status":"completed"}"#);
    for already in [Duration::from_secs(9), Duration::from_secs(9_999)] {
        let how = Watch {
            already,
            ..Watch::default()
        };
        let end = Watched::start(&resume(&bed), how).task.await.unwrap();
        assert!(
            matches!(
                end,
                HandOffEnd::Completed {
                    via: Via::Marker,
                    ..
                }
            ),
            "{end:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn time_that_has_passed_counts() {
    let bed = Bed::new();
    bed.write();
    let how = Watch {
        already: Duration::from_secs(3_590),
        ..Watch::default()
    };
    let start = tokio::time::Instant::now();
    let end = Watched::start(&resume(&bed), how).task.await.unwrap();
    assert!(
        matches!(end, HandOffEnd::TimedOut { by: By::Engine, .. }),
        "{end:?}"
    );
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[test]
fn elapsed_is_short_in_the_same_boot() {
    let bed = Bed::new();
    let baseline = bed.write();
    let far = Timestamp(bed.job.created_at.0 + 3_600_000);
    if !baseline.since.boot_id.is_empty() {
        assert!(
            elapsed(&baseline, far) < Duration::from_secs(60),
            "a clock that was set ends nothing"
        );
    }
}

#[test]
fn a_baseline_that_cannot_be_read_says_so() {
    let bed = Bed::new();
    let path = Baseline::path_in(&bed.job.attempt_dir);
    for (content, part) in [
        (None, "not there"),
        (Some("{\"version\":1"), "EOF"),
        (Some("{\"version\":2}"), "version 2"),
        (Some("{\"version\":1}"), "missing field"),
    ] {
        if let Some(content) = content {
            super::bed::put(&path, content);
        }
        let error = Baseline::load(&bed.job.attempt_dir).unwrap_err();
        assert!(matches!(error, Error::Baseline { .. }));
        assert!(error.to_string().contains(part), "{error}");
    }
}
