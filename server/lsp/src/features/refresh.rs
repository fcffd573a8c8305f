//! Lenses and hints follow the runs: when one of a workflow that is open changed, the client is told to ask
//! again. A task of its own: it waits for the client.

use crate::daemon::Connect;
use crate::session::Session;
use crate::uri;
use protocol::run;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Changes within this time are one.
const TOGETHER: Duration = Duration::from_millis(50);

/// Of each open workflow what lenses and hints show of its newest run.
type Shown = BTreeMap<String, (String, Vec<Step>)>;

/// Id, state, time, and whether there are a result and a log.
type Step = (String, String, u64, bool, bool);

/// Tells the client, until the session ends.
pub(crate) async fn refresh<C: Connect>(session: Arc<Session<C>>) {
    let mut runs = session.runs.subscribe();
    let mut before = Shown::new();
    while runs.changed().await.is_ok() {
        tokio::time::sleep(TOGETHER).await;
        runs.mark_unchanged();
        let can = session.options().client;
        if !can.lens_refresh && !can.hint_refresh {
            continue;
        }
        let now = shown(&session);
        if now == before {
            continue;
        }
        before = now;
        if can.lens_refresh && session.editor.code_lens_refresh().await.is_err() {
            tracing::debug!("the client refreshes no lenses");
        }
        if can.hint_refresh && session.editor.inlay_hint_refresh().await.is_err() {
            tracing::debug!("the client refreshes no hints");
        }
    }
}

fn shown<C: Connect>(session: &Session<C>) -> Shown {
    let mut shown = Shown::new();
    for reading in session.readings.ready() {
        let file = reading.workflow().and_then(|_| uri::to_path(&reading.uri));
        let Some(run) = file.and_then(|file| session.newest_run(&file)) else {
            continue;
        };
        let steps = run.steps.iter().map(step).collect();
        let state = format!("{} {}", run.run_id, run.status);
        shown.insert(reading.uri.clone(), (state, steps));
    }
    shown
}

fn step(step: &run::Step) -> Step {
    let log = step.attempts.iter().any(|attempt| attempt.log.is_some());
    (
        step.id.clone(),
        step.status.clone(),
        step.duration_ms,
        step.commit.is_some(),
        log,
    )
}
