//! From effective values to the settings that the rest of the program works with.

use super::value::{Origin, Value};
use model::built_in::{Group, Switch, TaskSwitches};
use model::settings::{
    AgentTemplate, HandOffSettings, KnowledgeSettings, LargeFiles, MachineSettings, TenantSettings,
};
use model::workflow::Retry;
use model::worktrees::{WorktreeLimits, WorktreeSettings};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::time::Duration;

/// The values by key. What is asked for is in the table, so it is always there.
pub(super) struct Values<'a>(BTreeMap<&'a str, &'a Value>);

impl<'a> Values<'a> {
    pub(super) fn new(values: &'a [Value]) -> Self {
        Self(
            values
                .iter()
                .map(|value| (value.key.as_str(), value))
                .collect(),
        )
    }

    fn get(&self, key: &str) -> &Json {
        self.0.get(key).map_or(&Json::Null, |value| &value.value)
    }

    fn is_set(&self, key: &str) -> bool {
        self.0
            .get(key)
            .is_some_and(|value| value.origin != Origin::Default)
    }

    fn flag(&self, key: &str) -> bool {
        self.get(key).as_bool().unwrap_or(false)
    }

    fn text(&self, key: &str) -> Option<String> {
        self.get(key).as_str().map(str::to_owned)
    }

    fn number(&self, key: &str) -> Option<u32> {
        self.get(key)
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
    }

    fn bytes(&self, key: &str) -> Option<u64> {
        self.get(key).as_u64()
    }

    /// None for `never` and for not set.
    fn time(&self, key: &str) -> Option<Duration> {
        self.get(key)
            .as_f64()
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    }

    fn list(&self, key: &str) -> Vec<String> {
        let items = self.get(key).as_array().into_iter().flatten();
        items.filter_map(Json::as_str).map(str::to_owned).collect()
    }
}

pub(super) fn tenant(values: &Values<'_>) -> TenantSettings {
    let default = TenantSettings::default();
    TenantSettings {
        agents: agents(values),
        default_agent: values.text("offshoot.default_agent"),
        personas: personas(values),
        chain: values.list("offshoot.backends"),
        // What stands in a file of its own is added by whoever knows the repository.
        watched: false,
        auto_execution: values.flag("auto_execution.enabled"),
        retry: retry(values),
        hand_off: hand_off(values),
        max_parallel: values.number("offshoot.max_parallel"),
        gate_rounds: values
            .number("offshoot.gate_rounds")
            .unwrap_or(default.gate_rounds),
        step_timeout: values
            .time("workflow.timeout_seconds")
            .unwrap_or(default.step_timeout),
        task_timeout: values
            .time("offshoot.task_timeout")
            .unwrap_or(default.task_timeout),
        task_silence: values.time("offshoot.task_silence"),
        task_retries: values.number("offshoot.task_retries"),
        env: values.list("offshoot.env"),
        worktrees: worktrees(values),
        metrics: values.flag("auto_execution.features.metrics_collection"),
        audit: values.flag("auto_execution.features.audit_logging"),
        large_files: match values.text("offshoot.lfs").as_deref() {
            Some("local") => LargeFiles::Local,
            Some("pull") => LargeFiles::Pull,
            _ => LargeFiles::Pointers,
        },
        overlap: values
            .text("offshoot.overlap")
            .and_then(|word| model::overlap::Overlap::parse(&word))
            .unwrap_or_default(),
        tasks: tasks(values),
        knowledge: knowledge(values),
    }
}

fn tasks(values: &Values<'_>) -> TaskSwitches {
    let switch = |group: Group| {
        let of = |word: &str| format!("offshoot.tasks.{}.{word}", group.as_str());
        Switch {
            enabled: values.flag(&of("enabled")),
            background: values.flag(&of("background")),
        }
    };
    let mut context = switch(Group::Context);
    // The switches that TappsCodingAgents has for all of it.
    context.enabled &= values.flag("context7.enabled");
    context.enabled &= values.flag("context7.knowledge_base.enabled");
    TaskSwitches {
        docs: switch(Group::Docs),
        ops: switch(Group::Ops),
        context,
    }
}

fn knowledge(values: &Values<'_>) -> KnowledgeSettings {
    let default = KnowledgeSettings::default();
    KnowledgeSettings {
        stale_after_days: values
            .number("context7.refresh.default_max_age_days")
            .unwrap_or(default.stale_after_days),
        max_bytes: values
            .bytes("context7.knowledge_base.max_cache_size")
            .unwrap_or(default.max_bytes),
    }
}

fn agents(values: &Values<'_>) -> BTreeMap<String, AgentTemplate> {
    let mut agents = BTreeMap::new();
    for key in values.0.keys() {
        let Some(name) = key
            .strip_prefix("offshoot.agents.")
            .and_then(|rest| rest.strip_suffix(".command"))
        else {
            continue;
        };
        let command = values.list(key);
        // One without command was reported where it was read.
        if !command.is_empty() {
            let of = |field: &str| format!("offshoot.agents.{name}.{field}");
            let template = AgentTemplate {
                command,
                env: values.list(&of("env")),
                timeout: values.time(&of("timeout")),
                confine: values.flag(&of("confine")),
            };
            agents.insert(name.to_owned(), template);
        }
    }
    agents
}

fn personas(values: &Values<'_>) -> BTreeMap<String, String> {
    let roles = values.0.keys().filter_map(|key| {
        let role = key.strip_prefix("offshoot.personas.")?;
        Some((role.to_owned(), values.text(key)?))
    });
    roles.collect()
}

/// None where no key of `retry` is set: then the class of the failure decides.
fn retry(values: &Values<'_>) -> Option<Retry> {
    let key = |name: &str| format!("auto_execution.retry.{name}");
    let names = [
        "enabled",
        "max_attempts",
        "backoff_multiplier",
        "initial_delay_seconds",
    ];
    if !names.iter().any(|name| values.is_set(&key(name))) {
        return None;
    }
    let off = *values.get(&key("enabled")) == Json::Bool(false);
    let attempts = values.number(&key("max_attempts")).unwrap_or(3);
    Some(Retry {
        max_attempts: if off { 1 } else { attempts },
        backoff_multiplier: values
            .get(&key("backoff_multiplier"))
            .as_f64()
            .unwrap_or(2.0),
        initial_delay: values
            .time(&key("initial_delay_seconds"))
            .unwrap_or(Duration::from_secs(1)),
    })
}

fn hand_off(values: &Values<'_>) -> HandOffSettings {
    let default = HandOffSettings::default();
    let polling = |name: &str| format!("auto_execution.polling.{name}");
    HandOffSettings {
        poll: values
            .time(&polling("interval_seconds"))
            .unwrap_or(default.poll),
        timeout: values
            .time(&polling("timeout_seconds"))
            .unwrap_or(default.timeout),
        status_file_name: values
            .text(&polling("status_file_name"))
            .unwrap_or(default.status_file_name),
        artifact_detection: values.flag("auto_execution.features.artifact_detection"),
        status_tracking: values.flag("auto_execution.features.status_tracking"),
        pick_up_after: values
            .time("offshoot.hand_off.pick_up_after")
            .unwrap_or(default.pick_up_after),
    }
}

fn worktrees(values: &Values<'_>) -> WorktreeSettings {
    let of = |name: &str| format!("offshoot.worktrees.{name}");
    let default = WorktreeSettings::default();
    WorktreeSettings {
        copy: values.list(&of("copy")),
        link: values.list(&of("link")),
        reflink: values.list(&of("reflink")),
        setup: values.list(&of("setup")),
        teardown: values.list(&of("teardown")),
        timeout: values.time(&of("timeout")).unwrap_or(default.timeout),
        inputs: values.list(&of("inputs")),
        ports: values.list(&of("ports")),
        budget: values.bytes(&of("repository_budget")),
    }
}

fn limits(values: &Values<'_>) -> WorktreeLimits {
    let of = |name: &str| format!("offshoot.worktrees.{name}");
    let default = WorktreeLimits::default();
    let bytes = |name: &str| values.bytes(&of(name));
    WorktreeLimits {
        warm: values.number(&of("warm")).unwrap_or(default.warm),
        budget: bytes("budget"),
        share: values.number(&of("share")).unwrap_or(default.share),
        free_warning: bytes("free_warning"),
        free_minimum: bytes("free_minimum"),
    }
}

pub(super) fn machine(values: &Values<'_>) -> MachineSettings {
    let default = MachineSettings::default();
    MachineSettings {
        pool_size: values
            .number("offshoot.pool_size")
            .unwrap_or(default.pool_size),
        hand_off_limit: values
            .number("offshoot.hand_off_limit")
            .unwrap_or(default.hand_off_limit),
        idle_exit: values.time("offshoot.idle_exit"),
        retention: values
            .time("offshoot.retention")
            .unwrap_or(default.retention),
        retention_runs: values
            .number("offshoot.retention_runs")
            .unwrap_or(default.retention_runs),
        worktrees: limits(values),
    }
}
