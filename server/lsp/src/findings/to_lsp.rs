//! A finding as the protocol has it.

use super::board::Found;
use crate::options::Capabilities;
use crate::runs::Snapshot;
use crate::uri;
use protocol::finding::Related;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use tower_lsp::gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location,
    Message, Position, Range, Uri,
};

/// What findings look like to this client.
#[derive(Debug, Clone)]
pub(super) struct Style {
    /// What it can show.
    pub(super) client: Capabilities,
    /// Where files and runs are.
    pub(super) now: Arc<Snapshot>,
}

/// The finding at this place. `about` goes before its message, where the place is not its own.
pub(super) fn diagnostic(found: &Found, range: Range, about: &str, style: &Style) -> Diagnostic {
    let finding = &found.finding;
    let address = finding.help.as_deref().filter(|help| is_address(help));
    let described = address.filter(|_| style.client.code_description);
    let mut message = format!("{about}{}", finding.message);
    if let Some(help) = finding.help.as_deref().filter(|_| described.is_none()) {
        message.push('\n');
        message.push_str(help);
    }
    let related = style.client.related.then(|| related(found, style));
    let source = match finding.source.as_str() {
        "" | "offshoot" => "offshoot".to_owned(),
        tool => format!("offshoot: {tool}"),
    };
    Diagnostic {
        range,
        severity: Some(severity(&finding.severity)),
        code: Some(Code::String(finding.code.clone())),
        code_description: described.map(|address| CodeDescription {
            href: Uri(address.to_owned()),
        }),
        source: Some(source),
        message: Message::String(message),
        related_information: related.filter(|related| !related.is_empty()),
        data: Some(json!({
            "id": finding.id,
            "run_id": found.run_id,
            "step_id": found.step_id,
            "repo": found.root,
            "path": finding.path,
            "artifact": finding.artifact,
        })),
        ..Default::default()
    }
}

fn severity(name: &str) -> DiagnosticSeverity {
    match name {
        "error" => DiagnosticSeverity::Error,
        "warning" => DiagnosticSeverity::Warning,
        _ => DiagnosticSeverity::Information,
    }
}

fn is_address(help: &str) -> bool {
    (help.starts_with("https://") || help.starts_with("http://"))
        && !help.contains(char::is_whitespace)
}

fn related(found: &Found, style: &Style) -> Vec<DiagnosticRelatedInformation> {
    let places = found
        .finding
        .related
        .iter()
        .map(|related| place(found, related, style));
    let artifact = found.finding.artifact.as_deref();
    let artifact = artifact.map(|path| DiagnosticRelatedInformation {
        location: at(&artifact_file(found, path, style), 1),
        message: format!("from {path}"),
    });
    places.chain(artifact).collect()
}

fn place(found: &Found, related: &Related, style: &Style) -> DiagnosticRelatedInformation {
    let path = style
        .now
        .repositories
        .shown(&found.root, Path::new(&related.path));
    DiagnosticRelatedInformation {
        location: at(&path, related.line.unwrap_or(1)),
        message: related.message.clone(),
    }
}

/// In the step's worktree while there is one, else where it would be in the checkout.
fn artifact_file(found: &Found, path: &str, style: &Style) -> std::path::PathBuf {
    let run = style.now.get(&found.run_id);
    let step = run.and_then(|run| {
        run.steps
            .iter()
            .find(|step| Some(step.id.as_str()) == found.step_id.as_deref())
    });
    match step.and_then(|step| step.worktree.as_deref()) {
        Some(worktree) => Path::new(worktree).join(path),
        None => style.now.repositories.shown(&found.root, Path::new(path)),
    }
}

fn at(path: &Path, line: u32) -> Location {
    let start = Position {
        line: line.saturating_sub(1),
        character: 0,
    };
    Location {
        uri: Uri(uri::from_path(path)),
        range: Range { start, end: start },
    }
}
