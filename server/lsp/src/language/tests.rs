//! The language, feature by feature: a text with the cursor in it, and what comes of it.

mod complete;
mod hover;
mod names;
mod runs;
mod settings;
mod sound;

use super::known::Agents;
use super::{Known, Reading};
use model::diagnostic::Position as Place;
use protocol::run::{Attempt, Run, Step};
use std::sync::Arc;

/// Where the workflow lies.
const FILE: &str = "file:///r/w.yaml";

/// Takes the cursor out of a text.
#[track_caller]
fn cursor(marked: &str) -> (String, Place) {
    let (before, after) = marked.split_once('‸').expect("a cursor");
    let bare = before.strip_prefix('\u{feff}').unwrap_or(before);
    let line = bare.matches('\n').count();
    let column = bare.rsplit('\n').next().unwrap_or_default().chars().count();
    let at = Place {
        line: u32::try_from(line).unwrap(),
        column: u32::try_from(column).unwrap(),
    };
    (format!("{before}{after}"), at)
}

fn reading(uri: &str, text: &str) -> Reading {
    Reading::of(uri, &Arc::from(text))
}

/// The byte of a place.
fn offset(text: &str, place: Place) -> usize {
    let bom = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut start = bom;
    for _ in 0..place.line {
        start += text[start..]
            .find('\n')
            .map_or(text.len() - start, |end| end + 1);
    }
    let line = text[start..].lines().next().unwrap_or_default();
    let column = place.column as usize;
    start
        + line
            .char_indices()
            .nth(column)
            .map_or(line.len(), |(at, _)| at)
}

/// Puts edits into a text.
fn apply(text: &str, edits: &[super::names::Edit]) -> String {
    let mut edits: Vec<_> = edits
        .iter()
        .map(|edit| {
            let range = offset(text, edit.range.start)..offset(text, edit.range.end);
            (range, edit.text.as_str())
        })
        .collect();
    edits.sort_by_key(|(range, _)| std::cmp::Reverse((range.start, range.end)));
    let mut text = text.to_owned();
    for (range, new) in edits {
        text.replace_range(range, new);
    }
    text
}

fn agents() -> Agents {
    Agents {
        commands: [("mine".to_owned(), "my-agent --print {prompt}".to_owned())].into(),
        personas: [(
            "reviewer".to_owned(),
            ("mine".to_owned(), "project".to_owned()),
        )]
        .into(),
        default: None,
    }
}

/// A run with steps in these states.
fn run(status: &str, steps: &[(&str, &str)]) -> Known {
    let steps = steps.iter().map(|(id, status)| {
        let done = matches!(*status, "completed" | "failed" | "unverified");
        let log = Attempt {
            attempt: 2,
            log: Some("log".to_owned()),
            ..Attempt::default()
        };
        Step {
            id: (*id).to_owned(),
            status: (*status).to_owned(),
            attempts: if *status == "waiting" {
                vec![]
            } else {
                vec![log]
            },
            commit: (*status == "completed").then(|| "c0ffee".to_owned()),
            branch: done.then(|| format!("offshoot-step/w-1/{id}")),
            duration_ms: if done { 1_240 } else { 0 },
            class: (*status == "failed").then(|| "exit".to_owned()),
            ..Step::default()
        }
    });
    let run = Run {
        run_id: "w-1".to_owned(),
        status: status.to_owned(),
        result_commit: (status == "completed").then(|| "c0ffee".to_owned()),
        steps: steps.collect(),
        ..Run::default()
    };
    Known {
        run: Some(Arc::new(run)),
        agents: Arc::new(agents()),
    }
}
