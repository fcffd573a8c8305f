//! The two JSON files that start a hand-off. Names of fields are those of TappsCodingAgents: its
//! later form with `correlation`, the ids at the top level as its first form had them, and what
//! protocol 1.1 adds (`execution_id`, `attempt`, `params`, `status_file`, `timeout_seconds`).

use super::job::HandOff;
use super::value::Params;
use jiff::Timestamp as Instant;
use model::time::Timestamp;
use serde::Serialize;

/// The version of the protocol that the command file speaks.
pub const PROTOCOL_VERSION: &str = "1.1";

const INSTRUCTIONS: &str = "1. Do what `command` and `prompt` ask for, in the folder `worktree_path`.\n\
    2. Say how it goes in the file `status_file` there; copy `execution_id` into it.\n\
    3. Write it to a temporary file first, then rename it.\n\
    4. The files in `correlation.expected_artifacts` must be there at the end.";
const NOTE: &str =
    "The same for people, with an example of the status file: .cursor-skill-instructions.md";

#[derive(Serialize)]
struct Command<'a> {
    protocol_version: &'a str,
    command: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    prompt: &'a str,
    params: Params<'a>,
    workflow_id: &'a str,
    step_id: &'a str,
    run_id: &'a str,
    execution_id: &'a str,
    attempt: u32,
    correlation: Correlation<'a>,
    context: Context<'a>,
    worktree_path: &'a str,
    status_file: &'a str,
    timeout_seconds: f64,
    instructions: &'a str,
    note: &'a str,
}

#[derive(Serialize)]
struct Correlation<'a> {
    workflow_id: &'a str,
    step_id: &'a str,
    created_at: String,
    expected_artifacts: &'a [String],
}

#[derive(Serialize)]
struct Context<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    notes: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_tier: Option<u8>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    consults: &'a [String],
}

#[derive(Serialize)]
struct Metadata<'a> {
    version: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    command: &'a str,
    correlation: Correlation<'a>,
    workflow_context: WorkflowContext<'a>,
    interaction_pattern: Pattern<'a>,
    metadata: MetadataOfRun<'a>,
    timestamp: String,
}

#[derive(Serialize)]
struct WorkflowContext<'a> {
    workflow_id: &'a str,
    step_id: &'a str,
    expected_artifacts: &'a [String],
}

#[derive(Serialize)]
struct Pattern<'a> {
    mode: &'a str,
    completion_detection: &'a str,
    progress_updates: bool,
    error_handling: &'a str,
}

#[derive(Serialize)]
struct MetadataOfRun<'a> {
    run_id: &'a str,
    execution_id: &'a str,
    attempt: u32,
}

/// `.cursor-skill-command.txt`.
pub(super) fn command(job: &HandOff) -> Vec<u8> {
    json(&Command {
        protocol_version: PROTOCOL_VERSION,
        command: &job.command,
        prompt: &job.prompt,
        params: Params(&job.params),
        workflow_id: &job.workflow_id,
        step_id: &job.step_id,
        run_id: &job.run_id,
        execution_id: &job.execution_id,
        attempt: job.attempt,
        correlation: correlation(job),
        context: Context {
            title: &job.title,
            notes: &job.notes,
            context_tier: job.context_tier,
            consults: &job.consults,
        },
        worktree_path: job.worktree.to_str().unwrap_or_default(),
        status_file: &job.status_file_name,
        timeout_seconds: job.timeout.as_secs_f64(),
        instructions: INSTRUCTIONS,
        note: NOTE,
    })
}

/// `.cursor-skill-metadata.json`.
pub(super) fn metadata(job: &HandOff) -> Vec<u8> {
    json(&Metadata {
        version: "1.0",
        kind: "skill_command",
        command: &job.command,
        correlation: correlation(job),
        workflow_context: WorkflowContext {
            workflow_id: &job.workflow_id,
            step_id: &job.step_id,
            expected_artifacts: &job.expected_artifacts,
        },
        interaction_pattern: Pattern {
            mode: "async",
            completion_detection: "status_file_and_artifacts",
            progress_updates: true,
            error_handling: "retry_with_backoff",
        },
        metadata: MetadataOfRun {
            run_id: &job.run_id,
            execution_id: &job.execution_id,
            attempt: job.attempt,
        },
        timestamp: rfc3339(job.created_at),
    })
}

fn correlation(job: &HandOff) -> Correlation<'_> {
    Correlation {
        workflow_id: &job.workflow_id,
        step_id: &job.step_id,
        created_at: rfc3339(job.created_at),
        expected_artifacts: &job.expected_artifacts,
    }
}

/// Nothing in these files can fail to serialize: text, numbers, and maps with text as keys.
pub(super) fn json(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}

/// UTC, with milliseconds: `2026-11-20T10:00:00.000Z`.
pub(super) fn rfc3339(at: Timestamp) -> String {
    let at = Instant::from_millisecond(at.0).unwrap_or_default();
    format!("{at:.3}")
}
