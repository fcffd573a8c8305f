//! What a back end needs before it can begin: its program, and secrets.

use super::files;
use engine::Job;
use model::backend::Backend;
use model::built_in::BuiltIn;
use std::path::Path;

/// Names of the secrets an attempt is given: the step's own and those of its agent.
pub(super) fn secret_names(job: &Job, backend: &Backend) -> Vec<String> {
    let mut names = job.task.step.env.clone();
    if let Backend::Command { template, .. } = backend {
        names.extend(
            template
                .env
                .iter()
                .filter(|name| !job.task.step.env.contains(name))
                .cloned(),
        );
    }
    names
}

/// Those of the step, and those that its built-in task uses where they are given.
pub(super) fn with_optional(job: &Job, task: Option<&BuiltIn>) -> Vec<String> {
    let optional = task.map_or(&[][..], |task| task.secrets);
    let mut names = job.task.step.env.clone();
    names.extend(optional.iter().map(|name| (*name).to_owned()));
    names.dedup();
    names
}

pub(super) fn on_path(program: &str, path: &str) -> bool {
    if program.contains('/') {
        return files::is_executable(Path::new(program));
    }
    std::env::split_paths(path).any(|folder| files::is_executable(&folder.join(program)))
}
