//! Two state folders at one repository: neither clears up the other's worktrees, and each says whose they are.

use serde_json::Value;
use support::run::{step, text};
use support::{Repo, sandbox};

fn listed(list: &Value) -> Vec<(&str, &str)> {
    let all = list["worktrees"].as_array().into_iter().flatten();
    all.map(|one| (text(one, "state"), text(one, "path")))
        .collect()
}

#[test]
fn worktrees_of_another_state_folder_are_named_and_left() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[(
        "w.yaml",
        "steps:\n  - {id: a, run: 'echo x > made; exit 1', retry: {max_attempts: 1}}\n",
    )]);
    let failed = repo.call(&["--json", "run", "w.yaml"]).run();
    let run = failed.expect_code(1).json();
    let worktree = text(step(&run, "a"), "worktree").to_owned();
    let other = sandbox.path("state/p");
    let beside = |args: &[&str]| {
        let call = repo.call(args);
        call.env("OFFSHOOT_HOME", &other).run().expect_code(0)
    };
    let list = beside(&["--json", "worktree", "list"]).json();
    support::schema::assert_document("worktree-list", &list);
    assert_eq!(listed(&list), [("foreign", worktree.as_str())]);
    let owner = sandbox.state().display().to_string();
    assert_eq!(list["worktrees"][0]["owner"], owner.as_str());
    let shown = beside(&["worktree", "list"]);
    assert!(shown.stdout.contains(&format!("(of {owner})")), "{shown}");

    let pruned = beside(&["--json", "worktree", "prune", "--all"]).json();
    assert_eq!(pruned["removed"], serde_json::json!([]), "{pruned:#}");
    assert_eq!(pruned["left"][0]["path"], worktree.as_str(), "{pruned:#}");
    let reason = text(&pruned["left"][0], "reason");
    assert!(reason.contains(&owner), "{reason}");
    beside(&["background", "stop"]);

    assert_eq!(own(&repo), [("kept".to_owned(), worktree.clone())]);
    let removed = repo.json(&["worktree", "prune", "--all"])["removed"].clone();
    assert_eq!(removed, serde_json::json!([worktree]));
    assert_eq!(own(&repo), []);
}

fn own(repo: &Repo<'_>) -> Vec<(String, String)> {
    let list = repo.json(&["worktree", "list"]);
    let all = listed(&list).into_iter();
    all.map(|(state, path)| (state.to_owned(), path.to_owned()))
        .collect()
}
