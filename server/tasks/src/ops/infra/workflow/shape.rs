//! Where things are in a workflow: what starts it, its jobs and steps, the scripts in them.

use super::super::super::check::yaml::{Key, Node};

/// The names of what starts it, with their places.
pub(super) fn triggers(root: &Node) -> Vec<(&str, &Node)> {
    let Some((_, on)) = root.entry("on") else {
        return Vec::new();
    };
    if let Some(name) = on.text() {
        return vec![(name, on)];
    }
    let listed = on
        .items()
        .iter()
        .filter_map(|item| Some((item.text()?, item)));
    let mapped = on.entries().map(|(key, value)| (key.text.as_str(), value));
    listed.chain(mapped).collect()
}

pub(super) fn is_started_by(root: &Node, names: &[&str]) -> bool {
    triggers(root).iter().any(|(name, _)| names.contains(name))
}

pub(super) fn jobs(root: &Node) -> impl Iterator<Item = (&Key, &Node)> {
    root.get("jobs").into_iter().flat_map(Node::entries)
}

fn steps_of(holder: &Node) -> &[Node] {
    holder.get("steps").map_or(&[], Node::items)
}

/// All steps of all jobs, or of a composite action.
pub(super) fn steps(root: &Node) -> impl Iterator<Item = &Node> {
    let of_jobs = jobs(root).flat_map(|(_, job)| steps_of(job));
    of_jobs.chain(root.get("runs").into_iter().flat_map(steps_of))
}

/// All scripts: `run`, and the `script` of actions that run one.
pub(super) fn scripts(root: &Node) -> impl Iterator<Item = &Node> {
    steps(root).filter_map(|step| {
        let script = || {
            let uses = step.word("uses")?;
            uses.starts_with("actions/github-script@")
                .then(|| step.at(&["with", "script"]))?
        };
        step.get("run").or_else(script)
    })
}

/// What steps and jobs use.
pub(super) fn uses(root: &Node) -> impl Iterator<Item = &Node> {
    let of_steps = steps(root).filter_map(|step| step.get("uses"));
    of_steps.chain(jobs(root).filter_map(|(_, job)| job.get("uses")))
}

/// The `env` of the workflow, its jobs and its steps.
pub(super) fn environments(root: &Node) -> impl Iterator<Item = &Node> {
    let of_jobs = jobs(root).filter_map(|(_, job)| job.get("env"));
    let of_steps = steps(root).filter_map(|step| step.get("env"));
    root.get("env").into_iter().chain(of_jobs).chain(of_steps)
}
