//! Places in a text, in the unit that was negotiated. The model counts characters; editors mostly UTF-16 units.

use model::diagnostic::Position as Place;
use std::ops::Range as Places;
use tower_lsp::gen_lsp_types::{InitializeParams, Position, PositionEncodingKind, Range};

/// What `character` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Encoding {
    /// Bytes.
    Utf8,
    /// What every client has to know, and the default.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// The client's favourite among those known here: its list is in order of preference.
    pub(crate) fn negotiate(params: &InitializeParams) -> Self {
        let offered = params.capabilities.general.as_ref();
        let offered = offered.and_then(|general| general.position_encodings.as_ref());
        offered
            .into_iter()
            .flatten()
            .find_map(Self::of)
            .unwrap_or_default()
    }

    fn of(kind: &PositionEncodingKind) -> Option<Self> {
        match kind {
            PositionEncodingKind::UTF8 => Some(Self::Utf8),
            PositionEncodingKind::UTF16 => Some(Self::Utf16),
            PositionEncodingKind::UTF32 => Some(Self::Utf32),
            PositionEncodingKind::Custom(_) => None,
        }
    }

    /// Its name in the protocol.
    pub(crate) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    /// Bytes from the start of a line to a character; behind its end is its end, inside of a character is
    /// the character's start.
    fn bytes(self, line: &str, character: usize) -> usize {
        let mut counted = 0;
        for (at, found) in line.char_indices() {
            counted += match self {
                Self::Utf8 => found.len_utf8(),
                Self::Utf16 => found.len_utf16(),
                Self::Utf32 => 1,
            };
            if counted > character {
                return at;
            }
        }
        line.len()
    }

    pub(crate) fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Utf32 => text.chars().count(),
        }
    }
}

/// The byte of a text that a position means. Behind the end of a line is its end, behind the last line the
/// end of the text.
pub(crate) fn offset(text: &str, position: Position, encoding: Encoding) -> usize {
    let mut start = 0;
    for _ in 0..position.line {
        let Some(end) = text[start..].find(['\n', '\r']) else {
            return text.len();
        };
        start += end;
        start += if text[start..].starts_with("\r\n") {
            2
        } else {
            1
        };
    }
    let rest = &text[start..];
    let line = rest.find(['\n', '\r']).map_or(rest, |end| &rest[..end]);
    let character = usize::try_from(position.character).unwrap_or(usize::MAX);
    start + encoding.bytes(line, character)
}

/// A text by its lines, for turning places into positions.
pub(crate) struct Lines<'a> {
    lines: Vec<&'a str>,
    encoding: Encoding,
    /// Characters before the first that the model counts: a byte order mark.
    skipped: usize,
}

impl<'a> Lines<'a> {
    /// Lines end with `\n`, `\r\n` or `\r`, for the model as for the protocol.
    pub(crate) fn new(text: &'a str, encoding: Encoding) -> Self {
        let mut lines = Vec::new();
        let mut rest = text;
        while let Some(end) = rest.find(['\n', '\r']) {
            let (line, tail) = rest.split_at(end);
            lines.push(line);
            rest = tail.strip_prefix("\r\n").unwrap_or(&tail[1..]);
        }
        lines.push(rest);
        Self {
            lines,
            encoding,
            skipped: usize::from(text.starts_with('\u{feff}')),
        }
    }

    /// A range as the editor counts.
    pub(crate) fn range(&self, places: &Places<Place>) -> Range {
        Range {
            start: self.position(places.start),
            end: self.position(places.end),
        }
    }

    /// A position of the editor's, as the model counts.
    pub(crate) fn place(&self, position: Position) -> Place {
        let number = usize::try_from(position.line).unwrap_or(usize::MAX);
        let character = usize::try_from(position.character).unwrap_or(usize::MAX);
        let line = self.lines.get(number).copied().unwrap_or_default();
        let before = &line[..self.encoding.bytes(line, character)];
        let skipped = if number == 0 { self.skipped } else { 0 };
        let column = before.chars().count().saturating_sub(skipped);
        Place {
            line: position.line,
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// A place behind the end of its line is the end of the line; behind the last line, the end of the text.
    fn position(&self, place: Place) -> Position {
        let last = self.lines.len() - 1;
        let number = usize::try_from(place.line).unwrap_or(last).min(last);
        let line = self.lines[number];
        let column = usize::try_from(place.column).unwrap_or(usize::MAX);
        let column = column.saturating_add(if number == 0 { self.skipped } else { 0 });
        let end = line
            .char_indices()
            .nth(column)
            .map_or(line.len(), |(at, _)| at);
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position {
            line: small(number),
            character: small(self.encoding.length(&line[..end])),
        }
    }
}
