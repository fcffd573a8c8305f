//! Lists that hold every case of every enum of the model that is stored.

use super::fixture::{AT, failure, task};
use model::attempt::{Attempt, AttemptEnd, AttemptOutcome, Phase};
use model::backend::{Backend, PassedOver};
use model::failure::{Failure, FailureClass};
use model::ids::{RunId, StepId};
use model::overlap::Beside;
use model::round::{GateAnswer, Round, SentBack, Way};
use model::run::{ResultBranch, RunOutcome, RunState};
use model::score::Scores;
use model::settings::AgentTemplate;
use model::task::{Need, SkipReason, Task, TaskState};
use std::path::PathBuf;
use std::time::Duration;

/// Every case of `RunState` and `RunOutcome`.
pub(crate) fn run_states() -> Vec<RunState> {
    let ended = |outcome, result| RunState::Ended {
        at: AT,
        outcome,
        result,
    };
    let branch = ResultBranch {
        name: "offshoot/r".to_owned(),
        commit: "cafe".to_owned(),
    };
    vec![
        RunState::Open,
        RunState::Finishing,
        RunState::Conflicted {
            since: AT,
            paths: vec!["src/lib.rs".to_owned()],
        },
        ended(RunOutcome::Completed, Some(branch)),
        ended(RunOutcome::Failed(failure()), None),
        ended(RunOutcome::Cancelled, None),
    ]
}

/// Every case of `TaskState`, `Need` and `SkipReason`.
pub(crate) fn task_states() -> Vec<TaskState> {
    let need = |need| TaskState::NeedsInput { since: AT, need };
    let conflict = |worktree| Need::Conflict {
        paths: vec!["a".to_owned()],
        steps: vec![0, 2],
        worktree,
    };
    let skipped = |why| TaskState::Skipped { at: AT, why };
    let mut states = vec![
        TaskState::Waiting,
        TaskState::Scheduled { at: AT },
        TaskState::Queued { since: AT },
        TaskState::Active,
        TaskState::RetryWait { until: AT },
        need(conflict(None)),
        need(conflict(Some(PathBuf::from("/w")))),
        need(Need::Secret {
            names: vec!["API_KEY".to_owned()],
        }),
        need(Need::Trust),
        TaskState::Completed { at: AT },
        skipped(SkipReason::Condition),
        skipped(SkipReason::Dependency),
        TaskState::Cancelled { at: AT },
        TaskState::Unverified {
            at: AT,
            failure: failure(),
        },
    ];
    states.extend(
        FailureClass::ALL
            .into_iter()
            .map(|class| TaskState::Failed {
                at: AT,
                failure: Failure::new(class, class.as_str()),
            }),
    );
    states
}

/// Every case of `Backend`, `Phase` and `AttemptOutcome`, numbered from 1.
pub(crate) fn attempts() -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = backends()
        .into_iter()
        .map(|backend| (backend, Phase::Preparing))
        .chain(phases().into_iter().map(|phase| (Backend::Own, phase)))
        .map(|(backend, phase)| Attempt {
            number: 0,
            backend,
            passed_over: vec![PassedOver {
                backend: "cursor-cloud".to_owned(),
                reason: "no API key".to_owned(),
            }],
            started_at: AT,
            phase,
        })
        .collect();
    for (number, attempt) in (1..).zip(&mut attempts) {
        attempt.number = number;
    }
    attempts
}

fn backends() -> Vec<Backend> {
    let command = |timeout, confine| Backend::Command {
        agent: "claude".to_owned(),
        template: AgentTemplate {
            command: vec!["claude".to_owned(), "{prompt}".to_owned()],
            env: vec!["ANTHROPIC_API_KEY".to_owned()],
            timeout,
            confine,
        },
    };
    vec![
        Backend::Own,
        command(None, false),
        command(Some(Duration::from_secs(7)), true),
        Backend::File { manual: false },
        Backend::File { manual: true },
        Backend::Nothing,
    ]
}

fn phases() -> Vec<Phase> {
    let full = AttemptEnd {
        at: AT,
        failure: Some(failure()),
        stopped: true,
        exit_code: Some(-1),
        peak_rss_bytes: u64::MAX,
        cpu_ms: 12,
        leaked_processes: vec!["123 sleep".to_owned()],
        artifacts: vec!["docs/x.md".to_owned()],
    };
    let outcomes = [
        AttemptOutcome::Completed,
        AttemptOutcome::Failed(failure()),
        AttemptOutcome::Cancelled,
        AttemptOutcome::Interrupted,
        AttemptOutcome::Revoked,
        AttemptOutcome::Unverified(failure()),
    ];
    let mut phases = vec![
        Phase::Preparing,
        Phase::Starting,
        Phase::Running {
            since: AT,
            pid: None,
        },
        Phase::Running {
            since: AT,
            pid: Some(42),
        },
        Phase::Verifying {
            end: AttemptEnd::default(),
        },
        Phase::Verifying { end: full.clone() },
        Phase::Ended {
            at: AT,
            outcome: AttemptOutcome::Revoked,
            end: None,
        },
    ];
    phases.extend(outcomes.map(|outcome| Phase::Ended {
        at: AT,
        outcome,
        end: Some(full.clone()),
    }));
    phases
}

/// A task at work while others ended.
pub(crate) fn tasks_beside_others() -> Vec<Task> {
    let beside = |run: &str, files: &[&str]| Beside {
        run: RunId::new(run),
        step: StepId::new("s"),
        files: files.iter().map(|path| (*path).to_owned()).collect(),
    };
    vec![Task {
        beside: vec![beside("r-1", &["src/ä.rs", "b"]), beside("r-2", &[])],
        ..task("t-1")
    }]
}

/// Every case of `Round`, `GateAnswer` and `SentBack`, and what else a task in a loop has.
pub(crate) fn loop_tasks() -> Vec<Task> {
    let round = |attempt, commit: Option<&str>, answer| Round {
        base: None,
        attempt,
        at: AT,
        commit: commit.map(str::to_owned),
        answer,
    };
    let said = |way: Way| {
        let why = format!("it says {}", way.as_str());
        Some(GateAnswer { way, why })
    };
    let asked = (2..).zip(Way::ALL);
    let asked = asked.map(|(attempt, way)| round(attempt, None, said(way)));
    let mut gate = task("t-gate");
    gate.rounds = std::iter::once(round(1, Some("cafe"), None))
        .chain(asked)
        .collect();
    gate.policy.rounds = 7;
    gate.product.scores = Some(Scores {
        path: "reports/r.json".to_owned(),
        passed: Some(true),
        values: vec![("overall".to_owned(), 8.25)],
    });
    let back = |commit: Option<&str>| Task {
        back: Some(SentBack {
            gate: 3,
            commit: commit.map(str::to_owned),
        }),
        ..task("t-back")
    };
    let why = SkipReason::Branch { gate: 2 };
    let aside = Task {
        state: TaskState::Skipped { at: AT, why },
        ..task("t-aside")
    };
    vec![gate, back(None), back(Some("beef")), aside]
}
