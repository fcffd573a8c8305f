//! What becomes of a result: diff, apply and its undo, discard and restore.

use support::run::{id, text};
use support::{Repo, sandbox};

const EDIT: &str = "steps:\n  - id: edit\n    run: |\n      sed -i 's/two/TWO/' list.txt\n      echo new > sub/new.txt\n      git rm -q old.txt\n";

fn files(workflow: &str) -> [(&str, &str); 4] {
    [
        ("list.txt", "one\ntwo\nthree\nfour\nfive\nsix\n"),
        ("old.txt", "old\n"),
        ("sub/keep.txt", "k\n"),
        ("w.yaml", workflow),
    ]
}

#[track_caller]
fn completed(repo: &Repo<'_>) -> String {
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    id(&run)
}

#[test]
fn diff_shows_what_a_run_changed() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&files(EDIT));
    let run = completed(&repo);
    let diff = repo.json(&["diff", &run]);
    support::schema::assert_document("diff", &diff);
    assert!(text(&diff, "patch").contains("+TWO"), "{diff:#}");
    let mut changed: Vec<_> = diff["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(|file| (text(file, "path"), text(file, "status")))
        .collect();
    changed.sort_unstable();
    assert_eq!(
        changed,
        [
            ("list.txt", "modified"),
            ("old.txt", "deleted"),
            ("sub/new.txt", "added")
        ]
    );
    let plain = repo.offshoot(&["diff", &run]).expect_code(0);
    assert!(plain.stdout.contains("+TWO"), "{plain}");
}

#[test]
fn apply_changes_the_working_tree_and_nothing_else() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&files(EDIT));
    let run = completed(&repo);
    let head = repo.git(&["rev-parse", "HEAD"]);
    // Uncommitted edits of the user stay, also in a file that the run changed.
    repo.write("list.txt", "one\ntwo\nthree\nfour\nfive\nSIX\n");
    repo.write("mine.txt", "mine\n");
    let before = repo.fingerprint();

    let check = repo.json(&["apply", &run, "--check"]);
    support::schema::assert_document("applied", &check);
    assert_eq!(repo.fingerprint(), before, "--check changed something");

    let applied = repo
        .call(&["--json", "apply", &run])
        .run()
        .expect_code(0)
        .json();
    assert_eq!(applied["clashes"], serde_json::json!([]));
    assert_eq!(repo.read("list.txt"), "one\nTWO\nthree\nfour\nfive\nSIX\n");
    assert_eq!(repo.read("sub/new.txt"), "new\n");
    assert_eq!(repo.read("mine.txt"), "mine\n");
    assert!(!repo.path.join("old.txt").exists());
    assert_eq!(repo.git(&["rev-parse", "HEAD"]), head);
    assert_eq!(
        repo.git(&["diff", "--cached", "--name-only"]),
        "",
        "the index was touched"
    );

    repo.offshoot(&["apply", &run, "--undo"]).expect_code(0);
    let strip = |mut print: support::Fingerprint| {
        // Times of files are not part of the promise.
        print.remove("index");
        print
    };
    assert_eq!(strip(repo.fingerprint()), strip(before));
}

#[test]
fn apply_does_nothing_where_edits_clash() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&files(EDIT));
    let run = completed(&repo);
    repo.write("list.txt", "one\ntwo and mine\nthree\nfour\nfive\nsix\n");
    let before = repo.fingerprint();
    let output = repo.call(&["--json", "apply", &run]).run().expect_code(4);
    assert!(output.stdout.contains("list.txt"), "{output}");
    assert_eq!(repo.fingerprint(), before);
    let human = repo.offshoot(&["apply", &run]).expect_code(4);
    assert!(
        format!("{}{}", human.stdout, human.stderr).contains("list.txt"),
        "{human}"
    );
}

#[test]
fn discard_removes_branches_and_restore_brings_them_back() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&files(EDIT));
    let run = completed(&repo);
    let discarded = repo.json(&["discard", &run]);
    support::schema::assert_document("discarded", &discarded);
    assert!(
        !discarded["branches"]
            .as_array()
            .expect("branches")
            .is_empty()
    );
    assert_eq!(repo.git(&["branch", "--list", "offshoot*"]), "");

    let list = repo.json(&["worktree", "list"]);
    support::schema::assert_document("worktree-list", &list);
    let name = discarded["salvaged"][0]
        .as_str()
        .expect("something was saved");
    let place = sandbox.path("restored");
    let restored = repo.json(&["worktree", "restore", name, &place.display().to_string()]);
    support::schema::assert_document("restored", &restored);
    let text =
        std::fs::read_to_string(place.join("sub/new.txt")).expect("the saved state has the file");
    assert_eq!(text, "new\n");
}

#[test]
fn a_summary_says_what_happened() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&files(EDIT));
    let run = completed(&repo);
    let shown = repo.offshoot(&["workflow", "show", &run]).expect_code(0);
    assert!(shown.stdout.contains("edit"), "{shown}");
    assert!(shown.stdout.contains(&format!("offshoot/{run}")), "{shown}");
}
