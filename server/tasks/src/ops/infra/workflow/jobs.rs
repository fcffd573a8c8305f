//! What the rules about whole workflows and jobs look for.

use super::super::super::check::yaml::Node;
use super::super::super::check::{Hits, Place, name};
use super::shape::{is_started_by, jobs, steps, triggers};

/// Runners that are gone.
const GONE: &[&str] = &[
    "ubuntu-16.04",
    "ubuntu-18.04",
    "ubuntu-20.04",
    "macos-10.15",
    "macos-11",
    "macos-12",
    "macos-13",
    "windows-2016",
    "windows-2019",
];

fn is_workflow(root: &Node) -> bool {
    root.get("jobs").is_some()
}

/// Where the workflow begins: its trigger.
fn head(root: &Node) -> Place {
    root.entry("on").map_or(root.place, |(key, _)| key.place)
}

pub(super) fn no_permissions(root: &Node, hits: &mut Hits) {
    if !is_workflow(root) || root.get("permissions").is_some() {
        return;
    }
    let mut without = jobs(root).filter(|(_, job)| job.get("permissions").is_none());
    if without.next().is_some() {
        hits.at(
            head(root),
            "what its token may do is left to the repository's settings",
        );
    }
}

fn permissions(root: &Node) -> impl Iterator<Item = &Node> {
    let of_jobs = jobs(root).filter_map(|(_, job)| job.get("permissions"));
    root.get("permissions").into_iter().chain(of_jobs)
}

pub(super) fn all_permissions(root: &Node, hits: &mut Hits) {
    for given in permissions(root) {
        if given.is("write-all") {
            hits.at(given.place, "its token may do everything in the repository");
        }
    }
}

pub(super) fn wide_permissions(root: &Node, hits: &mut Hits) {
    if jobs(root).count() < 2 {
        return;
    }
    for (key, value) in root.get("permissions").into_iter().flat_map(Node::entries) {
        if value.is("write") {
            hits.at(
                key.place,
                format!("each job may write `{}`", name(&key.text)),
            );
        }
    }
}

pub(super) fn own_runner(root: &Node, hits: &mut Hits) {
    if !is_started_by(root, &["pull_request", "pull_request_target"]) {
        return;
    }
    for (_, job) in jobs(root) {
        let Some(runner) = job.get("runs-on") else {
            continue;
        };
        let labels = runner.get("labels").unwrap_or(runner);
        let all = std::iter::once(labels).chain(labels.items());
        if let Some(label) = all.into_iter().find(|label| label.is("self-hosted")) {
            hits.at(
                label.place,
                "a stranger's pull request runs on a machine of your own",
            );
        }
    }
}

pub(super) fn gone_runner(root: &Node, hits: &mut Hits) {
    for (_, job) in jobs(root) {
        let Some(runner) = job.get("runs-on") else {
            continue;
        };
        let matrix = job
            .at(&["strategy", "matrix"])
            .into_iter()
            .flat_map(Node::entries);
        let values = matrix.flat_map(|(_, list)| list.items());
        for label in std::iter::once(runner).chain(runner.items()).chain(values) {
            if let Some(text) = label.text().filter(|text| GONE.contains(text)) {
                hits.at(label.place, format!("there is no runner `{text}` any more"));
            }
        }
    }
}

pub(super) fn no_timeout(root: &Node, hits: &mut Hits) {
    for (key, job) in jobs(root) {
        if job.get("steps").is_some() && job.get("timeout-minutes").is_none() {
            hits.at(
                key.place,
                format!("`{}` may run for six hours", name(&key.text)),
            );
        }
    }
}

pub(super) fn inherited_secrets(root: &Node, hits: &mut Hits) {
    for (_, job) in jobs(root) {
        if let Some(secrets) = job.get("secrets")
            && secrets.is("inherit")
        {
            hits.at(secrets.place, "all secrets of the repository are passed on");
        }
    }
}

pub(super) fn forged_actor(root: &Node, hits: &mut Hits) {
    let of_jobs = jobs(root).filter_map(|(_, job)| job.get("if"));
    let of_steps = steps(root).filter_map(|step| step.get("if"));
    for condition in of_jobs.chain(of_steps) {
        let text = condition.text().unwrap_or_default();
        if let Some(at) = text.find("github.actor")
            && text.contains("[bot]")
            && !text.contains("github.actor_id")
        {
            let place = condition.place_of(at, at + "github.actor".len());
            hits.at(
                place,
                "`github.actor` is who did something last, not whose change it is",
            );
        }
    }
}

pub(super) fn unguarded_target(root: &Node, hits: &mut Hits) {
    if !is_workflow(root) {
        return;
    }
    for (name, trigger) in triggers(root) {
        if name == "pull_request_target" {
            let place = root
                .get("on")
                .and_then(|on| on.entry(name))
                .map_or(trigger.place, |(key, _)| key.place);
            hits.at(
                place,
                "strangers start this with the repository's secrets and a token that may write",
            );
        }
    }
}

pub(super) fn forgiven(root: &Node, hits: &mut Hits) {
    for (_, job) in jobs(root) {
        if let Some((key, value)) = job.entry("continue-on-error")
            && value.is_true()
        {
            hits.at(key.place, "what fails in this job is taken as success");
        }
    }
}
