//! Files that steps at work at the same time have both changed: found out when they end.

use super::State;
use super::turn::Turn;
use crate::diagnostic::Severity;
use crate::finding::Finding;
use crate::ids::{RunId, StepId, TaskId};
use crate::overlap::{Beside, Overlap, both};
use crate::task::Task;
use crate::time::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most findings of one step about files that another changed, too.
const MOST_FINDINGS: usize = 20;
/// The most ended steps that one at work is held against.
const MOST_BESIDE: usize = 32;
/// The code of its findings.
const OVERLAP: &str = "overlap";

impl State {
    /// Notes for everybody at work beside a task what that has left.
    pub(super) fn note_left(
        &mut self,
        id: &TaskId,
        files: &Arc<[String]>,
        now: Timestamp,
        turn: &mut Turn,
    ) {
        let Some(task) = self.tasks.get(id) else {
            return;
        };
        let Some((run, _)) = &task.run else { return };
        let left = Beside {
            run: run.clone(),
            step: task.step.id.clone(),
            files: Arc::clone(files),
        };
        let editing = self.editing.get(&task.tenant).into_iter().flatten();
        let others: Vec<TaskId> = editing.filter(|other| *other != id).cloned().collect();
        for other in others {
            self.edit(&other, now, turn, |task| {
                if task.beside.len() < MOST_BESIDE {
                    task.beside.push(left.clone());
                }
            });
        }
    }

    /// Files that steps which ended while this one was at work have changed, too.
    pub(super) fn changed_beside(&self, task: &Task, files: &[String]) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.overlap_of(task) == Overlap::Off {
            return findings;
        }
        let mut left_out = 0;
        for other in &task.beside {
            let name = called(&other.run, &other.step, task);
            for path in both(files, &other.files) {
                if findings.len() >= MOST_FINDINGS {
                    left_out += 1;
                    continue;
                }
                let message = changed_too(&name);
                let help = "let one need the other, or set `overlap: serialize`";
                let found = Finding::new(OVERLAP, Severity::Warning, message);
                findings.push(found.about(path).help(help));
            }
        }
        if left_out > 0 {
            let message =
                format!("{left_out} more files were changed by steps at work at the same time");
            findings.push(Finding::new(OVERLAP, Severity::Warning, message));
        }
        findings
    }

    /// Forgets of these files of a run that several of its steps changed them at once: their changes do not
    /// merge, so a person looks at them, and afterwards there is nothing left to warn of.
    pub(super) fn drop_overlaps(
        &mut self,
        run: &RunId,
        paths: &[String],
        now: Timestamp,
        turn: &mut Turn,
    ) {
        let Some(found) = self.runs.get(run) else {
            return;
        };
        let of_the_run: BTreeSet<String> = found
            .workflow
            .steps
            .iter()
            .map(|step| changed_too(&in_run(&step.id)))
            .collect();
        let goes = |finding: &Finding| {
            let place = finding.place.as_ref();
            finding.code == OVERLAP
                && of_the_run.contains(&finding.message)
                && place.is_some_and(|place| paths.contains(&place.path))
        };
        for id in found.tasks.clone() {
            let task = self.tasks.get(&id);
            if task.is_some_and(|task| task.product.findings.iter().any(goes)) {
                self.edit(&id, now, turn, |task| {
                    let kept = task.product.findings.iter().filter(|one| !goes(one));
                    task.product.findings = kept.cloned().collect();
                });
            }
        }
    }
}

/// A step as it is called beside a task: with its run where that is another.
pub(super) fn called(run: &RunId, step: &StepId, beside: &Task) -> String {
    match &beside.run {
        Some((own, _)) if own == run => in_run(step),
        _ => format!("step `{step}` of run {run}"),
    }
}

fn in_run(step: &StepId) -> String {
    format!("step `{step}`")
}

/// What a finding says of another step.
fn changed_too(name: &str) -> String {
    format!("{name} changed this file, too, while this step was at work")
}
