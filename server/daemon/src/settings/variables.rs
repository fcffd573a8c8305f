//! Settings from the environment (`OFFSHOOT_…`) and from flags.

use super::value::{FileDiagnostic, Origin, Written};
use model::diagnostic::{Diagnostic, Severity};
use serde_json::Value as Json;
use settings::document::start;
use settings::{Kind, Problem, Setting, reference, table};

/// `OFFSHOOT_…` variables that are not settings: where the state lies, and what a step is told.
const OURS: [&str; 12] = [
    "HOME",
    "RUN_ID",
    "STEP_ID",
    "TASK_ID",
    "ATTEMPT",
    "WORKTREE",
    "BASE",
    "OUTPUT",
    "ARTIFACTS",
    "LOG",
    "SOCKET",
    "REPO",
];

/// A value from outside the files.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Given {
    pub(super) key: String,
    pub(super) value: Json,
    pub(super) origin: Origin,
}

/// The settings among some variables. An empty one counts as not set.
pub(super) fn from_environment(env: &[(String, String)]) -> (Vec<Given>, Vec<FileDiagnostic>) {
    let mut given: Vec<Given> = Vec::new();
    let mut problems = Vec::new();
    let set = |name: &str| {
        let found = env
            .iter()
            .find(|(known, value)| known == name && !value.trim().is_empty());
        found.map(|(_, value)| value.as_str())
    };
    // A row's own spelling comes before that of another file, because the table is in that order.
    for (row, name) in reference()
        .iter()
        .filter_map(|row| Some((row, row.variable()?)))
    {
        let Some(text) = set(&name) else { continue };
        match judge(row.kind, text) {
            Ok(_) if given.iter().any(|earlier| earlier.key == row.canonical()) => {}
            Ok(value) => given.push(Given {
                key: row.canonical().to_owned(),
                value,
                origin: Origin::Environment(name),
            }),
            Err(found) => problems.extend(
                found
                    .into_iter()
                    .map(|found| as_diagnostic(&name, Written::Variable(name.clone()), found)),
            ),
        }
    }
    problems.extend(misspelt(env));
    (given, problems)
}

/// The settings among flags: key and text each. A key that is not in the table is a mistake of the caller's.
pub(super) fn from_flags(flags: &[(String, String)]) -> (Vec<Given>, Vec<FileDiagnostic>) {
    let mut given = Vec::new();
    let mut problems = Vec::new();
    for (key, text) in flags {
        let written = Written::Flag(key.clone());
        let Some(row) = table::row_of(key) else {
            problems.push(as_diagnostic(
                key,
                written,
                Problem::new("unknown-key", "is not a setting"),
            ));
            continue;
        };
        match judge(row.kind, text) {
            Ok(value) => given.push(Given {
                key: row.same_as.map_or_else(|| key.clone(), str::to_owned),
                value,
                origin: Origin::Flag,
            }),
            Err(found) => problems.extend(
                found
                    .into_iter()
                    .map(|found| as_diagnostic(key, written.clone(), found)),
            ),
        }
    }
    (given, problems)
}

fn judge(kind: Kind, text: &str) -> Result<Json, Vec<Problem>> {
    kind.parse_text(text).and_then(|value| kind.read(&value))
}

fn as_diagnostic(name: &str, written: Written, found: Problem) -> FileDiagnostic {
    let mut diagnostic = Diagnostic::new(
        start(),
        found.code,
        Severity::Error,
        format!("{name} {}", found.message),
    );
    diagnostic.hint = found.hint;
    FileDiagnostic {
        written,
        diagnostic,
    }
}

/// Variables that look like a typing error. Others with our prefix may be a newer version's.
fn misspelt(env: &[(String, String)]) -> Vec<FileDiagnostic> {
    let known: Vec<String> = reference().iter().filter_map(Setting::variable).collect();
    env.iter()
        .filter_map(|(name, _)| {
            let rest = name.strip_prefix("OFFSHOOT_")?;
            if OURS.contains(&rest) || known.contains(name) {
                return None;
            }
            let near = table::nearest(
                rest,
                known
                    .iter()
                    .filter_map(|name| name.strip_prefix("OFFSHOOT_")),
            )?;
            let mut diagnostic = Diagnostic::new(
                start(),
                "unknown-variable",
                Severity::Warning,
                format!("{name} is not a setting"),
            );
            diagnostic.hint = Some(format!("did you mean OFFSHOOT_{near}?"));
            Some(FileDiagnostic {
                written: Written::Variable(name.clone()),
                diagnostic,
            })
        })
        .collect()
}
