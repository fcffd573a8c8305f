//! Findings: one to a line, in a run and in lists.

use crate::row::Row;
use crate::style::{Paint, Style};
use protocol::finding::{Finding, FindingList};
use protocol::run::Step;

/// Colour of its severity.
pub(crate) fn paint(found: &Finding) -> Paint {
    match found.severity.as_str() {
        "error" => Paint::Red,
        "warning" => Paint::Yellow,
        _ => Paint::Cyan,
    }
}

/// `path:line:column`, as terminals and editors open it.
pub(crate) fn place(found: &Finding) -> Option<String> {
    let mut place = found.path.clone()?;
    let column = found.column.filter(|_| found.line.is_some());
    for number in [found.line, column].into_iter().flatten() {
        place.push_str(&format!(":{number}"));
    }
    Some(place)
}

/// The findings of a step that stand in its run, and how many more there are.
pub(super) fn of_step(step: &Step, style: Style) -> Vec<String> {
    let mut lines: Vec<String> = step
        .finding_list
        .iter()
        .map(|found| row(found).finish(None, style))
        .collect();
    let counts = [
        step.findings.error,
        step.findings.warning,
        step.findings.info,
    ];
    let all: u32 = counts.iter().sum();
    let more = usize::try_from(all)
        .unwrap_or(usize::MAX)
        .saturating_sub(lines.len());
    if more > 0 {
        let text = format!("  and {more} more: see `offshoot workflow findings`");
        lines.push(Row::new().with(Paint::Dim, &text).finish(None, style));
    }
    lines
}

fn row(found: &Finding) -> Row {
    let place = place(found).map_or_else(String::new, |place| format!("  {place}"));
    let code = match found.code.as_str() {
        "" => String::new(),
        code => format!(" [{code}]"),
    };
    Row::new()
        .text("  ")
        .with(paint(found), &found.severity)
        .text(&format!("  {}{code}{place}", found.message))
}

/// A list, each with who says so and the id to dismiss it by.
pub(crate) fn list(list: &FindingList, style: Style) -> Vec<String> {
    if list.findings.is_empty() {
        return vec!["no findings".to_owned()];
    }
    let mut lines = Vec::new();
    let mut heading = None;
    for found in &list.findings {
        let step = found.step_id.as_deref().unwrap_or("the run as a whole");
        let here = Some((found.run_id.as_str(), step));
        if heading != here {
            let row = Row::new().with(Paint::Bold, &found.run_id);
            lines.push(row.text("  ").text(step).finish(None, style));
            heading = here;
        }
        let finding = &found.finding;
        let source = format!("  {}", finding.source);
        let row = row(finding).with(Paint::Dim, &source);
        lines.push(
            row.with(Paint::Dim, &format!("  {}", finding.id))
                .finish(None, style),
        );
    }
    if list.left_out > 0 {
        let text = format!("and {} more that one answer does not hold", list.left_out);
        lines.push(Row::new().with(Paint::Dim, &text).finish(None, style));
    }
    lines
}
