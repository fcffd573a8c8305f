//! Lists with aligned columns.

use crate::row::{Row, width};
use crate::style::{Paint, Style};

/// A field of a table.
pub(crate) type Cell = (Paint, String);

/// Rows of fields, each column as wide as its widest field; the last one is cut where the terminal ends.
/// Columns named in `right` are set to the right.
pub(crate) fn render(
    head: &[&str],
    rows: &[Vec<Cell>],
    right: &[usize],
    columns: Option<usize>,
    style: Style,
) -> Vec<String> {
    let mut widths: Vec<usize> = head.iter().map(|name| width(name)).collect();
    for row in rows {
        for (column, (_, text)) in widths.iter_mut().zip(row) {
            *column = (*column).max(width(text));
        }
    }
    let head: Vec<Cell> = head
        .iter()
        .map(|name| (Paint::Dim, (*name).to_owned()))
        .collect();
    let line = |cells: &Vec<Cell>| {
        let mut row = Row::new();
        for (index, (paint, text)) in cells.iter().enumerate() {
            row = if right.contains(&index) {
                row.right(*paint, text, widths[index])
            } else if index + 1 == cells.len() {
                row.with(*paint, text)
            } else {
                row.cell(*paint, text, widths[index], style)
            };
            row = row.text("  ");
        }
        row.finish(columns, style)
    };
    std::iter::once(&head).chain(rows).map(line).collect()
}

/// Names and values, one pair per line, the values aligned. Pairs without a value are left out.
pub(crate) fn pairs(pairs: &[(&str, String)], columns: Option<usize>, style: Style) -> Vec<String> {
    let shown = || pairs.iter().filter(|(_, value)| !value.is_empty());
    let name_width = shown().map(|(name, _)| width(name)).max().unwrap_or(0);
    shown()
        .map(|(name, value)| {
            let row = Row::new()
                .text("  ")
                .cell(Paint::Dim, name, name_width, style);
            row.text("  ").text(value).finish(columns, style)
        })
        .collect()
}
