//! Events and signals.

use crate::clock;
use engine::ports::{Signal, SignalKind};
use model::journal::Event;
use model::task::Task;
use protocol::event as wire;

/// A state event as the wire has it.
pub(crate) fn event(event: &Event) -> wire::Event {
    wire::Event {
        seq: Some(event.seq),
        at: clock::text(event.at),
        kind: event.kind.clone(),
        run_id: event.run.as_ref().map(ToString::to_string),
        step_id: event.step.as_ref().map(ToString::to_string),
        task_id: event.task.as_ref().map(ToString::to_string),
        attempt: event.attempt,
        message: event.message.clone(),
        percentage: None,
    }
}

/// A signal as the wire has it; `task` is the one it is about.
pub(crate) fn signal(signal: &Signal, task: Option<&Task>) -> wire::Event {
    let (kind, percentage) = match signal.kind {
        SignalKind::Line => ("line", None),
        SignalKind::Progress(percentage) => ("progress", percentage),
        SignalKind::NotPickedUp => ("not_picked_up", None),
        SignalKind::Warning => ("warning", None),
    };
    let run = task.and_then(|task| task.run.as_ref());
    wire::Event {
        seq: None,
        at: clock::text(clock::now()),
        kind: kind.to_owned(),
        run_id: run.map(|(run, _)| run.to_string()),
        step_id: run.and(task).map(|task| task.step.id.to_string()),
        task_id: Some(signal.task.to_string()),
        attempt: Some(signal.attempt),
        message: signal.message.clone(),
        percentage,
    }
}

/// The signal that findings came or went; `id` is the one, or empty.
pub(crate) fn findings_changed(id: String) -> wire::Event {
    wire::Event {
        at: clock::text(clock::now()),
        kind: "findings".to_owned(),
        message: id,
        ..wire::Event::default()
    }
}
