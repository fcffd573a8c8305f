//! From what may be written to the characters that are put in: quotes, blanks, dashes, lines, places to fill in.

use super::{Choice, Client, Item, ItemKind, KeyOffer};
use model::language::{Role, Spot};

/// What comes behind a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::language) enum Opens {
    /// A value on the same line.
    Value,
    /// One of these.
    OneOf(Vec<String>),
    /// A mapping.
    Mapping,
    /// A list of values.
    List,
    /// A list of mappings.
    Mappings,
}

/// A key. `dash`: it begins an item of a list on a line of its own.
pub(super) fn key(offer: KeyOffer, spot: &Spot, dash: bool, client: Client) -> Item {
    let mut insert = lead(spot, dash);
    let mut snippet = false;
    insert += &name(&offer.name);
    if !spot.colon {
        let column = spot.column as usize + if dash { 4 } else { 2 };
        let (behind, places) = behind(&offer.opens, spot.flow, column, client);
        insert += &behind;
        snippet = places;
    }
    Item {
        label: offer.name,
        kind: ItemKind::Key,
        detail: offer.detail,
        documentation: offer.documentation,
        range: spot.word.clone(),
        insert,
        snippet,
    }
}

/// The colon and what follows, and whether there are places to fill in.
fn behind(opens: &Opens, flow: bool, column: usize, client: Client) -> (String, bool) {
    let indent = " ".repeat(column);
    let lines = client.snippets && client.lines && !flow;
    match opens {
        Opens::OneOf(words) if client.snippets && !words.is_empty() => {
            let words: Vec<String> = words.iter().map(|word| escape_choice(word)).collect();
            (format!(": ${{1|{}|}}", words.join(",")), true)
        }
        Opens::Mapping if lines => (format!(":\n{indent}$0"), true),
        Opens::Mappings if lines => (format!(":\n{indent}- $0"), true),
        Opens::Mapping if client.snippets && flow => (": {$0}".to_owned(), true),
        Opens::List if client.snippets => (": [$0]".to_owned(), true),
        Opens::Mapping | Opens::Mappings if !flow => (":".to_owned(), false),
        _ => (": ".to_owned(), false),
    }
}

fn escape_choice(word: &str) -> String {
    let special = |c: char| matches!(c, ',' | '|' | '\\' | '$' | '}');
    word.chars().fold(String::new(), |mut out, c| {
        if special(c) {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

/// A value. `dash`: it begins an item on a line of its own; `list`: it is the first of a list that has no
/// brackets yet.
pub(super) fn value(choice: Choice, spot: &Spot, dash: bool, list: bool) -> Item {
    let text = match spot.quote {
        Some(quote) => quoted(&choice.text, quote),
        None if choice.verbatim => choice.text.clone(),
        None => scalar(&choice.text, spot.flow || list),
    };
    let bare = spot.quote.is_none() && spot.word.start == spot.word.end;
    let text = if list && bare && spot.role == Role::Value {
        format!("[{text}]")
    } else {
        text
    };
    Item {
        label: choice.text,
        kind: choice.kind,
        detail: choice.detail,
        documentation: choice.documentation,
        range: spot.word.clone(),
        insert: lead(spot, dash) + &text,
        snippet: false,
    }
}

fn lead(spot: &Spot, dash: bool) -> String {
    let space = if spot.space { " " } else { "" };
    let dash = if dash { "- " } else { "" };
    format!("{space}{dash}")
}

/// A name of a key, in quotes where it needs them.
fn name(text: &str) -> String {
    scalar(text, true)
}

/// A text as it stands in YAML: bare where that is the same text.
pub(in crate::language) fn scalar(text: &str, flow: bool) -> String {
    let special = |c: char| matches!(c, ',' | '[' | ']' | '{' | '}');
    let starts = |c: char| "!&*?|>@`\"'%#-:[]{},".contains(c) || c.is_whitespace();
    let word = ["true", "false", "yes", "no", "on", "off", "null", "~"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(text));
    let unsafe_bare = text.is_empty()
        || word
        || text.starts_with(starts)
        || text.ends_with([':', ' '])
        || text.contains(": ")
        || text.contains(" #")
        || text.contains(char::is_control)
        || (flow && text.contains(special))
        || text.parse::<f64>().is_ok();
    if !unsafe_bare {
        return text.to_owned();
    }
    if text.contains(char::is_control) {
        return format!("\"{}\"", quoted(text, '"'));
    }
    format!("'{}'", quoted(text, '\''))
}

/// A text as it stands between these quotes.
pub(in crate::language) fn quoted(text: &str, quote: char) -> String {
    if quote == '\'' {
        return text.replace('\'', "''");
    }
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_meaning() {
        for (text, bare, flow) in [
            ("a.md", "a.md", "a.md"),
            ("src/", "src/", "src/"),
            ("a, b", "a, b", "'a, b'"),
            ("it's", "it's", "it's"),
            ("'x", "'''x'", "'''x'"),
            ("a: b", "'a: b'", "'a: b'"),
            ("1.0", "'1.0'", "'1.0'"),
            ("no", "'no'", "'no'"),
            ("", "''", "''"),
            ("a\tb", "\"a\\tb\"", "\"a\\tb\""),
            ("- x", "'- x'", "'- x'"),
        ] {
            assert_eq!(scalar(text, false), bare);
            assert_eq!(scalar(text, true), flow);
        }
    }
}
