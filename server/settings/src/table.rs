//! The table of all settings: the one source for reading, `config show|get|set|validate`, suggestions and docs.
//! Values that are not in here do not exist; sections of other programs in the same files are in [`FOREIGN`].

#[cfg(test)]
mod tests;

use super::kind::{Bound, Kind};

/// A kind of file that holds settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// `.tapps-agents/auto_execution_config.yaml` of the repository.
    Auto,
    /// `.tapps-agents/config.yaml` of the repository.
    Project,
    /// `agentic_config.yaml` of the repository, section `background:`; only read.
    Agentic,
    /// The user's own file.
    User,
}

impl Scope {
    /// All of them, strongest first.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Project, Self::Agentic, Self::User];

    /// The name in `--scope` and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Project => "project",
            Self::Agentic => "agentic",
            Self::User => "user",
        }
    }

    /// A scope that can be written, from `--scope`.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Auto, Self::Project, Self::User]
            .into_iter()
            .find(|scope| scope.as_str() == name)
    }

    /// The file for people, relative to its root.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Auto => ".tapps-agents/auto_execution_config.yaml",
            Self::Project => ".tapps-agents/config.yaml",
            Self::Agentic => "agentic_config.yaml",
            Self::User => "offshoot/config.yaml",
        }
    }
}

/// One row: a key, what it may hold, and where it may stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// Path of the key; `<name>` stands for one segment that the user chooses.
    pub key: &'static str,
    /// Type and range.
    pub kind: Kind,
    /// As JSON; `null` = not set.
    pub default: &'static str,
    /// The files that may hold it, the usual one first.
    pub scopes: &'static [Scope],
    /// This row is another spelling of that key, for another file.
    pub same_as: Option<&'static str>,
    /// One sentence.
    pub meaning: &'static str,
}

impl Setting {
    /// The key that carries the effective value.
    pub fn canonical(&self) -> &'static str {
        self.same_as.unwrap_or(self.key)
    }

    /// Whether the key has a segment that the user chooses.
    pub fn is_pattern(&self) -> bool {
        self.key.contains('<')
    }

    /// The environment variable: `OFFSHOOT_` and the key in capitals with `_`, a leading `offshoot.` left out.
    /// None for keys with a name of the user's in them, and for those of other programs' files.
    pub fn variable(&self) -> Option<String> {
        if self.is_pattern() || self.scopes == [Scope::Agentic] {
            return None;
        }
        let path = self.key.strip_prefix("offshoot.").unwrap_or(self.key);
        Some(format!(
            "OFFSHOOT_{}",
            path.replace('.', "_").to_uppercase()
        ))
    }

    /// The default as a value.
    pub fn default_value(&self) -> serde_json::Value {
        serde_json::from_str(self.default).unwrap_or(serde_json::Value::Null)
    }

    /// Whether it is about the machine, and so never taken from a repository.
    pub fn of_machine(&self) -> bool {
        self.scopes == [Scope::User]
    }
}

/// Every row, for documentation.
pub fn reference() -> &'static [Setting] {
    SETTINGS
}

const fn row(
    key: &'static str,
    kind: Kind,
    default: &'static str,
    scopes: &'static [Scope],
    meaning: &'static str,
) -> Setting {
    Setting {
        key,
        kind,
        default,
        scopes,
        same_as: None,
        meaning,
    }
}

const fn spelling(
    key: &'static str,
    same_as: &'static str,
    kind: Kind,
    scopes: &'static [Scope],
    meaning: &'static str,
) -> Setting {
    Setting {
        key,
        kind,
        default: "null",
        scopes,
        same_as: Some(same_as),
        meaning,
    }
}

const AUTO: &[Scope] = &[Scope::Auto];
const OURS: &[Scope] = &[Scope::Project, Scope::User];
const MACHINE: &[Scope] = &[Scope::User];
const AGENTIC: &[Scope] = &[Scope::Agentic];
const PROJECT: &[Scope] = &[Scope::Project];

/// More than this at once is a typing error, and a pool of that size would take the machine down.
const MANY: u32 = 1024;
const COUNT: Kind = Kind::Integer { min: 1, max: MANY };
/// Ten years, as the longest time.
const DAYS: Kind = Kind::Integer { min: 1, max: 3650 };
const RETRIES: Kind = Kind::Integer { min: 0, max: 100 };
const WALL: Kind = Kind::Time {
    bound: Bound::From(1.0),
    never: false,
};
const POSITIVE: Kind = Kind::Time {
    bound: Bound::Above(0.0),
    never: false,
};
const DELAY: Kind = Kind::Time {
    bound: Bound::From(0.0),
    never: false,
};
const PERCENT: Kind = Kind::Integer { min: 1, max: 100 };
const WARM: Kind = Kind::Integer { min: 0, max: MANY };
const OR_NEVER: Kind = Kind::Time {
    bound: Bound::From(1.0),
    never: true,
};

/// The table, in the order of the documentation.
#[rustfmt::skip]
pub(crate) const SETTINGS: &[Setting] = &[
    row("auto_execution.enabled", Kind::Bool, "false", AUTO, "Agent steps are started without a person; a workflow's own metadata and `--auto` are above it."),
    row("auto_execution.retry.enabled", Kind::Bool, "null", AUTO, "Whether a failed agent step is tried again; true where another key of `retry` is set."),
    row("auto_execution.retry.max_attempts", Kind::Integer { min: 1, max: 100 }, "3", AUTO, "Attempts in all, the first included."),
    row("auto_execution.retry.backoff_multiplier", Kind::Factor { min: 1.0, max: 100.0 }, "2.0", AUTO, "Each delay is the one before times this."),
    row("auto_execution.retry.initial_delay_seconds", DELAY, "1", AUTO, "Delay before the second attempt."),
    row("auto_execution.polling.enabled", Kind::Bool, "true", AUTO, "Whether hand-off files are looked at; must be true while auto execution is on."),
    row("auto_execution.polling.interval_seconds", POSITIVE, "5", AUTO, "The poll that backs up the file events of a hand-off."),
    row("auto_execution.polling.timeout_seconds", POSITIVE, "3600", AUTO, "Wall clock of one hand-off; where it is not set, `workflow.timeout_seconds` counts."),
    row("auto_execution.polling.status_file_name", Kind::FileName, "\".cursor-skill-status.json\"", AUTO, "Name of the status file that an agent writes in a hand-off."),
    row("auto_execution.features.artifact_detection", Kind::Bool, "true", AUTO, "New or changed artifacts alone may end a hand-off."),
    row("auto_execution.features.status_tracking", Kind::Bool, "true", AUTO, "The status file of a hand-off is read."),
    row("auto_execution.features.error_handling", Kind::Bool, "true", AUTO, "Read for compatibility; errors are always handled."),
    row("auto_execution.features.metrics_collection", Kind::Bool, "true", AUTO, "Read and checked; no metrics are written yet."),
    row("auto_execution.features.audit_logging", Kind::Bool, "true", AUTO, "Read and checked; no audit log is written yet."),
    row("auto_execution.version", Kind::Version, "\"1.0\"", AUTO, "Version of the auto-execution file."),
    spelling("workflow.auto_execution_enabled", "auto_execution.enabled", Kind::Bool, OURS, "Agent steps are started without a person; below `auto_execution.enabled`."),
    spelling("workflow.polling_interval", "auto_execution.polling.interval_seconds", WALL, OURS, "The poll that backs up the file events of a hand-off."),
    row("workflow.timeout_seconds", WALL, "3600", OURS, "Wall clock of one attempt of a workflow step."),
    row("offshoot.max_parallel", COUNT, "null", OURS, "Steps of one run at once; not set = as many as the pool has slots."),
    row("offshoot.gate_rounds", Kind::Integer { min: 1, max: 100 }, "3", OURS, "How often a step with a gate runs before a gate that does not pass fails it; `max_rounds` of the gate is above it."),
    row("offshoot.overlap", Kind::OneOf(model::overlap::WORDS), "\"warn\"", OURS, "Steps that would edit the same files at once: `off`, `warn` (it is said) or `serialize` (the later one waits); the workflow's `metadata.overlap` is above it."),
    row("offshoot.default_agent", Kind::Text, "null", OURS, "The agent taken where no persona names one."),
    row("offshoot.personas.<role>", Kind::Text, "null", OURS, "Which agent does the work of a role, for example `analyst`."),
    row("offshoot.backends", Kind::Backends, "[]", OURS, "Back ends in the order they are tried: `command`, `built-in`, `file`, or the name of an agent."),
    row("offshoot.agents.<name>.command", Kind::Argv, "null", OURS, "How the agent is started: a list of arguments with placeholders, never a shell string."),
    row("offshoot.agents.<name>.env", Kind::Names, "[]", OURS, "Variables with secrets that the agent is given."),
    row("offshoot.agents.<name>.timeout", WALL, "null", OURS, "Wall clock of one attempt of this agent."),
    row("offshoot.agents.<name>.confine", Kind::Bool, "true", OURS, "Read and checked; writes are not confined yet."),
    row("offshoot.env", Kind::Names, "[]", OURS, "Variables that steps keep beside the built-in list; their values are stored with the run."),
    row("offshoot.lfs", Kind::OneOf(&["pointers", "local", "pull"]), "\"pointers\"", OURS, "Files of git-lfs in worktrees: their pointers, their content where it is here already, or fetched where it is missing."),
    row("offshoot.hand_off.pick_up_after", POSITIVE, "60", OURS, "After this long without a sign of life a hand-off says how to start an agent."),
    row("offshoot.task_timeout", WALL, "600", OURS, "Wall clock of one attempt of a submitted task."),
    row("offshoot.task_silence", OR_NEVER, "300", OURS, "Longest silence of a submitted task with an agent, or `never`."),
    row("offshoot.task_retries", RETRIES, "null", OURS, "Retries of a submitted task after the first attempt; not set = by the class of the failure."),
    row("offshoot.tasks.docs.enabled", Kind::Bool, "true", OURS, "Whether the built-in task `docs` is run; off, it leaves an artifact that says so."),
    row("offshoot.tasks.docs.background", Kind::Bool, "true", OURS, "Whether `docs` is run in the background too, as a step or submitted; off, only its verb runs it."),
    row("offshoot.tasks.ops.enabled", Kind::Bool, "true", OURS, "Whether the built-in tasks of `ops` are run; off, they leave an artifact that says so."),
    row("offshoot.tasks.ops.background", Kind::Bool, "true", OURS, "Whether `ops` is run in the background too, as a step or submitted; off, only its verb runs it."),
    row("offshoot.tasks.context.enabled", Kind::Bool, "true", OURS, "Whether the built-in tasks of `context` are run; off, they leave an artifact that says so."),
    row("offshoot.tasks.context.background", Kind::Bool, "true", OURS, "Whether `context` is run in the background too, as a step or submitted; off, only its verb runs it."),
    row("context7.enabled", Kind::Bool, "true", PROJECT, "The switch of TappsCodingAgents for all of Context7: false is `offshoot.tasks.context.enabled: false`."),
    row("context7.knowledge_base.enabled", Kind::Bool, "true", PROJECT, "Another switch of TappsCodingAgents for the same: without a knowledge base there is nothing to do."),
    row("context7.knowledge_base.max_cache_size", Kind::Size, "104857600", PROJECT, "What `task context clean` leaves of the knowledge base."),
    row("context7.refresh.default_max_age_days", DAYS, "30", PROJECT, "Documentation is stale after so many days; after 7 and 14 that of libraries for security and for tests."),
    row("offshoot.worktrees.copy", Kind::Lines, "[]", OURS, "Ignored files of the main checkout that are copied into each worktree: patterns as in `.gitignore`, beside those of `.worktreeinclude`."),
    row("offshoot.worktrees.link", Kind::Paths, "[]", OURS, "Paths of the main checkout that become symbolic links to it in each worktree."),
    row("offshoot.worktrees.reflink", Kind::Paths, "[]", OURS, "Paths that are copied where the file system lets copies share their blocks, and left out elsewhere."),
    row("offshoot.worktrees.setup", Kind::Lines, "[]", OURS, "Shell commands that are run in a new worktree; where there are none, those of `.cursor/worktrees.json`."),
    row("offshoot.worktrees.teardown", Kind::Lines, "[]", OURS, "Shell commands that are run before a step's worktree goes; with them setup is run for every step."),
    row("offshoot.worktrees.timeout", WALL, "600", OURS, "Wall clock of copying into a worktree, of its setup, and of its teardown, each."),
    row("offshoot.worktrees.inputs", Kind::Lines, "[]", OURS, "Names of tracked files on which setup depends; not set = lists of dependencies such as `package-lock.json` or `Cargo.lock`."),
    row("offshoot.worktrees.ports", Kind::Ports, "[]", OURS, "Ports that are leased to each worktree: how many, or their names."),
    row("offshoot.worktrees.repository_budget", Kind::Size, "null", OURS, "Disk that the worktrees of one repository may take."),
    row("offshoot.worktrees.warm", WARM, "4", MACHINE, "Trees of completed steps kept per repository, to be used again; 0 = none."),
    row("offshoot.worktrees.budget", Kind::Size, "null", MACHINE, "Disk that all worktrees may take; not set = by `share`."),
    row("offshoot.worktrees.share", PERCENT, "20", MACHINE, "Disk that all worktrees may take, in percent of the file system of the state folder."),
    row("offshoot.worktrees.free_warning", Kind::Size, "null", MACHINE, "With less free disk than this, `background status` warns and warm trees go; not set = 5G, on a small disk a tenth of it."),
    row("offshoot.worktrees.free_minimum", Kind::Size, "null", MACHINE, "With less free disk than this no work begins, until there is room again; not set = 1G, on a small disk a fiftieth of it."),
    row("offshoot.pool_size", COUNT, "5", MACHINE, "Slots: attempts with a process at once."),
    row("offshoot.hand_off_limit", COUNT, "32", MACHINE, "Hand-offs that may be open at once."),
    row("offshoot.idle_exit", OR_NEVER, "1800", MACHINE, "The daemon ends itself after this long without work and clients, or `never`."),
    row("offshoot.retention", WALL, "2592000", MACHINE, "Ended runs are kept this long."),
    row("offshoot.retention_runs", Kind::Integer { min: 1, max: 1_000_000 }, "200", MACHINE, "Ended runs kept per repository."),
    spelling("background.max_concurrent_agents", "offshoot.max_parallel", COUNT, AGENTIC, "Steps of one run at once."),
    spelling("background.task_timeout", "offshoot.task_timeout", WALL, AGENTIC, "Wall clock of one attempt of a submitted task."),
    spelling("background.retry_attempts", "offshoot.task_retries", RETRIES, AGENTIC, "Retries of a submitted task after the first attempt."),
];

/// Keys in these files that belong to other programs or other parts: known, and left alone.
/// The top level of `config.yaml` is what TappsCodingAgents 3.2.9 reads; those of `background:` are AgenticScrum's.
#[rustfmt::skip]
const FOREIGN: &[(Scope, &[&str])] = &[
    (Scope::Project, &[
        "project_name", "version", "tooling", "agents", "scoring", "expert", "quality_tools", "simple_mode", "auto_enhancement",
        "evaluation", "prompt_learning", "knowledge_engine", "context_intelligence", "workflow.duration_threshold_seconds",
        "workflow.state_persistence", "workflow.branch_cleanup",
        "context7.default_token_limit", "context7.cache_duration", "context7.integration_level", "context7.usage_requirement",
        "context7.bypass_forbidden", "context7.auto_detect", "context7.auto_fetch", "context7.proactive_suggestions",
        "context7.knowledge_base.location", "context7.knowledge_base.sharding", "context7.knowledge_base.indexing",
        "context7.knowledge_base.hit_rate_threshold", "context7.knowledge_base.fuzzy_match_threshold", "context7.refresh.enabled",
        "context7.refresh.check_on_access", "context7.refresh.auto_queue", "context7.refresh.auto_process_on_startup",
        // The flat form of `state_persistence` that older versions wrote.
        "workflow.checkpoint_frequency", "workflow.checkpoint_interval", "workflow.checkpoint_enabled", "workflow.cleanup_enabled",
        "workflow.retention_days", "workflow.max_size_mb", "workflow.cleanup_schedule", "workflow.keep_latest",
        "workflow.persistence_enabled", "workflow.storage_location", "workflow.format", "workflow.compression",
    ]),
    (Scope::Agentic, &[
        "background.enabled", "background.log_level", "background.agents", "background.coordination", "background.workflows",
        "background.monitoring",
    ]),
];

/// Keys of other programs in the files of a scope, for its schema.
pub fn foreign(scope: Scope) -> impl Iterator<Item = &'static str> {
    FOREIGN
        .iter()
        .filter(move |(of, _)| *of == scope)
        .flat_map(|(_, keys)| keys.iter().copied())
}

/// What a path in a file of some scope is.
#[derive(Debug, Clone, Copy)]
pub enum Found {
    /// A setting.
    Leaf(&'static Setting),
    /// A mapping that has settings below it.
    Section,
    /// Somebody else's.
    Foreign,
    /// A setting or section of other files.
    Elsewhere(&'static Setting),
    /// Nobody's.
    Unknown,
}

/// Looks a path up for a file.
pub fn find(scope: Scope, path: &[String]) -> Found {
    let key = path.join(".");
    if FOREIGN
        .iter()
        .any(|(of, keys)| *of == scope && keys.contains(&key.as_str()))
    {
        return Found::Foreign;
    }
    let here = || SETTINGS.iter().filter(|row| row.scopes.contains(&scope));
    if let Some(row) = here().find(|row| fits(row, path) == Some(true)) {
        return Found::Leaf(row);
    }
    if here().any(|row| fits(row, path) == Some(false)) {
        return Found::Section;
    }
    match SETTINGS.iter().find(|row| fits(row, path).is_some()) {
        Some(row) => Found::Elsewhere(row),
        None => Found::Unknown,
    }
}

/// `Some(true)`: the path is this key. `Some(false)`: it is a section on the way to it.
fn fits(row: &Setting, path: &[String]) -> Option<bool> {
    let mut wanted = row.key.split('.');
    for have in path {
        let want = wanted.next()?;
        if want != have && !want.starts_with('<') {
            return None;
        }
    }
    Some(wanted.next().is_none())
}

/// What a key means, in one sentence.
pub fn meaning(key: &str) -> Option<&'static str> {
    row_of(key).map(|row| row.meaning)
}

/// The row of a key as a user names it, with all segments filled in.
pub fn row_of(key: &str) -> Option<&'static Setting> {
    let path: Vec<String> = key.split('.').map(str::to_owned).collect();
    if path.iter().any(|segment| !is_name(segment)) {
        return None;
    }
    SETTINGS.iter().find(|row| fits(row, &path) == Some(true))
}

/// Whether a name can be a segment of a key: a dot would make the path of the key ambiguous.
pub(crate) fn is_name(segment: &str) -> bool {
    !segment.is_empty()
        && segment
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

/// The names that may stand below a section of a file.
pub(crate) fn children(scope: Scope, section: &[String]) -> Vec<&'static str> {
    SETTINGS
        .iter()
        .filter(|row| row.scopes.contains(&scope) && fits(row, section) == Some(false))
        .filter_map(|row| row.key.split('.').nth(section.len()))
        .filter(|name| !name.starts_with('<'))
        .collect()
}

/// The nearest of some names, when it is near enough to be a typing error.
pub fn nearest<'a>(name: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).clamp(1, 4);
    among
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The nearest key, also by its last segment alone (`max_parallel` for `offshoot.max_parallel`).
pub fn nearest_key(key: &str) -> Option<&'static str> {
    let keys = || SETTINGS.iter().map(|row| row.key);
    keys()
        .find(|known| known.ends_with(&format!(".{key}")))
        .or_else(|| nearest(key, keys()))
        .or_else(|| {
            let last = |path: &'static str| path.rsplit('.').next().unwrap_or(path);
            let near = nearest(
                key.rsplit('.').next().unwrap_or(key),
                SETTINGS
                    .iter()
                    .filter(|row| !row.is_pattern())
                    .map(|row| last(row.key)),
            )?;
            keys().find(|known| last(known) == near)
        })
}
