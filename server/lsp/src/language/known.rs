//! What is known beyond the text: the newest run of the file, and the agents of the settings.

use protocol::config::Settings;
use protocol::run::Run;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a feature may go by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// The newest run of the workflow file.
    pub(crate) run: Option<Arc<Run>>,
    /// Of the settings.
    pub(crate) agents: Arc<Agents>,
}

/// Agents as the settings have them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Agents {
    /// Name and command line.
    pub(crate) commands: BTreeMap<String, String>,
    /// Role, its agent, and where that is said.
    pub(crate) personas: BTreeMap<String, (String, String)>,
    /// The agent of roles that have none of their own.
    pub(crate) default: Option<String>,
}

impl Agents {
    /// From the effective settings.
    pub(crate) fn of(settings: &Settings) -> Self {
        let mut agents = Self::default();
        for setting in &settings.settings {
            let text = || setting.value.as_str().map(str::to_owned);
            if let Some(name) = setting.key.strip_prefix("offshoot.agents.") {
                if let Some(name) = name.strip_suffix(".command") {
                    let words = setting.value.as_array().into_iter().flatten();
                    let words: Vec<&str> = words.filter_map(|word| word.as_str()).collect();
                    if !words.is_empty() {
                        agents.commands.insert(name.to_owned(), words.join(" "));
                    }
                }
            } else if let Some(role) = setting.key.strip_prefix("offshoot.personas.") {
                if let Some(agent) = text() {
                    let origin = setting.origin.clone();
                    agents.personas.insert(role.to_owned(), (agent, origin));
                }
            } else if setting.key == "offshoot.default_agent" {
                agents.default = text();
            }
        }
        agents
    }

    /// What a role of a step is set to: one sentence.
    pub(crate) fn describe(&self, role: &str) -> String {
        let named = |agent: &str, why: &str| match self.commands.get(agent) {
            Some(command) => format!("Done by the agent `{agent}` ({why}): `{command}`"),
            None => format!("Set to the agent `{agent}` ({why}), which no settings file defines."),
        };
        if let Some((agent, origin)) = self.personas.get(role) {
            return named(agent, &format!("`offshoot.personas.{role}`, {origin}"));
        }
        if self.commands.contains_key(role) {
            return named(role, "of that name");
        }
        match &self.default {
            Some(agent) => named(agent, "`offshoot.default_agent`"),
            None => "No agent is set for it: the step is handed over in files.".to_owned(),
        }
    }
}
