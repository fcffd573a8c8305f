//! The built-in tasks: which agent and action of a step mean which of them, and what is known of it here. Their
//! work is done elsewhere, by a verb of this program.

mod context;
mod table;
#[cfg(test)]
mod tests;

pub use table::TABLE;

use crate::workflow::{AgentWork, Step, Value, Work};
use std::time::Duration;

/// The built-in tasks that are switched on and off together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Documentation.
    Docs,
    /// Operations and security.
    Ops,
    /// The knowledge base of libraries.
    Context,
}

/// One built-in task.
#[derive(Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// Whose it is.
    pub group: Group,
    /// Its verb below `task <group>`; empty = the usual whole of the group.
    pub operation: &'static str,
    /// What it does, in a sentence.
    pub meaning: &'static str,
    /// Actions that mean it, with `-` and in small letters.
    pub actions: &'static [&'static str],
    /// The artifacts it leaves, relative to the folder it works on.
    pub leaves: &'static [Leaves],
    /// Parameters of a step that it takes.
    pub params: &'static [Param],
    /// Variables with secrets that it uses where the client has them.
    pub secrets: &'static [&'static str],
    /// What is asked of an agent that goes on from there.
    pub judgement: &'static str,
}

/// An artifact that a built-in task leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaves {
    /// Where.
    pub path: &'static str,
    /// Of which kind.
    pub kind: &'static str,
}

/// A parameter of a step, and what it becomes of the verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Param {
    /// Its name in a step.
    pub name: &'static str,
    /// What it is there.
    pub becomes: Becomes,
}

/// What a parameter is on the command line of a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Becomes {
    /// An option without value, where it is true.
    Flag(&'static str),
    /// An option with a value; of a list, one for each.
    Option(&'static str),
    /// The operand, behind `--`.
    Operand,
    /// Operands, behind `--`; of a list, one for each.
    Operands,
}

/// What a step's parameters come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The arguments of this program.
    pub argv: Vec<String>,
    /// Stand behind `--` at their end.
    pub operands: Vec<String>,
    /// Names of parameters that the task does not know.
    pub unused: Vec<String>,
}

/// Whether the tasks of a group may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switch {
    /// At all.
    pub enabled: bool,
    /// As a step, or submitted.
    pub background: bool,
}

/// The switches of all groups.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TaskSwitches {
    /// Of `docs`.
    pub docs: Switch,
    /// Of `ops`.
    pub ops: Switch,
    /// Of `context`.
    pub context: Switch,
}

impl Default for Switch {
    fn default() -> Self {
        Self {
            enabled: true,
            background: true,
        }
    }
}

impl TaskSwitches {
    /// The switch of a group.
    pub fn of(&self, group: Group) -> Switch {
        match group {
            Group::Docs => self.docs,
            Group::Ops => self.ops,
            Group::Context => self.context,
        }
    }

    /// Why a group's tasks may not run; none where they may.
    pub fn off(&self, group: Group, background: bool) -> Option<String> {
        let (switch, name) = (self.of(group), group.as_str());
        if !switch.enabled {
            Some(format!(
                "it is switched off: `offshoot.tasks.{name}.enabled` is false"
            ))
        } else if background && !switch.background {
            Some(format!(
                "it is not run in the background: `offshoot.tasks.{name}.background` is false; `offshoot task {name}` runs it"
            ))
        } else {
            None
        }
    }
}

impl Group {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Docs, Self::Ops, Self::Context];

    /// The verb, and the name in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Docs => "docs",
            Self::Ops => "ops",
            Self::Context => "context",
        }
    }

    /// The group of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == name)
    }

    /// The role of a step that does it.
    pub fn role(self) -> &'static str {
        match self {
            Self::Docs => "documenter",
            Self::Ops => "ops",
            Self::Context => "context",
        }
    }

    /// Wall clock of one attempt where nobody says another, as in TappsCodingAgents.
    pub fn timeout(self) -> Duration {
        Duration::from_secs(match self {
            Self::Docs => 900,
            Self::Ops => 1200,
            Self::Context => 1800,
        })
    }
}

/// The task that an agent's action means.
pub fn find(agent: &str, action: &str) -> Option<&'static BuiltIn> {
    let agent = fold(agent);
    let group = Group::ALL
        .into_iter()
        .find(|group| agent == group.role() || agent == group.as_str())?;
    let action = fold(action);
    TABLE
        .iter()
        .find(|task| task.group == group && task.actions.contains(&action.as_str()))
}

/// The task of a group by its verb; empty = the usual whole.
pub fn by_operation(group: Group, operation: &str) -> Option<&'static BuiltIn> {
    let operation = fold(operation);
    TABLE
        .iter()
        .find(|task| task.group == group && task.operation == operation)
}

/// `_` and `-` are alike, as they are for TappsCodingAgents, which also takes a leading `*`.
pub fn fold(name: &str) -> String {
    name.trim_start_matches('*')
        .replace('_', "-")
        .to_ascii_lowercase()
}

impl Step {
    /// The built-in task that it means. A step with a prompt and no action asks for judgement only.
    pub fn built_in(&self) -> Option<&'static BuiltIn> {
        match &self.work {
            Work::Agent(work) => work.built_in(),
            Work::Shell(_) | Work::Argv(_) | Work::Nothing => None,
        }
    }
}

impl AgentWork {
    /// The built-in task that it means.
    pub fn built_in(&self) -> Option<&'static BuiltIn> {
        let asks_only = self.action.is_empty() && !self.prompt.is_empty();
        find(&self.agent, &self.action).filter(|_| !asks_only)
    }
}

impl BuiltIn {
    /// `ops scan`, for people.
    pub fn title(&self) -> String {
        format!("{} {}", self.group.as_str(), self.operation)
            .trim_end()
            .to_owned()
    }

    /// The arguments of this program that do it, with a step's parameters. A value is never an argument of its
    /// own: it cannot become an option.
    pub fn call(&self, params: &[(String, Value)]) -> Call {
        let mut call = Call {
            argv: vec!["task".to_owned(), self.group.as_str().to_owned()],
            operands: Vec::new(),
            unused: Vec::new(),
        };
        if !self.operation.is_empty() {
            call.argv.push(self.operation.to_owned());
        }
        for (name, value) in params {
            let folded = fold(name);
            let param = self.params.iter().find(|param| param.name == folded);
            if !param.is_some_and(|param| call.take(param.becomes, value)) {
                call.unused.push(name.clone());
            }
        }
        call
    }
}

impl Call {
    /// Takes a value; false for one that cannot stand there.
    fn take(&mut self, becomes: Becomes, value: &Value) -> bool {
        match (becomes, value) {
            (_, Value::Null) | (Becomes::Flag(_), Value::Bool(false)) => {}
            (Becomes::Flag(flag), Value::Bool(true)) => self.argv.push(flag.to_owned()),
            (Becomes::Option(option), Value::Number(text) | Value::Text(text)) => {
                self.argv.push(format!("{option}={text}"));
            }
            (Becomes::Option(_) | Becomes::Operands, Value::List(items)) => {
                return items
                    .iter()
                    .all(|item| !matches!(item, Value::List(_)) && self.take(becomes, item));
            }
            (Becomes::Operand, Value::Number(text) | Value::Text(text)) => {
                self.operands = vec![text.clone()];
            }
            (Becomes::Operands, Value::Number(text) | Value::Text(text)) => {
                self.operands.push(text.clone());
            }
            _ => return false,
        }
        true
    }
}
