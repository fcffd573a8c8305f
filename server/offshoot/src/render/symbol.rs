//! The symbol and colour of a state.

use crate::style::{Paint, Style};

/// Frames of the symbol of what is under way.
const FRAMES: [&str; 8] = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// Of a run, step, task or attempt. `frame` turns the wheel of what is under way.
pub(crate) fn symbol(status: &str, frame: usize, style: Style) -> (&'static str, Paint) {
    let either = |unicode, ascii| style.either(unicode, ascii);
    match status {
        "completed" => (either("✔", "+"), Paint::Green),
        "failed" | "dependency_failed" => (either("✘", "x"), Paint::Red),
        "preparing" | "running" | "verifying" | "starting" => {
            let ascii = ["|", "/", "-", "\\"][frame % 4];
            (either(FRAMES[frame % FRAMES.len()], ascii), Paint::Cyan)
        }
        "needs_input" | "blocked" => ("!", Paint::Yellow),
        "unverified" => ("?", Paint::Yellow),
        "cancelled" | "interrupted" | "revoked" => (either("⊘", "/"), Paint::Yellow),
        "skipped" => (either("–", "-"), Paint::Dim),
        "queued" | "retry_wait" => (either("○", "o"), Paint::Plain),
        _ => (either("·", "."), Paint::Dim),
    }
}

/// The symbol where nothing turns.
pub(crate) fn still(status: &str, style: Style) -> (&'static str, Paint) {
    match status {
        "preparing" | "running" | "verifying" | "starting" => (style.either("●", "*"), Paint::Cyan),
        status => symbol(status, 0, style),
    }
}

/// The status as people say it.
pub(crate) fn words(status: &str) -> String {
    match status {
        "needs_input" => "waits for you".to_owned(),
        status => status.replace('_', " "),
    }
}
