//! What the daemon is asked for findings.

use super::board::Found;
use crate::runs::Runs;
use client::Api;
use protocol::file::{FileRead, Side};
use protocol::finding::FindingFilter;
use protocol::run::RunRef;
use protocol::{Error, ErrorKind};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// All that hold now in the workspace's repositories.
pub(super) async fn all<A: Api>(api: A, runs: Runs) -> Result<Vec<Arc<Found>>, Error> {
    let mut all = Vec::new();
    for root in runs.now().repositories.roots() {
        let filter = FindingFilter {
            repo: root.display().to_string(),
            ..FindingFilter::default()
        };
        let list = api.finding_list(filter).await?;
        let found = list.findings.into_iter();
        all.extend(found.map(|found| Arc::new(Found::new(root, found))));
    }
    runs_of(&api, &runs, &all).await?;
    Ok(all)
}

/// Runs that are older than those that are kept: their workflow file has to be known.
async fn runs_of<A: Api>(api: &A, runs: &Runs, all: &[Arc<Found>]) -> Result<(), Error> {
    let now = runs.now();
    let ids: BTreeSet<&str> = all.iter().map(|found| found.run_id.as_str()).collect();
    for run_id in ids.into_iter().filter(|run_id| now.get(run_id).is_none()) {
        let reference = RunRef {
            run_id: run_id.to_owned(),
            repo: None,
        };
        match api.run_show(reference).await {
            Ok(run) => runs.put(run),
            Err(error) if error.kind == ErrorKind::Unreachable => return Err(error),
            Err(error) => tracing::warn!(%error, run_id, "a run of findings cannot be read"),
        }
    }
    Ok(())
}

/// A file as a step, or a run, left it. Nothing where it is no text, or not there.
pub(super) async fn result<A: Api>(
    api: &A,
    root: &Path,
    run_id: &str,
    step_id: Option<&str>,
    path: &str,
) -> Option<Arc<str>> {
    let read = FileRead {
        run_id: run_id.to_owned(),
        step_id: step_id.map(str::to_owned),
        side: Side::Result,
        path: path.to_owned(),
        repo: Some(root.display().to_string()),
    };
    match api.file_read(read).await {
        Ok(content) => content.text.map(Arc::from),
        Err(error) => {
            tracing::debug!(%error, run_id, path, "a result cannot be read");
            None
        }
    }
}
