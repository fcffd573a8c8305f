//! Tests of what is printed: pictures, lines, tables, last words.

mod arguments;
mod graph;
mod pictures;
mod rows;
mod words;

use crate::style::Style;
use jiff::Timestamp;
use protocol::run::{Attempt, Run, Step};

/// No colour, all symbols.
const PLAIN: Style = Style {
    color: false,
    unicode: true,
};

/// 4.2 s after the start of [`run`].
fn now() -> Timestamp {
    "2026-11-20T10:00:04.200Z".parse().unwrap()
}

fn run(status: &str, steps: Vec<Step>) -> Run {
    Run {
        run_id: "notes-ab12cd34".to_owned(),
        workflow_id: "notes".to_owned(),
        status: status.to_owned(),
        created_at: "2026-11-20T10:00:00.000Z".to_owned(),
        started_at: Some("2026-11-20T10:00:00.000Z".to_owned()),
        duration_ms: 4200,
        repo: "/repo".to_owned(),
        steps,
        ..Run::default()
    }
}

fn step(id: &str, status: &str) -> Step {
    Step {
        id: id.to_owned(),
        title: id.to_owned(),
        status: status.to_owned(),
        ..Step::default()
    }
}

fn attempt(number: u32, status: &str) -> Attempt {
    Attempt {
        attempt: number,
        status: status.to_owned(),
        started_at: "2026-11-20T10:00:03.000Z".to_owned(),
        ..Attempt::default()
    }
}

fn error(message: &str) -> Option<protocol::Error> {
    Some(protocol::Error::new(protocol::ErrorKind::Failed, message))
}
