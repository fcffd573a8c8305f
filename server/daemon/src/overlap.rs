//! What steps at work have changed so far, told to the engine: it looks whether two edit the same files.
//!
//! Only where it can matter: a repository in which several steps are at work, or one is and another waits that
//! names what it touches. The look is a `git diff` and a `git ls-files` in each worktree; they start no hook and
//! write nothing. Between two looks lies fifty times what the last one took, so that they cost at most a
//! fiftieth of one processor; but a step that may only begin after a look gets the next one, within seconds.

use crate::core::{Core, Ending};
use model::machine::Watched;
use model::overlap::MOST_FILES;
use std::sync::Arc;
use std::time::{Duration, Instant};
use worktree::Oid;

/// The least time between two looks.
const ROUND: Duration = Duration::from_secs(3);
/// That many times what a look took.
const REST: u32 = 50;

/// Looks now and then until the daemon ends.
pub(crate) async fn run(core: Arc<Core>) {
    let mut ending = core.ending.subscribe();
    let mut rests_until = Instant::now();
    loop {
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            _ = ending.wait_for(|ending| *ending == Ending::Ends) => return,
        }
        let wanted = core.engine.look(move |state| {
            let urgent = state.waits_for_a_look();
            (urgent || Instant::now() >= rests_until).then(|| state.to_watch())
        });
        let Ok(wanted) = wanted.await else {
            return;
        };
        let Some(watched) = wanted else { continue };
        let began = Instant::now();
        for one in watched {
            look(&core, one).await;
        }
        rests_until = Instant::now() + began.elapsed() * REST;
    }
}

async fn look(core: &Core, one: Watched) {
    let Watched {
        task,
        attempt,
        repo,
        environment,
        worktree,
    } = one;
    let found = core.wiring.worktrees.blocking(move || {
        let base = Oid::parse(&worktree.base)?;
        let repo = crate::ports::open_with(&repo, &environment)?;
        repo.written_so_far(&worktree.path, &base, MOST_FILES)
    });
    match found.await {
        Ok(Ok(files)) => {
            let files = files.iter().map(|path| path.display().to_string());
            core.engine.wrote(task, attempt, files.collect()).await;
        }
        // It has ended meanwhile, or its agent broke something: what it leaves is looked at in any case.
        Ok(Err(error)) => tracing::debug!(%task, %error, "nobody knows what it has written"),
        Err(failure) => tracing::debug!(%task, failure = failure.message, "the look was lost"),
    }
}
