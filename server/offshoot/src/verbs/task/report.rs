//! How a task's artifact is shown, and with which code its verb ends.

use crate::context::Context;
use crate::exit::Exit;
use crate::style::Paint;
use crate::times::count;
use artifact::{Artifact, Finding, Severity, status};

/// Findings that are shown; all of them are in the artifact.
const SHOWN: usize = 50;

/// Shows it: the document, or what a person wants to know of it.
pub(super) fn show(context: &Context, path: &str, artifact: &Artifact, strict: bool) -> Exit {
    show_with(context, path, artifact, strict, None)
}

/// The same, with a figure that stands beside the number of findings.
pub(super) fn show_with(
    context: &Context,
    path: &str,
    artifact: &Artifact,
    strict: bool,
    figure: Option<&str>,
) -> Exit {
    let figure = figure.map_or(String::new(), |figure| format!(", {figure}"));
    context
        .out
        .result(artifact, |artifact| lines(context, path, artifact, &figure));
    let bad = |finding: &Finding| finding.severity == Severity::Error;
    match artifact.status.as_str() {
        status::COMPLETED if strict && artifact.findings.iter().any(bad) => Exit::FAILED,
        status::COMPLETED | status::NOT_RUN => Exit::DONE,
        status::CANCELLED => Exit::CANCELLED,
        _ => Exit::FAILED,
    }
}

fn lines(context: &Context, path: &str, artifact: &Artifact, figure: &str) -> Vec<String> {
    let style = context.out.style;
    let mut lines = Vec::new();
    // What is worst first: the others may be many.
    let mut findings: Vec<&Finding> = artifact.findings.iter().collect();
    findings.sort_by_key(|finding| finding.severity);
    for finding in findings.into_iter().take(SHOWN) {
        let paint = match finding.severity {
            Severity::Error => Paint::Red,
            Severity::Warning => Paint::Yellow,
            Severity::Info => Paint::Dim,
        };
        let place = match (&finding.path, finding.line) {
            (Some(path), Some(line)) => format!("{path}:{line}"),
            (Some(path), None) => path.clone(),
            _ => String::new(),
        };
        lines.push(format!(
            "{} {place}  {}  {}",
            style.paint(paint, &format!("{:<8}", finding.severity.as_str())),
            finding.message,
            style.paint(Paint::Dim, &finding.code)
        ));
    }
    if artifact.findings.len() > SHOWN {
        let more = count(artifact.findings.len() - SHOWN, "finding");
        lines.push(format!("… and {more} more"));
    }
    let found = count(artifact.findings.len(), "finding");
    let (sign, paint) = crate::render::symbol::still(&artifact.status, style);
    let sign = style.paint(paint, sign);
    lines.push(match &artifact.error {
        Some(error) => format!(
            "{sign} {}: {error}; {found} so far{figure}, in {path}",
            artifact.status
        ),
        None => format!("{sign} {found}{figure}, in {path}"),
    });
    lines
}
