//! The files in `golden/v1` hold what version 1 wrote, and are read for ever: they are never
//! edited. A type or case that is added later gets a file of its own.

use super::{
    Document, EnvironmentDoc, RunDoc, RunParts, SourceDoc, SubmissionDoc, TaskDoc, TaskParts,
    decode, encode,
};
use crate::tests::{cases, fixture};
use model::attempt::{Attempt, AttemptOutcome, Phase};
use model::backend::Backend;
use model::ids::TaskId;
use model::run::{Environment, Run, Source, Submission};
use model::task::{Place, Product, StopReason, Task, TaskState};
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads the documents in a golden file and compares them with the values they were made of;
/// then writes the values, which may say more than the file does but nothing else.
#[track_caller]
fn check<D, V>(file: &str, values: &[V], parts: impl Fn(&V) -> V::Parts)
where
    V: Stored<D>,
    D: Document,
{
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden/v1")
        .join(file);
    let text = std::fs::read_to_string(path).expect("a golden file");
    let golden: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    assert_eq!(golden.len(), values.len(), "{file}");
    for (golden, value) in golden.iter().zip(values) {
        let read = V::read(decode(&golden.to_string()).expect("a document"));
        assert_eq!(read, parts(value), "{file}: {golden}");
        let written = encode(&value.document()).expect("JSON");
        let written = serde_json::from_str(&written).expect("JSON");
        assert!(
            says(&written, golden),
            "{file}: {written} does not say {golden}"
        );
    }
}

/// A value of the model with its document.
trait Stored<D> {
    type Parts: Debug + PartialEq;
    fn document(&self) -> D;
    fn read(document: D) -> Self::Parts;
}

macro_rules! stored {
    ($value:ty, $document:ty, $parts:ty) => {
        impl Stored<$document> for $value {
            type Parts = $parts;

            fn document(&self) -> $document {
                self.into()
            }

            fn read(document: $document) -> $parts {
                document.try_into().expect("a value")
            }
        }
    };
}
stored!(Task, TaskDoc, TaskParts);
stored!(Run, RunDoc, RunParts);
stored!(Source, SourceDoc, Source);
stored!(Submission, SubmissionDoc, Submission);
stored!(Environment, EnvironmentDoc, Environment);

/// Whether everything in `small` is in `large` too; lists match item by item.
fn says(large: &serde_json::Value, small: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Object};
    match (large, small) {
        (Object(large), Object(small)) => small
            .iter()
            .all(|(key, value)| large.get(key).is_some_and(|found| says(found, value))),
        (Array(large), Array(small)) => {
            large.len() == small.len() && large.iter().zip(small).all(|(l, s)| says(l, s))
        }
        _ => large == small,
    }
}

fn tasks() -> Vec<Task> {
    let mut full = fixture::task("t-1");
    full.place = Place::Folder(PathBuf::from("/home/u/a repo"));
    full.after = vec![TaskId::new("t-0")];
    full.scheduled_at = Some(fixture::AT);
    full.policy = fixture::full_policy();
    full.attempts = cases::attempts();
    full.worktree = Some(fixture::worktree(Path::new("/state/worktrees/x")));
    full.product = fixture::product();
    full.stop = Some(StopReason::Cancel);
    let states = cases::task_states().into_iter().map(|state| Task {
        state,
        place: Place::Worktree,
        stop: Some(StopReason::Requeue),
        ..fixture::task("t-2")
    });
    std::iter::once(full).chain(states).collect()
}

/// Findings with a place, a text and the rest, which came after the first golden files.
fn tasks_with_findings() -> Vec<Task> {
    let product = Product {
        findings: fixture::findings().into(),
        ..Product::default()
    };
    vec![Task {
        product,
        ..fixture::task("t-1")
    }]
}

/// An attempt by a built-in task, which came later.
fn built_in_tasks() -> Vec<Task> {
    let attempt = cases::attempts().into_iter().next();
    let attempts = attempt.map(|attempt| Attempt {
        backend: Backend::BuiltIn,
        ..attempt
    });
    vec![Task {
        attempts: attempts.into_iter().collect(),
        ..fixture::task("t-1")
    }]
}

/// A failure that another attempt does not change, which came later.
fn tasks_failed_for_good() -> Vec<Task> {
    let failure = fixture::failure().retryable(Some(false));
    let attempt = cases::attempts().into_iter().next().map(|attempt| Attempt {
        phase: Phase::Ended {
            at: fixture::AT,
            outcome: AttemptOutcome::Failed(failure.clone()),
            end: None,
        },
        ..attempt
    });
    vec![Task {
        attempts: attempt.into_iter().collect(),
        state: TaskState::Failed {
            at: fixture::AT,
            failure,
        },
        ..fixture::task("t-1")
    }]
}

fn runs() -> Vec<Run> {
    let with = |state| Run {
        state,
        options: fixture::options(),
        cancelled: true,
        ..fixture::run("r-1").0
    };
    cases::run_states().into_iter().map(with).collect()
}

fn parts(task: &Task) -> TaskParts {
    TaskParts {
        place: task.place.clone(),
        after: task.after.clone(),
        scheduled_at: task.scheduled_at,
        policy: task.policy,
        state: task.state.clone(),
        attempts: task.attempts.clone(),
        worktree: task.worktree.clone(),
        product: task.product.clone(),
        stop: task.stop,
        rounds: task.rounds.clone(),
        back: task.back.clone(),
        beside: task.beside.clone(),
    }
}

#[test]
fn tasks_are_read() {
    check("task.json", &tasks(), parts);
}

#[test]
fn findings_are_read() {
    check("findings.json", &tasks_with_findings(), parts);
}

#[test]
fn what_ended_beside_a_task_is_read() {
    check("beside.json", &cases::tasks_beside_others(), parts);
}

#[test]
fn tasks_of_loops_are_read() {
    check("loop.json", &cases::loop_tasks(), parts);
}

#[test]
fn attempts_by_built_in_tasks_are_read() {
    check("built_in.json", &built_in_tasks(), parts);
}

#[test]
fn failures_for_good_are_read() {
    check("for_good.json", &tasks_failed_for_good(), parts);
}

#[test]
fn runs_are_read() {
    check("run.json", &runs(), |run| RunParts {
        options: run.options.clone(),
        base: run.base.clone(),
        state: run.state.clone(),
        tasks: run.tasks.clone(),
        cancelled: run.cancelled,
    });
}

#[test]
fn sources_are_read() {
    let file = Source::File {
        path: "workflows/build.yaml".to_owned(),
        text: Arc::from("steps:\n  - run: make\n"),
    };
    let values = [file, Source::Submission(fixture::full_submission())];
    check("source.json", &values, Source::clone);
}

#[test]
fn submissions_are_read() {
    let values = [fixture::submission(), fixture::full_submission()];
    check("submission.json", &values, Submission::clone);
}

#[test]
fn environments_are_read() {
    let values = [(*fixture::environment()).clone(), Environment::default()];
    check("environment.json", &values, Environment::clone);
}

#[test]
fn unknown_fields_are_ignored_and_missing_ones_defaulted() {
    let task = r#"{"v":1,"place":"worktree","state":{"queued":{"later":1}},"later":{"x":[]},
        "attempts":[{"number":1,"backend":{"file":{}},"phase":{"running":{}},"later":null}]}"#;
    let task: TaskParts = decode::<TaskDoc>(task)
        .expect("a document")
        .try_into()
        .expect("a task");
    assert_eq!(task.attempts.len(), 1);
    assert_eq!(task.policy.timeout.as_secs(), 600);
    let run = r#"{"v":1,"state":"open","options":{"later":1}}"#;
    let run: RunParts = decode::<RunDoc>(run)
        .expect("a document")
        .try_into()
        .expect("a run");
    assert_eq!(run.options, model::run::RunOptions::default());
    assert!(decode::<EnvironmentDoc>(r#"{"v":1}"#).is_ok());
    assert!(decode::<SubmissionDoc>(r#"{"v":1,"submission":{}}"#).is_ok());
}

#[test]
fn what_is_not_known_is_said() {
    for (text, expected) in [
        (
            r#"{"v":2,"state":"open"}"#,
            "was written by a newer version (v2)",
        ),
        (r#"{"state":"open"}"#, "missing field `v`"),
        (r#"{"v":1}"#, "missing field `state`"),
        (
            r#"{"v":1,"state":{"ended":{"outcome":"won"}}}"#,
            "unknown variant `won`",
        ),
        (
            r#"{"v":1,"state":{"ended":{"outcome":{"failed":{"class":"moon"}}}}}"#,
            "unknown class of failure `moon`",
        ),
    ] {
        let read = decode::<RunDoc>(text).and_then(RunParts::try_from);
        let said = read.map(|_| ()).expect_err(text).to_string();
        assert!(said.contains(expected), "{said}");
    }
}
