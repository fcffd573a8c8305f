//! A Markdown page about a run.

use protocol::finding::Finding;
use protocol::run::{Run, Step};
use std::fmt::Write;
use std::time::Duration;

/// The page: what ran, what came of it, what it left.
pub(crate) fn summary(run: &Run) -> String {
    let mut page = format!("# {} ({})\n\n", escape(&run.workflow_id), run.status);
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(page, "- **{name}**: {value}");
    };
    row("Run", &format!("`{}`", run.run_id));
    if let Some(file) = &run.workflow_file {
        row("Workflow", &format!("`{file}`"));
    }
    row("Started from", &format!("`{}`", short(&run.base_commit)));
    if let (Some(branch), Some(commit)) = (&run.result_branch, &run.result_commit) {
        row("Result", &format!("`{branch}` at `{}`", short(commit)));
    }
    row("Began", run.started_at.as_deref().unwrap_or("not yet"));
    row("Took", &span(run.duration_ms));
    if let Some(error) = &run.error {
        row("Error", &escape(&error.message));
    }
    page.push_str(
        "\n| step | status | attempts | took | commit |\n| --- | --- | --- | --- | --- |\n",
    );
    for step in &run.steps {
        let commit = step
            .commit
            .as_deref()
            .map_or_else(String::new, |commit| format!("`{}`", short(commit)));
        let (title, tried) = (escape(&step.title), step.attempts.len());
        let _ = writeln!(
            page,
            "| {title} | {} | {tried} | {} | {commit} |",
            step.status,
            span(step.duration_ms)
        );
    }
    for step in &run.steps {
        details(&mut page, step);
    }
    page
}

fn details(page: &mut String, step: &Step) {
    if step.error.is_none()
        && step.artifacts.is_empty()
        && step.outputs.is_empty()
        && step.finding_list.is_empty()
        && step.rounds.is_empty()
        && step.reason.is_none()
    {
        return;
    }
    let _ = writeln!(page, "\n## {}\n", escape(&step.title));
    if let Some(error) = &step.error {
        let _ = writeln!(
            page,
            "- {}: {}",
            step.class.as_deref().unwrap_or(&step.status),
            escape(&error.message)
        );
    }
    if let Some(reason) = &step.reason {
        let _ = writeln!(page, "- {}: {}", step.status, escape(reason));
    }
    for round in &step.rounds {
        let said = match (round.passed, &round.why) {
            (Some(true), Some(why)) => format!("the gate passed: {}", escape(why)),
            (_, Some(why)) => format!("the gate did not pass: {}", escape(why)),
            (_, None) => "it was sent back".to_owned(),
        };
        let commit = round.commit.as_deref();
        let commit = commit.map_or_else(String::new, |commit| format!(" (`{}`)", short(commit)));
        let _ = writeln!(page, "- round {}{commit}: {said}", round.round);
    }
    for (name, score) in &step.scores {
        let _ = writeln!(page, "- score {} = {score}", escape(name));
    }
    for (threshold, limit) in &step.thresholds {
        let wanted = model::score::in_words(threshold, *limit);
        let _ = writeln!(page, "- wanted: {}", escape(&wanted));
    }
    for artifact in &step.artifacts {
        let _ = writeln!(page, "- artifact `{}` ({})", artifact.path, artifact.kind);
    }
    for (name, value) in &step.outputs {
        let _ = writeln!(page, "- output `{name}` = `{value}`");
    }
    for finding in &step.finding_list {
        let _ = writeln!(
            page,
            "- {} `{}`{}: {}",
            finding.severity,
            finding.code,
            place(finding),
            escape(&finding.message)
        );
    }
    let counts = [
        step.findings.error,
        step.findings.warning,
        step.findings.info,
    ];
    let all = usize::try_from(counts.iter().sum::<u32>()).unwrap_or(usize::MAX);
    if all > step.finding_list.len() {
        let _ = writeln!(
            page,
            "- and {} more findings",
            all - step.finding_list.len()
        );
    }
}

/// ` in path:line`
fn place(finding: &Finding) -> String {
    match (&finding.path, finding.line) {
        (Some(path), Some(line)) => format!(" in `{path}:{line}`"),
        (Some(path), None) => format!(" in `{path}`"),
        (None, _) => String::new(),
    }
}

fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

fn span(millis: u64) -> String {
    format!("{:.1} s", Duration::from_millis(millis).as_secs_f64())
}

/// Text on one line of a table.
fn escape(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
