//! Changing one value in a YAML text and nothing else: comments, order, quotes and line ends stay.
//!
//! The text is edited at the places that the parser found. Whether the result means what was wanted is for
//! the caller to check by parsing it: what this cannot do safely must not be written.

use serde_yaml::Value as Yaml;
use settings::places::{Entry, Places, Style, scan};
use settings::text::scalar;

/// A value on one line; none for one that settings do not have.
pub(super) fn render(value: &Yaml) -> Option<String> {
    match value {
        Yaml::Bool(flag) => Some(flag.to_string()),
        Yaml::Number(number) => Some(number.to_string()),
        Yaml::String(text) => Some(scalar(text)),
        Yaml::Sequence(items) => {
            let items: Option<Vec<_>> = items.iter().map(render).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        _ => None,
    }
}

/// The text with the key at `path` set; none where that cannot be done at a known place.
pub(super) fn put(text: &str, path: &[String], value: &str) -> Option<String> {
    let places = scan(text);
    if !places.complete {
        return None;
    }
    let text = Text::new(text);
    if let Some(entry) = places.entries.get(path) {
        return text.replace(entry, value);
    }
    for length in (1..path.len()).rev() {
        if let Some(section) = places.entries.get(&path[..length]) {
            return text.insert(&places, section, &path[..length], &path[length..], value);
        }
    }
    match places.entries.get(&[] as &[String]) {
        Some(root) if root.style == Style::Flow => text.insert_flow(root, path, value),
        Some(root) if root.style == Style::Block => {
            Some(text.append(&path_lines(path, value, text.indent_in(&places, &[])?)))
        }
        None
        | Some(Entry {
            style: Style::Empty,
            ..
        }) => Some(text.append(&path_lines(path, value, 0))),
        Some(_) => None,
    }
}

/// `a:`, `  b: value`.
fn path_lines(path: &[String], value: &str, indent: usize) -> Vec<String> {
    let last = path.len().saturating_sub(1);
    path.iter()
        .enumerate()
        .map(|(depth, name)| {
            let pad = " ".repeat(indent + 2 * depth);
            let name = scalar(name);
            if depth == last {
                format!("{pad}{name}: {value}")
            } else {
                format!("{pad}{name}:")
            }
        })
        .collect()
}

/// A text by characters, because that is how the parser counts.
struct Text {
    chars: Vec<char>,
    newline: &'static str,
}

impl Text {
    fn new(text: &str) -> Self {
        Self {
            chars: text.chars().collect(),
            newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
        }
    }

    fn splice(&self, start: usize, end: usize, with: &str) -> String {
        let mut out: String = self.chars[..start].iter().collect();
        out.push_str(with);
        out.extend(&self.chars[end..]);
        out
    }

    /// End of the line that holds this character, before its line end.
    fn line_end(&self, at: usize) -> usize {
        let rest = &self.chars[at..];
        let length = rest.iter().position(|c| *c == '\n').unwrap_or(rest.len());
        let end = at + length;
        if end > at && self.chars[end - 1] == '\r' {
            end - 1
        } else {
            end
        }
    }

    fn after_colon(&self, entry: &Entry) -> Option<usize> {
        let key = entry.key.as_ref()?.end;
        let colon = self.chars[key..].iter().position(|c| *c == ':')?;
        self.chars[key..key + colon]
            .iter()
            .all(|c| c.is_whitespace())
            .then_some(key + colon + 1)
    }

    fn replace(&self, entry: &Entry, value: &str) -> Option<String> {
        // Others may refer to an anchor, and a tag would change what the new value means.
        if entry.marked {
            return None;
        }
        match entry.style {
            Style::Scalar | Style::Flow => {
                Some(self.splice(entry.value.start, entry.value.end, value))
            }
            Style::Empty => {
                let at = self.after_colon(entry)?;
                Some(self.splice(at, at, &format!(" {value}")))
            }
            Style::Text | Style::Block => {
                let at = self.after_colon(entry)?;
                let tail: String = self.chars[at..self.line_end(at)].iter().collect();
                let comment = Some(tail.trim()).filter(|tail| tail.starts_with('#'));
                let comment = comment
                    .map(|comment| format!("  {comment}"))
                    .unwrap_or_default();
                Some(self.splice(at, entry.value.end, &format!(" {value}{comment}")))
            }
        }
    }

    fn insert(
        &self,
        places: &Places,
        section: &Entry,
        at: &[String],
        rest: &[String],
        value: &str,
    ) -> Option<String> {
        match section.style {
            Style::Flow => self.insert_flow(section, rest, value),
            Style::Block => {
                let lines = path_lines(rest, value, self.indent_in(places, at)?);
                Some(self.insert_lines(section.value.end, &lines))
            }
            Style::Empty if !section.marked => {
                let key = section.key.as_ref()?.start;
                let indent = self.column(key) + 2;
                Some(self.insert_lines(key, &path_lines(rest, value, indent)))
            }
            // `section: ~`: the null goes, the lines come.
            Style::Scalar if !section.marked => {
                let after = self.after_colon(section)?;
                let without = Self::new(&self.splice(after, section.value.end, ""));
                let key = section.key.as_ref()?.start;
                Some(without.insert_lines(key, &path_lines(rest, value, self.column(key) + 2)))
            }
            _ => None,
        }
    }

    fn insert_flow(&self, section: &Entry, rest: &[String], value: &str) -> Option<String> {
        let close = section.value.end.checked_sub(1)?;
        if self.chars.get(close) != Some(&'}') {
            return None;
        }
        let mut last = close;
        while self.chars[last - 1].is_whitespace() {
            last -= 1;
        }
        let lead = match self.chars[last - 1] {
            '{' => "",
            ',' => " ",
            _ => ", ",
        };
        let (name, outer) = rest.split_last()?;
        let inner = format!("{}: {value}", scalar(name));
        let text = outer.iter().rev().fold(inner, |inner, name| {
            format!("{}: {{{inner}}}", scalar(name))
        });
        Some(self.splice(last, last, &format!("{lead}{text}")))
    }

    /// Lines below the line of this character.
    fn insert_lines(&self, at: usize, lines: &[String]) -> String {
        let end = self.line_end(at);
        let text = lines
            .iter()
            .map(|line| format!("{}{line}", self.newline))
            .collect::<String>();
        self.splice(end, end, &text)
    }

    fn append(&self, lines: &[String]) -> String {
        let mut text: String = self.chars.iter().collect();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push_str(self.newline);
        }
        for line in lines {
            text.push_str(line);
            text.push_str(self.newline);
        }
        text
    }

    /// Column of the keys of a block mapping.
    fn indent_in(&self, places: &Places, section: &[String]) -> Option<usize> {
        let mut keys = places
            .entries
            .range(section.to_vec()..)
            .take_while(|(path, _)| path.starts_with(section))
            .filter(|(path, _)| path.len() == section.len() + 1);
        let (_, entry) = keys.next()?;
        Some(self.column(entry.key.as_ref()?.start))
    }

    fn column(&self, at: usize) -> usize {
        let before = &self.chars[..at];
        before.iter().rev().take_while(|c| **c != '\n').count()
    }
}
