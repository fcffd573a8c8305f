//! How effects are answered.

use super::{Answer, World, stopped};
use crate::failure::{Failure, FailureClass};
use crate::ids::{RunId, TaskId};
use crate::machine::{Effect, Input, PrepareFailure, Report, RunReport, Verified};
use crate::run::ResultBranch;
use crate::task::{Need, Place, Product, Worktree};
use crate::verdict::Verdict;
use std::path::{Path, PathBuf};

impl World {
    /// Answers the pending effect at this place, well or as `answers` has it.
    pub(in super::super) fn answer(&mut self, place: usize) {
        let (effect, number) = self.pending.remove(place);
        match effect {
            Effect::Prepare(id) => {
                let report = self.prepared(&id);
                self.report(&id, number, report);
            }
            Effect::Launch(id) => {
                match self.take(&id, |answer| matches!(answer, Answer::Fail(_))) {
                    Some(Answer::Fail(class)) => {
                        self.report(&id, number, Report::NotStarted(Failure::new(class, "no")));
                    }
                    _ => {
                        self.alive.insert(id.clone(), number);
                        self.report(&id, number, Report::Started { pid: Some(7) });
                    }
                }
            }
            Effect::Stop(id, _) => {
                let verify = (Effect::Verify(id.clone()), number);
                if self.alive.get(&id) == Some(&number) {
                    self.end(&id, stopped());
                } else if self.pending[..place].contains(&verify) {
                    // It was under way when the stop was wanted.
                    self.disturbed.insert(id);
                }
            }
            Effect::Verify(id) => {
                let report = self.verified(&id);
                self.report(&id, number, report);
            }
            Effect::Release(id) => self.report(&id, number, Report::Released),
            Effect::Finish(run) => {
                let report = self.finished(&run);
                self.input(Input::Run { run, report });
            }
        }
    }

    fn prepared(&mut self, id: &TaskId) -> Report {
        let task = self.tasks[id].clone();
        if task.stop.is_some() {
            let failure = Failure::new(FailureClass::Interrupted, "stopped");
            return Report::NotPrepared(PrepareFailure::Failed(failure));
        }
        let wanted = |answer: &Answer| !matches!(answer, Answer::Unverified | Answer::Says(_));
        match self.take(id, wanted) {
            Some(Answer::Conflict) => {
                return Report::NotPrepared(PrepareFailure::Needs(Need::Conflict {
                    paths: vec!["f".to_owned()],
                    steps: vec![0],
                    worktree: Some(PathBuf::from("/conflict")),
                }));
            }
            Some(Answer::Secret) => {
                let names = vec!["TOKEN".to_owned()];
                return Report::NotPrepared(PrepareFailure::Needs(Need::Secret { names }));
            }
            Some(Answer::Fail(class)) => {
                let failure = Failure::new(class, "no");
                return Report::NotPrepared(PrepareFailure::Failed(failure));
            }
            Some(Answer::NoRoom) => return Report::NotPrepared(PrepareFailure::NoRoom),
            _ => {}
        }
        let attempt = task.active().expect("under way");
        Report::Prepared {
            backend: attempt.backend.clone(),
            passed_over: attempt.passed_over.clone(),
            worktree: matches!(task.place, Place::Worktree).then(|| Worktree {
                path: Path::new("/worktrees").join(id.as_str()),
                branch: "branch".to_owned(),
                base: "base".to_owned(),
            }),
        }
    }

    fn verified(&mut self, id: &TaskId) -> Report {
        let task = self.tasks[id].clone();
        let end = task.last_attempt().and_then(|attempt| attempt.end());
        let end = end.cloned().unwrap_or_default();
        let mut says = Vec::new();
        let mut verdict = Verdict::of_end(&end);
        let disturbed = self.disturbed.remove(id) || task.stop.is_some();
        if verdict == Verdict::Completed {
            let wanted = |answer: &Answer| {
                matches!(
                    answer,
                    Answer::Unverified | Answer::Fail(_) | Answer::Says(_)
                )
            };
            let failure = |class| Failure::new(class, "no");
            verdict = match self.take(id, wanted) {
                _ if disturbed => Verdict::Failed(failure(FailureClass::Check)),
                Some(Answer::Unverified) => Verdict::Unverified(failure(FailureClass::Artifact)),
                Some(Answer::Fail(class)) => Verdict::Failed(failure(class)),
                Some(Answer::Says(word)) => {
                    says.push(("says".to_owned(), word.to_owned()));
                    Verdict::Completed
                }
                _ => Verdict::Completed,
            };
        }
        let number = task.attempts.len();
        let commit = (verdict == Verdict::Completed).then(|| format!("commit {number} of {id}"));
        says.push(("by".to_owned(), task.step.id.to_string()));
        let product = Product {
            commit,
            base: task.worktree.map(|made| made.base),
            outputs: says,
            ..Product::default()
        };
        Report::Verified(Box::new(Verified {
            verdict,
            product,
            wrote: Vec::new(),
        }))
    }

    fn finished(&mut self, run: &RunId) -> RunReport {
        if self.clashes > 0 {
            self.clashes -= 1;
            return RunReport::Conflict(vec!["f".to_owned()]);
        }
        RunReport::Finished(Some(ResultBranch {
            name: format!("offshoot/{run}"),
            commit: "tip".to_owned(),
        }))
    }

    fn take(&mut self, id: &TaskId, wanted: impl Fn(&Answer) -> bool) -> Option<Answer> {
        let step = self.tasks[id].step.id.to_string();
        let place = self
            .answers
            .iter()
            .position(|(of, answer)| *of == step && wanted(answer))?;
        Some(self.answers.remove(place).1)
    }
}
