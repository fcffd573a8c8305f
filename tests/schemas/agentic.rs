//! What `agentic_config.yaml` holds beside the settings that are read here: the sections of AgenticScrum, as
//! its templates and stories have them. Only explained and completed, never judged.

use serde_json::{Value, json};

/// Fills in the parts that the table of settings only knows as somebody else's.
pub(crate) fn complete(root: &mut Value) {
    let of = |meaning: &str| json!({"description": format!("{meaning} Of AgenticScrum; left alone here.")});
    for (name, meaning) in [
        ("project", "Name, language and date of the project."),
        ("llm", "Provider, model and key of the language model."),
        ("agents", "Agent codes of the project, for example `saa`."),
        (
            "settings",
            "Saving, logging, tests before commits, retries.",
        ),
        ("directories", "Where sources, tests, docs and agents lie."),
        ("qa", "Quality gates, validation and its agents."),
        ("organization", "The organization of a portfolio."),
        ("mcp", "Servers of the Model Context Protocol."),
        ("standards", "Standards of an organization."),
        ("repositories", "Repositories of an organization."),
    ] {
        root["properties"][name] = of(meaning);
    }
    root["properties"]["background"] = json!({
        "description": "Background agents of AgenticScrum. `max_concurrent_agents`, `task_timeout` and `retry_attempts` are read here.",
        "type": "object",
        "additionalProperties": false,
        "properties": background(),
    });
}

fn background() -> Value {
    let left = "Of AgenticScrum; left alone here.";
    let boolean =
        |meaning: &str| json!({"description": format!("{meaning} {left}"), "type": "boolean"});
    let number =
        |meaning: &str| json!({"description": format!("{meaning} {left}"), "type": "number"});
    let section = |meaning: &str, properties: Value| {
        json!({
            "description": format!("{meaning} {left}"),
            "type": "object",
            "additionalProperties": true,
            "properties": properties,
        })
    };
    let limits = section(
        "Limits of this agent.",
        json!({
            "max_memory": {"description": format!("For example `512MB`. {left}"), "type": ["string", "number"]},
            "max_cpu_percent": number("Processor time in percent."),
            "priority": {"description": format!("Its place in the queue. {left}"), "type": "string", "enum": ["high", "medium", "low"]},
        }),
    );
    let mut agents = section("Limits by agent code.", json!({}));
    agents["additionalProperties"] = limits;
    json!({
        "enabled": boolean("Whether background agents are wanted."),
        "log_level": {"description": format!("How much is logged. {left}"), "type": "string"},
        "agents": agents,
        "coordination": section("How agents keep out of each other's way.", json!({
            "file_locking": boolean("Whether files are locked."),
            "max_agents_per_file": number("At most this many agents at one file."),
            "dependency_resolution": boolean("Whether dependencies are resolved."),
        })),
        "workflows": {"description": format!("Lists of `agent`, `task` and `depends_on` by name. {left}"), "type": "object"},
        "monitoring": section("How agents are watched.", json!({
            "enabled": boolean("Whether agents are watched."),
            "check_interval": number("Seconds between two looks."),
            "health_checks": section("What is looked at.", json!({})),
            "alerts": section("Who is told.", json!({})),
            "recovery": section("What is done when one hangs.", json!({})),
        })),
    })
}
