//! A value of YAML, and ways to ask it.

use super::super::Place;

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
}

/// What it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Scalar {
        text: String,
        /// A literal block (`|`): its lines stand as they are, its place is that of its first line that is not empty.
        block: bool,
    },
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) place: Place,
}

impl Node {
    /// The value of a key; none where it is no mapping or has no such key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }

    pub(crate) fn entry(&self, key: &str) -> Option<(&Key, &Self)> {
        self.entries().find(|(found, _)| found.text == key)
    }

    /// The value at the end of these keys.
    pub(crate) fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = (&Key, &Self)> {
        let entries = match &self.kind {
            Kind::Map(entries) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|(key, value)| (key, value))
    }

    /// The items of a list; nothing where it is none.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The text of a key's value.
    pub(crate) fn word(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    pub(crate) fn is(&self, word: &str) -> bool {
        self.text() == Some(word)
    }

    pub(crate) fn is_true(&self) -> bool {
        matches!(self.text(), Some("true" | "True" | "TRUE" | "yes" | "on"))
    }

    pub(crate) fn is_false(&self) -> bool {
        matches!(
            self.text(),
            Some("false" | "False" | "FALSE" | "no" | "off")
        )
    }

    /// The place of a piece of a scalar's text, by bytes: exact where its lines stand as they are, else the place of the value.
    pub(crate) fn place_of(&self, start: usize, end: usize) -> Place {
        let Kind::Scalar { text, block } = &self.kind else {
            return self.place;
        };
        let Some(before) = text.get(..start) else {
            return self.place;
        };
        let count = |text: Option<&str>| text.unwrap_or_default().chars().count();
        let line = before.matches('\n').count();
        let column = count(before.rsplit('\n').next());
        let length = count(text.get(start..end).and_then(|piece| piece.lines().next()));
        let own = self.place.column as usize;
        let (first, indent) = if *block {
            let empty = text.len() - text.trim_start_matches('\n').len();
            ((self.place.line as usize).saturating_sub(empty), own)
        } else {
            // A plain or quoted text on one line.
            let Some(end) = self.place.end.filter(|_| !text.contains('\n')) else {
                return self.place;
            };
            let quotes = (end as usize - own).saturating_sub(text.chars().count());
            (self.place.line as usize, own + quotes / 2)
        };
        let column = indent + column;
        Place::new(first + line, column, Some(column + length.max(1)))
    }
}
