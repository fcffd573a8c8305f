//! Types of settings that are texts or lists: names, paths, commands.

use super::kind::{Problem, Reading, got};
use super::table;
use serde_json::Value as Json;
use serde_yaml::Value as Yaml;

/// What a command template may name.
pub const PLACEHOLDERS: [&str; 6] = [
    "prompt",
    "command",
    "worktree",
    "step_id",
    "run_id",
    "instructions_file",
];

/// A text that is not empty and has no control characters; a number is taken as its text.
pub(crate) fn text(value: &Yaml) -> Reading {
    let text = match value {
        Yaml::String(text) => text.trim().to_owned(),
        Yaml::Number(number) => number.to_string(),
        other => return type_error("a text", other),
    };
    if text.is_empty() || text.chars().any(char::is_control) {
        return one(Problem::new(
            "type",
            "must be a text in one line that is not empty",
        ));
    }
    Ok(Json::from(text))
}

/// A file name without folder: the file is looked for in known places only.
pub(crate) fn file_name(value: &Yaml) -> Reading {
    let name = text(value)?;
    match name.as_str() {
        Some("." | "..") => one(Problem::new("type", "must be the name of a file")),
        Some(name) if name.contains(['/', '\\']) => one(Problem::new(
            "type",
            "must be the name of a file, without folder",
        )
        .hint("the file is looked for in the worktree's root and in .cursor/")),
        _ => Ok(name),
    }
}

/// A version; YAML reads an unquoted 1.0 as a number.
pub(crate) fn version(value: &Yaml) -> Reading {
    match value {
        Yaml::Number(number) => Ok(Json::from(number.to_string())),
        other => text(other),
    }
}

/// A list whose elements are each judged; every problem is reported.
pub(crate) fn list(value: &Yaml, judge: fn(&str) -> Result<(), Problem>) -> Reading {
    let Some(items) = value.as_sequence() else {
        let problem = Problem::new("type", format!("must be a list (got: {})", got(value)));
        return one(match value.as_str() {
            Some(text) => problem.hint(format!("write [{}]", words(text).join(", "))),
            None => problem,
        });
    };
    let mut problems = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let judged = match item.as_str() {
            Some(text) => judge(text),
            None => Err(Problem::new(
                "type",
                format!("must hold only texts (got: {})", got(item)),
            )),
        };
        problems.extend(judged.err().map(|problem| problem.at(index)));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(items
        .iter()
        .filter_map(Yaml::as_str)
        .map(Json::from)
        .collect())
}

/// The name of a variable that may reach a step.
pub(crate) fn variable_name(name: &str) -> Result<(), Problem> {
    let mut chars = name.chars();
    let first = chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if name.contains('=') {
        return Err(
            Problem::new("name", "holds names of variables, never values")
                .hint("write only the name: values are taken from the environment of the client"),
        );
    }
    if !first || !chars.all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(Problem::new(
            "name",
            format!("holds `{name}`, which is not the name of a variable"),
        ));
    }
    if crate::variable::refused(name) {
        return Err(Problem::new(
            "name",
            format!("holds `{name}`, which never reaches a step"),
        )
        .hint("GIT_* could lead git out of the step's worktree; OFFSHOOT_* is set by offshoot"));
    }
    Ok(())
}

/// The name of a back end or agent.
pub(crate) fn backend_name(name: &str) -> Result<(), Problem> {
    if table::is_name(name) {
        return Ok(());
    }
    Err(Problem::new(
        "name",
        format!("holds `{name}`, which is not a name"),
    ))
}

/// A command template: arguments, the first of them a program, with known placeholders only.
pub(crate) fn argv(value: &Yaml) -> Reading {
    if let Some(line) = value.as_str() {
        return one(Problem::new(
            "argv",
            "must be a list of arguments, not a string: no shell reads it",
        )
        .hint(format!("write [{}]", quoted(line).join(", "))));
    }
    let read = list(value, placeholders)?;
    match read
        .as_array()
        .and_then(|items| items.first())
        .and_then(Json::as_str)
    {
        None => one(Problem::new("argv", "must name at least a program")),
        Some(program) if program.trim().is_empty() => {
            one(Problem::new("argv", "must start with a program").at(0))
        }
        Some(program) if program.contains("{prompt}") || program.contains("{command}") => {
            one(Problem::new(
                "argv",
                "must start with a program, not with what a step says",
            )
            .at(0))
        }
        Some(_) => Ok(read),
    }
}

/// Braces that do not look like a placeholder (`{"a":1}`, `${X}`) are part of the argument.
fn placeholders(argument: &str) -> Result<(), Problem> {
    if argument.contains('\0') {
        return Err(Problem::new("argv", "holds a NUL character"));
    }
    let mut rest = argument;
    while let Some(open) = rest.find('{') {
        let shell = rest[..open].ends_with('$');
        rest = &rest[open + 1..];
        let Some(close) = rest.find('}') else { break };
        let name = &rest[..close];
        let like_one =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if like_one && !shell && !PLACEHOLDERS.contains(&name) {
            return Err(unknown_placeholder(name));
        }
    }
    Ok(())
}

fn unknown_placeholder(name: &str) -> Problem {
    let known = PLACEHOLDERS.map(|known| format!("{{{known}}}")).join(" ");
    let problem = Problem::new(
        "placeholder",
        format!("has an unknown placeholder {{{name}}}"),
    );
    match table::nearest(name, PLACEHOLDERS) {
        Some(near) => problem.hint(format!("did you mean {{{near}}}? known are {known}")),
        None => problem.hint(format!("known are {known}")),
    }
}

/// A command line as the list that was probably meant: words, with quotes honoured.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The words, each as YAML.
pub(crate) fn quoted(line: &str) -> Vec<String> {
    words(line)
        .iter()
        .map(|word| super::text::scalar(word))
        .collect()
}

fn type_error(wanted: &str, value: &Yaml) -> Reading {
    one(Problem::new(
        "type",
        format!("must be {wanted} (got: {})", got(value)),
    ))
}

fn one(problem: Problem) -> Reading {
    Err(vec![problem])
}
