//! A text that a parser can read, made of one that it cannot. Only what is left of the broken pieces goes:
//! everything else stays in its line and column, so places in the result are places in the text.

use super::{Item, LineKind, Name, Sketch, Value, lines};

/// The text with half keys ended, brackets and quotes closed, and values that are no YAML left out.
pub(in crate::language) fn repair(text: &str, sketch: &Sketch) -> String {
    let mut lines: Vec<String> = lines(text).into_iter().map(str::to_owned).collect();
    for (line, layout) in lines.iter_mut().zip(&sketch.lines) {
        // Indentation is blanks; a tab counts as one here, as it does for columns.
        let indent: String = line
            .chars()
            .take(layout.indent as usize)
            .map(|_| ' ')
            .collect();
        let rest: String = line.chars().skip(layout.indent as usize).collect();
        *line = indent + &rest;
        if let LineKind::Inside(owner) = layout.kind
            && matches!(sketch.items[owner].value, Value::Plain(..))
            && is_no_text(line.trim())
        {
            line.clear();
        }
    }
    for item in &sketch.items {
        mend(item, &mut lines);
    }
    lines.join("\n")
}

/// Takes a line out, but for the dashes it starts with, which hold the order of a list.
pub(in crate::language) fn without_line(text: &str, line: u32) -> String {
    let mut lines: Vec<String> = lines(text).into_iter().map(str::to_owned).collect();
    if let Some(line) = lines.get_mut(line as usize) {
        let dashes = line
            .find(|c: char| !matches!(c, ' ' | '-'))
            .unwrap_or_default();
        line.truncate(dashes);
        if !line.ends_with(' ') {
            line.clear();
        }
    }
    lines.join("\n")
}

fn mend(item: &Item, lines: &mut [String]) {
    if let Name::Key {
        text,
        end,
        colon: false,
    } = &item.name
        && let Some(line) = lines.get_mut(item.line as usize)
    {
        if is_no_text(text) {
            blank(line, item.column, *end);
        } else {
            insert(line, *end, ":");
        }
    }
    match &item.value {
        Value::Plain(from, to) => {
            if let Some(line) = lines.get_mut(item.line as usize) {
                let text: String = line
                    .chars()
                    .skip(*from as usize)
                    .take((to - from) as usize)
                    .collect();
                if is_no_text(&text) {
                    blank(line, *from, *to);
                }
            }
        }
        Value::Enclosed { end, missing, .. } => {
            if let Some(line) = lines.get_mut(end.line as usize) {
                insert(line, end.column, missing);
            }
        }
        Value::Nothing | Value::Block => {}
    }
}

/// Whether this cannot stand as bare text.
fn is_no_text(text: &str) -> bool {
    text.contains(": ")
        || text.ends_with(':')
        || text.starts_with([
            '@', '`', '%', '&', '!', '|', '>', ']', '}', ',', '[', '{', '"', '\'',
        ])
        || text.starts_with("- ")
        || text.starts_with("? ")
}

fn blank(line: &mut String, from: u32, to: u32) {
    *line = line
        .chars()
        .enumerate()
        .map(|(column, c)| {
            let within = (from as usize..to as usize).contains(&column);
            if within { ' ' } else { c }
        })
        .collect();
}

/// Places behind the insertion move, so it is only done where nothing of use follows.
fn insert(line: &mut String, column: u32, text: &str) {
    let at = line
        .char_indices()
        .nth(column as usize)
        .map_or(line.len(), |(at, _)| at);
    line.insert_str(at, text);
}
