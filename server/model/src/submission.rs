//! From what was submitted to the one step that does it.

use crate::ids::{StepId, slug};
use crate::run::Submission;
use crate::workflow::{AgentWork, Condition, Limits, OnError, Retry, Step, Value, Work, Workflow};
use std::time::Duration;

impl Step {
    /// A step with this id and work and nothing else said about it.
    pub fn new(id: StepId, title: String, work: Work) -> Self {
        Self {
            id,
            title,
            work,
            needs: Vec::new(),
            condition: Condition::Satisfied,
            optional: false,
            on_error: OnError::Fail,
            creates: Vec::new(),
            requires: Vec::new(),
            consults: Vec::new(),
            optional_steps: Vec::new(),
            context_tier: None,
            notes: String::new(),
            retry: None,
            timeout: None,
            silence: None,
            check: None,
            strict: false,
            limits: Limits::default(),
            touches: Vec::new(),
            env: Vec::new(),
            backends: Vec::new(),
            priority: None,
            gate: None,
            repeats: false,
            scoring: None,
            metadata: Vec::new(),
        }
    }
}

impl Submission {
    /// What people call it: of what is asked the first line, because code may follow.
    pub fn title(&self) -> String {
        let task = self
            .task
            .trim()
            .lines()
            .next()
            .unwrap_or_default()
            .trim_end();
        match (self.argv.is_empty(), self.agent.as_str()) {
            (false, _) => self.argv.join(" "),
            (true, "") => task.to_owned(),
            (true, agent) if task.is_empty() => agent.to_owned(),
            (true, agent) => format!("{agent}: {task}"),
        }
    }

    /// The step that does it.
    pub fn step(&self) -> Step {
        let work = if self.argv.is_empty() {
            Work::Agent(self.agent_work())
        } else {
            Work::Argv(self.argv.clone())
        };
        let id = match slug(&self.title(), 32) {
            id if id.is_empty() => "task".to_owned(),
            id => id,
        };
        let mut step = Step::new(StepId::new(id), self.title(), work);
        step.backends.clone_from(&self.backends);
        step.env.clone_from(&self.env);
        step.timeout = self.timeout;
        step.silence = self.silence;
        step.retry = self.max_retries.map(|retries| Retry {
            max_attempts: retries.saturating_add(1),
            backoff_multiplier: 2.0,
            initial_delay: Duration::from_secs(1),
        });
        step
    }

    /// A task text that is one word is an action; anything longer is a prompt.
    fn agent_work(&self) -> AgentWork {
        let is_action = !self.task.contains(char::is_whitespace);
        let files = self
            .files
            .iter()
            .cloned()
            .map(Value::Text)
            .collect::<Vec<_>>();
        let mut params: Vec<(String, Value)> = match files.len() {
            0 => Vec::new(),
            1 => files
                .into_iter()
                .map(|file| ("file".to_owned(), file))
                .collect(),
            _ => vec![("files".to_owned(), Value::List(files))],
        };
        for (name, text) in &self.params {
            give(&mut params, name, value(text));
        }
        AgentWork {
            agent: self.agent.clone(),
            action: if is_action {
                self.task.clone()
            } else {
                String::new()
            },
            params,
            prompt: if is_action {
                String::new()
            } else {
                self.task.clone()
            },
        }
    }

    /// The workflow of one step that a submission with a worktree is.
    pub fn workflow(&self) -> Workflow {
        let step = self.step();
        Workflow {
            id: step.id.as_str().to_owned(),
            name: step.title.clone(),
            description: String::new(),
            auto_execution: None,
            features: Vec::new(),
            max_parallel: None,
            overlap: None,
            version: String::new(),
            settings: Vec::new(),
            metadata: Vec::new(),
            steps: vec![step],
        }
    }
}
/// A value as it would be read from a workflow file, as far as it matters: only these words are no text.
fn value(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        text => Value::Text(text.to_owned()),
    }
}

/// Gives a parameter one more value: from the second on it is a list.
fn give(params: &mut Vec<(String, Value)>, name: &str, value: Value) {
    match params.iter_mut().find(|(known, _)| known == name) {
        None => params.push((name.to_owned(), value)),
        Some((_, Value::List(items))) => items.push(value),
        Some((_, known)) => *known = Value::List(vec![known.clone(), value]),
    }
}
