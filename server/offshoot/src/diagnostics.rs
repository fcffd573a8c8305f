//! Problems in files, as lines with the place underlined.

use crate::row::width;
use crate::style::{Paint, Style};
use model::diagnostic::Severity;
use protocol::Error;
use protocol::error::Diagnostic;

/// The longest line of a file that is shown.
const LONGEST: usize = 160;

/// Those that an error carries for programs.
pub(crate) fn of_error(error: &Error) -> Vec<Diagnostic> {
    let details = error
        .details
        .as_ref()
        .and_then(|details| details.get("diagnostics"));
    let parsed = details
        .cloned()
        .map(serde_json::from_value::<Vec<Diagnostic>>);
    parsed.and_then(Result::ok).unwrap_or_default()
}

/// Whether one of them keeps the file from being used.
pub(crate) fn any_error(found: &[Diagnostic]) -> bool {
    found
        .iter()
        .any(|one| one.severity == Severity::Error.as_str())
}

/// All of them, with the lines they are about where the files can be read.
pub(crate) fn render_all(found: &[Diagnostic], style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    let mut read: Option<(&str, String)> = None;
    for one in found {
        if read.as_ref().is_none_or(|(file, _)| *file != one.file) {
            let bytes = std::fs::read(&one.file).unwrap_or_default();
            read = Some((&one.file, String::from_utf8_lossy(&bytes).into_owned()));
        }
        let text = read.as_ref().map_or("", |(_, text)| text.as_str());
        lines.extend(render(one, text, style));
    }
    lines
}

/// One of them: what, where, the line with the place underlined, what to do.
pub(crate) fn render(one: &Diagnostic, text: &str, style: Style) -> Vec<String> {
    let paint = match one.severity.as_str() {
        "error" => Paint::Red,
        "warning" => Paint::Yellow,
        _ => Paint::Cyan,
    };
    let mut lines = vec![format!(
        "{} {} {}",
        style.paint(paint, &format!("{}:", one.severity)),
        style.paint(Paint::Bold, &one.message),
        style.paint(Paint::Dim, &format!("[{}]", one.code)),
    )];
    let place = format!("{}:{}:{}", one.file, one.line, one.column);
    lines.push(format!("  {} {place}", style.paint(Paint::Dim, "at")));
    let index = (one.line as usize).saturating_sub(1);
    if let Some(line) = text
        .lines()
        .nth(index)
        .filter(|line| !line.trim().is_empty())
    {
        lines.extend(excerpt(one, line, paint, style));
    }
    if let Some(hint) = &one.hint {
        lines.push(format!("  {} {hint}", style.paint(Paint::Cyan, "hint:")));
    }
    lines.push(String::new());
    lines
}

fn excerpt(one: &Diagnostic, line: &str, paint: Paint, style: Style) -> [String; 2] {
    let number = one.line.to_string();
    let bar = style.paint(Paint::Dim, style.either("│", "|"));
    let start = (one.column as usize).saturating_sub(1);
    let end = if one.end_line == one.line {
        (one.end_column as usize).saturating_sub(1)
    } else {
        line.chars().count()
    };
    let shown: String = line.chars().take(LONGEST).collect();
    let before: String = line.chars().take(start.min(LONGEST)).collect();
    let marked: String = line
        .chars()
        .skip(start)
        .take(end.saturating_sub(start))
        .collect();
    let marks = style
        .either("─", "^")
        .repeat(width(&marked).clamp(1, LONGEST));
    [
        format!(
            "  {} {bar} {}",
            style.paint(Paint::Dim, &number),
            crate::row::clean(&shown)
        ),
        format!(
            "  {} {bar} {}{}",
            " ".repeat(number.len()),
            " ".repeat(width(&before)),
            style.paint(paint, &marks)
        ),
    ]
}
