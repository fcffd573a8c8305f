//! The tables of `docs/task-states.md`: every state with everything that can happen to it, found by asking
//! the machine. `UPDATE_GENERATED=1` writes them anew.

mod gates;
mod runs;
mod tasks;
mod words;

use std::fmt::Write as _;
use std::path::PathBuf;

/// One thing that can happen to something in one state, where it is followed by anything.
pub(super) struct Row {
    pub(super) state: &'static str,
    pub(super) input: &'static str,
    pub(super) next: String,
    pub(super) effects: String,
}

fn markdown(what: &str, rows: &[Row]) -> String {
    let mut out =
        format!("| {what} | what happens | then it is | and this begins |\n|---|---|---|---|\n");
    let mut last = "";
    for row in rows {
        // The state is named once per group: the eye finds it faster.
        let state = if row.state == last { "" } else { row.state };
        last = row.state;
        let (input, next, effects) = (row.input, &row.next, &row.effects);
        writeln!(out, "| {state} | {input} | {next} | {effects} |").expect("a string");
    }
    out
}

#[test]
fn the_page_is_current() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/task-states.md");
    let page = std::fs::read_to_string(&path).expect("docs/task-states.md");
    let mut now = page.clone();
    for (name, text) in [
        ("task states", words::tasks()),
        ("attempt states", words::attempts()),
        (
            "task transitions",
            markdown("a task that is", &tasks::rows()),
        ),
        ("gates", gates::rows()),
        ("run transitions", markdown("a run that is", &runs::rows())),
    ] {
        now = with_section(&now, name, &text);
    }
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        write(&path, &now);
        return;
    }
    assert!(
        page == now,
        "docs/task-states.md is not current: UPDATE_GENERATED=1 cargo test -p model writes it anew"
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "a page of the repository, written on request"
)]
fn write(path: &std::path::Path, text: &str) {
    std::fs::write(path, text).expect("docs/task-states.md can be written");
}

/// The page with this text between the markers of that name.
fn with_section(page: &str, name: &str, text: &str) -> String {
    let begin = format!("<!-- generated: {name} -->\n");
    let (before, rest) = page
        .split_once(&begin)
        .unwrap_or_else(|| panic!("no section `{name}`"));
    let (_, after) = rest
        .split_once("<!-- end -->")
        .expect("an end of the section");
    format!("{before}{begin}{text}<!-- end -->{after}")
}
