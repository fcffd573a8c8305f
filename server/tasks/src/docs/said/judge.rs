//! What a text says, held against what is declared.

use super::{Named, Said};
use crate::docs::item::{Callable, Item, Kind, Parameter};
use crate::docs::language::Language;
use crate::docs::place::{Lines, Note, Rule};

/// Names more alike than this may be meant for each other.
const ALIKE: f64 = 0.8;

/// What is wrong in the text of a declaration.
pub(crate) fn judge(language: Language, item: &Item, lines: &Lines<'_>) -> Vec<Note> {
    let (Some(doc), Some(callable)) = (&item.doc, &item.callable) else {
        return Vec::new();
    };
    let said = Said::read(language, doc);
    if said.elsewhere {
        return Vec::new();
    }
    let mut judged = Judged {
        item,
        lines,
        notes: Vec::new(),
    };
    judged.parameters(&said, callable);
    judged.type_parameters(&said, callable);
    judged.returns(language, &said, callable);
    judged.throws(&said, callable);
    judged.notes
}

struct Judged<'a> {
    item: &'a Item,
    lines: &'a Lines<'a>,
    notes: Vec<Note>,
}

impl Judged<'_> {
    /// Something wrong in the text, at this word of this line of it.
    fn wrong(&mut self, rule: Rule, line: u32, word: &str, message: String) {
        let place = self.lines.word(line, word);
        self.notes.push(Note {
            rule,
            message,
            place,
        });
    }

    /// Something that is not in the text.
    fn left_out(&mut self, rule: Rule, message: String) {
        self.notes.push(Note {
            rule,
            message,
            place: self.item.place,
        });
    }

    fn parameters(&mut self, said: &Said, callable: &Callable) {
        let names: Vec<&str> = callable
            .parameters
            .iter()
            .filter_map(Parameter::name)
            .collect();
        let mut patterns: Vec<&str> = Vec::new();
        let free = callable.parameters.len() - names.len();
        let told = |name: &str| said.parameters.iter().any(|named| named.name == name);
        for Named { name, line } in &said.parameters {
            if names.contains(&name.as_str())
                || patterns.contains(&name.as_str())
                || callable.open
                || callable.also.contains(name)
            {
                continue;
            }
            if patterns.len() < free {
                patterns.push(name);
                continue;
            }
            let meant = names.iter().filter(|other| !told(other));
            let meant = meant.map(|other| (strsim::jaro_winkler(name, other), other));
            let meant = meant
                .filter(|(alike, _)| *alike > ALIKE)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            let hint = meant.map_or(String::new(), |(_, other)| format!("; is `{other}` meant?"));
            let message = format!("`{name}` is no parameter of `{}`{hint}", self.item.name);
            self.wrong(Rule::UnknownParameter, *line, name, message);
        }
        if said.parameters.is_empty() {
            return;
        }
        for name in names
            .iter()
            .filter(|name| !name.starts_with('_') && !told(name))
        {
            let message = format!(
                "the text of `{}` leaves out the parameter `{name}`",
                self.item.name
            );
            self.left_out(Rule::MissingParameter, message);
        }
    }

    fn type_parameters(&mut self, said: &Said, callable: &Callable) {
        // TypeScript's are not read; Java's always are.
        if callable.type_parameters.is_empty() && self.item.kind != Kind::Record {
            return;
        }
        for Named { name, line } in &said.type_parameters {
            if !callable.type_parameters.contains(name) {
                let message = format!("`{name}` is no type parameter of `{}`", self.item.name);
                self.wrong(Rule::UnknownParameter, *line, name, message);
            }
        }
    }

    fn returns(&mut self, language: Language, said: &Said, callable: &Callable) {
        match (&said.returns, callable.returns) {
            (Some(claim), Some(false)) if !claim.nothing => {
                let message = format!(
                    "`{}` returns nothing, and its text says what",
                    self.item.name
                );
                self.wrong(Rule::UnknownReturn, claim.line, "", message);
            }
            // Rust's own style has no such section.
            (None, Some(true)) if !said.parameters.is_empty() && language != Language::Rust => {
                let message = format!(
                    "the text of `{}` leaves out what it returns",
                    self.item.name
                );
                self.left_out(Rule::MissingReturn, message);
            }
            _ => {}
        }
    }

    /// Undeclared ones may be told as well, so only what is left out is said.
    fn throws(&mut self, said: &Said, callable: &Callable) {
        if said.parameters.is_empty() && said.throws.is_empty() && said.returns.is_none() {
            return;
        }
        for thrown in &callable.throws {
            if !said.throws.iter().any(|named| named.name == *thrown) {
                let message = format!(
                    "the text of `{}` leaves out that it throws `{thrown}`",
                    self.item.name
                );
                self.left_out(Rule::MissingThrows, message);
            }
        }
    }
}
