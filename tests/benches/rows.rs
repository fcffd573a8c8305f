//! The table of rows. A row is one world; it may bring several figures.

mod completed;
mod editor;
mod growth;
mod idle;
mod language;
mod loaded;
mod many;
mod pueue;
mod start;
mod submit;
mod tasks;
mod worktree;

use crate::Options;
use crate::figure::Figure;

/// A row of the table.
pub(crate) struct Row {
    /// Names of its figures, by which it is chosen.
    pub(crate) names: &'static [&'static str],
    /// What it measures.
    pub(crate) what: &'static str,
    pub(crate) measure: fn(&Options) -> Vec<Figure>,
}

/// All rows, in the order they are measured: what is quiet first.
pub(crate) const ROWS: &[Row] = &[
    Row {
        names: &["start"],
        what: "daemon start to ready",
        measure: start::measure,
    },
    Row {
        names: &["idle"],
        what: "memory and processor time of an idle daemon",
        measure: idle::measure,
    },
    Row {
        names: &["completion", "hover", "code-lens"],
        what: "completion, hover and code lenses of a workflow of 2 000 lines beside 20 running attempts",
        measure: language::measure,
    },
    Row {
        names: &["submit"],
        what: "submit over the socket to the first action of the task",
        measure: submit::measure,
    },
    Row {
        names: &["submit-cli"],
        what: "the same from the start of the command line, beside `pueue add`",
        measure: pueue::measure,
    },
    Row {
        names: &["exit-completed", "status-completed"],
        what: "the agent's end, or its status file, to the step's completion",
        measure: completed::measure,
    },
    Row {
        names: &[
            "editor-initialize",
            "editor-event",
            "editor-findings",
            "editor-burst",
        ],
        what: "the language server as an editor sees it: start, events, 10 000 findings, 1 000 changes",
        measure: editor::measure,
    },
    Row {
        names: &["worktree-5000", "worktree-40000"],
        what: "a cold worktree beside `git worktree add`",
        measure: worktree::cold::measure,
    },
    Row {
        names: &["warm-5000", "warm-40000"],
        what: "a worktree of a warm tree beside `git worktree add` and `wt switch --create`",
        measure: worktree::warm::measure,
    },
    Row {
        names: &["start-20", "list-50", "prune-50"],
        what: "many worktrees: 20 made at once, 50 listed, 50 removed",
        measure: many::measure,
    },
    Row {
        names: &["memory-queued", "submit-queued", "recovery", "throughput"],
        what: "with 10 000 tasks queued: memory, submit, recovery after kill -9, and working them off",
        measure: loaded::measure,
    },
    Row {
        names: &["docs-cold", "docs-incremental", "secret-scan"],
        what: "the built-in tasks on 5 000 source files of packages",
        measure: tasks::measure,
    },
    Row {
        names: &["growth"],
        what: "what 1 000 tasks leave behind",
        measure: growth::measure,
    },
];
