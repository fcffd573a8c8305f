//! Deadlines, on a clock that does not wait, and signals that nobody reads.

use super::bed::{Bed, Watched};
use crate::handoff::names::STATUS_FILE;
use crate::handoff::{By, HandOffEnd, Signal, Via, Watch};
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn time_runs_out_and_nobody_came() {
    let bed = Bed::new();
    let mut watched = Watched::start(&bed.write(), Watch::default());
    let Signal::NotPickedUp { after } = watched.signals.recv().await.unwrap() else {
        panic!()
    };
    assert!((60..62).contains(&after.as_secs()), "{after:?}");
    let HandOffEnd::TimedOut {
        by: By::Engine,
        message,
        ..
    } = watched.task.await.unwrap()
    else {
        panic!()
    };
    assert!(
        message.contains("3600 s; no agent picked it up; not written: requirements.md"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_status_in_the_last_moment_counts() {
    let bed = Bed::new();
    let baseline = bed.write();
    bed.put(STATUS_FILE, r#"{"status":"completed"}"#);
    let how = Watch {
        already: Duration::from_secs(9_999),
        ..Watch::default()
    };
    assert_eq!(
        Watched::start(&baseline, how).task.await.unwrap(),
        HandOffEnd::Completed {
            via: Via::Status,
            artifacts: Vec::new(),
            output: None
        }
    );
}

#[tokio::test(start_paused = true)]
async fn signals_that_nobody_takes_hold_nothing_up() {
    let bed = Bed::new();
    let baseline = bed.write();
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    drop(receiver);
    let end =
        crate::handoff::watch(baseline, Watch::default(), sender, std::future::pending()).await;
    assert!(matches!(end, HandOffEnd::TimedOut { .. }));
    let (sender, _unread) = tokio::sync::mpsc::channel(1);
    let end = crate::handoff::watch(
        bed.write(),
        Watch::default(),
        sender,
        std::future::pending(),
    )
    .await;
    assert!(matches!(end, HandOffEnd::TimedOut { .. }));
}
