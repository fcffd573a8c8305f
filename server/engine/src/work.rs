//! What is done for an effect, in order, through the ports. Each ends in one report.

use crate::job::Job;
use crate::ports::{Agents, Harvest, Ports, Printed, Worktrees};
use model::backend::{Backend, PassedOver};
use model::diagnostic::Severity;
use model::failure::{Failure, FailureClass};
use model::finding::{Finding, OFFSHOOT};
use model::machine::{PrepareFailure, Report, Verified};
use model::task::{Need, Place, Product, Worktree};
use model::verdict::{Evidence, Verdict};
use std::time::Duration;

/// The end of a run waits this long at most until a worktree is gone.
const RELEASE: Duration = Duration::from_secs(60);

/// Chooses the first back end that can be started, and makes the worktree.
pub(crate) async fn prepare<P: Ports>(ports: &P, mut job: Job) -> Report {
    if job.task.stop.is_some() {
        // Nothing was made yet; what the machine makes of it says how it goes on.
        let message = "it was stopped before it was prepared";
        return failed(Failure::new(FailureClass::Interrupted, message));
    }
    let (backend, passed_over) = choose(ports, &job);
    if must_wait(&job, &backend) {
        return Report::NotPrepared(PrepareFailure::NoRoom);
    }
    let missing = ports.agents().missing_secrets(&job, &backend);
    if !missing.is_empty() {
        return Report::NotPrepared(PrepareFailure::Needs(Need::Secret { names: missing }));
    }
    let worktree = match &job.task.place {
        Place::Folder(folder) if !folder.is_dir() => {
            let message = format!("its folder {} is gone", folder.display());
            return failed(Failure::new(FailureClass::Worktree, message));
        }
        Place::Folder(_) => None,
        Place::Worktree => match furnished(ports, &mut job, &backend).await {
            Ok(worktree) => Some(worktree),
            Err(failure) => return Report::NotPrepared(failure),
        },
    };
    if let Some(task) = backend.ground(&job.task.step) {
        // Where somebody stops it meanwhile, what it did so far is in the worktree.
        ports.agents().ground(&job, task).await;
    }
    Report::Prepared {
        backend,
        passed_over,
        worktree,
    }
}

/// A worktree that is set up.
async fn furnished<P: Ports>(
    ports: &P,
    job: &mut Job,
    backend: &Backend,
) -> Result<Worktree, PrepareFailure> {
    if job.task.worktree.is_some() {
        ports.agents().tear_down(job).await;
    }
    let worktree = ports.worktrees().make(job, backend).await?;
    job.task.worktree = Some(worktree.clone());
    let set_up = ports.agents().set_up(job).await;
    ports.worktrees().was_set_up(job, set_up.is_ok()).await;
    match set_up {
        Ok(()) => Ok(worktree),
        Err(failure) => Err(PrepareFailure::Failed(failure)),
    }
}

fn failed(failure: Failure) -> Report {
    Report::NotPrepared(PrepareFailure::Failed(failure))
}

/// Whether it came for a slot, can only be handed off, and too many hand-offs are open.
fn must_wait(job: &Job, backend: &Backend) -> bool {
    let planned = job.task.active().map(|attempt| &attempt.backend);
    let hand_off = |backend: &Backend| matches!(backend, Backend::File { .. });
    job.hand_offs_full && hand_off(backend) && !planned.is_some_and(hand_off)
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
pub(crate) async fn verify<P: Ports>(ports: &P, job: Job) -> Report {
    let end = job.task.last_attempt().and_then(|attempt| attempt.end());
    let end = end.cloned().unwrap_or_default();
    let outputs = ports.agents().collect(&job).await;
    let attempt = job.task.last_attempt();
    let grounded = attempt.and_then(|attempt| attempt.backend.ground(&job.task.step));
    let taken_in = match grounded {
        Some(task) => ports.agents().take_in(&job, task).await,
        None => Vec::new(),
    };
    let reported = Verdict::of_end(&end);
    let keep = reported == Verdict::Completed;
    let harvest = match job.task.place {
        Place::Worktree => ports.worktrees().harvest(&job, keep).await,
        Place::Folder(_) => ports.worktrees().look(&job).await,
    };
    let mut harvest = match harvest {
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
            let wrote = Vec::new();
            return Report::Verified(Box::new(Verified {
                verdict,
                product,
                wrote,
            }));
        }
    };
    let wrote = harvest.changed.clone();
    let mut evidence = Evidence {
        created: harvest.created.clone(),
        invalid: harvest.invalid.clone(),
        check: None,
    };
    let (mut verdict, mut findings) = Verdict::of(&end, &evidence, job.task.step.strict);
    if let (Verdict::Failed(_), Some(said)) = (&verdict, harvest.said.take()) {
        verdict = Verdict::Failed(said);
    }
    let (before_check, _) = Verdict::of(&end, &evidence, false);
    if before_check == Verdict::Completed
        && let Some(script) = &job.task.step.check
    {
        if job.task.stop.is_some() {
            // Whoever wants it to stop does not want another program to begin.
            verdict = Verdict::Stopped;
        } else {
            evidence.check = ports.agents().check(&job, script).await.err();
            (verdict, findings) = Verdict::of(&end, &evidence, job.task.step.strict);
        }
    }
    findings.extend(taken_in);
    let built_in = attempt.is_some_and(|attempt| attempt.backend == Backend::BuiltIn);
    let printed = match (&evidence.check, &reported) {
        (Some(_), _) => Some(Printed::Check),
        // A built-in task prints what its artifact says.
        (None, Verdict::Failed(_)) if !built_in => Some(Printed::Attempt),
        (None, _) => None,
    };
    if let Some(printed) = printed {
        findings.extend(ports.agents().spotted(&job, printed).await);
    }
    // The worktree goes; what the result is compared with stays known.
    let base = job.task.worktree.as_ref().map(|made| made.base.clone());
    let product = Product {
        base,
        ..product(harvest, outputs, findings, keep)
    };
    Report::Verified(Box::new(Verified {
        verdict,
        product,
        wrote,
    }))
}

/// Lets go of the worktree of a completed step. One that cannot be removed, or not in time, is an
/// orphan from here on: the next start looks after it.
pub(crate) async fn release<P: Ports>(ports: &P, job: Job) -> Report {
    ports.agents().tear_down(&job).await;
    let task = &job.task.id;
    match tokio::time::timeout(RELEASE, ports.worktrees().release(&job)).await {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => {
            tracing::warn!(%task, failure = failure.message, "a worktree stays");
        }
        Err(_) => tracing::warn!(%task, "a worktree is still being removed"),
    }
    Report::Released
}

fn product(
    harvest: Harvest,
    outputs: Vec<(String, String)>,
    findings: Vec<Finding>,
    keep: bool,
) -> Product {
    let text = |text: String| (keep && !text.is_empty()).then_some(text);
    let mut all = harvest.findings;
    all.extend(findings);
    bound(&mut all);
    Product {
        commit: text(harvest.commit),
        base: None,
        branch: Some(harvest.branch).filter(|branch| !branch.is_empty()),
        outputs,
        artifacts: harvest.artifacts,
        findings: all.into(),
        scores: harvest.scores,
    }
}

/// The most findings of tools that are kept of one step.
const MOST: usize = 10_000;

/// Keeps the worst, and says so. What we say ourselves is not counted: that something was cut is part of it.
fn bound(findings: &mut Vec<Finding>) {
    let (mut kept, mut of_tools): (Vec<Finding>, Vec<Finding>) = std::mem::take(findings)
        .into_iter()
        .partition(|finding| finding.source == OFFSHOOT);
    let left_out = of_tools.len().saturating_sub(MOST);
    if left_out > 0 {
        // Stable: within a severity the first stay.
        of_tools.sort_by_key(|finding| finding.severity);
        of_tools.truncate(MOST);
        let message = format!("{left_out} more findings of this step were left out");
        kept.push(Finding::new("findings-cut", Severity::Info, message));
    }
    of_tools.extend(kept);
    *findings = of_tools;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_findings_are_kept_and_the_cut_is_said() {
        let of_tool = |severity| Finding {
            source: "tool".to_owned(),
            ..Finding::new("x", severity, "m")
        };
        let mut all = vec![Finding::new("escaped", Severity::Info, "m")];
        all.extend((0..MOST).map(|_| of_tool(Severity::Info)));
        let few = all.clone();
        bound(&mut all);
        assert_eq!(all.len(), few.len());
        all.push(of_tool(Severity::Error));
        bound(&mut all);
        assert_eq!(all.len(), MOST + 2);
        assert_eq!(all[0].severity, Severity::Error);
        let codes: Vec<_> = all[MOST..]
            .iter()
            .map(|found| found.code.as_str())
            .collect();
        assert_eq!(codes, ["escaped", "findings-cut"]);
        assert!(all[MOST + 1].message.starts_with("1 more"));
    }
}
