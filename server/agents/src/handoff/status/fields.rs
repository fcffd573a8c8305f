//! Fields of a JSON object that nobody promised us the types of.

use super::Progress;
use serde_json::{Map, Value};

/// Notes beyond this many say nothing new.
const MAX_NOTES: usize = 20;

/// An object, and what was passed over in reading it.
pub(in crate::handoff) struct Fields<'a> {
    object: &'a Map<String, Value>,
    pub(in crate::handoff) notes: Vec<String>,
}

impl<'a> Fields<'a> {
    pub(in crate::handoff) fn new(object: &'a Map<String, Value>) -> Self {
        Self {
            object,
            notes: Vec::new(),
        }
    }

    pub(in crate::handoff) fn note(&mut self, text: &str) {
        if self.notes.len() < MAX_NOTES && !self.notes.iter().any(|note| note == text) {
            self.notes.push(text.to_owned());
        }
    }

    fn wrong(&mut self, name: &str, value: &Value, wanted: &str) {
        self.note(&format!(
            "`{name}` is {}, not {wanted}; passed over",
            kind(value)
        ));
    }

    /// The field; `null` is as good as absent.
    pub(in crate::handoff) fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// Text.
    pub(in crate::handoff) fn text(&mut self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => {
                self.wrong(name, other, "text");
                None
            }
        }
    }

    /// Text, or anything else as JSON. Empty text is absent.
    pub(in crate::handoff) fn any_text(&mut self, name: &str) -> Option<String> {
        let text = match self.get(name)? {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some(text).filter(|text| !text.trim().is_empty())
    }

    /// A truth value.
    pub(in crate::handoff) fn flag(&mut self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Value::Bool(value) => Some(*value),
            other => {
                self.wrong(name, other, "true or false");
                None
            }
        }
    }

    /// Every id of this name: at the top level, in `metadata`, in `correlation`.
    pub(in crate::handoff) fn ids(&mut self, name: &str) -> Vec<String> {
        let inner =
            ["metadata", "correlation"].map(|group| self.get(group).and_then(Value::as_object));
        let objects = [Some(self.object), inner[0], inner[1]];
        let mut ids = Vec::new();
        for value in objects
            .into_iter()
            .flatten()
            .filter_map(|object| object.get(name))
        {
            match value {
                Value::Null => {}
                Value::String(text) if text.trim().is_empty() => {}
                Value::String(text) => ids.push(text.trim().to_owned()),
                Value::Number(number) => ids.push(number.to_string()),
                other => self.wrong(name, other, "text"),
            }
        }
        ids
    }

    /// A list of paths: texts, objects with a `path`, or one text alone.
    pub(in crate::handoff) fn list(&mut self, name: &str) -> Vec<String> {
        let items = match self.get(name) {
            None => return Vec::new(),
            Some(Value::Array(items)) => items.as_slice(),
            Some(one @ Value::String(_)) => std::slice::from_ref(one),
            Some(other) => {
                self.wrong(name, other, "a list of paths");
                return Vec::new();
            }
        };
        let mut paths = Vec::new();
        for item in items {
            match item
                .as_str()
                .or_else(|| item.get("path").and_then(Value::as_str))
            {
                Some(path) => paths.push(path.to_owned()),
                None => self.wrong(name, item, "a list of paths"),
            }
        }
        paths
    }

    /// `progress`: an object, or a bare percentage; `percentage` and `message` also at the top.
    pub(in crate::handoff) fn progress(&mut self) -> Progress {
        let inner = match self.get("progress") {
            Some(Value::Object(progress)) => progress,
            Some(bare) => {
                let percentage = self.percentage("progress", bare);
                return Progress {
                    percentage,
                    message: self.line("message"),
                };
            }
            None => self.object,
        };
        let mut fields = Fields::new(inner);
        let given = fields.get("percentage");
        let percentage = given.and_then(|value| fields.percentage("progress.percentage", value));
        let words = [fields.line("current_step"), fields.line("message")];
        self.notes.append(&mut fields.notes);
        let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
        Progress {
            percentage,
            message: words.join(": "),
        }
    }

    fn line(&mut self, name: &str) -> String {
        let text = self.any_text(name).unwrap_or_default();
        cut(
            text.split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .as_str(),
            500,
        )
    }

    /// A number, or text of one, clamped to 0 to 100.
    fn percentage(&mut self, name: &str, value: &Value) -> Option<u8> {
        let number = value.as_f64().or_else(|| {
            let text = value.as_str()?.trim().trim_end_matches('%').trim_end();
            text.parse().ok().filter(|number: &f64| number.is_finite())
        });
        let Some(number) = number else {
            self.wrong(name, value, "a number");
            return None;
        };
        if !(0.0..=100.0).contains(&number) {
            self.note(&format!("`{name}` is {number}, outside 0 to 100; clamped"));
        }
        // Whole numbers of at most 100 are exact in every type involved.
        let whole = number.clamp(0.0, 100.0).round();
        (0..=100u8).find(|candidate| f64::from(*candidate) >= whole)
    }
}

/// At most `max` bytes of a text, cut between characters, with a sign that it was cut.
pub(in crate::handoff) fn cut(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let end = (0..=max)
        .rev()
        .find(|&end| text.is_char_boundary(end))
        .unwrap_or(0);
    format!("{}…", &text[..end])
}

/// What a value is, for people.
pub(in crate::handoff) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
