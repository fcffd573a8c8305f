//! `.cursor-skill-instructions.md`: the hand-off told to a person, or to an agent that was only
//! pointed at the folder. The headings are those of TappsCodingAgents, the sentences are ours.

use super::baseline::marker_folder;
use super::files::rfc3339;
use super::job::HandOff;
use super::names::{COMMAND_FILE, COMPLETED_FILE, INSTRUCTIONS_FILE};
use serde::Serialize;
use std::fmt::Write as _;

/// The whole file.
pub(super) fn text(job: &HandOff) -> String {
    let mut out = String::from("# Cursor Skill Execution Instructions\n\n");
    if !job.title.is_empty() {
        let _ = writeln!(out, "{}\n", job.title);
    }
    correlation(&mut out, job);
    command(&mut out, job);
    expected(&mut out, job);
    worktree(&mut out, job);
    troubleshooting(&mut out, job);
    next_steps(&mut out, job);
    out
}

fn correlation(out: &mut String, job: &HandOff) {
    let or_none = |text: &str| {
        if text.is_empty() {
            "N/A".to_owned()
        } else {
            text.to_owned()
        }
    };
    let _ = writeln!(
        out,
        "## Correlation Metadata\n\n- **Workflow ID**: {}\n- **Step ID**: {}\n- **Run ID**: {}\n\
         - **Execution ID**: {} (attempt {})\n- **Created At**: {}\n",
        or_none(&job.workflow_id),
        or_none(&job.step_id),
        or_none(&job.run_id),
        job.execution_id,
        job.attempt,
        rfc3339(job.created_at)
    );
}

fn command(out: &mut String, job: &HandOff) {
    let _ = writeln!(out, "## Command to Execute\n\n{}", fenced("", &job.command));
    for (name, text) in [("What is asked for", &job.prompt), ("Notes", &job.notes)] {
        if !text.is_empty() {
            let _ = writeln!(out, "{name}:\n\n{}", fenced("", text));
        }
    }
    if let Some(tier) = job.context_tier {
        let _ = writeln!(out, "Context tier (1 = least, 4 = most): {tier}\n");
    }
    if !job.consults.is_empty() {
        let _ = writeln!(out, "Consult:\n\n{}", bullets(&job.consults));
    }
}

fn expected(out: &mut String, job: &HandOff) {
    out.push_str("## Expected Results\n\n");
    if job.expected_artifacts.is_empty() {
        out.push_str("- No file is named: what you change in the worktree is the result.\n\n");
        return;
    }
    let _ = writeln!(out, "{}", bullets(&job.expected_artifacts));
    out.push_str(
        "Each must be new or changed at the end. A file that is left as it was does not count.\n\n",
    );
}

fn worktree(out: &mut String, job: &HandOff) {
    let _ = writeln!(
        out,
        "## Worktree Location\n\n{}\nWork only there. It is a checkout of its own on a branch of its own: \
         nothing you do there touches the main checkout.\n",
        fenced("", &job.worktree.display().to_string())
    );
}

fn troubleshooting(out: &mut String, job: &HandOff) {
    let mut points = vec![format!(
        "Nothing happens: no agent watches this folder. Let a configured agent do the step with\n\n{}",
        indented(&fenced("sh", &execute(job)))
    )];
    points.push(format!(
        "The step does not end: `{}` must be a JSON object with a `status` of `completed`, `failed` or \
         `cancelled`, and an `execution_id`, where it has one, must be the one above.\n",
        job.status_file_name
    ));
    if let Some(folder) = marker_folder(&job.workflow_id, &job.step_id) {
        points.push(format!(
            "It cannot be done: say so in the status file with `\"status\": \"failed\"` and an `error`, or in\n   \
             `{}/{folder}/FAILED.json`.\n",
            job.repo.display()
        ));
    }
    out.push_str("## Troubleshooting\n\n");
    for (number, point) in (1..).zip(points) {
        let _ = write!(out, "{number}. {point}");
    }
    out.push('\n');
}

fn next_steps(out: &mut String, job: &HandOff) {
    let _ = writeln!(
        out,
        "## Next Steps\n\n1. Do what the command asks for, in the worktree.\n\
         2. While you work, write `{status}` into the worktree's root; this shows that you are on it:\n\n{running}\n\
         3. When everything is there, write it again. To a temporary file first, then rename it:\n\n{done}\n\
         4. That ends the step: the engine checks the result, commits it, and moves these files away.\n   \
         Do not commit them. By hand, an empty file `{COMPLETED_FILE}` says done as well.\n",
        status = job.status_file_name,
        running = indented(&fenced("json", &example(job, false))),
        done = indented(&fenced("json", &example(job, true))),
    );
    let _ = writeln!(
        out,
        "The same for programs: `{COMMAND_FILE}` (JSON). This file: `{INSTRUCTIONS_FILE}`."
    );
}

/// A status file as the agent should write it.
#[derive(Serialize)]
struct Example<'a> {
    version: &'a str,
    status: &'a str,
    execution_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<ExampleProgress<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifacts: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
}

#[derive(Serialize)]
struct ExampleProgress<'a> {
    percentage: u8,
    message: &'a str,
}

fn example(job: &HandOff, done: bool) -> String {
    let progress = ExampleProgress {
        percentage: 40,
        message: "what happens now",
    };
    let example = Example {
        version: "1.0",
        status: if done { "completed" } else { "running" },
        execution_id: &job.execution_id,
        progress: (!done).then_some(progress),
        artifacts: done.then_some(&job.expected_artifacts),
        output: done.then_some("one line about what was done"),
    };
    serde_json::to_string_pretty(&example).unwrap_or_default()
}

fn execute(job: &HandOff) -> String {
    let file = job.worktree.join(COMMAND_FILE).display().to_string();
    format!(
        "offshoot workflow execute-skill-command --command-file {}",
        quoted(&file)
    )
}

/// For a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A fence longer than any run of backticks in the text, so that the text cannot close it.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!(
        "{fence}{language}\n{}\n{fence}\n",
        text.trim_end_matches('\n')
    )
}

fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "   {line}");
        out
    })
}

fn bullets(items: &[String]) -> String {
    items.iter().fold(String::new(), |mut out, item| {
        let _ = writeln!(out, "- `{item}`");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_close_its_fence() {
        assert_eq!(fenced("", "a ``` b"), "````\na ``` b\n````\n");
        assert_eq!(fenced("sh", "x\n"), "```sh\nx\n```\n");
    }

    #[test]
    fn paths_are_quoted_for_the_shell() {
        for (text, expected) in [
            ("/a/b.txt", "/a/b.txt"),
            ("/a b", "'/a b'"),
            ("/it's", r"'/it'\''s'"),
            ("/ä", "'/ä'"),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}
