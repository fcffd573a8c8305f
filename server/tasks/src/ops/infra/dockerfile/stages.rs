//! Stages: from one `FROM` to the next, with the defaults of build arguments filled in.

use super::super::super::check::Place;
use super::parse::Instruction;
use std::ops::Range;

/// A stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stage {
    /// The image, or the name of an earlier stage; arguments with a default are filled in.
    pub(super) base: String,
    /// Of the image.
    pub(super) place: Place,
    /// `AS name`.
    pub(super) name: Option<String>,
    /// It builds on an earlier stage.
    pub(super) of_stage: Option<usize>,
    /// Its instructions, `FROM` included.
    pub(super) instructions: Range<usize>,
}

pub(super) fn stages(instructions: &[Instruction]) -> Vec<Stage> {
    let mut arguments: Vec<(String, String)> = Vec::new();
    let mut stages: Vec<Stage> = Vec::new();
    for (index, instruction) in instructions.iter().enumerate() {
        let first = instruction.words.first();
        match (instruction.name.as_str(), first) {
            ("ARG", Some(_)) if stages.is_empty() => {
                let pairs = instruction.words.iter();
                arguments.extend(pairs.filter_map(|word| {
                    let (name, value) = word.text.split_once('=')?;
                    Some((name.to_owned(), value.to_owned()))
                }));
            }
            ("FROM", Some(image)) => {
                if let Some(before) = stages.last_mut() {
                    before.instructions.end = index;
                }
                let base = filled(&image.text, &arguments);
                let name = match instruction.words.as_slice() {
                    [_, word, name, ..] if word.text.eq_ignore_ascii_case("as") => {
                        Some(name.text.to_ascii_lowercase())
                    }
                    _ => None,
                };
                let of_stage = stages
                    .iter()
                    .position(|stage| stage.name.as_deref() == Some(&base.to_ascii_lowercase()));
                stages.push(Stage {
                    base,
                    place: image.place,
                    name,
                    of_stage,
                    instructions: index..instructions.len(),
                });
            }
            _ => {}
        }
    }
    stages
}

/// With `$NAME`, `${NAME}` and `${NAME:-value}` in their places; what has no default stays.
fn filled(text: &str, arguments: &[(String, String)]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, default, length) = if let Some(inner) = after.strip_prefix('{') {
            let Some(end) = inner.find('}') else {
                return out + &rest[at..];
            };
            let (name, default) = match inner[..end].split_once(":-") {
                Some((name, default)) => (name, Some(default)),
                None => (&inner[..end], None),
            };
            (name, default, end + 2)
        } else {
            let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let end = end.unwrap_or(after.len());
            (&after[..end], None, end)
        };
        let known = arguments.iter().rev().find(|(known, _)| known == name);
        match known.map(|(_, value)| value.as_str()).or(default) {
            Some(value) => out.push_str(value),
            None => out.push_str(&rest[at..at + 1 + length]),
        }
        rest = &after[length..];
    }
    out + rest
}
