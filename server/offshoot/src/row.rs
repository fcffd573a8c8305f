//! One line of output, made of painted pieces, that knows how wide it is and never wraps.

use crate::style::{Paint, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A line under construction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pieces: Vec<(Paint, String)>,
    width: usize,
}

impl Row {
    /// An empty line.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds text. What could move the cursor or repaint is taken out: much of it comes from agents.
    #[must_use]
    pub(crate) fn with(mut self, paint: Paint, text: &str) -> Self {
        let text = clean(text);
        self.width += text.width();
        self.pieces.push((paint, text));
        self
    }

    /// Adds text that is as it is.
    #[must_use]
    pub(crate) fn text(self, text: &str) -> Self {
        self.with(Paint::Plain, text)
    }

    /// Adds text, cut or filled with blanks to this width.
    #[must_use]
    pub(crate) fn cell(self, paint: Paint, text: &str, width: usize, style: Style) -> Self {
        let text = cut(&clean(text), width, style);
        let fill = " ".repeat(width - text.width().min(width));
        self.with(paint, &text).text(&fill)
    }

    /// Adds text at the right end of a field of this width.
    #[must_use]
    pub(crate) fn right(self, paint: Paint, text: &str, width: usize) -> Self {
        let fill = " ".repeat(width.saturating_sub(text.width()));
        self.text(&fill).with(paint, text)
    }

    /// The line as text, cut at `width` columns (where it has to be), without blanks at its end.
    pub(crate) fn finish(mut self, width: Option<usize>, style: Style) -> String {
        if let Some(width) = width {
            self.limit(width, style);
        }
        while let Some((_, text)) = self.pieces.last_mut() {
            let kept = text.trim_end().len();
            text.truncate(kept);
            if kept > 0 {
                break;
            }
            self.pieces.pop();
        }
        let painted = self
            .pieces
            .iter()
            .map(|(paint, text)| style.paint(*paint, text));
        painted.collect()
    }

    fn limit(&mut self, width: usize, style: Style) {
        if self.width <= width {
            return;
        }
        let mut left = width;
        for index in 0..self.pieces.len() {
            let text = &mut self.pieces[index].1;
            let own = text.width();
            // The mark of the cut needs a column, unless this piece is the last and fits.
            if own < left {
                left -= own;
                continue;
            }
            *text = cut(&format!("{text}  "), left, style);
            self.pieces.truncate(index + 1);
            return;
        }
    }
}

/// The text, or its beginning and a mark, in at most `width` columns.
pub(crate) fn cut(text: &str, width: usize, style: Style) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mark = style.either("…", "~");
    let Some(room) = width.checked_sub(1) else {
        return String::new();
    };
    let mut used = 0;
    let mut kept = String::new();
    for char in text.chars() {
        used += char.width().unwrap_or(0);
        if used > room {
            break;
        }
        kept.push(char);
    }
    kept.truncate(kept.trim_end().len());
    kept + mark
}

/// The text without escape sequences and control characters; tabs and ends of lines become blanks.
pub(crate) fn clean(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\u{1b}' => skip_escape(&mut chars),
            '\t' | '\n' => kept.push(' '),
            char if char.is_control() => {}
            char => kept.push(char),
        }
    }
    kept
}

/// After the escape character: `[ … letter`, `] … BEL` or `] … ESC \`, else one character.
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.next() {
        Some('[') => {
            for char in chars.by_ref() {
                if ('@'..='~').contains(&char) {
                    break;
                }
            }
        }
        Some(']') => {
            while let Some(char) = chars.next() {
                if char == '\u{7}' {
                    break;
                }
                if char == '\u{1b}' {
                    chars.next();
                    break;
                }
            }
        }
        _ => {}
    }
}

/// Columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    clean(text).width()
}
