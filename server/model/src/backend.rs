//! Which back end does a step: the first of its chain that is configured, and why others were passed over.

use crate::settings::{AgentTemplate, TenantSettings};
use crate::workflow::{Step, Work};

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
    /// The name in JSON: `command`, `file`, or `none`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Own | Self::Command { .. } => "command",
            Self::File { .. } => "file",
            Self::Nothing => "none",
        }
    }

    /// Whether it occupies a slot of the pool.
    pub fn takes_slot(&self) -> bool {
        matches!(self, Self::Own | Self::Command { .. })
    }
}

/// The candidates of a step in order. `over` is the client's `--backend`, which comes before
/// the step's own list, which comes before the settings' chain; `file` is always last.
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
    if !auto {
        let reason = "auto_execution is off: the agent is started by a person".to_owned();
        let passed = vec![PassedOver {
            backend: "command".to_owned(),
            reason,
        }];
        return (vec![Backend::File { manual: true }], passed);
    }
    // Where somebody set up an agent that watches for command files, that is the agent that is meant.
    let default_chain = match settings.watched {
        true => vec!["file".to_owned(), "command".to_owned()],
        false => vec!["command".to_owned(), "file".to_owned()],
    };
    let chain = [over, &step.backends, &settings.chain, &default_chain]
        .into_iter()
        .find(|chain| !chain.is_empty())
        .map_or(default_chain.as_slice(), |chain| chain);
    let mut found = Vec::new();
    let mut passed = Vec::new();
    for name in chain {
        match resolve(name, &agent.agent, settings) {
            Ok(backend) => found.push(backend),
            Err(reason) => passed.push(PassedOver {
                backend: name.clone(),
                reason,
            }),
        }
    }
    if !found
        .iter()
        .any(|backend| matches!(backend, Backend::File { .. }))
    {
        found.push(Backend::File { manual: false });
    }
    (found, passed)
}

fn resolve(name: &str, role: &str, settings: &TenantSettings) -> Result<Backend, String> {
    if name == "file" {
        return Ok(Backend::File { manual: false });
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
