//! A workflow as the engine runs it: every form of the file becomes this one. Made by
//! [`crate::language`], which also keeps the places in the text; nothing here knows of YAML.

use crate::condition::Expr;
use crate::ids::StepId;
use crate::overlap::Overlap;
use std::time::Duration;

/// A checked workflow. Indices into `steps` are in file order.
#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {
    /// `id` of the file, else the slug of its name.
    pub id: String,
    /// Title for people; empty when the file has none.
    pub name: String,
    /// What the file says of itself; empty when it says nothing.
    pub description: String,
    /// `metadata.auto_execution`: the strongest word but `--auto`.
    pub auto_execution: Option<bool>,
    /// `metadata.auto_execution.features`: name and value, as written.
    pub features: Vec<(String, bool)>,
    /// At most this many steps of one run at once; none = as many as the pool has.
    pub max_parallel: Option<u32>,
    /// `metadata.overlap`: what is done about steps that would edit the same files at once.
    pub overlap: Option<Overlap>,
    /// `version`, as written; empty when the file has none.
    pub version: String,
    /// `settings` of the TappsCodingAgents form, as written.
    pub settings: Vec<(String, Value)>,
    /// `metadata`, as written: free, with `auto_execution` and `overlap` read above.
    pub metadata: Vec<(String, Value)>,
    /// The steps in file order, at least one.
    pub steps: Vec<Step>,
}

/// One step: what to do, after what, and when it counts as done.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Unique in the workflow.
    pub id: StepId,
    /// For people; the id when the file gives none.
    pub title: String,
    /// What is to be done.
    pub work: Work,
    /// Indices of the steps this one waits for, ascending, without duplicates: `needs`,
    /// `requires` <- `creates`, `next`, `gate`, `finalize`, or file order.
    pub needs: Vec<usize>,
    /// Whether it runs at all, decided when everything in `needs` has ended.
    pub condition: Condition,
    /// A failure of an optional step does not fail the run and satisfies its dependants' `needs`.
    pub optional: bool,
    /// What a failure means for the run.
    pub on_error: OnError,
    /// Files the step promises, relative to the worktree; a trailing `/` is a folder.
    pub creates: Vec<String>,
    /// Files it wants to find.
    pub requires: Vec<String>,
    /// Knowledge it wants to be given: handed to the agent as written.
    pub consults: Vec<String>,
    /// Ids of steps that may be done in addition: handed to the agent as written.
    pub optional_steps: Vec<String>,
    /// 1 to 4; handed to the agent.
    pub context_tier: Option<u8>,
    /// Free text for the agent; empty when there is none.
    pub notes: String,
    /// Retry as written at the step.
    pub retry: Option<Retry>,
    /// Wall clock of one attempt as written at the step.
    pub timeout: Option<Duration>,
    /// Longest silence as written at the step.
    pub silence: Option<Duration>,
    /// Shell text that must succeed on the written tree.
    pub check: Option<String>,
    /// `verify: strict`: an unchanged artifact makes the step `unverified`.
    pub strict: bool,
    /// Limits as written at the step.
    pub limits: Limits,
    /// Globs of what it will edit.
    pub touches: Vec<String>,
    /// Names of secret environment variables.
    pub env: Vec<String>,
    /// Back ends in the order they are tried; empty = the settings' chain.
    pub backends: Vec<String>,
    /// 0 to 100; none = medium (50).
    pub priority: Option<u8>,
    /// Asked when the step has been verified: how it goes on.
    pub gate: Option<Gate>,
    /// `repeats: true`: it is known to run again in a loop of a gate.
    pub repeats: bool,
    /// `scoring`: what the step's scores are held against.
    pub scoring: Option<Scoring>,
    /// `metadata`, as written: free, with `retry` and `skip_on_fail` read above.
    pub metadata: Vec<(String, Value)>,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// Shell text: `sh -e -c` in the worktree's root.
    Shell(String),
    /// A program with arguments, never through a shell (`background submit -- COMMAND…`).
    Argv(Vec<String>),
    /// A coding agent.
    Agent(AgentWork),
    /// `orchestrator/finalize|complete`: waits, and does nothing.
    Nothing,
}

/// What an agent is asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AgentWork {
    /// Role, for example `analyst`.
    pub agent: String,
    /// What of, for example `gather-requirements`; empty when only a prompt is given.
    pub action: String,
    /// In file order.
    pub params: Vec<(String, Value)>,
    /// Free text; empty when there is none.
    pub prompt: String,
}

/// A parameter's value, as YAML or JSON has it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number, in its own spelling.
    Number(String),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A mapping, in file order.
    Map(Vec<(String, Value)>),
}

/// When a step runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// When everything it needs is satisfied (no `condition`, `required`, `optional`).
    Satisfied,
    /// `prerequisites_met`: when all it waits for completed; else it is skipped.
    PrerequisitesMet,
    /// When the expression holds; evaluated also after a failed parent.
    Expr(Expr),
}

/// What a step's failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// The run fails, dependants are skipped.
    Fail,
    /// The run goes on, dependants run.
    Continue,
}

/// How often a failed attempt is tried again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retry {
    /// Attempts in all, at least 1.
    pub max_attempts: u32,
    /// Each delay is the one before times this, at least 1.0.
    pub backoff_multiplier: f64,
    /// Delay before the second attempt.
    pub initial_delay: Duration,
}

/// Limits of one attempt. None = not limited here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Bytes of resident memory of the whole tree.
    pub memory: Option<u64>,
    /// Percent of one core.
    pub cpu_percent: Option<u32>,
    /// Bytes the attempt may print.
    pub output: Option<u64>,
}

/// `gate`: how it goes on after its step.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// Whether it is held; off by `settings.quality_gates: false`.
    pub enabled: bool,
    /// What has to hold; none = the step's scores, or that it completed.
    pub condition: Option<Expr>,
    /// Index of the step to go on with.
    pub on_pass: Option<usize>,
    /// Index of the step to go back to, or of the one that comes instead of `on_pass`.
    pub on_fail: Option<usize>,
    /// Indices of the steps that run again when it does not pass, ascending: those from `on_fail` to
    /// the gate's own. Empty where `on_fail` does not go back.
    pub again: Vec<usize>,
    /// How often its step runs before a gate that does not pass fails it; none = as the settings say.
    pub max_rounds: Option<u32>,
}

/// `scoring`, as the file has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scoring {
    /// Whether scores are wanted.
    pub enabled: bool,
    /// Name and bound in file order, for example `overall_min` and 8.0. A name that ends in `_max`
    /// is an upper bound, any other a lower one.
    pub thresholds: Vec<(String, f64)>,
}

impl Workflow {
    /// The index of the step with this id.
    pub fn step_index(&self, id: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.id.as_str() == id)
    }
}

impl Step {
    /// Whether a coding agent does it (and `auto_execution` and the chain of back ends apply).
    pub fn is_agent(&self) -> bool {
        matches!(self.work, Work::Agent(_))
    }

    /// Whether there is anything to start.
    pub fn is_nothing(&self) -> bool {
        matches!(self.work, Work::Nothing)
    }

    /// Whether its gate sends the run back to an earlier step.
    pub fn loops(&self) -> bool {
        self.gate
            .as_ref()
            .is_some_and(|gate| !gate.again.is_empty())
    }

    /// Whether it is evaluated also after a failed parent.
    pub fn has_condition(&self) -> bool {
        !matches!(self.condition, Condition::Satisfied)
    }
}
