//! A built-in task of a step whose parameters cannot be used: there is no task then that could say so, but there is
//! an artifact.

use super::ground;
use crate::context::Context;
use crate::output::Output;
use artifact::status;
use model::built_in::{self, BuiltIn, Group};
use protocol::{Error, ErrorKind};
use std::ffi::OsString;
use std::io;

/// The option by which the daemon says that it is a step that calls.
const AS_STEP: &str = "--as-step";

/// Leaves the artifacts of a step whose arguments are not understood. For calls by people nothing is left: they
/// read what is wrong.
pub(crate) fn not_understood(arguments: &[OsString], message: &str) {
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let own = words.split(|word| *word == "--").next().unwrap_or_default();
    if !own.contains(&AS_STEP) {
        return;
    }
    if let (Some(task), Ok(context)) = (named(own), Context::new(Output::detect(false), None)) {
        let error = Error::new(ErrorKind::InvalidInput, message);
        leave(&context, task, &error);
    }
}

/// `offshoot task <group> [<operation>] …`, as the daemon has it.
fn named(words: &[&str]) -> Option<&'static BuiltIn> {
    let [_, "task", group, rest @ ..] = words else {
        return None;
    };
    let operation = rest.first().filter(|word| !word.starts_with('-'));
    built_in::by_operation(Group::parse(group)?, operation.unwrap_or(&""))
}

/// Leaves the artifacts of a task that cannot be begun, and says in them why.
pub(super) fn leave(context: &Context, task: &BuiltIn, error: &Error) {
    if !matches!(error.kind, ErrorKind::InvalidInput | ErrorKind::NotFound) {
        return;
    }
    // In one line: it is shown in tables.
    let words: Vec<&str> = error.message.split_whitespace().collect();
    let hint = error.hint.as_ref();
    let hint = hint.map_or_else(String::new, |hint| format!(" ({hint})"));
    let why = format!("{}{hint}", words.join(" "));
    let failed = |root: &std::path::Path| -> io::Result<()> {
        task.leaves.iter().try_for_each(|leaves| {
            tasks::begin(root, leaves.path, leaves.kind)?;
            tasks::broken_off(root, leaves.path, leaves.kind, status::FAILED, &why)
        })
    };
    let left = ground::root(context, None).map(|root| failed(&root));
    if let Ok(Err(error)) = left {
        context.out.note(&ground::unwritten(&error).message);
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn the_task_is_known_by_its_words() {
        for (words, expected) in [
            (
                "offshoot task ops compliance --framework=x",
                Some("ops compliance"),
            ),
            ("offshoot task docs --timeout=x", Some("docs")),
            ("offshoot task context", Some("context")),
            ("offshoot task dance", None),
            ("offshoot run x", None),
        ] {
            let words: Vec<&str> = words.split(' ').collect();
            let title = named(&words).map(model::built_in::BuiltIn::title);
            assert_eq!(title.as_deref(), expected, "{words:?}");
        }
    }
}
