//! The table of keys holds together: what it shows people as an example is what the reader takes.

use crate::diagnostic::Severity;
use crate::language::{KEYS, Key, Level, parse};

/// A file in which this key has its example as value.
fn file(key: &Key) -> String {
    let Key { name, example, .. } = key;
    let build = "- {id: build, run: x}";
    let top = |entry: String| format!("{entry}\nsteps: [{{id: build, run: x}}]\n");
    let step = |entry: String| format!("steps:\n  {build}\n  - {{id: own, prompt: x, {entry}}}\n");
    match key.level {
        Level::File => top(String::new()),
        Level::Workflow if *name == "steps" => format!("steps: {example}\n"),
        Level::Workflow => top(format!("{name}: {example}")),
        Level::Settings => top(format!("settings: {{{name}: {example}}}")),
        Level::Metadata => top(format!("metadata: {{{name}: {example}}}")),
        Level::AutoExecution => top(format!(
            "metadata: {{auto_execution: {{{name}: {example}}}}}"
        )),
        Level::AutoRetry | Level::AutoPolling | Level::Features => {
            let section = match key.level {
                Level::AutoRetry => "retry",
                Level::AutoPolling => "polling",
                _ => "features",
            };
            top(format!(
                "metadata: {{auto_execution: {{{section}: {{{name}: {example}}}}}}}"
            ))
        }
        Level::Step => match *name {
            "id" | "prompt" => {
                format!("steps:\n  - {{id: own, prompt: x}}\n  - {{{name}: {example}, agent: y}}\n")
            }
            "run" => format!("steps:\n  - {{{name}: {example}}}\n"),
            "action" => step(format!("agent: y, {name}: {example}")),
            "requires" => format!(
                "steps:\n  - {{run: x, creates: {example}}}\n  - {{run: x, {name}: {example}}}\n"
            ),
            _ => step(format!("{name}: {example}")),
        },
        Level::Retry => step(format!("retry: {{{name}: {example}}}")),
        Level::Limits => step(format!("limits: {{{name}: {example}}}")),
        Level::Gate if *name == "on_fail" => step(format!("gate: {{{name}: {example}}}")),
        Level::Gate => {
            format!("steps:\n  - {{id: own, prompt: x, gate: {{{name}: {example}}}}}\n  {build}\n")
        }
        Level::Scoring => step(format!("scoring: {{{name}: {example}}}")),
        Level::StepMetadata => step(format!("metadata: {{{name}: {example}}}")),
        Level::StepMetadataRetry => step(format!("metadata: {{retry: {{{name}: {example}}}}}")),
    }
}

#[test]
fn examples_are_values() {
    for key in KEYS {
        let example = if key.name == "step" {
            "A title"
        } else {
            key.example
        };
        let key = Key { example, ..*key };
        let file = file(&key);
        let found = parse("x.yaml", file.as_bytes()).diagnostics;
        let wrong: Vec<_> = found
            .iter()
            .filter(|found| found.severity == Severity::Error || found.code.starts_with("unknown"))
            .filter(|found| found.code != "unknown-agent")
            .collect();
        assert!(
            wrong.is_empty(),
            "{:?} {}: {wrong:#?}\n{file}",
            key.level,
            key.name
        );
    }
}

#[test]
fn mappings_lead_to_levels_that_exist() {
    for key in KEYS {
        let below = key.level.below(key.name);
        // Those of the user's own: parameters, names of thresholds.
        let free = matches!(key.name, "params" | "thresholds");
        let wanted = key.value.contains("mapping") || key.name == "steps";
        assert_eq!(
            below.is_some(),
            wanted && !free,
            "{:?} {}",
            key.level,
            key.name
        );
    }
}
