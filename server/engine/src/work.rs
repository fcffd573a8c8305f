//! What is done for an effect, in order, through the ports. Each ends in one report.

use crate::job::Job;
use crate::ports::{Agents, Harvest, Ports, Worktrees};
use model::attempt::AttemptEnd;
use model::backend::{Backend, PassedOver};
use model::failure::{Failure, FailureClass};
use model::machine::{PrepareFailure, Report, Verified};
use model::task::{Need, Place, Product};
use model::verdict::{Evidence, Verdict};

/// Chooses the first back end that can be started, and makes the worktree.
pub(crate) async fn prepare<P: Ports>(ports: &P, job: Job) -> Report {
    let (backend, passed_over) = choose(ports, &job);
    let missing = ports.agents().missing_secrets(&job, &backend);
    if !missing.is_empty() {
        return Report::NotPrepared(PrepareFailure::Needs(Need::Secret { names: missing }));
    }
    if let Place::Folder(folder) = &job.task.place
        && !matches!(backend, Backend::File { .. })
    {
        if !folder.is_dir() {
            let message = format!("its folder {} is gone", folder.display());
            return Report::NotPrepared(PrepareFailure::Failed(Failure::new(
                FailureClass::Worktree,
                message,
            )));
        }
        return Report::Prepared {
            backend,
            passed_over,
            worktree: None,
        };
    }
    if let Place::Folder(_) = &job.task.place {
        return Report::Prepared {
            backend,
            passed_over,
            worktree: None,
        };
    }
    match ports.worktrees().make(&job, &backend).await {
        Ok(worktree) => Report::Prepared {
            backend,
            passed_over,
            worktree: Some(worktree),
        },
        Err(failure) => Report::NotPrepared(failure),
    }
}

fn choose<P: Ports>(ports: &P, job: &Job) -> (Backend, Vec<PassedOver>) {
    let mut passed_over = job.passed_over.clone();
    for backend in &job.candidates {
        match ports.agents().available(job, backend) {
            Ok(()) => return (backend.clone(), passed_over),
            Err(reason) => passed_over.push(PassedOver {
                backend: label(backend),
                reason,
            }),
        }
    }
    (Backend::File { manual: false }, passed_over)
}

fn label(backend: &Backend) -> String {
    match backend {
        Backend::Command { agent, .. } => agent.clone(),
        other => other.name().to_owned(),
    }
}

/// Looks at what an attempt left, and says whether it is done.
pub(crate) async fn verify<P: Ports>(ports: &P, job: Job, end: AttemptEnd) -> Report {
    let outputs = ports.agents().collect(&job).await;
    let reported = Verdict::of_end(&end);
    let keep = reported == Verdict::Completed;
    let harvest = match job.task.place {
        Place::Worktree => ports.worktrees().harvest(&job, keep).await,
        Place::Folder(_) => Ok(Harvest::default()),
    };
    let harvest = match harvest {
        Ok(harvest) => harvest,
        Err(failure) => {
            let verdict = if keep {
                Verdict::Failed(failure)
            } else {
                reported
            };
            let product = Product {
                outputs,
                ..job.task.product
            };
            return Report::Verified(Box::new(Verified { verdict, product }));
        }
    };
    let mut evidence = Evidence {
        created: harvest.created.clone(),
        invalid: harvest.invalid.clone(),
        check: None,
    };
    let (first, _) = Verdict::of(&end, &evidence, false);
    if first == Verdict::Completed
        && let Some(script) = &job.task.step.check
    {
        evidence.check = ports.agents().check(&job, script).await.err();
    }
    let (verdict, findings) = Verdict::of(&end, &evidence, job.task.step.strict);
    let mut product = product(harvest, outputs, findings, keep);
    product.base = job
        .task
        .worktree
        .as_ref()
        .map(|worktree| worktree.base.clone());
    Report::Verified(Box::new(Verified { verdict, product }))
}

fn product(
    harvest: Harvest,
    outputs: Vec<(String, String)>,
    findings: Vec<model::task::Finding>,
    keep: bool,
) -> Product {
    let text = |text: String| (keep && !text.is_empty()).then_some(text);
    let mut all = harvest.findings;
    all.extend(findings);
    Product {
        commit: text(harvest.commit),
        base: None,
        branch: Some(harvest.branch).filter(|branch| !branch.is_empty()),
        outputs,
        artifacts: harvest.artifacts,
        findings: all,
    }
}
