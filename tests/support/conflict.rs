//! Two steps whose results do not merge.

use crate::run::{id, step, text};
use crate::{Repo, Sandbox};
use serde_json::Value;

/// The file that both change.
pub const FILE: &str = "same.txt";

/// A repository with the workflow `w.yaml`: `a` and `b` change the same line. `after` are lines of further steps,
/// each begun with two blanks.
pub fn repo<'a>(sandbox: &'a Sandbox, after: &str) -> Repo<'a> {
    let change = |name: &str| format!("  - {{id: {name}, run: echo {name} > {FILE}, needs: []}}\n");
    let workflow = format!("steps:\n{}{}{after}", change("a"), change("b"));
    sandbox.repo(&[(FILE, "base\n"), ("w.yaml", &workflow)])
}

/// Runs it until it waits for a person.
#[track_caller]
pub fn run(repo: &Repo<'_>) -> Value {
    let output = repo.call(&["--json", "run", "w.yaml"]).run();
    output.expect_code(4).json()
}

/// Resolves the conflict where a step waits with it, and gives the run when it has ended.
#[track_caller]
pub fn resolve(repo: &Repo<'_>, run: &Value, waiting: &str) -> Value {
    let place = text(step(run, waiting), "worktree");
    let conflict = Repo::at(repo.sandbox, place);
    let marked = conflict.read(FILE);
    assert!(marked.contains("<<<<<<<"), "no marks in {place}: {marked}");
    conflict.write(FILE, "both\n");
    repo.offshoot(&["workflow", "resume", &id(run)]);
    repo.wait_end(&id(run))
}
