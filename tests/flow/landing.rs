//! Results as commits, results of runs whose base went away, and runs on what is uncommitted.

use support::run::{id, text};
use support::{Repo, Sandbox, sandbox};

const EDIT: &str = "steps:\n  - id: edit\n    run: |\n      sed -i 's/two/TWO/' list.txt\n      echo new > new.txt\n      mv old.txt moved.txt\n";
const LIST: &str = "one\ntwo\nthree\nfour\nfive\nsix\n";

fn repo(sandbox: &Sandbox) -> Repo<'_> {
    sandbox.repo(&[
        ("list.txt", LIST),
        ("old.txt", "a\nb\nc\nd\n"),
        ("w.yaml", EDIT),
    ])
}

#[track_caller]
fn completed(repo: &Repo<'_>, args: &[&str]) -> serde_json::Value {
    let run = repo.json(args);
    assert_eq!(run["status"], "completed", "{run:#}");
    run
}

#[test]
fn a_result_is_committed_here_or_elsewhere_and_taken_back() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let base = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["branch", "side"]);
    let run = completed(&repo, &["run", "w.yaml"]);
    let (id, result) = (id(&run), text(&run, "result_commit"));
    repo.write("list.txt", "dirty\n");
    let output = repo.offshoot(&["apply", &id, "--commit"]).expect_code(2);
    assert!(output.stderr.contains("list.txt"), "{output}");
    assert!(
        output.stderr.contains("untracked files may stay"),
        "{output}"
    );
    repo.git(&["checkout", "--quiet", "list.txt"]);
    // Where the result has a file of its own it is in the way; elsewhere it is not.
    repo.write("new.txt", "mine\n");
    let output = repo.offshoot(&["apply", &id, "--commit"]).expect_code(4);
    assert!(output.stdout.contains("new.txt"), "{output}");
    assert_eq!(repo.read("new.txt"), "mine\n");
    std::fs::rename(repo.path.join("new.txt"), repo.path.join("mine.txt")).expect("out of the way");

    let done = repo.json(&["apply", &id, "--commit"]);
    support::schema::assert_document("applied", &done);
    assert_eq!(done["branch"], "main");
    assert_eq!(
        repo.git(&["log", "-1", "--format=%P|%an"]),
        format!("{base} {result}|Tess Ter")
    );
    assert_eq!(repo.git(&["status", "--porcelain"]), "?? mine.txt");
    let kinds = done["changes"].as_array().expect("changes").iter();
    let kinds: Vec<_> = kinds
        .map(|file| (text(file, "path"), text(file, "status")))
        .collect();
    assert_eq!(
        kinds,
        [
            ("list.txt", "modified"),
            ("moved.txt", "renamed"),
            ("new.txt", "added")
        ]
    );

    let output = repo
        .offshoot(&["apply", &id, "--into", "main"])
        .expect_code(2);
    assert!(output.stderr.contains("`apply --commit`"), "{output}");
    let output = repo
        .offshoot(&["apply", &id, "--into", "nowhere"])
        .expect_code(2);
    assert!(output.stderr.contains("`git branch nowhere`"), "{output}");
    let output = repo
        .offshoot(&["apply", &id, "--into", "side"])
        .expect_code(0);
    assert!(
        output.stdout.contains("R old.txt") && output.stdout.contains("A new.txt"),
        "{output}"
    );
    assert!(repo.has("side", "new.txt"));
    repo.offshoot(&["apply", &id, "--undo"]).expect_code(0);
    assert_eq!(repo.git(&["rev-parse", "side"]), base);
    repo.offshoot(&["apply", &id, "--undo"]).expect_code(0);
    assert_eq!(repo.git(&["rev-parse", "main"]), base);
    assert_eq!(repo.git(&["status", "--porcelain"]), "?? mine.txt");
    let output = repo.offshoot(&["apply", &id, "--undo"]).expect_code(2);
    assert!(output.stderr.contains("taken back already"), "{output}");
}

#[test]
fn conflicts_with_a_branch_are_told_and_nothing_is_done() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let run = id(&completed(&repo, &["run", "w.yaml"]));
    let mine = repo.commit("mine", &[("list.txt", "one\ntwo and mine\n")]);
    repo.git(&["checkout", "--quiet", "-b", "elsewhere"]);
    let before = repo.fingerprint();
    for args in [
        ["apply", &run, "--commit"].as_slice(),
        &["apply", &run, "--into", "main"],
    ] {
        let output = repo.call(&["--json"]).args(args).run().expect_code(4);
        let said = output.json();
        assert_eq!(said["clash_reasons"][0]["path"], "list.txt", "{output}");
        let way_out = said["notes"][0].as_str().unwrap_or_default();
        assert!(
            way_out.contains(&format!("git merge offshoot/{run}")),
            "{output}"
        );
    }
    assert_eq!(repo.fingerprint(), before);
    assert_eq!(repo.git(&["rev-parse", "main"]), mine);
}

#[test]
fn a_base_that_was_rebased_or_deleted_is_kept() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    repo.git(&["checkout", "--quiet", "-b", "feature"]);
    repo.commit("to be dropped", &[("dropped.txt", "x\n")]);
    let run = completed(&repo, &["run", "w.yaml"]);
    let (run, branch) = (id(&run), text(&run, "result_branch").to_owned());
    repo.git(&["checkout", "--quiet", "main"]);
    repo.git(&["branch", "-D", "feature"]);
    let main = repo.commit(
        "moved on",
        &[("list.txt", "one\ntwo\nthree\nfour\nfive\nSIX\n")],
    );
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "--quiet", "--prune=now"]);

    let diff = repo.offshoot(&["diff", &run, "--stat"]).expect_code(0);
    assert!(!diff.stdout.contains("dropped.txt"), "{diff}");
    repo.offshoot(&["apply", &run]).expect_code(0);
    assert!(
        repo.read("list.txt") == "one\nTWO\nthree\nfour\nfive\nSIX\n"
            && !repo.path.join("dropped.txt").exists()
    );
    repo.offshoot(&["apply", &run, "--undo"]).expect_code(0);

    let done = repo.json(&["apply", &run, "--commit"]);
    assert_eq!(repo.git(&["log", "-1", "--format=%P"]), main);
    assert!(!repo.path.join("dropped.txt").exists());
    assert!(
        done["notes"][0]
            .as_str()
            .is_some_and(|note| note.contains("plain commit")),
        "{done:#}"
    );
    repo.offshoot(&["apply", &run, "--undo"]).expect_code(0);

    let discarded = repo.json(&["discard", &run]);
    assert!(
        discarded["branches"]
            .as_array()
            .expect("branches")
            .contains(&branch.into())
    );
}

#[test]
fn a_result_outlives_the_checkout_that_it_was_started_in() {
    let sandbox = sandbox!();
    let main = repo(&sandbox);
    let place = sandbox.path("feature").display().to_string();
    main.git(&["worktree", "add", "--quiet", "-b", "feature", &place]);
    let run = id(&completed(&main.beside(&place), &["run", "w.yaml"]));
    main.git(&["worktree", "remove", &place]);
    let elsewhere = sandbox.offshoot(&["diff", &run]).expect_code(2);
    assert!(elsewhere.stderr.contains("is gone"), "{elsewhere}");
    let other = sandbox.repo_named("other", &[("a.txt", "a\n")]);
    other.offshoot(&["apply", &run]).expect_code(2);

    let diff = main.offshoot(&["diff", &run, "--stat"]).expect_code(0);
    assert!(diff.stdout.contains("new.txt"), "{diff}");
    main.offshoot(&["apply", &run]).expect_code(0);
    assert!(main.read("list.txt").contains("TWO"));
    main.offshoot(&["apply", &run, "--undo"]).expect_code(0);
    // Moved as a whole.
    let moved = sandbox.path("moved");
    std::fs::rename(&main.path, &moved).expect("the repository moves");
    let moved = main.beside(moved);
    moved.offshoot(&["apply", &run, "--commit"]).expect_code(0);
    moved.offshoot(&["discard", &run]).expect_code(0);
    assert_eq!(moved.git(&["branch", "--list", "offshoot*"]), "");
}

#[test]
fn a_result_that_git_collected_is_said_to_be_gone() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let run = completed(&repo, &["run", "w.yaml"]);
    let step = text(&run["steps"][0], "branch");
    repo.git(&["branch", "-D", text(&run, "result_branch"), step]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "--quiet", "--prune=now"]);
    for args in [
        ["diff", &id(&run)].as_slice(),
        &["apply", &id(&run)],
        &["apply", &id(&run), "--commit"],
    ] {
        let output = repo.offshoot(args).expect_code(2);
        assert!(output.stderr.contains("is gone"), "{output}");
    }
    repo.offshoot(&["discard", &id(&run)]).expect_code(0);
}

#[test]
fn without_a_name_the_newest_run_is_taken_where_it_is_clear() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let nothing = repo.offshoot(&["diff"]).expect_code(2);
    assert!(nothing.stderr.contains("no runs"), "{nothing}");
    completed(&repo, &["run", "w.yaml"]);
    let second = id(&completed(&repo, &["run", "w.yaml"]));
    let diff = repo.offshoot(&["diff"]).expect_code(0);
    assert!(
        diff.stderr.contains(&second) && diff.stdout.contains("+TWO"),
        "{diff}"
    );
    let check = repo.offshoot(&["apply", "--check"]).expect_code(0);
    assert!(check.stdout.contains(&second), "{check}");
    repo.write("wait.yaml", "steps:\n  - {id: a, run: await-file go}\n");
    let waiting = id(&repo.detach(&["wait.yaml"]));
    let unclear = repo.offshoot(&["apply"]).expect_code(2);
    assert!(unclear.stderr.contains(&waiting), "{unclear}");
    repo.offshoot(&["workflow", "cancel", &waiting])
        .expect_code(0);
    let unclear = repo.offshoot(&["apply"]).expect_code(2);
    assert!(unclear.stderr.contains("no result"), "{unclear}");
    let undo = repo.offshoot(&["apply", "--undo"]);
    assert_eq!(undo.code, 2, "{undo}");
}

#[test]
fn a_run_on_what_is_uncommitted_changes_only_its_own() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    repo.write("list.txt", "one\ntwo\nthree\nfour\nfive\nSIX\n");
    repo.write("untracked.txt", "mine\n");
    repo.write("staged.txt", "staged\n");
    repo.git(&["add", "staged.txt"]);
    repo.write(".gitignore", "*.log\n");
    repo.write("ignored.log", "x\n");
    repo.git(&["stash", "push", "--quiet", "--keep-index"]);
    repo.git(&["stash", "apply", "--quiet"]);
    let before = repo.fingerprint();
    let run = completed(&repo, &["run", "--include-dirty", "w.yaml"]);
    assert_eq!(repo.fingerprint(), before, "the checkout was touched");
    let (result, base) = (text(&run, "result_branch"), text(&run, "base_commit"));
    assert_eq!(
        repo.show(result, "list.txt"),
        "one\nTWO\nthree\nfour\nfive\nSIX\n"
    );
    assert!(repo.has(result, "untracked.txt") && repo.has(result, "staged.txt"));
    assert!(!repo.has(result, "ignored.log"));
    let kept = repo.git(&["for-each-ref", "--format=%(refname)", "--points-at", base]);
    assert_eq!(kept, format!("refs/offshoot/base/{}", id(&run)));

    let diff = repo.json(&["diff", &id(&run)]);
    let mut changed: Vec<_> = diff["files"].as_array().expect("files").iter().collect();
    changed.sort_by_key(|file| text(file, "path").to_owned());
    let changed: Vec<_> = changed.into_iter().map(|file| text(file, "path")).collect();
    assert_eq!(changed, ["list.txt", "moved.txt", "new.txt"]);
    repo.offshoot(&["apply", &id(&run)]).expect_code(0);
    assert_eq!(repo.read("list.txt"), "one\nTWO\nthree\nfour\nfive\nSIX\n");
    assert_eq!(repo.git(&["diff", "--cached", "--name-only"]), "staged.txt");
    repo.offshoot(&["apply", &id(&run), "--undo"])
        .expect_code(0);
    let files = |print: &support::Fingerprint| {
        let mut print = print.clone();
        print.retain(|name, _| name.starts_with("tree "));
        print
    };
    assert_eq!(files(&repo.fingerprint()), files(&before));

    let plain = repo.offshoot(&[
        "workflow",
        "execute",
        "--workflow",
        "w.yaml",
        "--include-dirty",
    ]);
    assert_eq!(plain.code, 0, "{plain}");
}
