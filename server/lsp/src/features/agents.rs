//! The agents of the settings, as the daemon last told them. A request takes what is there and, when that is
//! old, has it asked for again: nobody waits.

use crate::daemon::Connect;
use crate::language::Agents;
use crate::session::Session;
use client::Api;
use protocol::config::RepoRef;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Settings seldom change; who changes them sees it soon enough.
const OLD: Duration = Duration::from_secs(3);

/// What is known of agents, and since when.
#[derive(Debug, Default)]
pub(crate) struct AgentsCache(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    agents: Arc<Agents>,
    /// When they were last asked for.
    asked: Option<Instant>,
}

/// The agents as last heard.
pub(super) fn of<C: Connect>(session: &Arc<Session<C>>) -> Arc<Agents> {
    let mut state = session
        .agents
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let old = state.asked.is_none_or(|asked| asked.elapsed() > OLD);
    if old && session.link.connected().is_some() {
        state.asked = Some(Instant::now());
        tokio::spawn(ask(Arc::clone(session)));
    }
    Arc::clone(&state.agents)
}

async fn ask<C: Connect>(session: Arc<Session<C>>) {
    let Some(api) = session.link.connected() else {
        return;
    };
    let folder = session.folder();
    let repo = folder.and_then(|folder| folder.to_str().map(str::to_owned));
    match api.config_show(RepoRef { repo }).await {
        Ok(settings) => {
            let mut state = session
                .agents
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            state.agents = Arc::new(Agents::of(&settings));
        }
        Err(error) => tracing::debug!(%error, "the settings cannot be read"),
    }
}
