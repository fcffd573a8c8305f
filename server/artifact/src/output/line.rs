//! `path:line:column` and its relatives.

/// A place as it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'t> {
    pub(super) path: &'t str,
    pub(super) line: u32,
    pub(super) column: Option<u32>,
}

/// A number from 1 at the beginning of a text, and what follows it.
pub(super) fn number(text: &str) -> Option<(u32, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let number: u32 = digits.parse().ok().filter(|number| *number > 0)?;
    Some((number, rest))
}

/// The place at the beginning of a line, and what follows: `path:3:5…`, `path:3…`, `path(3,5)…`, `path:[3,5]…`.
pub(super) fn place(text: &str) -> Option<(Place<'_>, &str)> {
    let marks = text.char_indices().filter(|(_, c)| matches!(c, ':' | '('));
    marks.into_iter().find_map(|(at, mark)| {
        let (path, rest) = text.split_at(at);
        let rest = rest.get(1..)?;
        if path.is_empty() || path.len() > 1024 {
            return None;
        }
        let (line, column, rest) = if mark == '(' {
            brackets(rest, ')')?
        } else if let Some(rest) = rest.strip_prefix('[') {
            brackets(rest, ']')?
        } else {
            colons(rest)?
        };
        Some((Place { path, line, column }, rest))
    })
}

/// `3,5)`, `3)`
fn brackets(text: &str, end: char) -> Option<(u32, Option<u32>, &str)> {
    let (line, rest) = number(text)?;
    let (column, rest) = match rest.strip_prefix([',', ':']) {
        Some(rest) => {
            let (column, rest) = number(rest.trim_start())?;
            (Some(column), rest)
        }
        None => (None, rest),
    };
    Some((line, column, rest.strip_prefix(end)?))
}

/// `3:5`, `3`, and nothing that makes it another word
fn colons(text: &str) -> Option<(u32, Option<u32>, &str)> {
    let (line, rest) = number(text)?;
    let ends = |rest: &str| rest.is_empty() || rest.starts_with([':', ' ', ',', ')', '-']);
    if !ends(rest) {
        return None;
    }
    match rest.strip_prefix(':').and_then(number) {
        Some((column, rest)) if ends(rest) => Some((line, Some(column), rest)),
        _ => Some((line, None, rest)),
    }
}
