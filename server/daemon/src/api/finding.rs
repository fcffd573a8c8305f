//! Findings of a repository: what holds now, and what a person does not want to see again.

use super::{Session, find};
use crate::convert;
use model::run::Run;
use model::task::Task;
use protocol::Error;
use protocol::finding::{Dismissed, FindingDismiss, FindingFilter, FindingList, FoundFinding};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Runs of a repository among which the newest of each workflow is looked for.
const RECENT: u32 = 500;
/// The most that one answer holds.
const MOST: usize = 20_000;
/// The most bytes of one answer, roughly: a message of the socket has to hold it.
const LARGEST: usize = 12 << 20;

pub(super) async fn list(session: &Session, params: FindingFilter) -> Result<FindingList, Error> {
    let root = session.core.root(&params.repo).await?;
    let runs = match &params.run_id {
        Some(id) => vec![find::run(session, id, Some(&params.repo)).await?],
        None => current(session, root.clone()).await?,
    };
    let dismissed = session
        .core
        .store()
        .with(move |store| store.dismissed(&root))
        .await?;
    let (wanted, worktrees) = (params.dismissed, session.core.home.worktrees_path());
    let work = move || {
        let keep = |found: &FoundFinding| dismissed.contains(&found.finding.id) == wanted;
        bounded(once(runs, &worktrees).into_iter().filter(keep))
    };
    // Ids of thousands of findings are some milliseconds of work.
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::new(protocol::ErrorKind::Internal, error.to_string()))
}

/// The runs that say what holds now, newest first.
async fn current(session: &Session, root: PathBuf) -> Result<Vec<(Run, Vec<Task>)>, Error> {
    let read = move |store: &mut store::Store| {
        let ids = store.newest_of_workflows(&root, RECENT)?;
        let runs = ids.iter().map(|id| store.run(id));
        runs.collect::<Result<Vec<_>, _>>()
    };
    let runs = session.core.store().with(read).await?;
    Ok(runs.into_iter().flatten().collect())
}

/// All findings of these runs. The same one of several steps or runs is that of the newest run, and there of the last
/// step: its place is the newest.
fn once(runs: Vec<(Run, Vec<Task>)>, worktrees: &Path) -> Vec<FoundFinding> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for (run, tasks) in runs {
        let mut of_run = Vec::new();
        let as_a_whole = convert::of_run(&run, worktrees)
            .into_iter()
            .map(|found| (None, found));
        let of_steps = tasks.iter().flat_map(|task| {
            let step = task.step.id.to_string();
            let found = convert::of_step(&run, task).into_iter();
            found.map(move |found| (Some(step.clone()), found))
        });
        for (step_id, finding) in of_steps
            .chain(as_a_whole)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
        {
            if seen.insert(finding.id.clone()) {
                of_run.push(FoundFinding {
                    run_id: run.id.to_string(),
                    step_id,
                    finding,
                });
            }
        }
        all.extend(of_run.into_iter().rev());
    }
    all
}

fn bounded(found: impl Iterator<Item = FoundFinding>) -> FindingList {
    let mut list = FindingList::default();
    let mut size = 0;
    for finding in found {
        size += weight(&finding);
        if list.findings.len() < MOST && size < LARGEST {
            list.findings.push(finding);
        } else {
            list.left_out += 1;
        }
    }
    list
}

/// Bytes on the wire, roughly; quotes and line ends in a text take two.
fn weight(found: &FoundFinding) -> usize {
    let finding = &found.finding;
    let texts = [
        &finding.text,
        &finding.help,
        &finding.path,
        &finding.artifact,
    ];
    let texts = texts.into_iter().flatten().map(|text| text.len() * 2);
    let related = finding.related.iter();
    let related = related.map(|related| 60 + related.path.len() + related.message.len());
    300 + finding.message.len() + texts.sum::<usize>() + related.sum::<usize>()
}

pub(super) async fn dismiss(session: &Session, params: FindingDismiss) -> Result<Dismissed, Error> {
    let root = session.core.root(&params.repo).await?;
    let id = known(session, &params).await?;
    let (repo, finding, undo) = (root.clone(), id.clone(), params.undo);
    let at = crate::clock::now();
    let write = move |store: &mut store::Store| {
        if undo {
            store.undismiss(&repo, &finding).map(drop)
        } else {
            store.dismiss(&repo, &finding, at)
        }
    };
    session.core.store().with(write).await?;
    session.core.findings_changed(root, id.clone());
    Ok(Dismissed {
        id,
        dismissed: !params.undo,
    })
}

/// The id that is meant. One that no finding has is refused: a typing error is not to last.
async fn known(session: &Session, params: &FindingDismiss) -> Result<String, Error> {
    for dismissed in [params.undo, !params.undo] {
        let filter = FindingFilter {
            repo: params.repo.clone(),
            run_id: None,
            dismissed,
        };
        let list = list(session, filter).await?;
        if list
            .findings
            .iter()
            .any(|found| found.finding.id == params.id)
        {
            return Ok(params.id.clone());
        }
    }
    let root = session.core.root(&params.repo).await?;
    let read = move |store: &mut store::Store| store.dismissed(&root);
    if session.core.store().with(read).await?.contains(&params.id) {
        return Ok(params.id.clone());
    }
    let message = format!("no finding {} in this repository", params.id);
    Err(Error::new(protocol::ErrorKind::NotFound, message).hint("see `offshoot workflow findings`"))
}
