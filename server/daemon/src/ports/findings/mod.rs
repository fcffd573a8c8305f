//! Findings of an attempt: in the artifacts it left, and in what its program or check printed.

mod text;
mod tree;

pub(super) use tree::Tree;

use artifact::Reading;
use model::diagnostic::Severity;
use model::finding::{Finding, Place, Related, Span};
use std::path::Path;

/// The end of what was printed is looked at: this much of it.
const TAIL: u64 = 1 << 20;
/// Files in a declared folder that are looked into.
const IN_FOLDER: usize = 200;

/// What an artifact came to.
#[derive(Debug, Default)]
pub(super) struct FromArtifact {
    /// None where it is no artifact that is read.
    pub(super) kind: Option<String>,
    pub(super) schema_version: Option<String>,
    pub(super) findings: Vec<Finding>,
    /// Why it cannot be what its name says.
    pub(super) invalid: Option<String>,
}

/// Reads a file, or the files in a folder, that a step promised.
pub(super) fn of_artifact(tree: &Tree, path: &str) -> FromArtifact {
    if !tree.is_folder(path) {
        return of_file(tree, path);
    }
    // What lies in a folder need not be an artifact, whatever its name.
    let files = tree.artifacts_below(path, IN_FOLDER);
    let findings = files.iter().flat_map(|path| of_file(tree, path).findings);
    FromArtifact {
        findings: findings.collect(),
        ..FromArtifact::default()
    }
}

fn of_file(tree: &Tree, path: &str) -> FromArtifact {
    if !artifact::looks_like_one(path) {
        return FromArtifact::default();
    }
    let text = match tree.read(path, artifact::LARGEST) {
        worktree::FileAt::Content(text) => text,
        worktree::FileAt::Missing => return FromArtifact::default(),
        worktree::FileAt::TooLarge(size) => {
            let message = format!("it has {size} bytes: it was not looked into");
            return FromArtifact {
                findings: vec![note(path, Severity::Warning, "artifact-too-large", message)],
                ..FromArtifact::default()
            };
        }
    };
    match artifact::read(&text, &tree.roots()) {
        Err(problem) => FromArtifact {
            invalid: Some(problem.to_string()),
            ..FromArtifact::default()
        },
        Ok(reading) => FromArtifact {
            findings: findings(path, &reading, tree),
            kind: Some(reading.kind),
            schema_version: reading.schema_version,
            invalid: None,
        },
    }
}

fn findings(path: &str, reading: &Reading, tree: &Tree) -> Vec<Finding> {
    let mut all: Vec<Finding> = reading
        .findings
        .iter()
        .map(|found| {
            let mut finding = finding(found);
            if finding.source.is_empty() {
                finding.source.clone_from(&reading.kind);
            }
            finding.artifact = Some(path.to_owned());
            finding
        })
        .collect();
    // SARIF counts in units of UTF-16; we count characters.
    let utf16 = reading.findings.iter().zip(&mut all);
    let utf16 = utf16.filter(|(found, _)| found.units == artifact::Units::Utf16);
    text::to_characters(utf16.map(|(_, finding)| finding).collect(), tree);
    for said in &reading.notes {
        let message = format!("not all of it was taken: {said}");
        all.push(note(path, Severity::Info, "artifact-note", message));
    }
    all.extend(incomplete(path, reading));
    all
}

/// An artifact that says it is not complete: never a silent success.
fn incomplete(path: &str, reading: &Reading) -> Option<Finding> {
    let status = reading.status.as_deref()?;
    let (severity, what) = match status {
        artifact::status::FAILED => (Severity::Error, "it could not be done"),
        artifact::status::TIMEOUT => (Severity::Warning, "it ran out of time"),
        artifact::status::CANCELLED => (Severity::Warning, "it was stopped"),
        artifact::status::NOT_RUN => (Severity::Info, "it was not run"),
        artifact::status::RUNNING => (Severity::Warning, "it was not finished"),
        _ => return None,
    };
    let why = reading.error.as_deref();
    let why = why.map_or_else(String::new, |error| format!(": {error}"));
    let code = format!("artifact-{}", status.replace('_', "-"));
    Some(note(path, severity, &code, format!("{what}{why}")))
}

fn note(path: &str, severity: Severity, code: &str, message: String) -> Finding {
    Finding {
        artifact: Some(path.to_owned()),
        ..Finding::new(code, severity, message).about(path)
    }
}

/// Findings in the end of what a program printed, with the lines they are about.
pub(super) fn of_output(tree: &Tree, log: &Path, source: &str) -> Vec<Finding> {
    let read = |offset, most| agents::attempt::read_log(log, offset, most);
    let Ok(end) = read(u64::MAX, 0).map(|chunk| chunk.end) else {
        return Vec::new();
    };
    let most = usize::try_from(TAIL).unwrap_or(usize::MAX);
    let bytes = read(end.saturating_sub(TAIL), most)
        .unwrap_or_default()
        .bytes;
    let text = String::from_utf8_lossy(&bytes);
    let spotted = artifact::spot(&text, source, |path| tree.resolve(path));
    let mut findings: Vec<Finding> = spotted.iter().map(finding).collect();
    tree.lay_text(&mut findings);
    findings
}

fn finding(found: &artifact::Finding) -> Finding {
    let span = found.line.map(|line| Span {
        line,
        column: found.column,
        end_line: found.end_line,
        end_column: found.end_column,
    });
    Finding {
        source: found.source.clone(),
        code: found.code.clone(),
        severity: match found.severity {
            artifact::Severity::Error => Severity::Error,
            artifact::Severity::Warning => Severity::Warning,
            artifact::Severity::Info => Severity::Info,
        },
        message: found.message.clone(),
        place: found.path.clone().map(|path| Place { path, span }),
        text: is_sensitive(found).then(String::new),
        artifact: None,
        related: found.related.iter().map(related).collect(),
        help: found.help.clone(),
    }
}

/// Whether what stands at its place must not be written down once more: it gets no lines, which are stored.
fn is_sensitive(found: &artifact::Finding) -> bool {
    found.other.get("sensitive") == Some(&serde_json::Value::Bool(true))
}

fn related(related: &artifact::Related) -> Related {
    Related {
        path: related.path.clone(),
        line: related.line,
        message: related.message.clone(),
    }
}

#[cfg(test)]
mod tests;
