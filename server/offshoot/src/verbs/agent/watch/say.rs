//! What a watcher tells: a line for people, or a JSON document each.

use super::claim::Plan;
use crate::output::Output;
use crate::style::Paint;
use crate::times;
use agents::attempt::AttemptResult;
use jiff::Timestamp;
use protocol::documents::WatchEvent;
use std::path::Path;

/// Where news goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Say {
    pub(super) out: Output,
}

/// A piece of news.
#[derive(Debug, Default)]
pub(super) struct Tell(WatchEvent);

impl Say {
    /// Tells it.
    pub(super) fn tell(self, Tell(mut event): Tell) {
        event.at = format!("{:.3}", Timestamp::now());
        if self.out.json {
            self.out.document_line(&event);
        } else {
            self.out.line(&self.line(&event));
        }
    }

    fn line(self, event: &WatchEvent) -> String {
        let style = self.out.style;
        let (sign, paint) = match (event.kind.as_str(), event.status.as_deref()) {
            ("ended", Some("completed")) => (style.either("✔", "+"), Paint::Green),
            ("ended" | "attempt", _) | ("problem", _) => (style.either("✘", "x"), Paint::Red),
            ("skipped", _) => (style.either("–", "-"), Paint::Dim),
            _ => (style.either("●", "*"), Paint::Cyan),
        };
        let mut text = vec![style.paint(paint, sign)];
        text.extend(event.agent.clone());
        text.push(event.status.clone().unwrap_or_else(|| event.kind.clone()));
        text.extend(event.command.as_ref().map(|command| match event.attempt {
            Some(number) if number > 1 => format!("`{command}` (attempt {number})"),
            _ => format!("`{command}`"),
        }));
        text.extend(event.file.clone());
        text.extend(
            event
                .duration_ms
                .map(|ms| style.paint(Paint::Dim, &times::duration(ms))),
        );
        text.extend(event.message.clone());
        text.join("  ")
    }
}

impl Tell {
    fn new(kind: &str) -> Self {
        Self(WatchEvent {
            kind: kind.to_owned(),
            ..WatchEvent::default()
        })
    }

    /// The watcher is ready, and for what.
    pub(super) fn watching(message: String) -> Self {
        let mut tell = Self::new("watching");
        tell.0.message = Some(message);
        tell
    }

    /// A file was taken.
    pub(super) fn taken(plan: &Plan) -> Self {
        Self::new("taken").of(plan)
    }

    /// A file was passed over.
    pub(super) fn skipped(file: &Path, message: &str) -> Self {
        let mut tell = Self::new("skipped");
        tell.0.file = Some(file.display().to_string());
        tell.0.message = Some(message.to_owned());
        tell
    }

    /// A command begins, or one that an earlier watcher began goes on.
    pub(super) fn attempt(plan: &Plan, kind: &str, command: usize, number: u32) -> Self {
        let mut tell = Self::new(kind).of(plan);
        tell.0.command = plan.commands.get(command).cloned();
        tell.0.attempt = Some(number);
        tell
    }

    /// A command ended.
    pub(super) fn attempt_ended(
        plan: &Plan,
        command: usize,
        number: u32,
        result: &AttemptResult,
    ) -> Self {
        let mut tell = Self::attempt(plan, "attempt", command, number);
        if result.exit_code == Some(0) {
            tell.0.kind = "attempt_completed".to_owned();
        }
        tell.0.duration_ms = Some(result.duration_ms);
        tell.0.exit_code = result.exit_code;
        tell.0.message = result
            .last_lines
            .last()
            .filter(|line| !line.trim().is_empty())
            .cloned();
        tell
    }

    /// The work on a file is over.
    pub(super) fn ended(plan: &Plan, status: &str, error: Option<&str>) -> Self {
        let mut tell = Self::new("ended").of(plan);
        tell.0.status = Some(status.to_owned());
        tell.0.message = error.map(str::to_owned);
        tell
    }

    /// Something of the watcher itself does not work.
    pub(super) fn trouble(message: &str) -> Self {
        let mut tell = Self::new("problem");
        tell.0.message = Some(message.to_owned());
        tell
    }

    /// Something about one file does not work.
    pub(super) fn problem(plan: &Plan, message: &str) -> Self {
        let mut tell = Self::new("problem").of(plan);
        tell.0.message = Some(message.to_owned());
        tell
    }

    fn of(mut self, plan: &Plan) -> Self {
        self.0.agent = Some(plan.agent.clone());
        self.0.file = Some(plan.file.display().to_string());
        self
    }
}
