//! Which back end does a step: the first of its chain that is configured, and why others were passed over.

use crate::built_in::BuiltIn;
use crate::settings::{AgentTemplate, TenantSettings};
use crate::workflow::{AgentWork, Step, Work};

/// The back end of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backend {
    /// A process of the step's own (`run:`, argv).
    Own,
    /// An agent by argv template; the name is that of the template.
    Command {
        /// Key in `agents`.
        agent: String,
        /// How it is started.
        template: AgentTemplate,
    },
    /// The built-in task that the step means, by itself.
    BuiltIn,
    /// Files that an agent watches.
    File {
        /// Auto execution is off: a person is expected to start the agent.
        manual: bool,
    },
    /// Nothing to start.
    Nothing,
}

/// A back end that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// Its name in the chain.
    pub backend: String,
    /// Why, for people.
    pub reason: String,
}

impl Backend {
    /// The name in JSON: `command`, `built-in`, `file`, or `none`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Own | Self::Command { .. } => "command",
            Self::BuiltIn => BUILT_IN,
            Self::File { .. } => "file",
            Self::Nothing => "none",
        }
    }

    /// Whether it occupies a slot of the pool.
    pub fn takes_slot(&self) -> bool {
        matches!(self, Self::Own | Self::Command { .. } | Self::BuiltIn)
    }

    /// The built-in task that is done before this back end begins, so that an agent goes on from what it found.
    pub fn ground(&self, step: &Step) -> Option<&'static BuiltIn> {
        match self {
            Self::Command { .. } | Self::File { .. } => step.built_in(),
            Self::Own | Self::BuiltIn | Self::Nothing => None,
        }
    }
}

/// The name of [`Backend::BuiltIn`].
const BUILT_IN: &str = "built-in";

/// The candidates of a step in order. `over` is the client's `--backend`, which comes before
/// the step's own list, which comes before the settings' chain; `file` is always last. A step that a built-in
/// task can do does not wait for an agent that nobody set up: where `file` is not named, that task is last.
pub fn candidates(
    step: &Step,
    over: &[String],
    auto: bool,
    settings: &TenantSettings,
) -> (Vec<Backend>, Vec<PassedOver>) {
    let agent = match &step.work {
        Work::Shell(_) | Work::Argv(_) => return (vec![Backend::Own], Vec::new()),
        Work::Nothing => return (vec![Backend::Nothing], Vec::new()),
        Work::Agent(agent) => agent,
    };
    let built_in = step.built_in().is_some();
    if !auto {
        return without_agents(step, over, built_in);
    }
    // Where somebody set up an agent that watches for command files, that is the agent that is meant.
    let default_chain = match (settings.watched, built_in) {
        (true, _) => vec!["file".to_owned(), "command".to_owned()],
        (false, true) => vec!["command".to_owned()],
        (false, false) => vec!["command".to_owned(), "file".to_owned()],
    };
    let chain = [over, &step.backends, &settings.chain, &default_chain]
        .into_iter()
        .find(|chain| !chain.is_empty())
        .map_or(default_chain.as_slice(), |chain| chain);
    let mut found = Vec::new();
    let mut passed = Vec::new();
    for name in chain {
        match resolve(name, agent, settings) {
            Ok(backend) => found.push(backend),
            Err(reason) => passed.push(PassedOver {
                backend: name.clone(),
                reason,
            }),
        }
    }
    let ends = |backend: &Backend| matches!(backend, Backend::File { .. } | Backend::BuiltIn);
    if !found.iter().any(ends) {
        found.push(match built_in {
            true => Backend::BuiltIn,
            false => Backend::File { manual: false },
        });
    }
    (found, passed)
}

/// Auto execution is off. A built-in task is no agent: it runs, unless something else is named.
fn without_agents(step: &Step, over: &[String], built_in: bool) -> (Vec<Backend>, Vec<PassedOver>) {
    let named = if over.is_empty() {
        &step.backends
    } else {
        over
    };
    let (backend, reason) = match built_in && named.iter().all(|name| name == BUILT_IN) {
        true => (Backend::BuiltIn, "no agent is started"),
        false => (
            Backend::File { manual: true },
            "the agent is started by a person",
        ),
    };
    let passed = PassedOver {
        backend: "command".to_owned(),
        reason: format!("auto_execution is off: {reason}"),
    };
    (vec![backend], vec![passed])
}

fn resolve(name: &str, work: &AgentWork, settings: &TenantSettings) -> Result<Backend, String> {
    let role = work.agent.as_str();
    if name == "file" {
        return Ok(Backend::File { manual: false });
    }
    if name == BUILT_IN {
        let none = || format!("no built-in task does `{role}/{}`", work.action);
        return work.built_in().map(|_| Backend::BuiltIn).ok_or_else(none);
    }
    let agent = if name == "command" {
        let by_role = settings.personas.get(role).map(String::as_str);
        let same_name = settings.agents.contains_key(role).then_some(role);
        by_role
            .or(same_name)
            .or(settings.default_agent.as_deref())
            .ok_or_else(|| {
                format!(
                    "no agent is configured for `{role}`: set `default_agent` or `personas.{role}`"
                )
            })?
    } else {
        name
    };
    match settings.agents.get(agent) {
        Some(template) => Ok(Backend::Command {
            agent: agent.to_owned(),
            template: template.clone(),
        }),
        None => Err(format!(
            "no agent named `{agent}` is configured under `offshoot.agents`"
        )),
    }
}

#[cfg(test)]
mod tests;
