//! From a job to what its supervisor is told.

use super::beside::GROUND;
use super::supervisors::Supervisors;
use super::{called, round, variables};
use crate::trees::Trees;
use agents::attempt::{AttemptSpec, LaunchJob, Limits, Program, Secret, StartDaemon};
use client::Home;
use engine::Job;
use model::backend::Backend;
use model::built_in::BuiltIn;
use model::failure::{Failure, FailureClass};
use model::ids::AttemptId;
use model::settings::AgentTemplate;
use model::workflow::{AgentWork, Work};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What all attempts have in common.
#[derive(Debug, Clone)]
pub(crate) struct Common {
    pub(crate) home: Home,
    /// The program that can be a supervisor and a daemon: this one.
    pub(crate) program: PathBuf,
    /// What is noted of worktrees: their ports.
    pub(crate) trees: Arc<Trees>,
    /// Who is at work.
    pub(crate) supervisors: Supervisors,
}

impl Common {
    pub(super) fn dir(&self, job: &Job) -> PathBuf {
        self.home.attempts_path().join(job.attempt().as_str())
    }

    /// Beside the attempt's folder, which is the supervisor's: what its processes read and write.
    pub(super) fn exchange(&self, job: &Job) -> PathBuf {
        exchange_of(&self.home, &job.attempt())
    }

    /// The supervisor's job for an attempt by process.
    pub(super) fn launch_job(
        &self,
        job: &Job,
        backend: &Backend,
        secrets: Vec<(String, String)>,
    ) -> Result<LaunchJob, Failure> {
        let dir = self.dir(job);
        let policy = &job.task.policy;
        if let (Backend::BuiltIn, Some(task)) = (backend, job.task.step.built_in()) {
            let cookie = job.attempt();
            return Ok(self.built_in_job(job, task, dir, cookie.as_str(), secrets));
        }
        let program = program(job, backend, &self.exchange(job))?;
        let mut spec = self.spec(job, job.attempt().as_str(), program);
        let timeout = match backend {
            Backend::Command { template, .. } => template.timeout,
            _ => None,
        };
        spec.limits = Limits {
            wall_ms: Some(millis(
                job.task.step.timeout.or(timeout).unwrap_or(policy.timeout),
            )),
            silence_ms: policy.silence.map(millis),
            output_bytes: policy.limits.output,
            memory_bytes: policy.limits.memory,
            processes: None,
        };
        Ok(self.job(dir, spec, secrets))
    }

    /// The supervisor's job for the built-in task from which an agent goes on.
    pub(super) fn ground_job(
        &self,
        job: &Job,
        task: &BuiltIn,
        secrets: Vec<(String, String)>,
    ) -> LaunchJob {
        let dir = self.exchange(job).join(GROUND);
        let cookie = format!("{}.{}", job.attempt(), GROUND);
        self.built_in_job(job, task, dir, &cookie, secrets)
    }

    /// A built-in task is this program. It ends itself when its time is over, and says so in its artifact; the
    /// supervisor's limit is there in case it does not.
    fn built_in_job(
        &self,
        job: &Job,
        task: &BuiltIn,
        dir: PathBuf,
        cookie: &str,
        secrets: Vec<(String, String)>,
    ) -> LaunchJob {
        let time = called::time(job, task);
        let argv = called::argv(job, task, &self.program);
        let mut spec = self.spec(job, cookie, Program::Argv(argv));
        let limits = &job.task.policy.limits;
        spec.limits = Limits {
            wall_ms: Some(millis(time + called::MARGIN)),
            silence_ms: None,
            output_bytes: limits.output,
            memory_bytes: limits.memory,
            processes: None,
        };
        self.job(dir, spec, secrets)
    }

    /// The supervisor's job for the `check` of an attempt.
    pub(super) fn check_job(
        &self,
        job: &Job,
        script: &str,
        secrets: Vec<(String, String)>,
    ) -> LaunchJob {
        let dir = self.dir(job);
        let cookie = format!("{}.check", job.attempt());
        let mut spec = self.spec(job, &cookie, Program::Shell(script.to_owned()));
        spec.limits.wall_ms = Some(millis(job.task.policy.timeout));
        self.job(dir, spec, secrets)
    }

    /// The supervisor's job for setup or teardown of a job's worktree: no secrets, and the main checkout
    /// as Cursor names it.
    pub(super) fn furnish_job(&self, job: &Job, name: &str, script: String) -> LaunchJob {
        let dir = self.exchange(job).join(name);
        let cookie = format!("{}.{name}", job.attempt());
        let mut spec = self.spec(job, &cookie, Program::Shell(script));
        let root = job.task.tenant.display().to_string();
        spec.env.push(("ROOT_WORKTREE_PATH".to_owned(), root));
        spec.limits.wall_ms = Some(millis(job.settings.worktrees.timeout));
        self.job(dir, spec, Vec::new())
    }

    fn spec(&self, job: &Job, cookie: &str, program: Program) -> AttemptSpec {
        let mut spec = AttemptSpec::new(cookie, program, job.folder());
        let ports = self.trees.ports_of(job.folder());
        spec.env = variables::of_attempt(job, &self.exchange(job), &ports);
        spec.start_daemon = Some(StartDaemon {
            lock: self.home.lock_path(),
            argv: vec![self.program.display().to_string(), "daemon".to_owned()],
            env: crate::environment::own(),
        });
        spec
    }

    fn job(
        &self,
        dir: PathBuf,
        mut spec: AttemptSpec,
        secrets: Vec<(String, String)>,
    ) -> LaunchJob {
        spec.secrets = secrets.iter().map(|(name, _)| name.clone()).collect();
        LaunchJob {
            dir,
            spec,
            secrets: secrets
                .into_iter()
                .map(|(name, value)| (name, Secret::new(value)))
                .collect(),
            supervisor: self.program.clone(),
            supervisor_args: vec![OsString::from("supervise")],
        }
    }
}

/// The exchange folder of an attempt.
pub(super) fn exchange_of(home: &Home, attempt: &AttemptId) -> PathBuf {
    home.attempts_path().join(format!("{attempt}.io"))
}

fn millis(span: std::time::Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

fn program(job: &Job, backend: &Backend, exchange: &Path) -> Result<Program, Failure> {
    match (&job.task.step.work, backend) {
        (Work::Shell(script), _) => Ok(Program::Shell(script.clone())),
        (Work::Argv(argv), _) => Ok(Program::Argv(argv.clone())),
        (Work::Agent(agent), Backend::Command { template, .. }) => {
            Ok(Program::Argv(argv(job, agent, template, exchange)))
        }
        _ => Err(Failure::new(
            FailureClass::Backend,
            "this back end starts no process",
        )),
    }
}

/// Fills the placeholders of a template; each argument stays one argument, whatever is filled in.
fn argv(job: &Job, agent: &AgentWork, template: &AgentTemplate, exchange: &Path) -> Vec<String> {
    let command = command_of(agent);
    let values = [
        ("{prompt}", prompt(job, agent)),
        ("{command}", command),
        ("{worktree}", job.folder().display().to_string()),
        ("{step_id}", job.task.step.id.to_string()),
        (
            "{run_id}",
            job.run
                .as_ref()
                .map_or_else(|| job.task.id.to_string(), |run| run.id.to_string()),
        ),
        (
            "{instructions_file}",
            exchange.join(INSTRUCTIONS).display().to_string(),
        ),
    ];
    template
        .command
        .iter()
        .map(|argument| fill(argument, &values))
        .collect()
}

/// One pass from left to right: what was filled in is not looked at again.
fn fill(argument: &str, values: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(argument.len());
    let mut rest = argument;
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        match values.iter().find(|(name, _)| from.starts_with(name)) {
            Some((name, value)) => {
                out.push_str(value);
                rest = &from[name.len()..];
            }
            None => {
                out.push('{');
                rest = &from[1..];
            }
        }
    }
    out + rest
}

/// File in the exchange folder with the same text as the prompt.
pub(super) const INSTRUCTIONS: &str = "instructions.md";

/// `@agent action --param value …`.
pub(crate) fn command_of(agent: &AgentWork) -> String {
    model::command::format(agent)
}

/// What an agent is told: the task, what it has to leave, and what it may know.
pub(super) fn prompt(job: &Job, agent: &AgentWork) -> String {
    let step = &job.task.step;
    let mut lines = vec![format!("# {}", step.title), String::new()];
    if agent.prompt.is_empty() {
        lines.push(format!(
            "Do this as the role `{}`: {}",
            agent.agent,
            agent.action.replace(['-', '_'], " ")
        ));
        lines.push(String::new());
        lines.push(format!("    {}", command_of(agent)));
    } else {
        lines.push(agent.prompt.clone());
        if !agent.params.is_empty() {
            lines.push(String::new());
            lines.push(format!("    {}", command_of(agent)));
        }
    }
    let mut list = |title: &str, items: &[String]| {
        if !items.is_empty() {
            lines.push(String::new());
            lines.push(title.to_owned());
            lines.extend(items.iter().map(|item| format!("- {item}")));
        }
    };
    list(
        "These files have to be there when you are done, relative to the folder you are in:",
        &step.creates,
    );
    list("They build on these files:", &step.requires);
    list("Consult:", &step.consults);
    list(
        "You may also do these steps, where it helps:",
        &step.optional_steps,
    );
    if let Some(tier) = step.context_tier {
        lines.push(String::new());
        lines.push(format!("Context tier: {tier}."));
    }
    let notes = Some(step.notes.clone()).filter(|notes| !notes.is_empty());
    let told = notes
        .into_iter()
        .chain(round::context(job))
        .chain(round::scores(step));
    for text in told {
        lines.push(String::new());
        lines.push(text);
    }
    if let Some(task) = step.built_in() {
        lines.push(String::new());
        lines.push(called::what_is_asked(task));
    }
    if let Some(check) = &step.check {
        lines.push(String::new());
        lines.push(format!(
            "It counts as done when this succeeds:\n\n    {}",
            check.trim_end().replace('\n', "\n    ")
        ));
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let values = [("{a}", "{b}".to_owned()), ("{b}", "x y".to_owned())];
        for (argument, expected) in [
            ("{a}", "{b}"),
            ("-p={b}!", "-p=x y!"),
            ("{c} {", "{c} {"),
            ("", ""),
        ] {
            assert_eq!(fill(argument, &values), expected, "{argument}");
        }
    }
}
