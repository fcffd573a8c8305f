//! Gates and rounds of a step.

use super::view::RunView;
use crate::clock::text;
use model::task::Task;
use protocol::run as wire;
use std::collections::BTreeMap;

/// The gate of a step, where it has one that is held.
pub(super) fn gate(view: &RunView<'_>, task: &Task) -> Option<wire::Gate> {
    let gate = task.step.gate.as_ref().filter(|gate| gate.enabled)?;
    let steps = &view.run.workflow.steps;
    let id = |index: &usize| steps.get(*index).map(|step| step.id.to_string());
    Some(wire::Gate {
        condition: gate.condition.as_ref().map(ToString::to_string),
        on_pass: gate.on_pass.as_ref().and_then(id),
        on_fail: gate.on_fail.as_ref().and_then(id),
        again: gate.again.iter().filter_map(id).collect(),
        max_rounds: task.policy.rounds,
    })
}

pub(super) fn rounds(task: &Task) -> Vec<wire::Round> {
    let rounds = (1..).zip(&task.rounds);
    let rounds = rounds.map(|(number, round)| {
        let answer = round.answer.as_ref();
        wire::Round {
            round: number,
            attempt: round.attempt,
            ended_at: text(round.at),
            commit: round.commit.clone(),
            passed: answer.map(|answer| answer.passed()),
            way: answer.map(|answer| answer.way.as_str().to_owned()),
            why: answer.map(|answer| answer.why.clone()),
        }
    });
    rounds.collect()
}

pub(super) fn scores(task: &Task) -> BTreeMap<String, f64> {
    let scores = task.product.scores.iter();
    scores
        .flat_map(|scores| scores.values.iter().cloned())
        .collect()
}

pub(super) fn thresholds(task: &Task) -> BTreeMap<String, f64> {
    let scoring = task.step.scoring.iter().filter(|scoring| scoring.enabled);
    let all = scoring.flat_map(|scoring| scoring.thresholds.iter().cloned());
    all.collect()
}
