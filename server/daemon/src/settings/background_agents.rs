//! `.cursor/background-agents.yaml` on disk.

use super::layer;
pub use settings::background_agents::{
    BackgroundAgent, BackgroundAgents, FILE, Read, Variable, keys, placeholders,
};
use std::path::Path;

/// Reads the file at this path.
pub fn read(path: &Path) -> Read {
    use settings::background_agents as agents;
    match layer::text(path) {
        Ok(Some(text)) => agents::read(&text),
        Ok(None) => agents::without_text(None),
        Err(problem) => agents::without_text(Some(problem)),
    }
}

/// Whether the repository has an agent that watches for command files: then steps may be handed to it.
pub fn is_watched(repo: &Path) -> bool {
    let agents = read(&repo.join(FILE)).agents;
    agents.is_some_and(|read| read.agents.iter().any(BackgroundAgent::watches))
}
