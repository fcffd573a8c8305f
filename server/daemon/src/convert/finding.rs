//! Findings as they are told: those that a step's verification stored, with their ids, and those that its
//! state makes.

mod state;

use artifact::Identity;
use model::finding::{Finding, Related};
use model::run::Run;
use model::task::Task;
use protocol::finding as wire;
use protocol::run::FindingCounts;
use std::path::Path;

/// What a step's verification found, in the order in which it was found.
pub(super) fn stored(task: &Task) -> Vec<wire::Finding> {
    told(&task.product.findings)
}

/// All findings of a step: beside those stored, what its state says.
pub(crate) fn of_step(run: &Run, task: &Task) -> Vec<wire::Finding> {
    let mut all = stored(task);
    all.extend(state::of_step(run, task));
    all
}

/// The findings of a run as a whole; `worktrees` is the folder of all worktrees.
pub(crate) fn of_run(run: &Run, worktrees: &Path) -> Vec<wire::Finding> {
    state::of_run(run, worktrees)
}

fn told(findings: &[Finding]) -> Vec<wire::Finding> {
    let ids = artifact::ids(findings.iter().map(identity));
    findings
        .iter()
        .zip(ids)
        .map(|(finding, id)| one(finding, id))
        .collect()
}

fn identity(finding: &Finding) -> Identity<'_> {
    Identity {
        source: &finding.source,
        code: &finding.code,
        path: finding.place.as_ref().map(|place| place.path.as_str()),
        text: finding.text.as_deref(),
        message: &finding.message,
    }
}

fn one(finding: &Finding, id: String) -> wire::Finding {
    let place = finding.place.as_ref();
    let span = place.and_then(|place| place.span);
    wire::Finding {
        id,
        code: finding.code.clone(),
        severity: finding.severity.as_str().to_owned(),
        message: finding.message.clone(),
        source: finding.source.clone(),
        path: place.map(|place| place.path.clone()),
        line: span.map(|span| span.line),
        column: span.and_then(|span| span.column),
        end_line: span.and_then(|span| span.end_line),
        end_column: span.and_then(|span| span.end_column),
        text: finding.text.clone().filter(|text| !text.is_empty()),
        artifact: finding.artifact.clone(),
        related: finding.related.iter().map(related).collect(),
        help: finding.help.clone(),
    }
}

fn related(related: &Related) -> wire::Related {
    wire::Related {
        path: related.path.clone(),
        line: related.line,
        message: related.message.clone(),
    }
}

/// How many of each severity.
pub(super) fn counts(findings: &[wire::Finding]) -> FindingCounts {
    let count = |severity: &str| {
        let of = findings.iter();
        let of = of.filter(|finding| finding.severity == severity).count();
        u32::try_from(of).unwrap_or(u32::MAX)
    };
    FindingCounts {
        error: count("error"),
        warning: count("warning"),
        info: count("info"),
    }
}

/// The worst so many, in the order they were made.
pub(super) fn worst(mut findings: Vec<wire::Finding>, most: usize) -> Vec<wire::Finding> {
    let mut left = most;
    let mut keep = vec![false; findings.len()];
    for severity in ["error", "warning", "info"] {
        for (finding, keep) in findings.iter().zip(&mut keep) {
            if left > 0 && finding.severity == severity {
                *keep = true;
                left -= 1;
            }
        }
    }
    let mut keep = keep.into_iter();
    findings.retain(|_| keep.next().unwrap_or(false));
    findings
}
