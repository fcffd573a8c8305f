//! Library documentation for a step: what the repository's knowledge base has, as a file beside the attempt.

use super::spec::Common;
use super::{files, repository};
use engine::Job;
use std::path::Path;
use std::sync::Arc;
use tasks::context::hand_over::{Wanted, gather};
use tasks::context::{FOLDER, Policy};

/// The file in the exchange folder.
const FILE: &str = "libraries.md";

/// Lays it there, and adds to the notes of the job's step where it is. Not for steps without an agent, nor where
/// there is nothing; a step does not fail for it.
pub(super) async fn hand_over(common: &Common, job: &mut Job) {
    if !job.task.step.is_agent() {
        return;
    }
    let (common, snapshot) = (common.clone(), job.clone());
    let work = move || lay(&common, &snapshot);
    let Ok(Some(told)) = tokio::task::spawn_blocking(work).await else {
        return;
    };
    let notes = &mut Arc::make_mut(&mut job.task.step).notes;
    if !notes.is_empty() {
        notes.push_str("\n\n");
    }
    notes.push_str(&told);
}

fn lay(common: &Common, job: &Job) -> Option<String> {
    let handed = match repository::open(job) {
        Ok(repo) => of(job, repo.main_root()),
        Err(_) => of(job, &job.task.tenant),
    }?;
    let exchange = common.exchange(job);
    let file = exchange.join(FILE);
    let written = std::fs::create_dir_all(&exchange)
        .and_then(|()| files::write_file(&file, handed.text.as_bytes()));
    match written {
        Ok(()) => Some(handed.told(&file)),
        Err(error) => {
            tracing::warn!(%error, "library documentation could not be laid beside an attempt");
            None
        }
    }
}

fn of(job: &Job, checkout: &Path) -> Option<tasks::context::hand_over::Handed> {
    if !checkout.join(FOLDER).is_dir() {
        return None;
    }
    let step = &job.task.step;
    gather(&Wanted {
        checkout,
        folder: job.folder(),
        tier: step.context_tier,
        consults: &step.consults,
        now: jiff::Timestamp::from_millisecond(crate::clock::now().0).unwrap_or_default(),
        policy: Policy {
            stable: job.settings.knowledge.stale_after_days,
            ..Policy::default()
        },
    })
}
