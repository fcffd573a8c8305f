//! `ops infra`: files that build, start and guard what is made here: Dockerfiles, compose files, Kubernetes manifests, GitHub
//! workflows. Read as they are; nothing is built, pulled or asked.

mod compose;
mod dockerfile;
mod images;
mod kind;
mod kubernetes;
mod run;
mod shell;
mod workflow;

#[cfg(test)]
mod tests;

pub(crate) use dockerfile::Dockerfile;
pub use run::{ARTIFACT, KIND, Report, run};

use super::check::{Check, Rule};
use artifact::Severity;

/// All rules of this task, by what they look at.
pub fn rules() -> Vec<&'static Rule> {
    [
        dockerfile::RULES,
        compose::RULES,
        kubernetes::PODS,
        kubernetes::CONTAINERS,
        kubernetes::OBJECTS,
        workflow::RULES,
        workflow::MORE,
        &[UNREADABLE],
    ]
    .into_iter()
    .flatten()
    .collect()
}

const UNREADABLE: Rule = Rule {
    id: "yaml-unreadable",
    what: "a file that is no YAML",
    severity: Severity::Warning,
    reason: "What cannot be read is not checked, and whatever uses the file fails or reads something else.",
    help: "mend the text at this place, or leave the file out with --allow",
    bad: "services:\n  web: a»: b\n",
    good: "services: {}\n",
    check: Check::Unreadable,
};
