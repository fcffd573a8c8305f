//! Rust: lists below the headings `# Arguments` or `# Parameters`, and `# Returns`.

use super::{Claim, Named, Said, is_nothing};
use crate::docs::item::Doc;

pub(super) fn read(doc: &Doc) -> Said {
    let mut said = Said::default();
    let mut section = String::new();
    let mut fenced = false;
    for (line, text) in &doc.lines {
        let trimmed = text.trim();
        fenced ^= trimmed.starts_with("```");
        if fenced {
            continue;
        }
        if let Some(title) = trimmed.strip_prefix('#') {
            section = title.trim_start_matches('#').trim().to_ascii_lowercase();
            if matches!(section.as_str(), "returns" | "return") {
                said.returns.get_or_insert(Claim {
                    line: *line,
                    nothing: false,
                });
            }
        } else if matches!(
            section.as_str(),
            "arguments" | "parameters" | "params" | "args"
        ) {
            let item = text.strip_prefix("* ").or_else(|| text.strip_prefix("- "));
            if let Some(name) = item.and_then(name) {
                said.parameters.push(Named { name, line: *line });
            }
        } else if matches!(section.as_str(), "returns" | "return") && is_nothing(trimmed) {
            said.returns = said.returns.take().map(|claim| Claim {
                nothing: true,
                ..claim
            });
        }
    }
    said
}

/// The name that an item of a list tells of: `` `name` ``, or `name:`, or `name -`.
fn name(item: &str) -> Option<String> {
    let item = item.trim().trim_start_matches("**");
    let (name, rest) = match item.strip_prefix('`') {
        Some(item) => item.split_once('`')?,
        None => item.split_once([':', ' '])?,
    };
    let plain = !item.starts_with('`');
    let named = !plain
        || item.contains(&format!("{name}:"))
        || rest.trim_start().starts_with(['-', '–', '—']);
    let name = name
        .split([':', ' '])
        .next()
        .unwrap_or(name)
        .trim_start_matches('&');
    let fits = |c: char| c.is_alphanumeric() || c == '_';
    (named && !name.is_empty() && name.chars().all(fits)).then(|| name.to_owned())
}
