//! What a reader sees while following: a live picture, lines, JSON lines, or nothing.

use super::Show;
use super::screen::Screen;
use crate::output::{self, Output};
use crate::render::ending::quoted;
use crate::render::tree::{self, Canvas, Picture};
use crate::render::{command_file, is_open, plain};
use crate::style::Paint;
use jiff::Timestamp;
use protocol::run::{Run, Step};
use std::collections::{BTreeMap, BTreeSet};

/// The most lines of the last picture, which may be higher than the terminal.
const LAST_HEIGHT: usize = 120;

pub(super) struct View {
    out: Output,
    kind: Kind,
    lines: BTreeMap<String, String>,
    /// Steps whose hand-off was explained.
    explained: BTreeSet<String>,
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
            explained: BTreeSet::new(),
            frame: 0,
        }
    }

    /// Whether it wants to be drawn again and again.
    pub(super) fn is_live(&self) -> bool {
        matches!(self.kind, Kind::Live(_))
    }

    /// The run was looked at.
    pub(super) fn update(&mut self, run: &Run) {
        self.show(run);
        for step in &run.steps {
            if let Some(text) = hand_off(step)
                && self.explained.insert(step.id.clone())
            {
                self.note(&text);
            }
        }
    }

    fn show(&mut self, run: &Run) {
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
        match &mut self.kind {
            Kind::Live(screen) => {
                let style = self.out.style;
                screen.above(self.out, &style.paint(Paint::Yellow, text));
            }
            Kind::Lines(_) | Kind::Documents(_) | Kind::Silent => self.out.note(text),
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
        let room = rows.saturating_sub(1).max(4);
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
        screen.draw(self.out, tree::render(&picture, canvas), columns);
    }
}

/// How a hand-off that a person is to start goes on.
fn hand_off(step: &Step) -> Option<String> {
    let waits = step.status == "needs_input" && step.attempts.last().is_some_and(is_open);
    let file = command_file(step).filter(|_| waits)?;
    Some(format!(
        "{} waits for an agent that watches its worktree. To let the configured one do it:\n  \
         offshoot workflow execute-skill-command --command-file {}",
        step.id,
        quoted(&file)
    ))
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
