//! Results that do not merge: resolved in a worktree of their own, also after the daemon was started anew.

use support::run::{id, step, text};
use support::{Repo, sandbox};

/// Three parents: a text that all change, a binary, a file that one deletes, and one that two move.
const THREE: &str = r#"
steps:
  - id: a
    needs: []
    run: |
      echo a >> same.txt
      printf '\000a' > data.bin
      echo changed > gone.txt
      mv moved.txt to-a.txt
  - id: b
    needs: []
    run: |
      echo b >> same.txt
      printf '\000b' > data.bin
      rm gone.txt
      mv moved.txt to-b.txt
  - id: c
    needs: []
    run: echo c >> same.txt
  - id: all
    needs: [a, b, c]
    run: cat same.txt > seen.txt
"#;

fn files(workflow: &str) -> [(&str, &str); 5] {
    [
        ("same.txt", "base\n"),
        ("data.bin", "base"),
        ("gone.txt", "base\n"),
        ("moved.txt", "1\n2\n3\n"),
        ("w.yaml", workflow),
    ]
}

/// What is saved of conflicts, and their branches.
fn left(repo: &Repo<'_>) -> String {
    let format = "--format=%(refname)";
    let all = repo.git(&[
        "for-each-ref",
        format,
        "refs/offshoot/salvage",
        "refs/heads",
    ]);
    let left = |name: &&str| name.contains("salvage/") || name.ends_with("--conflict");
    all.lines().filter(left).collect()
}

/// Two steps write the same line, a third builds on both and fails as long as `$HOME/go` is not there.
const FAILS: &str = "steps:\n  - {id: a, run: echo a > same.txt, needs: []}\n  - {id: b, run: echo b > same.txt, needs: []}\n  \
                     - {id: all, needs: [a, b], run: 'test -e \"$HOME/go\" && cp same.txt seen.txt'}\n";

/// A run of that, with the conflict, and the folder in which it is resolved.
fn conflicting<'a>(repo: &Repo<'a>, workflow: &str) -> (String, Repo<'a>) {
    let run = repo.call(&["--json", "run", workflow]).run();
    let run = run.expect_code(4).json();
    let place = text(step(&run, "all"), "worktree").to_owned();
    (id(&run), repo.beside(&place))
}

#[test]
fn a_step_that_fails_after_a_conflict_does_not_bring_it_up_again() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("same.txt", "base\n"), ("w.yaml", FAILS)]);
    let (run, conflict) = conflicting(&repo, "w.yaml");
    let marked = conflict.read("same.txt");
    assert!(marked.contains(&format!("<<<<<<< offshoot-step/{run}/a\n")));
    conflict.write("same.txt", "both\n");
    // Also for the result of the others, which is made all the same.
    let failed = repo.offshoot(&["workflow", "resume", &run]).expect_code(1);
    assert!(!failed.stdout.contains("do not merge"), "{failed}");
    assert_eq!(repo.show(&format!("offshoot/{run}"), "same.txt"), "both\n");
    assert_eq!(left(&repo), "");
    support::tree::put(&sandbox.path("home/go"), "");
    repo.offshoot(&["workflow", "retry", &run]).expect_code(0);
    assert_eq!(repo.show(&format!("offshoot/{run}"), "seen.txt"), "both\n");
}

/// Two workflows: in one a step needs what conflicts, in the other the results of all steps do.
const BOTH: [(&str, &str); 3] = [
    ("same.txt", "base\n"),
    ("w.yaml", FAILS),
    (
        "ends.yaml",
        "steps:\n  - {id: a, run: echo a > same.txt, needs: []}\n  - {id: b, run: echo b > same.txt, needs: []}\n",
    ),
];

#[test]
fn a_folder_that_somebody_deleted_is_made_again() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&BOTH);
    support::tree::put(&sandbox.path("home/go"), "");
    for workflow in ["w.yaml", "ends.yaml"] {
        let run = repo.call(&["--json", "run", workflow]).run();
        let run = id(&run.expect_code(4).json());
        let place = |repo: &Repo<'_>| {
            let list = repo.json(&["worktree", "list"]);
            let mut all = list["worktrees"].as_array().into_iter().flatten();
            let found = all.find(|one| one["state"] == "conflict");
            text(found.expect("a conflict"), "path").to_owned()
        };
        std::fs::remove_dir_all(place(&repo)).expect("the folder");
        repo.offshoot(&["workflow", "resume", &run]).expect_code(4);
        let conflict = repo.beside(place(&repo));
        assert!(conflict.read("same.txt").contains("<<<<<<<"));
        conflict.write("same.txt", "both\n");
        repo.offshoot(&["workflow", "resume", &run]).expect_code(0);
        assert_eq!(repo.show(&format!("offshoot/{run}"), "same.txt"), "both\n");
        assert_eq!(left(&repo), "");
    }
}

#[test]
fn a_run_that_was_given_up_in_a_conflict_can_be_discarded() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&BOTH);
    for workflow in ["w.yaml", "ends.yaml"] {
        for works in [false, true] {
            let run = repo.call(&["--json", "run", workflow]).run();
            let run = id(&run.expect_code(4).json());
            let list = repo.json(&["worktree", "list"]);
            let mut all = list["worktrees"].as_array().into_iter().flatten();
            let place = all.find(|one| one["state"] == "conflict");
            let place = text(place.expect("a conflict"), "path").to_owned();
            if works {
                repo.beside(&place).write("same.txt", "half\n");
            }
            let refused = repo.offshoot(&["apply", &run]).expect_code(2);
            if workflow == "ends.yaml" {
                assert!(refused.stderr.contains("do not merge yet"), "{refused}");
            }
            repo.offshoot(&["workflow", "cancel", &run]).expect_code(0);
            let done = repo.json(&["discard", &run]);
            assert!(!std::path::Path::new(&place).exists(), "{done:#}");
            let saved = done["salvaged"].as_array().expect("saved").iter();
            let saved: Vec<&str> = saved.filter_map(|name| name.as_str()).collect();
            // What the steps did; or what a person did with it, which has both.
            assert_eq!(saved.len(), if works { 1 } else { 2 }, "{done:#}");
            let half = saved
                .iter()
                .filter(|name| repo.show(name, "same.txt") == "half\n");
            assert_eq!(half.count(), usize::from(works), "{done:#}");
        }
    }
}

/// The step for which a conflict is resolved in a worktree, as `worktree list` says it.
#[track_caller]
fn listed(repo: &Repo<'_>, place: &str) -> String {
    let list = repo.json(&["worktree", "list"]);
    let all = list["worktrees"].as_array().expect("worktrees");
    let found = all.iter().find(|listed| listed["path"] == *place);
    let found = found.unwrap_or_else(|| panic!("{place} is not listed: {list:#}"));
    assert_eq!(found["state"], "conflict", "{found:#}");
    assert!(found["since"].is_string(), "{found:#}");
    found["step_id"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn three_parents_and_every_kind_of_conflict_through_a_restart() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&files(THREE));
    let run = repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(4)
        .json();
    let run_id = id(&run);
    let place = text(step(&run, "all"), "worktree").to_owned();
    let conflict = Repo::at(&sandbox, &place);
    assert_eq!(listed(&repo, &place), "all");
    let paths = step(&run, "all")["conflicts"]
        .as_array()
        .expect("conflicts");
    let paths: Vec<_> = paths
        .iter()
        .map(|conflict| text(conflict, "path"))
        .collect();
    for path in ["same.txt", "data.bin", "gone.txt", "to-a.txt", "to-b.txt"] {
        assert!(paths.contains(&path), "{path} is not among {paths:?}");
    }
    // Half done, then the daemon starts anew.
    conflict.write("same.txt", "base\na\nb\n");
    repo.offshoot(&["background", "restart"]).expect_code(0);
    repo.offshoot(&["workflow", "resume", &run_id]);
    let run = repo.wait_step(&run_id, "all", "needs_input");
    assert_eq!(
        text(step(&run, "all"), "worktree"),
        place,
        "the same worktree"
    );
    assert_eq!(
        conflict.read("same.txt"),
        "base\na\nb\n",
        "what was done is still there"
    );
    // The rest: one of the two names, gone is gone, the binary as it lies.
    conflict.git(&["rm", "--quiet", "to-b.txt", "gone.txt"]);
    conflict.git(&["add", "--all"]);
    conflict.git(&["commit", "--quiet", "--message", "resolved"]);
    repo.offshoot(&["workflow", "resume", &run_id]);
    // The third parent meets the resolution: the next conflict, in a worktree of its own.
    let run = repo.wait(&run_id, "the third parent", |run| {
        let all = step(run, "all");
        all["status"] == "completed"
            || all["status"] == "needs_input"
                && all["conflicts"]
                    .as_array()
                    .is_some_and(|all| all.len() == 1)
    });
    let place = text(step(&run, "all"), "worktree").to_owned();
    let conflict = Repo::at(&sandbox, &place);
    assert!(conflict.read("same.txt").contains("<<<<<<<"), "in {place}");
    conflict.write("same.txt", "base\na\nb\nc\n");
    repo.offshoot(&["workflow", "resume", &run_id]);
    let run = repo.wait_end(&run_id);
    assert_eq!(run["status"], "completed", "{run:#}");
    let branch = text(&run, "result_branch");
    assert_eq!(repo.show(branch, "seen.txt"), "base\na\nb\nc\n");
    assert!(repo.has(branch, "to-a.txt"));
    for path in ["to-b.txt", "gone.txt", "moved.txt"] {
        assert!(!repo.has(branch, path), "{path}");
    }
    assert_eq!(left(&repo), "", "all of both resolutions is in the result");
}

#[test]
fn results_at_the_end_are_resolved_through_a_restart_and_a_prune() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: echo a > same.txt, needs: []}\n  - {id: b, run: echo b > same.txt, needs: []}\n";
    let repo = sandbox.repo(&[("same.txt", "base\n"), ("w.yaml", workflow)]);
    let run = repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(4)
        .json();
    let run_id = id(&run);
    let place = sandbox
        .state()
        .join(format!("worktrees/{run_id}--conflict"));
    let conflict = Repo::at(&sandbox, &place);
    assert_eq!(
        listed(&repo, &place.to_string_lossy()),
        "",
        "of no one step"
    );
    conflict.write("same.txt", "half\n>>>>>>> b\n");
    repo.offshoot(&["background", "restart"]).expect_code(0);
    repo.offshoot(&["worktree", "prune", "--all"])
        .expect_code(0);
    assert_eq!(
        conflict.read("same.txt"),
        "half\n>>>>>>> b\n",
        "what was done is still there"
    );
    conflict.write("same.txt", "both\n");
    repo.offshoot(&["workflow", "resume", &run_id]);
    let run = repo.wait_end(&run_id);
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(repo.show(text(&run, "result_branch"), "same.txt"), "both\n");
    assert!(!place.exists());
    assert_eq!(left(&repo), "");
}
