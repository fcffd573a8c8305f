//! Takes values out of the file by path, and notes what is wrong with each.

use crate::document::Document;
use crate::kind::got;
use crate::table::nearest;
use model::diagnostic::{Diagnostic, Severity};
use serde_yaml::{Mapping, Value as Yaml};

/// A document on its way to be understood.
pub(super) struct Fields<'a> {
    document: &'a Document,
    pub(super) found: Vec<Diagnostic>,
}

/// A mapping and where it stands.
pub(super) struct Section<'a> {
    pub(super) map: &'a Mapping,
    pub(super) path: Vec<String>,
}

impl Section<'_> {
    /// The path of a key in it.
    pub(super) fn at(&self, key: &str) -> Vec<String> {
        let mut path = self.path.clone();
        path.push(key.to_owned());
        path
    }

    /// The value of a key; `null` counts as not there.
    pub(super) fn get(&self, key: &str) -> Option<&Yaml> {
        self.map.get(key).filter(|value| !value.is_null())
    }
}

impl<'a> Fields<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Self {
            document,
            found: Vec::new(),
        }
    }

    /// Something at a value's place that cannot be used.
    pub(super) fn error(&mut self, path: &[String], message: impl Into<String>, hint: &str) {
        self.note(Severity::Error, "value", path, message, hint);
    }

    /// Something at a value's place that is probably not meant.
    pub(super) fn warning(
        &mut self,
        code: &'static str,
        path: &[String],
        message: impl Into<String>,
        hint: &str,
    ) {
        self.note(Severity::Warning, code, path, message, hint);
    }

    fn note(
        &mut self,
        severity: Severity,
        code: &'static str,
        path: &[String],
        message: impl Into<String>,
        hint: &str,
    ) {
        let place = self.document.places.value(path);
        let found = Diagnostic::new(place, code, severity, message);
        self.found.push(if hint.is_empty() {
            found
        } else {
            found.with_hint(hint)
        });
    }

    /// Warns of keys that are none of these.
    pub(super) fn known(&mut self, section: &Section<'_>, known: &[&str]) {
        for key in section.map.keys() {
            let name = key
                .as_str()
                .map_or_else(|| format!("{key:?}"), str::to_owned);
            if known.contains(&name.as_str()) {
                continue;
            }
            let place = self.document.places.key(&section.at(&name));
            let message = format!("`{name}` is not known here, and has no effect");
            let found = Diagnostic::new(place, "unknown-key", Severity::Warning, message);
            self.found
                .push(match nearest(&name, known.iter().copied()) {
                    Some(near) => found.with_hint(format!("did you mean `{near}`?")),
                    None => found,
                });
        }
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, section: &Section<'_>, key: &str) -> Option<String> {
        let value = section.get(key)?;
        match value.as_str() {
            Some(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => {
                let message = format!("`{key}` must be a text (got: {})", got(value));
                self.error(&section.at(key), message, "");
                None
            }
        }
    }

    /// A list of texts, none of them empty. One text is taken as a list of it, with an error that says so.
    pub(super) fn texts(&mut self, section: &Section<'_>, key: &str) -> Vec<String> {
        let Some(value) = section.get(key) else {
            return Vec::new();
        };
        let Some(items) = value.as_sequence() else {
            let message = format!("`{key}` must be a list (got: {})", got(value));
            self.error(&section.at(key), message, "begin each element with `- `");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item.as_str() {
                Some(text) if !text.trim().is_empty() => texts.push(text.to_owned()),
                _ => {
                    let mut path = section.at(key);
                    path.push(index.to_string());
                    let message = format!("`{key}` must hold only texts (got: {})", got(item));
                    self.error(&path, message, "");
                }
            }
        }
        texts
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, section: &Section<'_>, key: &str) -> Option<bool> {
        let value = section.get(key)?;
        if value.as_bool().is_none() {
            let message = format!("`{key}` must be true or false (got: {})", got(value));
            self.error(&section.at(key), message, "");
        }
        value.as_bool()
    }

    /// A whole number from `min` on.
    pub(super) fn number(&mut self, section: &Section<'_>, key: &str, min: u32) -> Option<u32> {
        let value = section.get(key)?;
        let number = value
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| *number >= min);
        if number.is_none() {
            let message = format!(
                "`{key}` must be a whole number of {min} or more (got: {})",
                got(value)
            );
            self.error(&section.at(key), message, "");
        }
        number
    }
}
