//! From a text to what the editor shows of it. Pure: the same reader as the engine's decides.

use crate::language::Schema;
use crate::positions::{Encoding, Lines};
use crate::uri;
use model::diagnostic::Severity;
use model::language;
use tower_lsp::gen_lsp_types::{Code, Diagnostic, DiagnosticSeverity, Message};

/// What a text came to.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Checked {
    /// It is a workflow or a file of settings, perhaps a broken one.
    pub(crate) workflow: bool,
    /// What is wrong with it; empty for what is no workflow.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Reads a text. `was_workflow`: it was one at the last look, and may be broken by what is being typed.
pub(crate) fn check(uri: &str, text: &str, was_workflow: bool, encoding: Encoding) -> Checked {
    if let Some(schema) = Schema::of_file(uri) {
        return settings(schema, text, encoding);
    }
    let sound = language::is_workflow(text.as_bytes());
    if !sound && !may_be_broken_workflow(text, was_workflow) {
        return Checked::default();
    }
    let found = language::parse(&uri::file_name(uri), text.as_bytes()).diagnostics;
    // Broken YAML that only looks like a workflow: shown while it cannot be told.
    if !sound
        && !found
            .iter()
            .any(|diagnostic| diagnostic.code.starts_with("yaml-"))
    {
        return Checked::default();
    }
    let lines = Lines::new(text, encoding);
    Checked {
        workflow: true,
        diagnostics: found
            .into_iter()
            .map(|diagnostic| to_lsp(diagnostic, &lines))
            .collect(),
    }
}

/// A file of settings.
fn settings(schema: &Schema, text: &str, encoding: Encoding) -> Checked {
    let found = schema.problems(text);
    let lines = Lines::new(text, encoding);
    Checked {
        workflow: true,
        diagnostics: found
            .into_iter()
            .map(|diagnostic| to_lsp(diagnostic, &lines))
            .collect(),
    }
}

/// Whether a text that cannot be read as a workflow now looks like one: it was one, or it has a key `steps`,
/// and no key that belongs to other programs.
fn may_be_broken_workflow(text: &str, was_workflow: bool) -> bool {
    let has = |key: &str, deepest: usize| {
        text.lines().any(|line| {
            let name = line.trim_start();
            line.len() - name.len() <= deepest
                && name
                    .strip_prefix(key)
                    .is_some_and(|rest| rest.starts_with(':'))
        })
    };
    // `steps` may stand one level deep, under `workflow:`.
    (was_workflow || has("steps", 4)) && !has("jobs", 0) && !has("apiVersion", 0)
}

/// A problem of ours as the protocol has it.
pub(crate) fn to_lsp(diagnostic: model::diagnostic::Diagnostic, lines: &Lines<'_>) -> Diagnostic {
    let message = match diagnostic.hint {
        Some(hint) => format!("{}\n{hint}", diagnostic.message),
        None => diagnostic.message,
    };
    Diagnostic {
        range: lines.range(&diagnostic.range),
        severity: Some(match diagnostic.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
            Severity::Info => DiagnosticSeverity::Information,
        }),
        code: Some(Code::String(diagnostic.code.to_owned())),
        source: Some("offshoot".to_owned()),
        message: Message::String(message),
        ..Default::default()
    }
}
