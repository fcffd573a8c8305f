//! Both sides together: an agent that does nothing but read and write these files.

use super::bed::{Bed, Watched};
use crate::handoff::names::COMMAND_FILE;
use crate::handoff::skill::{State, StatusUpdate, read_command, write_status};
use crate::handoff::{HandOffEnd, Signal, Via, Watch, collect};
use model::time::Timestamp;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_does_the_step() {
    let mut bed = Bed::new();
    bed.job.poll_interval = Duration::from_secs(3_600);
    let baseline = bed.write();
    let mut watched = Watched::start(&baseline, Watch::default());

    let command = read_command(&bed.job.worktree.join(COMMAND_FILE)).unwrap();
    assert_eq!(command.params, bed.job.params);
    let tell = |state| {
        let (started_at, now) = (Timestamp(0), Timestamp(1));
        let update = StatusUpdate {
            state,
            started_at,
            now,
        };
        write_status(&command.worktree, &command, &update).unwrap();
    };
    tell(State::Running {
        percentage: Some(10),
        current_step: "read".to_owned(),
        message: "the code".to_owned(),
    });
    assert_eq!(watched.signal().await, Signal::PickedUp);
    let message = "read: the code".to_owned();
    assert_eq!(
        watched.signal().await,
        Signal::Progress {
            percentage: Some(10),
            message
        }
    );

    bed.put("requirements.md", "# Requirements");
    tell(State::Completed {
        artifacts: vec!["requirements.md".to_owned()],
        output: "three questions".to_owned(),
    });
    let expected = HandOffEnd::Completed {
        via: Via::Status,
        artifacts: vec!["requirements.md".to_owned()],
        output: Some("three questions".to_owned()),
    };
    assert_eq!(watched.end().await, expected);

    assert_eq!(collect(&baseline).problems, Vec::<String>::new());
    let left: Vec<_> = std::fs::read_dir(&bed.job.worktree)
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(left.len(), 1, "only the work is left: {left:?}");
}
