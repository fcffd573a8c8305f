//! `{name}` in commands and variables.
//!
//! A command is a shell text of the repository's, what it is filled with comes from a step: quotes, `$(…)`
//! and line ends in it must stay text. So nothing is put into the shell text but references to variables,
//! which the shell does not read again.

use super::shell::{Place, Scan};

/// All placeholders.
pub const NAMES: [&str; 8] = [
    "command",
    "command_file_path",
    "command_file",
    "worktree",
    "workflow_id",
    "run_id",
    "step_id",
    "prompt",
];

/// The variable that carries a placeholder's value.
pub fn variable(name: &str) -> String {
    format!("OFFSHOOT_{}", name.to_ascii_uppercase())
}

/// The placeholders that a template names, each once.
pub fn used(template: &str) -> Vec<&'static str> {
    let found: Vec<&str> = braces(template).map(|(_, name)| name).collect();
    NAMES
        .into_iter()
        .filter(|name| found.contains(name))
        .collect()
}

/// What looks like a placeholder and is none.
pub(super) fn unknown(template: &str) -> Vec<String> {
    braces(template)
        .map(|(_, name)| name)
        .filter(|name| !NAMES.contains(name))
        .map(str::to_owned)
        .collect()
}

/// A shell text in which each placeholder is a reference to its variable, quoted as its place demands.
pub fn to_shell(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let mut done = 0;
    for (at, name, place) in places(template) {
        out.push_str(&template[done..at]);
        let reference = format!("${{{}}}", variable(name));
        match place {
            Place::Bare => out.push_str(&format!("\"{reference}\"")),
            Place::Quoted => out.push_str(&reference),
            Place::Single => out.push_str(&format!("'\"{reference}\"'")),
            Place::Literal => out.push_str(&format!("{{{name}}}")),
        }
        done = at + name.len() + 2;
    }
    out.push_str(&template[done..]);
    out
}

/// The placeholders of a shell text that nothing can be put into: those in here-documents whose end is quoted.
pub(super) fn stuck(template: &str) -> Vec<&str> {
    let places = places(template).into_iter();
    let stuck = places.filter(|(_, _, place)| *place == Place::Literal);
    stuck.map(|(_, name, _)| name).collect()
}

/// Each placeholder: where its brace stands, its name, and in what of the shell text it is.
fn places(template: &str) -> Vec<(usize, &str, Place)> {
    let mut scan = Scan::default();
    let mut done = 0;
    let mut places = Vec::new();
    for (at, name) in braces(template).filter(|(_, name)| NAMES.contains(name)) {
        scan.over(&template[done..at]);
        places.push((at, name, scan.place()));
        done = at + name.len() + 2;
        scan.over_value();
    }
    places
}

/// A text that no shell reads, filled. `value` knows the placeholders, and `${NAME}` by its name.
pub fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let dollar = rest[..open].ends_with('$');
        let name = name_at(&rest[open..]);
        let wanted = name.filter(|name| dollar || NAMES.contains(name));
        let Some((name, found)) = wanted.and_then(|name| Some((name, value(name)?))) else {
            out.push_str(&rest[..=open]);
            rest = &rest[open + 1..];
            continue;
        };
        out.push_str(&rest[..open - usize::from(dollar)]);
        out.push_str(&found);
        rest = &rest[open + name.len() + 2..];
    }
    out + rest
}

/// Every `{name}` that is not `${name}`: where its brace stands, and the name.
fn braces(template: &str) -> impl Iterator<Item = (usize, &str)> {
    template.match_indices('{').filter_map(|(at, _)| {
        let name = name_at(&template[at..])?;
        (!template[..at].ends_with('$')).then_some((at, name))
    })
}

/// The name between the braces that a text begins with.
fn name_at(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.split_once('}')?.0;
    let like_one = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (like_one && !name.starts_with(|c: char| c.is_ascii_digit())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{fill, stuck, to_shell, unknown, used};

    #[test]
    fn each_place_has_its_quotes() {
        let check = |template: &str, expected: &str| assert_eq!(to_shell(template), expected);
        check("run {command}", "run \"${OFFSHOOT_COMMAND}\"");
        check("run \"{command}\"", "run \"${OFFSHOOT_COMMAND}\"");
        check("run '{command}'", "run ''\"${OFFSHOOT_COMMAND}\"''");
        check(
            "a \"it's {step_id}\" {run_id}",
            "a \"it's ${OFFSHOOT_STEP_ID}\" \"${OFFSHOOT_RUN_ID}\"",
        );
        check(
            "echo \\\"{run_id}\\\"",
            "echo \\\"\"${OFFSHOOT_RUN_ID}\"\\\"",
        );
        check("jq '{a: 1}' ${X} {nothing}", "jq '{a: 1}' ${X} {nothing}");
        check(
            "{command_file_path}{command}",
            "\"${OFFSHOOT_COMMAND_FILE_PATH}\"\"${OFFSHOOT_COMMAND}\"",
        );
        // What is in `$(…)` has quotes of its own, wherever that stands.
        check(
            "a \"$(b \"{run_id}\" {run_id})\" \"{run_id}\"",
            "a \"$(b \"${OFFSHOOT_RUN_ID}\" \"${OFFSHOOT_RUN_ID}\")\" \"${OFFSHOOT_RUN_ID}\"",
        );
        check(
            "a \"`b \"{run_id}\"`\" '{run_id}'",
            "a \"`b \"${OFFSHOOT_RUN_ID}\"`\" ''\"${OFFSHOOT_RUN_ID}\"''",
        );
        check(
            "x$((1 + (2))) \"{run_id}\"",
            "x$((1 + (2))) \"${OFFSHOOT_RUN_ID}\"",
        );
        // A quote in a comment is none; `#` in a word begins none.
        check(
            "# don't\nrun a#'b' \"{run_id}\"",
            "# don't\nrun a#'b' \"${OFFSHOOT_RUN_ID}\"",
        );
    }

    #[test]
    fn here_documents_have_no_quotes() {
        let check = |template: &str, expected: &str| assert_eq!(to_shell(template), expected);
        check(
            "cat <<END\nit's {run_id}\nEND\nx {run_id}",
            "cat <<END\nit's ${OFFSHOOT_RUN_ID}\nEND\nx \"${OFFSHOOT_RUN_ID}\"",
        );
        check(
            "cat <<-'END' > {run_id}\n\t{run_id}\n\tEND\n{run_id}",
            "cat <<-'END' > \"${OFFSHOOT_RUN_ID}\"\n\t{run_id}\n\tEND\n\"${OFFSHOOT_RUN_ID}\"",
        );
        assert_eq!(stuck("cat <<'E'\n{run_id}\nE\n{command}"), ["run_id"]);
        assert_eq!(stuck("cat <<E\n{run_id}\nE"), [] as [&str; 0]);
    }

    #[test]
    fn texts_are_filled_once() {
        let value = |name: &str| match name {
            "PROJECT_ROOT" => Some("/r".to_owned()),
            "step_id" => Some("{run_id}".to_owned()),
            _ => None,
        };
        let check = |template: &str, expected: &str| assert_eq!(fill(template, value), expected);
        check("${PROJECT_ROOT}/x", "/r/x");
        check("{step_id}-${OTHER}", "{run_id}-${OTHER}");
        check("{PROJECT_ROOT} { é }", "{PROJECT_ROOT} { é }");
        check("", "");
    }

    #[test]
    fn names_are_found() {
        assert_eq!(used("{command} {command} {x} ${run_id}"), ["command"]);
        assert_eq!(unknown("{command} {x} {1} { y } ${z}"), ["x"]);
    }
}
