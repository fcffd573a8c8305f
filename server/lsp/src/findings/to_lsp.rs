//! A finding as the protocol has it. Pure, but for looking whether the files are there that it links to.

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
    // A command of ours stands among the actions.
    let help = finding.help.as_deref().filter(|help| !is_command(help));
    if let Some(help) = help.filter(|_| described.is_none()) {
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

/// What is to be typed at a terminal.
fn is_command(help: &str) -> bool {
    help.starts_with("`offshoot ") && help.ends_with('`') && help.matches('`').count() == 2
}

fn related(found: &Found, style: &Style) -> Vec<DiagnosticRelatedInformation> {
    let places = found.finding.related.iter();
    let places = places.filter_map(|related| place(found, related, style));
    let artifact = found.finding.artifact.as_deref();
    let artifact = artifact.and_then(|path| {
        Some(DiagnosticRelatedInformation {
            location: at(artifact_address(found, path, style)?, 1),
            message: format!("from {path}"),
        })
    });
    places.chain(artifact).collect()
}

fn place(found: &Found, related: &Related, style: &Style) -> Option<DiagnosticRelatedInformation> {
    let path = &related.path;
    let address = in_checkout(found, path, style)
        .or_else(|| in_worktree(found, path, style))
        .or_else(|| in_result(found, path, style))?;
    Some(DiagnosticRelatedInformation {
        location: at(address, related.line.unwrap_or(1)),
        message: related.message.clone(),
    })
}

/// As the step left it: what the checkout has of that name may be older.
fn artifact_address(found: &Found, path: &str, style: &Style) -> Option<String> {
    in_worktree(found, path, style)
        .or_else(|| in_result(found, path, style))
        .or_else(|| in_checkout(found, path, style))
}

fn in_checkout(found: &Found, path: &str, style: &Style) -> Option<String> {
    let shown = style.now.repositories.shown(&found.root, Path::new(path));
    shown.is_file().then(|| uri::from_path(&shown))
}

fn in_worktree(found: &Found, path: &str, style: &Style) -> Option<String> {
    let run = style.now.get(&found.run_id)?;
    let step = run
        .steps
        .iter()
        .find(|step| Some(step.id.as_str()) == found.step_id.as_deref())?;
    let path = Path::new(step.worktree.as_deref()?).join(path);
    path.is_file().then(|| uri::from_path(&path))
}

/// A document of the client's own, which reads it out of the result.
fn in_result(found: &Found, path: &str, style: &Style) -> Option<String> {
    let of = json!({
        "run_id": found.run_id,
        "step_id": found.step_id,
        "repo": found.root,
        "side": "result",
        "alone": true,
    });
    style.client.results.then(|| {
        let (path, of) = (uri::encoded(path.as_bytes()), of.to_string());
        format!("offshoot:/{path}?{}", uri::encoded(of.as_bytes()))
    })
}

fn at(address: String, line: u32) -> Location {
    let start = Position {
        line: line.saturating_sub(1),
        character: 0,
    };
    Location {
        uri: Uri(address),
        range: Range { start, end: start },
    }
}
