//! `Gemfile`: gems, and whether they are only for tests and development.

use super::Said;

pub(super) fn read(text: &str) -> Option<Said> {
    let mut said = Said::default();
    let mut tool = false;
    let mut depth = 0_usize;
    for line in text.lines().map(str::trim) {
        let for_tools = line.contains(":test") || line.contains(":development");
        if line.starts_with("group ") && line.ends_with(" do") {
            (tool, depth) = (for_tools, depth + 1);
        } else if line.ends_with(" do") {
            depth += 1;
        } else if line == "end" {
            depth = depth.saturating_sub(1);
            tool &= depth > 0;
        } else if let Some(name) = gem(line) {
            if line.contains("path:") || line.contains(":path") {
                said.own.push(name.to_owned());
            } else {
                said.uses.push((name.to_owned(), tool || for_tools));
            }
        }
    }
    Some(said)
}

/// `gem "rails", "~> 7"`.
fn gem(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("gem")?.trim_start_matches([' ', '(']);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..]
        .split(quote)
        .next()
        .filter(|name| !name.is_empty())
}
