//! `artifact show`.

use super::source::{Found, Source};
use crate::context::Context;
use crate::exit::Exit;
use crate::row::clean;
use crate::style::Paint;
use artifact::{Artifact, Finding, Severity};
use protocol::{Error, ErrorKind};
use serde_json::Value;

/// Findings that are shown; `--json` has all.
const SHOWN: usize = 200;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let found = args.source.read(context).await?;
    let one = match found.as_slice() {
        [one] => one,
        [] => {
            return Err(Error::new(ErrorKind::NotFound, "there is no such artifact")
                .hint("`offshoot artifact list` shows those that there are"));
        }
        several => {
            let paths: Vec<&str> = several.iter().map(|one| one.entry.path.as_str()).collect();
            let message = format!("there are {} artifacts: {}", paths.len(), paths.join(", "));
            return Err(Error::new(ErrorKind::InvalidInput, message).hint("name one of them"));
        }
    };
    context
        .out
        .result(&one.artifact, |artifact| lines(context, one, artifact));
    Ok(Exit::DONE)
}

fn lines(context: &Context, one: &Found, artifact: &Artifact) -> Vec<String> {
    let style = context.out.style;
    let status = one.entry.status.as_deref().unwrap_or("read");
    let mut lines = vec![format!(
        "{}  {status}  {}",
        style.paint(Paint::Bold, &clean(&artifact.kind)),
        clean(&one.entry.path)
    )];
    lines.extend(
        artifact
            .error
            .iter()
            .map(|error| format!("  {}", clean(error))),
    );
    for (name, value) in &artifact.other {
        // What is long is for `--json`, or for the page beside it.
        if let Some(value) = short(value) {
            lines.push(format!(
                "  {} {value}",
                style.paint(Paint::Dim, &clean(name))
            ));
        }
    }
    for finding in artifact.findings.iter().take(SHOWN) {
        lines.push(String::new());
        lines.extend(of_finding(context, finding));
    }
    if artifact.findings.len() > SHOWN {
        lines.push(format!(
            "… and {} more: --json shows all",
            artifact.findings.len() - SHOWN
        ));
    }
    if artifact.findings.is_empty() {
        lines.push("  nothing was found".to_owned());
    }
    lines.extend(
        one.notes
            .iter()
            .map(|note| format!("note: {}", clean(note))),
    );
    lines
}

fn short(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.len() <= 100 => Some(clean(text)),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Object(fields) if fields.len() <= 6 => {
            let parts: Option<Vec<String>> = fields
                .iter()
                .map(|(name, value)| Some(format!("{} {}", short(value)?, clean(name))))
                .collect();
            parts
                .map(|parts| parts.join(", "))
                .filter(|text| !text.is_empty())
        }
        _ => None,
    }
}

fn of_finding(context: &Context, finding: &Finding) -> Vec<String> {
    let style = context.out.style;
    let paint = match finding.severity {
        Severity::Error => Paint::Red,
        Severity::Warning => Paint::Yellow,
        Severity::Info => Paint::Cyan,
    };
    let mut place = finding.path.clone().unwrap_or_default();
    for number in [
        finding.line,
        finding.column.filter(|_| finding.line.is_some()),
    ]
    .into_iter()
    .flatten()
    {
        place.push_str(&format!(":{number}"));
    }
    let mut lines = vec![format!(
        "{} {}  {}",
        style.paint(paint, finding.severity.as_str()),
        clean(&place),
        style.paint(Paint::Dim, &clean(&finding.code))
    )];
    lines.push(format!("  {}", clean(&finding.message)));
    lines.extend(
        finding
            .help
            .iter()
            .map(|help| format!("  {} {}", style.either("→", "->"), clean(help))),
    );
    lines
}
