//! The environment of an attempt's processes: what the client gave, and what we add.

use super::round;
use crate::trees::Port;
use engine::Job;
use std::path::Path;

/// File in the exchange folder for `KEY=VALUE` lines.
pub(super) const OUTPUT: &str = "output";
/// Folder in the exchange folder for artifacts that are not to be committed.
pub(super) const ARTIFACTS: &str = "artifacts";

/// Settings for the git that agents run: no prompt (a signature may ask for a passphrase), no garbage collection
/// under our feet.
const GIT: [(&str, &str); 4] = [
    ("gc.auto", "0"),
    ("core.fsmonitor", "false"),
    ("commit.gpgSign", "false"),
    ("tag.gpgSign", "false"),
];

/// Everything but the secrets.
pub(super) fn of_attempt(job: &Job, exchange: &Path, ports: &[Port]) -> Vec<(String, String)> {
    let plain = &job
        .run
        .as_ref()
        .map_or(&job.task.environment, |run| &run.environment)
        .0;
    let mut all: Vec<(String, String)> = plain.clone();
    let mut add = |name: &str, value: String| {
        all.retain(|(other, _)| other != name);
        all.push((name.to_owned(), value));
    };
    let number = job.task.last_attempt().map_or(0, |attempt| attempt.number);
    let run = job
        .run
        .as_ref()
        .map_or_else(String::new, |run| run.id.to_string());
    add("OFFSHOOT_RUN_ID", run);
    add("OFFSHOOT_STEP_ID", job.task.step.id.to_string());
    add("OFFSHOOT_TASK_ID", job.task.id.to_string());
    add("OFFSHOOT_ATTEMPT_NUMBER", number.to_string());
    add("OFFSHOOT_WORKTREE", job.folder().display().to_string());
    let base = job
        .task
        .worktree
        .as_ref()
        .map_or_else(String::new, |worktree| worktree.base.clone());
    add("OFFSHOOT_BASE", base);
    add(
        "OFFSHOOT_OUTPUT",
        exchange.join(OUTPUT).display().to_string(),
    );
    add(
        "OFFSHOOT_ARTIFACTS",
        exchange.join(ARTIFACTS).display().to_string(),
    );
    add("OFFSHOOT_ROUND", job.task.round().to_string());
    let (gate, why) = round::sent_by(job).unwrap_or_default();
    add("OFFSHOOT_GATE", gate);
    add("OFFSHOOT_GATE_WHY", why);
    for (key, value) in job.run.iter().flat_map(|run| &run.options.inputs) {
        add(&format!("OFFSHOOT_INPUT_{}", variable(key)), value.clone());
    }
    for port in ports {
        add(&port.variable(), port.number.to_string());
    }
    add("GIT_TERMINAL_PROMPT", "0".to_owned());
    add("GIT_CONFIG_COUNT", GIT.len().to_string());
    for (index, (key, value)) in GIT.into_iter().enumerate() {
        add(&format!("GIT_CONFIG_KEY_{index}"), key.to_owned());
        add(&format!("GIT_CONFIG_VALUE_{index}"), value.to_owned());
    }
    all
}

/// A name as a variable has it: capitals, digits and `_`.
fn variable(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect()
}

/// `KEY=VALUE` lines of an output file; lines of another form and everything past 64 KiB are left out.
pub(super) fn outputs(text: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(text.get(..64 << 10).unwrap_or(text));
    let mut found: Vec<(String, String)> = Vec::new();
    for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
        let key = key.trim();
        let usable = !key.is_empty()
            && key
                .chars()
                .all(|c| c.is_alphanumeric() || "_-.".contains(c));
        if usable {
            found.retain(|(other, _)| other != key);
            found.push((key.to_owned(), value.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_lines_with_a_name() {
        let found = outputs(b"a=1\nno line\n b = x=y\n=z\na=2\n\xff=1\n");
        let expected = [("b", " x=y"), ("a", "2")];
        assert_eq!(
            found,
            expected.map(|(key, value)| (key.to_owned(), value.to_owned()))
        );
    }
}
