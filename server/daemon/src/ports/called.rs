//! How the built-in task of a job is called, and what is asked of an agent that goes on from it.

use engine::Job;
use model::built_in::{BuiltIn, Leaves};
use std::path::Path;
use std::time::Duration;
use tasks::agent::addition;

/// A task ends itself in time; the supervisor ends one that does not, this much later.
pub(super) const MARGIN: Duration = Duration::from_secs(10);

/// Wall clock of it: the step's own word, the client's, or the usual one of its group.
pub(super) fn time(job: &Job, task: &BuiltIn) -> Duration {
    let asked = job.run.as_ref().and_then(|run| run.options.timeout);
    let said = job.task.step.timeout.or(asked);
    said.unwrap_or_else(|| task.group.timeout())
}

/// This program with the arguments that do it, or with those that say that it was not done.
pub(super) fn argv(job: &Job, task: &BuiltIn, program: &Path) -> Vec<String> {
    let mut argv = vec![program.display().to_string()];
    let call = task.call(params(job));
    argv.extend(call.argv);
    argv.push("--as-step".to_owned());
    argv.push(format!("--timeout={}", time(job, task).as_secs().max(1)));
    if let Some(reason) = job.settings.tasks.off(task.group, true) {
        argv.push(format!("--not-run={reason}"));
    }
    if !call.operands.is_empty() {
        argv.push("--".to_owned());
        argv.extend(call.operands);
    }
    argv
}

pub(super) fn params(job: &Job) -> &[(String, model::workflow::Value)] {
    match &job.task.step.work {
        model::workflow::Work::Agent(agent) => &agent.params,
        _ => &[],
    }
}

/// The folder its artifacts lie in: the worktree, else the repository that the task runs in.
pub(super) fn root(job: &Job) -> &Path {
    let worktree = job.task.worktree.as_ref();
    worktree.map_or(&job.task.tenant, |worktree| &worktree.path)
}

/// What is asked of an agent that goes on from a built-in task, for its prompt.
pub(super) fn what_is_asked(task: &BuiltIn) -> String {
    let rows: Vec<String> = task.leaves.iter().map(row).collect();
    format!(
        "What a program can find is there already, with a page for people beside each file: go on from there. {}\n\n\
         Leave what you find as JSON beside it, in a file of its own; leave what is there as it is:\n\n{}\n\n\
         The form of your file, with as many findings as there are:\n\n    \
         {{\"schema_version\": \"1.0\", \"kind\": \"{}\", \"status\": \"completed\", \"summary\": \"…\",\n     \
         \"findings\": [{{\"path\": \"src/a.rs\", \"line\": 3, \"severity\": \"error\", \"code\": \"a-short-name\", \"message\": \"one sentence\", \
         \"help\": \"the way out\"}}]}}\n\nA severity is `error`, `warning` or `info`.",
        task.judgement,
        rows.join("\n"),
        task.leaves.first().map_or("", |leaves| leaves.kind)
    )
}

fn row(Leaves { path, .. }: &Leaves) -> String {
    format!("- to `{path}` add `{}`", addition(path))
}
