//! What a reader sees while following: a live picture, lines, JSON lines, or nothing.

use super::Show;
use super::screen::Screen;
use crate::output::{self, Output};
use crate::render::plain;
use crate::render::tree::{self, Canvas, Picture};
use crate::row::Row;
use crate::style::Paint;
use jiff::Timestamp;
use protocol::run::Run;
use std::collections::BTreeMap;

/// The most lines of the last picture, which may be higher than the terminal.
const LAST_HEIGHT: usize = 120;

pub(super) struct View {
    out: Output,
    kind: Kind,
    lines: BTreeMap<String, String>,
    notes: Vec<String>,
    frame: usize,
}

enum Kind {
    Live(Screen),
    Lines(Option<Run>),
    Documents(Option<Run>),
    Silent,
}

impl View {
    pub(super) fn new(out: Output, show: Show) -> Self {
        let kind = match (out.json, show) {
            (true, Show::Changes) => Kind::Documents(None),
            (true, Show::Progress) => Kind::Silent,
            (false, _) if out.live => Kind::Live(Screen::default()),
            (false, _) => Kind::Lines(None),
        };
        Self {
            out,
            kind,
            lines: BTreeMap::new(),
            notes: Vec::new(),
            frame: 0,
        }
    }

    /// Whether it wants to be drawn again and again.
    pub(super) fn is_live(&self) -> bool {
        matches!(self.kind, Kind::Live(_))
    }

    /// The run was looked at.
    pub(super) fn update(&mut self, run: &Run) {
        match &mut self.kind {
            Kind::Lines(before) => {
                let now = Timestamp::now();
                self.out
                    .lines(plain::changes(before.as_ref(), run, now, self.out.style));
                *before = Some(run.clone());
            }
            Kind::Documents(before) if !before.as_ref().is_some_and(|before| same(before, run)) => {
                self.out.document_line(run);
                *before = Some(run.clone());
            }
            Kind::Documents(_) | Kind::Live(_) | Kind::Silent => {}
        }
    }

    /// A step printed this.
    pub(super) fn line(&mut self, step: String, text: String) {
        if !text.trim().is_empty() {
            self.lines.insert(step, text);
        }
    }

    /// A word to the reader; with `--json` it goes to stderr.
    pub(super) fn note(&mut self, text: &str) {
        if self.is_live() {
            self.notes.push(text.to_owned());
        } else {
            self.out.note(text);
        }
    }

    /// A frame of the live picture.
    pub(super) fn draw(&mut self, run: &Run) {
        self.frame += 1;
        self.draw_at(run, None);
    }

    /// The last picture, which stays.
    pub(super) fn finish(&mut self, run: &Run) {
        self.draw_at(run, Some(LAST_HEIGHT));
    }

    fn draw_at(&mut self, run: &Run, height: Option<usize>) {
        let Kind::Live(screen) = &mut self.kind else {
            return;
        };
        let (columns, rows) = output::size();
        let style = self.out.style;
        // The last column stays free: some terminals wrap when it is written to.
        let width = columns.saturating_sub(1).max(1);
        let notes = self.notes.iter().flat_map(|note| wrap(note, width));
        let notes: Vec<String> = notes
            .map(|note| {
                Row::new()
                    .with(Paint::Yellow, &note)
                    .finish(Some(width), style)
            })
            .collect();
        let room = rows.saturating_sub(notes.len() + 1).max(4);
        let canvas = Canvas {
            width,
            height: height.unwrap_or(room),
            style,
        };
        let picture = Picture {
            run,
            lines: &self.lines,
            now: Timestamp::now(),
            frame: self.frame,
        };
        let mut lines = tree::render(&picture, canvas);
        lines.extend(notes);
        screen.draw(self.out, lines, columns);
    }
}

/// Two looks at a run that differ in nothing but the time that passed.
fn same(before: &Run, run: &Run) -> bool {
    let still = |run: &Run| {
        let mut run = run.clone();
        run.duration_ms = 0;
        for step in &mut run.steps {
            step.duration_ms = 0;
            for attempt in &mut step.attempts {
                attempt.cpu_ms = 0;
                attempt.peak_rss_bytes = 0;
            }
        }
        run
    };
    still(before) == still(run)
}

/// The text in lines of at most `width` columns, broken between words.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        if !line.is_empty() && crate::row::width(line) + 1 + crate::row::width(word) > width {
            lines.push(word.to_owned());
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines
}
