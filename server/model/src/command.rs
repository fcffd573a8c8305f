//! The command string of an agent step: `@agent action --param value …`.
//!
//! The grammar is that of TappsCodingAgents, whose agents read these strings, with one difference:
//! it quoted a value with a space and escaped nothing, so quotes and line breaks broke the string.
//! Here a value that is not one plain word stands in `""` with `\"`, `\\`, `\n` and `\r`.
//!
//! | value | written |
//! |---|---|
//! | null, `false` | nothing, not even the key |
//! | `true` | the bare key |
//! | number, plain word | `--key value` |
//! | other text | `--key "value"`; empty: `--key ""` |
//! | list, mapping | `--key '<JSON>'`, with `'` in it as `\u0027` |

mod json;
mod parse;
#[cfg(test)]
mod tests;

pub use parse::{CommandError, ParsedCommand, parse};

use crate::workflow::{AgentWork, Value};

/// The command string of this work. The prompt is no part of it: it goes into the instructions.
/// Work that names no agent is for whichever agent there is, `@agent`.
pub fn format(work: &AgentWork) -> String {
    let mut out = format!(
        "@{}",
        if work.agent.is_empty() {
            "agent"
        } else {
            &work.agent
        }
    );
    if !work.action.is_empty() {
        out.push(' ');
        out.push_str(&work.action);
    }
    for (key, value) in &work.params {
        write_param(&mut out, key, value);
    }
    out
}

fn write_param(out: &mut String, key: &str, value: &Value) {
    if matches!(value, Value::Null | Value::Bool(false)) {
        return;
    }
    out.push_str(" --");
    if is_plain_key(key) {
        out.push_str(key);
    } else {
        write_quoted(out, key);
    }
    if *value != Value::Bool(true) {
        out.push(' ');
        write_value(out, value);
    }
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) if json::is_number(number) => out.push_str(number),
        Value::Text(text) if is_plain_text(text) => out.push_str(text),
        Value::Number(text) | Value::Text(text) => write_quoted(out, text),
        Value::List(_) | Value::Map(_) => {
            out.push('\'');
            json::write(out, value);
            out.push('\'');
        }
    }
}

fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Whether this is a number by JSON's grammar: the only spelling that counts as a number here.
pub(crate) fn is_number(text: &str) -> bool {
    json::is_number(text)
}

fn is_plain_key(key: &str) -> bool {
    !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Whether text reads back as itself without quotes.
fn is_plain_text(text: &str) -> bool {
    let breaks = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'');
    !text.is_empty()
        && !text.contains(breaks)
        && !text.starts_with(['-', '{', '[', '@'])
        && !matches!(text, "true" | "false" | "null")
        && !json::is_number(text)
}
