//! Roles and what they do, as TappsCodingAgents has them: for suggestions only. Others are as good.

use model::built_in::{BuiltIn, TABLE};
use std::collections::BTreeSet;

/// What a role does.
#[derive(Debug, Clone)]
pub(super) struct Action {
    pub(super) role: &'static str,
    pub(super) action: &'static str,
    /// Parameters it is usually given.
    pub(super) params: Vec<&'static str>,
    pub(super) meaning: &'static str,
}

/// A row of the table: role, action, usual parameters, meaning.
type Row = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
);

/// Those that only an agent does, roles together. The others are the built-in tasks, which have a table of their own.
#[rustfmt::skip]
const ACTIONS: &[Row] = &[
    ("analyst", "gather-requirements", &["description", "output_file"], "Collects requirements."),
    ("planner", "plan", &["description"], "Plans the work."),
    ("planner", "create-stories", &["description"], "Writes stories."),
    ("architect", "design-system", &["requirements", "context", "output_file"], "Designs the system."),
    ("designer", "design-api", &["requirements", "architecture"], "Designs an interface."),
    ("designer", "api-design", &["requirements", "architecture"], "Designs an interface."),
    ("implementer", "implement", &["specification", "file_path"], "Writes code."),
    ("implementer", "write-code", &["specification", "file_path"], "Writes code."),
    ("implementer", "refactor", &["file", "requirements"], "Rewrites code without changing what it does."),
    ("reviewer", "review", &["file"], "Reviews code."),
    ("reviewer", "review-code", &["file"], "Reviews code."),
    ("tester", "test", &["file"], "Writes tests."),
    ("tester", "write-tests", &["file"], "Writes tests."),
    ("debugger", "analyze-error", &["error_message", "stack_trace"], "Looks for the cause of an error."),
    ("documenter", "update-docstrings", &["file", "write_file"], "Brings comments up to date."),
    ("improver", "improve", &["file", "feedback"], "Improves code after a review."),
    ("improver", "refactor", &["file_path", "instruction"], "Rewrites code by an instruction."),
    ("enhancer", "enhance", &["prompt", "format"], "Makes a prompt more precise."),
    ("enhancer", "enhance-prompt", &["prompt", "format"], "Makes a prompt more precise."),
    ("quality", "analyze", &["target"], "Measures quality."),
    ("quality", "quality-check", &["target"], "Measures quality."),
    ("testing", "run-tests", &["test_path", "coverage"], "Runs tests."),
    ("testing", "test", &["test_path", "coverage"], "Runs tests."),
    ("orchestrator", "finalize", &[], "Does nothing and waits for all other steps."),
    ("orchestrator", "complete", &[], "Does nothing and waits for all other steps."),
];

/// The roles, each once.
pub(super) fn roles() -> Vec<&'static str> {
    let mut roles: Vec<&str> = ACTIONS.iter().map(|(role, ..)| *role).collect();
    roles.extend(TABLE.iter().map(|task| task.group.role()));
    let mut seen = BTreeSet::new();
    roles.retain(|role| seen.insert(*role));
    roles
}

/// What a role does; of one that is not in the table, everything.
pub(super) fn actions_of(role: &str) -> impl Iterator<Item = Action> {
    let known = roles().contains(&role);
    all().filter(move |row| !known || row.role == role)
}

/// `_` and `-` are alike, as they are for TappsCodingAgents.
pub(super) fn action(role: &str, action: &str) -> Option<Action> {
    let folded = model::built_in::fold(action);
    all().find(|row| row.role == role && row.action == folded)
}

fn all() -> impl Iterator<Item = Action> {
    let by_agents = ACTIONS
        .iter()
        .map(|(role, action, params, meaning)| Action {
            role,
            action,
            params: params.to_vec(),
            meaning,
        });
    by_agents.chain(TABLE.iter().flat_map(rows))
}

/// Each spelling of a built-in task.
fn rows(task: &'static BuiltIn) -> impl Iterator<Item = Action> {
    task.actions.iter().map(|action| Action {
        role: task.group.role(),
        action,
        params: task.params.iter().map(|param| param.name).collect(),
        meaning: task.meaning,
    })
}

#[cfg(test)]
mod tests {
    use super::{action, actions_of, all, roles};

    #[test]
    fn built_in_tasks_are_offered_as_their_table_has_them() {
        for task in model::built_in::TABLE {
            let role = task.group.role();
            assert!(roles().contains(&role));
            for name in task.actions {
                assert!(actions_of(role).any(|row| row.action == *name), "{name}");
                let found = action(role, &name.replace('-', "_")).expect(name);
                assert_eq!(found.meaning, task.meaning);
                let params: Vec<_> = task.params.iter().map(|param| param.name).collect();
                assert_eq!(found.params, params, "{name}");
            }
        }
        assert!(
            action("context", "warm-up").is_some() && action("ops", "dependency-audit").is_some()
        );
    }

    #[test]
    fn no_action_stands_twice() {
        let mut seen = std::collections::BTreeSet::new();
        for row in all() {
            assert!(
                seen.insert((row.role, row.action)),
                "{} {}",
                row.role,
                row.action
            );
            assert!(row.meaning.ends_with('.'), "{}", row.action);
        }
    }
}
