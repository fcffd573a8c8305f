//! The table of keys in `docs/workflows.md`, from the table that the workflow language reads by.

use crate::pages::page;
use model::language::{KEYS, Key, Level};
use std::fmt::Write;

#[test]
fn workflows_md_is_current() {
    page("docs/workflows.md", &[("keys", key_table())]);
}

/// One table per mapping, in the order of the source.
fn key_table() -> String {
    let mut text = String::new();
    let mut level = None;
    for key in KEYS {
        if level != Some(key.level) {
            level = Some(key.level);
            let head = "| key | value | default | meaning |\n|---|---|---|---|";
            writeln!(text, "\n**{}**\n\n{head}", heading(key.level)).expect("a string");
        }
        let Key {
            name,
            value,
            default,
            meaning,
            ..
        } = key;
        let row = format!("| `{name}` | {value} | {default} | {meaning} |");
        writeln!(text, "{row}").expect("a string");
    }
    text.trim_start().to_owned()
}

/// Where the mapping stands in a file.
fn heading(level: Level) -> &'static str {
    match level {
        Level::File => "Top of a wrapped file",
        Level::Workflow => "The workflow",
        Level::Settings => "`settings`",
        Level::Metadata => "`metadata`",
        Level::AutoExecution => "`metadata.auto_execution`",
        Level::AutoRetry => "`metadata.auto_execution.retry`",
        Level::AutoPolling => "`metadata.auto_execution.polling`",
        Level::Features => "`metadata.auto_execution.features`",
        Level::Step => "A step",
        Level::Retry => "`retry` of a step",
        Level::Limits => "`limits` of a step",
        Level::Gate => "`gate` of a step",
        Level::Scoring => "`scoring` of a step",
        Level::StepMetadata => "`metadata` of a step",
        Level::StepMetadataRetry => "`metadata.retry` of a step",
    }
}
