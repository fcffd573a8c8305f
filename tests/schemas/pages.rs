//! Tables in `docs/` that come from the code. Each stands between `<!-- generated: NAME -->` and
//! `<!-- end -->`; what is around it is written by people and left alone.

use crate::generated;
use daemon::settings::reference;
use protocol::ErrorKind;
use protocol::methods::METHODS;
use schemars::schema_for;
use serde_json::Value;
use std::fmt::Write;
use support::tree::source_root;

#[test]
fn protocol_md_is_current() {
    page(
        "docs/protocol.md",
        &[("methods", method_table()), ("errors", error_table())],
    );
}

#[test]
fn configuration_md_is_current() {
    page("docs/configuration.md", &[("settings", settings_table())]);
}

#[test]
fn built_in_tasks_md_is_current() {
    page("docs/built-in-tasks.md", &[("built-in", built_in_table())]);
}

fn built_in_table() -> String {
    let mut table =
        "| agent | action | is | parameters | leaves | time |\n|---|---|---|---|---|---|\n"
            .to_owned();
    for task in model::built_in::TABLE {
        let code = |words: Vec<&str>| {
            let words = words.iter().map(|word| format!("`{word}`"));
            words.collect::<Vec<_>>().join(", ")
        };
        writeln!(
            table,
            "| `{}` | {} | `offshoot task {}` | {} | {} | {} s |",
            task.group.role(),
            code(task.actions.to_vec()),
            task.title(),
            code(task.params.iter().map(|param| param.name).collect()),
            code(task.leaves.iter().map(|leaves| leaves.path).collect()),
            task.group.timeout().as_secs()
        )
        .expect("a string takes everything");
    }
    table
}

/// Compares (or writes) the generated parts of a page.
#[track_caller]
pub(crate) fn page(path: &str, parts: &[(&str, String)]) {
    let mut text = std::fs::read_to_string(source_root().join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    for (name, part) in parts {
        let start = format!("<!-- generated: {name} -->\n");
        let Some((before, rest)) = text.split_once(&start) else {
            panic!("{path} has no {start}")
        };
        let Some((_, after)) = rest.split_once("<!-- end -->") else {
            panic!("{path}: {name} has no end")
        };
        text = format!("{before}{start}\n{part}\n<!-- end -->{after}");
    }
    generated(path, &text);
}

fn method_table() -> String {
    let mut table = "| method | parameters | result | does |\n|---|---|---|---|\n".to_owned();
    for (method, (name, params, result)) in METHODS.iter().zip(protocol::methods::schemas()) {
        let title = |schema: &schemars::Schema| {
            schema
                .get("title")
                .and_then(Value::as_str)
                .unwrap_or("?")
                .to_owned()
        };
        writeln!(
            table,
            "| `{name}` | `{}` | `{}` | {} |",
            title(&params),
            title(&result),
            method.doc.trim()
        )
        .expect("a string takes everything");
    }
    table
}

fn error_table() -> String {
    let mut table = "| kind | exit code | JSON-RPC code | means |\n|---|---|---|---|\n".to_owned();
    for (name, meaning) in kinds() {
        let kind: ErrorKind =
            serde_json::from_value(Value::from(name.as_str())).expect("a kind by its name");
        writeln!(
            table,
            "| `{name}` | {} | {} | {meaning} |",
            kind.exit_code(),
            kind.rpc_code()
        )
        .expect("a string takes everything");
    }
    table
}

fn settings_table() -> String {
    let mut table =
        "| key | value | default | files | variable | meaning |\n|---|---|---|---|---|---|\n"
            .to_owned();
    for setting in reference() {
        let files: Vec<_> = setting.scopes.iter().map(|scope| scope.as_str()).collect();
        let variable = setting.variable().map(|name| format!("`{name}`"));
        let default = match (setting.same_as, setting.default) {
            (Some(key), _) => format!("same as `{key}`"),
            (None, "null") => "not set".to_owned(),
            (None, default) => format!("`{default}`"),
        };
        writeln!(
            table,
            "| `{}` | {} | {default} | {} | {} | {} |",
            setting.key,
            setting.kind.describe(),
            files.join(", "),
            variable.unwrap_or_default(),
            setting.meaning
        )
        .expect("a string takes everything");
    }
    table
}

/// Every kind of error by its name on the wire, with its meaning.
fn kinds() -> Vec<(String, String)> {
    let schema = schema_for!(ErrorKind).to_value();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let kinds = schema["oneOf"].as_array().expect("each kind is documented");
    kinds
        .iter()
        .map(|kind| {
            (
                text(&kind["const"]),
                text(&kind["description"]).replace('\n', " "),
            )
        })
        .collect()
}

#[test]
fn codes_of_errors_are_told_apart() {
    let mut codes: Vec<i64> = kinds()
        .into_iter()
        .map(|(name, _)| {
            serde_json::from_value::<ErrorKind>(Value::from(name))
                .expect("a kind")
                .rpc_code()
        })
        .collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(
        codes.len(),
        kinds().len(),
        "two kinds share a JSON-RPC code"
    );
}
