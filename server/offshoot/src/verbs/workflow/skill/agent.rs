//! Which agent does a command: the same choice as the engine's, from the same settings.

use super::prompt;
use crate::context::Context;
use crate::settings;
use agents::handoff::skill::SkillCommand;
use model::backend::{Backend, candidates};
use model::ids::StepId;
use model::settings::TenantSettings;
use model::workflow::{AgentWork, Step, Work};
use std::path::Path;
use std::time::Duration;

/// An agent and how it is started for this command.
pub(super) struct Chosen {
    /// Key in `offshoot.agents`.
    pub(super) name: String,
    /// Program and arguments with placeholders.
    template: Vec<String>,
    /// What the agent is told.
    pub(super) prompt: String,
    /// Plain variables.
    pub(super) environment: Vec<(String, String)>,
    /// Variables that must not be written anywhere.
    pub(super) secrets: Vec<(String, String)>,
    /// Wall clock.
    pub(super) timeout: Option<Duration>,
}

impl Chosen {
    /// Holds it to this many seconds, where it had more.
    pub(super) fn limit(&mut self, seconds: Option<u64>) {
        let limit = seconds.map(Duration::from_secs);
        self.timeout = self.timeout.into_iter().chain(limit).min();
    }

    /// Program and arguments. `instructions` is the file with the prompt.
    pub(super) fn argv(&self, command: &SkillCommand, instructions: &Path) -> Vec<String> {
        let worktree = command.worktree.to_string_lossy();
        let instructions = instructions.to_string_lossy();
        let values = [
            ("{prompt}", self.prompt.as_str()),
            ("{command}", command.command.as_str()),
            ("{worktree}", &worktree),
            ("{step_id}", command.step_id.as_deref().unwrap_or_default()),
            ("{run_id}", command.run_id.as_deref().unwrap_or_default()),
            ("{instructions_file}", &instructions),
        ];
        self.template
            .iter()
            .map(|argument| fill(argument, &values))
            .collect()
    }
}

/// Chooses; the error is a sentence for the status file.
pub(super) fn choose(context: &Context, command: &SkillCommand) -> Result<Chosen, String> {
    if command.redacted && command.params.is_empty() {
        return Err("secrets in the command were replaced by a placeholder, so it cannot be done as it stands".to_owned());
    }
    let environment: Vec<(String, String)> = context.environment().into_iter().collect();
    let settings = settings::of_folder(&command.worktree, &environment)?;
    let role = model::command::parse(&command.command)
        .map_or_else(|_| String::new(), |parsed| parsed.agent);
    let (name, template) = match template(&role, &settings) {
        Ok(found) => found,
        Err(reason) => {
            return Err(format!(
                "{reason}; configure one in .tapps-agents/config.yaml under `offshoot: agents:`, \
                 as `offshoot init` shows"
            ));
        }
    };
    let (secrets, missing) = daemon::environment::secrets(&environment, &template.env);
    if !missing.is_empty() {
        return Err(format!(
            "the agent `{name}` needs {}, which is not set here",
            missing.join(", ")
        ));
    }
    Ok(Chosen {
        prompt: prompt::text(command),
        environment: daemon::environment::filter(&environment, &settings.env).0,
        secrets,
        timeout: template.timeout.or(command.timeout),
        template: template.command,
        name,
    })
}

type Template = model::settings::AgentTemplate;

fn template(role: &str, settings: &TenantSettings) -> Result<(String, Template), String> {
    let agent = AgentWork {
        agent: role.to_owned(),
        ..AgentWork::default()
    };
    let step = Step::new(StepId::new("skill"), String::new(), Work::Agent(agent));
    // The file hand-off itself would wait for an agent that this command is.
    let chain = if settings.chain.is_empty() {
        vec!["command".to_owned()]
    } else {
        settings.chain.clone()
    };
    let (found, passed) = candidates(&step, &chain, true, settings);
    let mut commands = found.into_iter().filter_map(|backend| match backend {
        Backend::Command { agent, template } => Some((agent, template)),
        _ => None,
    });
    commands.next().ok_or_else(|| {
        let reasons: Vec<String> = passed.into_iter().map(|one| one.reason).collect();
        if reasons.is_empty() {
            "no agent is configured".to_owned()
        } else {
            reasons.join("; ")
        }
    })
}

/// One pass from left to right: what was filled in is not looked at again.
fn fill(argument: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(argument.len());
    let mut rest = argument;
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let known = values.iter().find(|(name, _)| from.starts_with(name));
        let (name, value) = known.copied().unwrap_or(("{", "{"));
        out.push_str(value);
        rest = &from[name.len()..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let values = [("{a}", "{b}"), ("{b}", "x y")];
        let check = |argument, expected| assert_eq!(fill(argument, &values), expected);
        check("{a}", "{b}");
        check("-p={b}!", "-p=x y!");
        check("{c} {", "{c} {");
        check("", "");
    }
}
