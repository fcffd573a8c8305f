//! JSDoc, TSDoc and Javadoc: lines that begin with a tag.

use super::{Claim, Named, Said, is_nothing};
use crate::docs::item::Doc;

pub(super) fn read(doc: &Doc) -> Said {
    let mut said = Said::default();
    let mut fenced = false;
    for (line, text) in &doc.lines {
        let text = text.trim();
        fenced ^= text.starts_with("```");
        if text.contains("{@inheritDoc") || text.contains("{@inheritdoc") {
            said.elsewhere = true;
        }
        if text.contains("{@return ") {
            said.returns.get_or_insert(Claim {
                line: *line,
                nothing: false,
            });
        }
        if let Some(tag) = text.strip_prefix('@').filter(|_| !fenced) {
            let (tag, rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
            said.tag(tag, rest.trim(), *line);
        }
    }
    said
}

impl Said {
    fn tag(&mut self, tag: &str, rest: &str, line: u32) {
        match tag {
            "param" | "arg" | "argument" => self.parameter(rest, line),
            "template" | "typeParam" | "typeparam" => {
                for name in without_type(rest).unwrap_or(rest).split(',') {
                    let name = word(name.trim().trim_start_matches('[')).to_owned();
                    if !name.is_empty() {
                        self.type_parameters.push(Named { name, line });
                    }
                }
            }
            "return" | "returns" => {
                let nothing = is_nothing(rest);
                self.returns.get_or_insert(Claim { line, nothing });
            }
            "throws" | "throw" | "exception" => {
                let name = rest
                    .trim_start_matches('{')
                    .split([' ', '}', '\t'])
                    .next()
                    .unwrap_or_default();
                let name = name.rsplit('.').next().unwrap_or(name).to_owned();
                self.throws.push(Named { name, line });
            }
            "inheritDoc" | "inheritdoc" | "override" | "overload" | "callback" | "typedef"
            | "type" | "see-also" | "signature" | "borrows" => self.elsewhere = true,
            _ => {}
        }
    }

    fn parameter(&mut self, rest: &str, line: u32) {
        if let Some(name) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
            return self.type_parameters.push(Named {
                name: name.0.trim().to_owned(),
                line,
            });
        }
        let Some(rest) = without_type(rest) else {
            return;
        };
        let rest = rest.trim_start_matches(['[', '.']).trim_start();
        // `options.depth` and `items[].name` tell of a part of a parameter.
        let name = word(rest).to_owned();
        if !name.is_empty() {
            self.parameters.push(Named { name, line });
        }
    }
}

/// What follows `{type}`; nothing where that goes on in the next line.
fn without_type(text: &str) -> Option<&str> {
    if !text.starts_with('{') {
        return Some(text);
    }
    let mut depth = 0_u32;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return text.get(at + 1..).map(str::trim_start);
        }
    }
    None
}

/// The name a text begins with.
fn word(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}
