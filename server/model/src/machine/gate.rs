//! Gates: what is asked of a step that has just been verified, and what follows from the answer.
//!
//! A gate that passes lets the run go on. One that does not sends the steps from `on_fail` to its own
//! through another round, or goes aside to `on_fail`, or fails its step. All of it is one turn with the
//! end of the attempt, so that after a crash either none of it happened or all.

use super::apply::{Change, Over};
use super::scope::RunScope;
use super::state::State;
use crate::condition::{Expr, Reference, Scope, Value};
use crate::failure::{Failure, FailureClass};
use crate::round::{GateAnswer, SentBack, Way};
use crate::run::Run;
use crate::task::{StopReason, Task, TaskState};
use crate::workflow::{Gate, Work};

impl State {
    /// Asks the gate of a step whose attempt is over, and makes of the end what the gate says. Answers
    /// with what becomes of other steps.
    pub(super) fn ask_gate(&self, task: &Task, over: &mut Over) -> Vec<Change> {
        let (Some((id, index)), Some(gate)) = (&task.run, &task.step.gate) else {
            return Vec::new();
        };
        let Some(run) = self.runs.get(id) else {
            return Vec::new();
        };
        let failed = match &over.to {
            TaskState::Completed { .. } => None,
            TaskState::Failed { failure, .. } if gate.enabled && is_of_its_work(task, failure) => {
                Some(failure.clone())
            }
            _ => return Vec::new(),
        };
        let mut after = task.clone();
        after.state = over.to.clone();
        after.product = over.product.clone().unwrap_or_default();
        let answer = self.answer(run, &after, gate, failed.as_ref());
        match answer.way {
            Way::On | Way::Aside => {}
            Way::Out if failed.is_some() && gate.again.is_empty() => return Vec::new(),
            Way::Out => over.to = failed_by(&answer, task, gate, over.at),
            // Somebody wants it to stop: it stops before the next round.
            Way::Back if task.stop == Some(StopReason::Cancel) => {
                over.to = TaskState::Cancelled { at: over.at };
                return Vec::new();
            }
            Way::Back => {
                over.to = TaskState::Waiting;
                over.answer = Some(answer);
                return self.send_back(run, *index, gate, &after, over);
            }
        }
        over.answer = Some(answer);
        Vec::new()
    }

    fn answer(&self, run: &Run, after: &Task, gate: &Gate, failed: Option<&Failure>) -> GateAnswer {
        let (passed, why) = match failed {
            _ if !gate.enabled => (true, "gates are switched off".to_owned()),
            Some(failure) => (false, failure.message.clone()),
            None => self.ask(run, after, gate),
        };
        let way = match gate.on_fail {
            _ if passed => Way::On,
            Some(_) if !gate.again.is_empty() => {
                let back = rounds_in_a_row(after) + 1 < after.policy.rounds;
                if back { Way::Back } else { Way::Out }
            }
            Some(_) => Way::Aside,
            None => Way::Out,
        };
        GateAnswer { way, why }
    }

    fn ask(&self, run: &Run, after: &Task, gate: &Gate) -> (bool, String) {
        let scoring = after.step.scoring.as_ref();
        let judged = scoring.map(|scoring| scoring.judge(after.product.scores.as_ref()));
        match (&gate.condition, judged) {
            (Some(expr), judged) => {
                let scope = RunScope::of_gate(self, run, after);
                let passed = expr.holds(&scope);
                let asked = expr.references();
                let by_scores = asked
                    .iter()
                    .any(|(reference, _)| **reference == Reference::ScoringPassed);
                let scores = judged.filter(|_| by_scores).map(|judged| judged.why);
                (passed, said(expr, passed, &scope, scores))
            }
            (None, Some(judged)) => (judged.passed, judged.why),
            (None, None) => (true, "it completed".to_owned()),
        }
    }

    /// The steps from `on_fail` to the gate's own begin another round.
    fn send_back(
        &self,
        run: &Run,
        own: usize,
        gate: &Gate,
        after: &Task,
        over: &mut Over,
    ) -> Vec<Change> {
        let made = &after.worktree;
        let seen = after.product.commit.clone();
        let seen = seen.or_else(|| after.product.base.clone());
        let seen = seen.or_else(|| made.as_ref().map(|made| made.base.clone()));
        let back = |task: &Task, index: usize| SentBack {
            gate: own,
            commit: match gate.on_fail {
                Some(first) if first == index => seen.clone(),
                _ => own_result(task),
            },
        };
        over.back = Some(back(after, own));
        let others = gate.again.iter().filter(|index| **index != own);
        others
            .filter_map(|index| {
                let task = self.tasks.get(run.tasks.get(*index)?)?;
                // A person has set it going again already.
                if !task.is_ended() {
                    return None;
                }
                Some(Change::SentBack(task.id.clone(), back(task, *index)))
            })
            .collect()
    }
}

/// What it left last, in this round or in one before.
fn own_result(task: &Task) -> Option<String> {
    let last = task.last_result().map(str::to_owned);
    task.product.commit.clone().or(last)
}

/// A shell step that ends with an error, and a step whose check fails, do not pass their gate either;
/// what fails for another reason says nothing about the work.
fn is_of_its_work(task: &Task, failure: &Failure) -> bool {
    match failure.class {
        FailureClass::Check => true,
        FailureClass::Exit => matches!(task.step.work, Work::Shell(_) | Work::Argv(_)),
        _ => false,
    }
}

/// How often the gate has sent the run back since it passed, or gave up, the last time.
fn rounds_in_a_row(task: &Task) -> u32 {
    let back = |answer: &GateAnswer| answer.way == Way::Back;
    let rounds = task.rounds.iter().rev();
    let row = rounds.take_while(|round| round.answer.as_ref().is_some_and(back));
    u32::try_from(row.count()).unwrap_or(u32::MAX)
}

fn failed_by(
    answer: &GateAnswer,
    task: &Task,
    gate: &Gate,
    at: crate::time::Timestamp,
) -> TaskState {
    let rounds = match task.policy.rounds {
        _ if gate.again.is_empty() => String::new(),
        1 => " in 1 round".to_owned(),
        rounds => format!(" in {rounds} rounds"),
    };
    let message = format!("its gate did not pass{rounds}: {}", answer.why);
    let failure = Failure::new(FailureClass::Check, message);
    TaskState::Failed { at, failure }
}

/// What was asked and found: the scores where it is about them, else every value that was looked up.
fn said(expr: &Expr, passed: bool, scope: &RunScope<'_>, scores: Option<String>) -> String {
    let verb = if passed { "holds" } else { "does not hold" };
    let mut found: Vec<String> = Vec::new();
    for (reference, _) in expr.references() {
        let value = match reference {
            Reference::ScoringPassed if scores.is_some() => continue,
            reference => scope.get(reference),
        };
        let value = value.unwrap_or_else(|| Value::Text(String::new()));
        let line = format!("{reference} is `{}`", value.text());
        if !found.contains(&line) {
            found.push(line);
        }
    }
    found.extend(scores);
    let found = found.join(", ");
    if found.is_empty() {
        return format!("`{expr}` {verb}");
    }
    format!("`{expr}` {verb}: {found}")
}
