//! The page that stands beside each artifact, for people.

use artifact::{Artifact, Finding};

/// Rows of a table; the rest is counted.
const ROWS: usize = 200;

/// The page: what it is, how it ended, and what was found.
pub fn page(artifact: &Artifact, summary: &str) -> String {
    let mut text = format!("# {}\n\n", title(&artifact.kind));
    text.push_str(summary.trim_end());
    text.push_str("\n\n");
    if let Some(error) = &artifact.error {
        text.push_str(&format!("**{}**: {}\n\n", artifact.status, cell(error)));
    }
    if artifact.findings.is_empty() {
        // What did not come to its end cannot say so.
        let ended = artifact.error.is_none();
        return text + if ended { "Nothing was found.\n" } else { "" };
    }
    text + &table(&artifact.findings.iter().collect::<Vec<_>>())
}

/// What an agent adds to a page.
pub(crate) fn addition<'a>(agent: &str, findings: impl Iterator<Item = &'a Finding>) -> String {
    let findings: Vec<&Finding> = findings.collect();
    let text = format!("\n## Added by the agent `{}`\n\n", cell(agent));
    match findings.is_empty() {
        true => text + "No further findings.\n",
        false => text + &table(&findings),
    }
}

fn table(findings: &[&Finding]) -> String {
    let mut text = "| severity | where | what | rule |\n|---|---|---|---|\n".to_owned();
    for finding in findings.iter().take(ROWS) {
        text.push_str(&row(finding));
    }
    let more = findings.len().saturating_sub(ROWS);
    if more > 0 {
        text.push_str(&format!(
            "\n{more} more are in the JSON file beside this page.\n"
        ));
    }
    text
}

fn row(finding: &Finding) -> String {
    let place = match (&finding.path, finding.line) {
        (Some(path), Some(line)) => format!("`{}:{line}`", cell(path)),
        (Some(path), None) => format!("`{}`", cell(path)),
        _ => String::new(),
    };
    format!(
        "| {} | {place} | {} | `{}` |\n",
        finding.severity.as_str(),
        cell(&finding.message),
        cell(&finding.code)
    )
}

/// Text that cannot break a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
        .replace(['\n', '\r'], " ")
        .replace('`', "'")
}

/// `security-scan` as `Security scan`.
fn title(kind: &str) -> String {
    let words = kind.replace('-', " ");
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().collect::<String>() + chars.as_str(),
        None => words,
    }
}
