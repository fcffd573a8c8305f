//! The styles of Python's docstrings: Google, NumPy, reST, and Epytext.

use super::{Claim, Named, Said, is_nothing};
use crate::docs::item::Doc;

pub(super) fn read(doc: &Doc) -> Said {
    let lines: Vec<Line<'_>> = doc
        .lines
        .iter()
        .map(|(number, text)| Line::of(*number, text))
        .collect();
    let mut said = Said::default();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        let underlined = lines
            .get(at)
            .is_some_and(|next| next.is_underline() && next.indent == line.indent);
        if let Some(section) = Section::of(line.text).filter(|_| underlined) {
            at += 1;
            at += said.section(
                section,
                line,
                lines.get(at..).unwrap_or_default(),
                Style::NumPy,
            );
        } else if let Some(section) = line.text.strip_suffix(':').and_then(Section::of) {
            at += said.section(
                section,
                line,
                lines.get(at..).unwrap_or_default(),
                Style::Google,
            );
        } else {
            said.field(line);
        }
    }
    said
}

struct Line<'a> {
    number: u32,
    indent: usize,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn of(number: u32, text: &'a str) -> Self {
        let trimmed = text.trim();
        Self {
            number,
            indent: text.len() - text.trim_start().len(),
            text: trimmed,
        }
    }

    fn is_underline(&self) -> bool {
        self.text.len() >= 3 && self.text.bytes().all(|byte| byte == b'-')
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Parameters,
    /// Parameters that arrive by `**`.
    More,
    Returns,
    Raises,
    Other,
}

impl Section {
    fn of(title: &str) -> Option<Self> {
        Some(match title {
            "Args" | "Arguments" | "Parameters" | "Params" => Self::Parameters,
            "Keyword Args" | "Keyword Arguments" | "Other Parameters" => Self::More,
            "Returns" | "Return" => Self::Returns,
            "Raises" => Self::Raises,
            "Yields" | "Yield" | "Example" | "Examples" | "Note" | "Notes" | "See Also"
            | "References" | "Attributes" | "Methods" | "Warnings" | "Warns" | "Todo" | "Usage"
            | "Warning" => Self::Other,
            _ => return None,
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Google,
    NumPy,
}

impl Said {
    /// Reads a section; gives how many lines it has.
    fn section(
        &mut self,
        section: Section,
        head: &Line<'_>,
        lines: &[Line<'_>],
        style: Style,
    ) -> usize {
        let ends = |(at, line): (usize, &Line<'_>)| {
            let end = match style {
                Style::Google => !line.text.is_empty() && line.indent <= head.indent,
                Style::NumPy => {
                    let next = lines.get(at + 1);
                    next.is_some_and(|next| next.is_underline() && line.indent == next.indent)
                        || (!line.text.is_empty() && line.indent < head.indent)
                }
            };
            end.then_some(at)
        };
        let end = lines
            .iter()
            .enumerate()
            .find_map(ends)
            .unwrap_or(lines.len());
        let body = lines.get(..end).unwrap_or_default();
        let filled = body.iter().find(|line| !line.text.is_empty());
        let entries = body
            .iter()
            .filter(|line| filled.is_some_and(|first| line.indent == first.indent));
        match section {
            Section::Parameters | Section::Raises => {
                for line in entries.filter(|line| !line.text.is_empty()) {
                    for name in entry(line.text, style, section).into_iter().flatten() {
                        let name = Named {
                            name,
                            line: line.number,
                        };
                        match section {
                            Section::Raises => self.throws.push(name),
                            _ => self.parameters.push(name),
                        }
                    }
                }
            }
            Section::Returns => {
                let nothing = filled.is_none_or(|line| is_nothing(line.text));
                self.returns.get_or_insert(Claim {
                    line: head.number,
                    nothing,
                });
            }
            Section::More | Section::Other => {}
        }
        end
    }

    /// `:param type name: …`, `@param name: …`, `:returns: …`.
    fn field(&mut self, line: &Line<'_>) {
        let rest = line
            .text
            .strip_prefix(':')
            .or_else(|| line.text.strip_prefix('@'));
        let Some((head, rest)) = rest.and_then(|rest| rest.split_once(':')) else {
            return;
        };
        let mut words = head.split_whitespace();
        match words.next().unwrap_or_default() {
            "param" | "parameter" | "arg" | "argument" | "key" | "keyword" => {
                if let Some(name) = words.next_back() {
                    let name = name.trim_start_matches(['*', '\\']).to_owned();
                    if !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
                        return;
                    }
                    self.parameters.push(Named {
                        name,
                        line: line.number,
                    });
                }
            }
            "return" | "returns" => {
                let nothing = is_nothing(rest);
                self.returns.get_or_insert(Claim {
                    line: line.number,
                    nothing,
                });
            }
            "raises" | "raise" | "except" | "exception" => {
                let name = words.next().unwrap_or_default().to_owned();
                self.throws.push(Named {
                    name,
                    line: line.number,
                });
            }
            _ => {}
        }
    }
}

/// The names that an entry of a section tells of; nothing where it is no entry.
fn entry(text: &str, style: Style, section: Section) -> Option<Vec<String>> {
    let head = match style {
        Style::Google => text.split_once(':')?.0,
        Style::NumPy => text
            .split_once(" :")
            .map_or(text.trim_end_matches(':'), |(head, _)| head),
    };
    let head = head.split(" (").next().unwrap_or(head);
    let names = head.split(',').map(|name| {
        let name = name
            .trim()
            .trim_matches('`')
            .trim_start_matches(['*', '\\']);
        let dotted = section == Section::Raises;
        let fits = |c: char| c.is_alphanumeric() || c == '_' || (dotted && c == '.');
        (!name.is_empty() && name.chars().all(fits)).then(|| name.to_owned())
    });
    names.collect()
}
