//! When a step is done. Never by exit code alone: what it promised has to be there, written by
//! this attempt, valid, and its check has to pass.

use crate::attempt::AttemptEnd;
use crate::diagnostic::Severity;
use crate::failure::{Failure, FailureClass};
use crate::finding::Finding;

/// Whether an attempt did its task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Verified.
    Completed,
    /// It failed.
    Failed(Failure),
    /// It says it is done; what it promised was not touched.
    Unverified(Failure),
    /// Somebody stopped it.
    Stopped,
}

/// What became of a declared file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// It is not there.
    Missing,
    /// It is there, as it was in the base, and nobody wrote it.
    Unchanged,
    /// It is new, or differs from the base, or was written during the attempt.
    Written,
}

/// What was found in the worktree.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Each declared file.
    pub created: Vec<(String, Created)>,
    /// Artifacts that do not validate: path and what is wrong.
    pub invalid: Vec<(String, String)>,
    /// Why the `check` failed, where it ran and did.
    pub check: Option<Failure>,
}

impl Verdict {
    /// The verdict where there is nothing but the reported end.
    pub fn of_end(end: &AttemptEnd) -> Self {
        match &end.failure {
            _ if end.stopped => Self::Stopped,
            Some(failure) => Self::Failed(failure.clone()),
            None => Self::Completed,
        }
    }

    /// The verdict about an end with what was found, and what is worth telling beside it.
    pub fn of(end: &AttemptEnd, evidence: &Evidence, strict: bool) -> (Self, Vec<Finding>) {
        let reported = Self::of_end(end);
        if reported != Self::Completed {
            return (reported, Vec::new());
        }
        let findings = unchanged(evidence)
            .map(|path| finding(path, strict))
            .collect();
        (judge(evidence, strict), findings)
    }
}

fn unchanged(evidence: &Evidence) -> impl Iterator<Item = &String> {
    evidence
        .created
        .iter()
        .filter(|(_, state)| *state == Created::Unchanged)
        .map(|(path, _)| path)
}

fn judge(evidence: &Evidence, strict: bool) -> Verdict {
    let missing: Vec<&str> = evidence
        .created
        .iter()
        .filter(|(_, state)| *state == Created::Missing)
        .map(|(path, _)| path.as_str())
        .collect();
    if !missing.is_empty() {
        let message = format!("it promised {} and did not create it", missing.join(", "));
        return Verdict::Failed(Failure::new(FailureClass::Artifact, message));
    }
    if let Some((path, problem)) = evidence.invalid.first() {
        return Verdict::Failed(Failure::new(
            FailureClass::Artifact,
            format!("artifact {path} is not valid: {problem}"),
        ));
    }
    if let Some(failure) = &evidence.check {
        return Verdict::Failed(failure.clone());
    }
    match unchanged(evidence).next() {
        Some(path) if strict => Verdict::Unverified(Failure::new(
            FailureClass::Artifact,
            format!(
                "success was reported, but {path} is unchanged: look at it, then `offshoot workflow accept`"
            ),
        )),
        _ => Verdict::Completed,
    }
}

fn finding(path: &str, strict: bool) -> Finding {
    let severity = if strict {
        Severity::Error
    } else {
        Severity::Warning
    };
    let message = "success was reported, but the file is as it was before";
    Finding::new("unchanged-artifact", severity, message).about(path)
}
