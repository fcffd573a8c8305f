//! Where text and JSON go: human text and the one JSON document to stdout, diagnostics to stderr.

use crate::diagnostics;
use crate::style::{Paint, Style};
use protocol::Error;
use protocol::error::{Diagnostic, ErrorDocument};
use serde::Serialize;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// The two streams and what they can show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// One JSON document instead of text.
    pub(crate) json: bool,
    /// Of stdout.
    pub(crate) style: Style,
    /// Of stderr.
    error_style: Style,
    /// Stdout is a terminal.
    terminal: bool,
    /// Stdout may be redrawn in place.
    pub(crate) live: bool,
}

impl Output {
    /// By what the streams are and what the environment asks for.
    pub(crate) fn detect(json: bool) -> Self {
        let get = |name: &str| std::env::var_os(name);
        let terminal = io::stdout().is_terminal();
        let dumb = get("TERM").is_none_or(|term| term == "dumb" || term.is_empty());
        Self {
            json,
            style: Style::detect(terminal, get),
            error_style: Style::detect(io::stderr().is_terminal(), get),
            terminal,
            live: terminal && !dumb && !json,
        }
    }

    /// Columns of the terminal; none where lines may be as long as they are.
    pub(crate) fn columns(self) -> Option<usize> {
        self.terminal.then(|| size().0)
    }

    /// Lines for people; nothing with `--json`.
    pub(crate) fn lines<L: AsRef<str>>(self, lines: impl IntoIterator<Item = L>) {
        if self.json {
            return;
        }
        let mut text = String::new();
        for line in lines {
            text.push_str(line.as_ref());
            text.push('\n');
        }
        self.raw(&text);
    }

    /// A line for people; nothing with `--json`.
    pub(crate) fn line(self, line: &str) {
        self.lines([line]);
    }

    /// The result of the verb: the document, or what `lines` makes of it.
    pub(crate) fn result<T: Serialize>(self, value: &T, lines: impl FnOnce(&T) -> Vec<String>) {
        if self.json {
            self.document(value);
        } else {
            self.lines(lines(value));
        }
    }

    /// A JSON document.
    pub(crate) fn document<T: Serialize>(self, value: &T) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.raw(&(text + "\n")),
            Err(error) => self.note(&format!("error: the result cannot be written: {error}")),
        }
    }

    /// A JSON document on one line: one of many.
    pub(crate) fn document_line<T: Serialize>(self, value: &T) {
        match serde_json::to_string(value) {
            Ok(text) => self.raw(&(text + "\n")),
            Err(error) => self.note(&format!("error: the result cannot be written: {error}")),
        }
    }

    /// Text to stdout as it is. A reader that went away ends nothing: the run has a life of its own. Anything else
    /// that keeps it from being written is said once, and [`was_lost`] from then on.
    pub(crate) fn raw(self, text: &str) {
        let mut stdout = io::stdout().lock();
        let written = stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush());
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
            && !LOST.swap(true, Ordering::Relaxed)
        {
            self.note(&format!("error: the output cannot be written: {error}"));
        }
    }

    /// A line to stderr, also with `--json`.
    pub(crate) fn note(self, line: &str) {
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    /// Problems in files, to stderr; nothing with `--json`.
    pub(crate) fn diagnostics(self, found: &[Diagnostic]) {
        if self.json {
            return;
        }
        for line in diagnostics::render_all(found, self.error_style) {
            self.note(&line);
        }
    }

    /// An error that stands alone.
    pub(crate) fn error(self, error: &Error) {
        if self.json {
            let error = error.clone();
            self.document(&ErrorDocument { error });
            return;
        }
        self.diagnostics(&diagnostics::of_error(error));
        let style = self.error_style;
        self.note(&format!(
            "{} {}",
            style.paint(Paint::Red, "error:"),
            error.message
        ));
        if let Some(hint) = &error.hint {
            self.note(&format!("{} {hint}", style.paint(Paint::Cyan, " hint:")));
        }
    }
}

/// Whether output could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Whether anything that was to go to stdout did not get there, though somebody may read it.
pub(crate) fn was_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Columns and rows of the terminal; 80 by 24 where it does not say.
pub(crate) fn size() -> (usize, usize) {
    match rustix::termios::tcgetwinsize(io::stdout()) {
        Ok(size) => (told(size.ws_col, 80), told(size.ws_row, 24)),
        Err(_) => (80, 24),
    }
}

fn told(number: u16, usual: usize) -> usize {
    match number {
        0 => usual,
        number => usize::from(number),
    }
}
