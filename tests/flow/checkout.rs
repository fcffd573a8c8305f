//! The user's checkout stays as it is: dirty, detached, linked, with odd names, with files of every kind.

use support::run::{step, text};
use support::{Repo, sandbox};

#[track_caller]
fn untouched(repo: &Repo<'_>, args: &[&str]) -> serde_json::Value {
    let before = repo.fingerprint();
    let run = repo.json(args);
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(repo.fingerprint(), before, "the checkout was touched");
    run
}

#[test]
fn a_dirty_checkout_is_neither_used_nor_changed() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[
        ("f.txt", "committed\n"),
        ("w.yaml", "steps:\n  - {id: a, run: cp f.txt seen.txt}\n"),
    ]);
    repo.write("f.txt", "edited\n");
    repo.write("untracked.txt", "x\n");
    repo.write("staged.txt", "y\n");
    repo.git(&["add", "staged.txt"]);
    let run = untouched(&repo, &["run", "w.yaml"]);
    assert_eq!(
        repo.show(text(&run, "result_branch"), "seen.txt"),
        "committed\n"
    );
}

#[test]
fn a_detached_head_and_an_uncommitted_workflow_are_fine() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("f.txt", "1\n")]);
    repo.git(&["checkout", "--quiet", "--detach"]);
    repo.write("w.yaml", "steps:\n  - {id: a, run: touch a}\n");
    untouched(&repo, &["run", "w.yaml"]);
}

#[test]
fn a_linked_worktree_is_a_repository_too() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: touch a}\n")]);
    let linked = sandbox.path("linked tree");
    repo.git(&[
        "worktree",
        "add",
        "--quiet",
        "-b",
        "linked",
        &linked.display().to_string(),
    ]);
    let linked = Repo::at(&sandbox, linked);
    let before = repo.fingerprint();
    untouched(&linked, &["run", "w.yaml"]);
    assert_eq!(repo.fingerprint(), before);
}

#[test]
fn odd_names_modes_and_files_survive() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - id: a\n    run: |\n      mv 'a b.txt' 'c d.txt'\n      printf '\\000\\377' > bin.dat\n      ln -s 'c d.txt' link\n      \
                    printf '#!/bin/sh\\n' > tool && chmod +x tool\n      rm gone.txt\n      echo é > é.txt\n";
    let repo = sandbox.repo_named(
        "my répo",
        &[
            ("a b.txt", "text\n"),
            ("gone.txt", "x\n"),
            ("wörk flow.yaml", workflow),
        ],
    );
    let run = untouched(&repo, &["run", "wörk flow.yaml"]);
    let tree = repo.git(&[
        "-c",
        "core.quotePath=false",
        "ls-tree",
        "-r",
        text(&run, "result_branch"),
    ]);
    for expected in [
        "100755 blob",
        "120000 blob",
        "\tc d.txt",
        "\té.txt",
        "\tbin.dat",
        "\ttool",
        "\tlink",
    ] {
        assert!(tree.contains(expected), "{expected} is missing:\n{tree}");
    }
    assert!(
        !tree.contains("gone.txt") && !tree.contains("a b.txt"),
        "{tree}"
    );
}

#[test]
fn what_cannot_be_run_on_says_so() {
    let sandbox = sandbox!();
    let empty = sandbox.repo_named("empty", &[]);
    empty.write("w.yaml", "steps:\n  - {id: a, run: touch a}\n");
    let output = empty
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(2);
    assert!(output.stdout.contains("commit"), "{output}");

    let plain = sandbox.path("plain");
    std::fs::create_dir(&plain).expect("a folder");
    let plain = Repo::at(&sandbox, plain);
    plain.write("w.yaml", "steps:\n  - {id: a, run: touch a}\n");
    let output = plain
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(2);
    assert_eq!(
        output.json()["error"]["kind"],
        "not_a_repository",
        "{output}"
    );
}

#[test]
fn without_an_identity_commits_are_offshoots_and_a_warning_says_so() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: touch a}\n")]);
    std::fs::remove_file(sandbox.path("home/.gitconfig")).expect("no identity any more");
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    assert!(
        !run["warnings"].as_array().expect("warnings").is_empty(),
        "{run:#}"
    );
    let author = repo.git(&[
        "log",
        "-1",
        "--format=%an <%ae>",
        text(step(&run, "a"), "branch"),
    ]);
    assert_eq!(author, "Offshoot <offshoot@localhost>");
}

#[test]
fn commits_carry_the_users_identity_and_trailers() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: touch a}\n")]);
    let run = repo.json(&["run", "w.yaml"]);
    let message = repo.git(&[
        "log",
        "-1",
        "--format=%an|%B",
        text(step(&run, "a"), "branch"),
    ]);
    assert!(message.starts_with("Tess Ter|"), "{message}");
    assert!(message.contains(text(&run, "run_id")), "{message}");
}
