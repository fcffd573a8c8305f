//! The rules of the end, on looks that were made up.

use super::*;
use crate::handoff::look::Artifact;
use crate::handoff::status::{Failed, Ignored, Progress, Results, StatusReading};

fn at(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn read(place: &str, said: Said) -> Read {
    let sha256 = format!("{said:?}");
    let reading = StatusReading {
        said,
        notes: Vec::new(),
    };
    Read {
        place: place.to_owned(),
        reading,
        sha256,
        mtime_ns: 0,
    }
}

fn status(said: Said) -> Look {
    Look {
        command_there: true,
        statuses: vec![read("status", said)],
        ..Look::default()
    }
}

fn artifacts(hashes: &[Option<&str>]) -> Look {
    let artifact = |(n, hash): (usize, &Option<&str>)| Artifact {
        path: format!("f{n}"),
        new: hash.map(str::to_owned),
    };
    Look {
        command_there: true,
        artifacts: hashes.iter().enumerate().map(artifact).collect(),
        ..Look::default()
    }
}

fn nothing() -> Look {
    Look {
        command_there: true,
        ..Look::default()
    }
}

fn judge() -> Judge {
    Judge::new(at(60.0))
}

fn said(judge: &mut Judge) -> Vec<Signal> {
    judge.outbox.drain(..).collect()
}

fn running(percentage: u8) -> Said {
    Said::Running(Progress {
        percentage: Some(percentage),
        message: String::new(),
    })
}

fn completed() -> Said {
    Said::Completed(Results::default())
}

#[test]
fn a_terminal_status_ends_it() {
    let end = judge().hear(&status(completed()), at(1.0));
    let via = Via::Status;
    assert_eq!(
        end,
        Some(HandOffEnd::Completed {
            via,
            artifacts: Vec::new(),
            output: None
        })
    );
    let failed = Failed {
        message: "no".to_owned(),
        code: None,
        retryable: Some(true),
    };
    let end = judge().hear(&status(Said::Failed(failed)), at(1.0));
    let class = FailureClass::Exit;
    let expected = HandOffEnd::Failed {
        class,
        message: "no".to_owned(),
        code: None,
        retryable: Some(true),
    };
    assert_eq!(end, Some(expected));
    let said = Failed {
        message: "c".to_owned(),
        code: None,
        retryable: Some(false),
    };
    let end = judge().hear(&status(Said::Cancelled(said)), at(1.0));
    assert!(matches!(
        end,
        Some(HandOffEnd::Cancelled {
            by: By::Agent,
            retryable: Some(false),
            ..
        })
    ));
}

#[test]
fn what_is_not_ours_or_not_known_warns_once_and_goes_on() {
    for said_once in [
        Said::Unknown("odd".to_owned()),
        Said::Unknown(String::new()),
        Said::Ignored(Ignored::OtherExecution("x".to_owned())),
        Said::Ignored(Ignored::OtherStep("x".to_owned())),
        Said::Ignored(Ignored::Older),
    ] {
        let mut judge = judge();
        for n in 0..5 {
            assert_eq!(
                judge.hear(&status(said_once.clone()), at(f64::from(n))),
                None
            );
        }
        let mut signals = said(&mut judge);
        signals.retain(|signal| *signal != Signal::PickedUp);
        assert!(
            matches!(signals[..], [Signal::Warning { .. }]),
            "{said_once:?}"
        );
    }
    let mut judge = judge();
    judge.hear(&status(Said::Ignored(Ignored::Unchanged)), at(1.0));
    assert_eq!(said(&mut judge), []);
}

#[test]
fn half_written_is_normal_malformed_for_long_is_not() {
    let mut judge = judge();
    let half = |text: &str| status(Said::Malformed(text.to_owned()));
    judge.hear(&half("a"), at(1.0));
    assert_eq!(judge.due(), Some(at(2.0)));
    judge.hear(&half("b"), at(1.9));
    judge.hear(&half("b"), at(2.5));
    assert_eq!(said(&mut judge), []);
    judge.hear(&half("b"), at(2.9));
    assert!(matches!(said(&mut judge)[..], [Signal::Warning { .. }]));
    assert_eq!(judge.due(), Some(at(60.0)), "only the pick-up is due");
    judge.hear(&half("c"), at(4.0));
    judge.hear(&nothing(), at(4.1));
    assert_eq!(
        judge.due(),
        Some(at(60.0)),
        "a file that is gone needs no second look"
    );
}

#[test]
fn picked_up_and_not_picked_up() {
    let mut one = judge();
    assert_eq!(one.hear(&nothing(), at(59.9)), None);
    assert_eq!(said(&mut one), []);
    one.hear(&nothing(), at(60.0));
    one.hear(&nothing(), at(99.0));
    assert_eq!(said(&mut one), [Signal::NotPickedUp { after: at(60.0) }]);
    one.hear(&status(Said::Pending), at(100.0));
    one.hear(&status(running(5)), at(101.0));
    let progress = Signal::Progress {
        percentage: Some(5),
        message: String::new(),
    };
    assert_eq!(said(&mut one), [Signal::PickedUp, progress]);

    let mut silent = judge();
    silent.hear(&artifacts(&[Some("a"), None]), at(1.0));
    assert_eq!(
        said(&mut silent),
        [Signal::PickedUp],
        "an agent without a status is at work"
    );

    let mut two = judge();
    two.hear(&nothing(), at(1.0));
    two.hear(&Look::default(), at(2.0));
    assert_eq!(
        said(&mut two),
        [Signal::PickedUp],
        "the agent took the command file"
    );
    let mut three = judge();
    three.hear(&Look::default(), at(2.0));
    assert_eq!(
        said(&mut three),
        [],
        "after a restart nobody knows who took it"
    );
}

#[test]
fn only_the_newest_progress_waits() {
    let mut judge = judge();
    for n in [1, 2, 2, 3] {
        judge.hear(&status(running(n)), at(1.0));
    }
    let progress = Signal::Progress {
        percentage: Some(3),
        message: String::new(),
    };
    assert_eq!(said(&mut judge), [Signal::PickedUp, progress]);
}

#[test]
fn artifacts_end_it_when_all_are_new_and_stable() {
    let mut one = judge();
    assert_eq!(one.hear(&artifacts(&[Some("a"), None]), at(1.0)), None);
    assert_eq!(one.hear(&artifacts(&[Some("a"), None]), at(9.0)), None);
    assert_eq!(
        one.hear(&artifacts(&[Some("a"), Some("b")]), at(10.0)),
        None
    );
    assert_eq!(one.due(), Some(at(11.0)));
    assert_eq!(
        one.hear(&artifacts(&[Some("a"), Some("c")]), at(10.9)),
        None,
        "still being written"
    );
    assert_eq!(
        one.hear(&artifacts(&[Some("a"), Some("c")]), at(11.5)),
        None
    );
    let end = one.hear(&artifacts(&[Some("a"), Some("c")]), at(11.9));
    assert!(
        matches!(
            end,
            Some(HandOffEnd::Completed {
                via: Via::Artifacts,
                ..
            })
        ),
        "{end:?}"
    );
}

#[test]
fn an_agent_that_speaks_is_believed_before_its_files() {
    let mut judge = judge();
    let mut look = artifacts(&[Some("a")]);
    look.statuses = vec![read("status", running(40))];
    assert!(judge.wants_artifacts());
    for n in 1..9 {
        assert_eq!(judge.hear(&look, at(f64::from(n))), None);
    }
    assert!(!judge.wants_artifacts());
}

#[test]
fn explicit_ends_beside_the_status() {
    let look = Look {
        completed_file: Some(CompletedFile {
            sha256: String::new(),
            doubtful: false,
        }),
        ..nothing()
    };
    let end = judge().hear(&look, at(1.0));
    assert!(matches!(
        end,
        Some(HandOffEnd::Completed {
            via: Via::CompletedFile,
            ..
        })
    ));

    let failed = Said::Failed(Failed {
        message: "no".to_owned(),
        code: None,
        retryable: None,
    });
    let (mut done, mut failed) = (read("DONE", completed()), read("FAILED", failed));
    failed.mtime_ns = 1;
    let end = judge().hear(
        &Look {
            markers: vec![done.clone(), failed.clone()],
            ..nothing()
        },
        at(1.0),
    );
    assert!(
        matches!(end, Some(HandOffEnd::Failed { .. })),
        "the last word counts"
    );
    done.mtime_ns = 2;
    let end = judge().hear(
        &Look {
            markers: vec![done, failed],
            ..nothing()
        },
        at(1.0),
    );
    assert!(matches!(
        end,
        Some(HandOffEnd::Completed {
            via: Via::Marker,
            ..
        })
    ));
}

#[test]
fn a_completed_file_that_git_may_be_putting_back_has_to_last() {
    let look = |sha256: &str| Look {
        completed_file: Some(CompletedFile {
            sha256: sha256.to_owned(),
            doubtful: true,
        }),
        ..nothing()
    };
    let mut judge = judge();
    assert_eq!(judge.hear(&look("half"), at(1.0)), None);
    assert_eq!(judge.due(), Some(at(2.0)));
    assert_eq!(judge.hear(&look("more"), at(1.9)), None);
    assert_eq!(judge.hear(&nothing(), at(2.0)), None);
    assert_eq!(judge.due(), Some(at(60.0)));
    assert_eq!(judge.hear(&look("more"), at(3.0)), None);
    assert!(judge.hear(&look("more"), at(4.0)).is_some());
}

#[test]
fn the_end_of_the_time_says_what_is_missing() {
    let mut judge = judge();
    judge.hear(&artifacts(&[None, None]), at(1.0));
    let HandOffEnd::TimedOut {
        by: By::Engine,
        message,
        ..
    } = judge.timed_out(at(2.0))
    else {
        panic!()
    };
    assert_eq!(
        message,
        "the hand-off did not end within 2 s; no agent picked it up; not written: f0, f1"
    );
}

#[test]
fn warnings_are_bounded() {
    let mut judge = judge();
    for n in 0..1_000 {
        let other = Ignored::OtherStep(n.to_string());
        judge.hear(&status(Said::Ignored(other)), at(1.0));
    }
    assert_eq!(said(&mut judge).len(), MAX_WARNINGS);
}
