//! The user's checkout over many runs: dirty, in the middle of a merge, with hooks, whatever ends how.

use crate::bed::{SIX, make, wait_for, with_work};
use support::run::{id, statuses, text};
use support::{Repo, Sandbox, sandbox};

/// A checkout with everything a person may have lying around.
fn untidy(sandbox: &Sandbox) -> Repo<'_> {
    let repo = sandbox.repo_named("my répo", &[
        ("a.txt", "one\n"),
        ("gone.txt", "x\n"),
        ("name with space.txt", "x\n"),
        (".gitignore", "ignored/\n"),
        ("six.yaml", SIX),
        ("fails.yaml", "steps:\n  - {id: a, run: 'rm -rf ./* ; exit 1'}\n"),
        ("conflict.yaml", "steps:\n  - {id: a, run: echo a > x, needs: []}\n  - {id: b, run: echo b > x, needs: []}\n"),
        ("long.yaml", "steps:\n  - {id: a, run: 'echo edit > a.txt; mkdir -p \"$HOME/on\"; await-file /nowhere'}\n"),
        ("big.yaml", "steps:\n  - {id: a, run: 'git mv a.txt b.txt; git rm -q gone.txt; git commit -qm agent; echo more > c.txt; chmod +x c.txt'}\n"),
    ]);
    repo.write("a.txt", "stashed\n");
    repo.git(&["stash", "--quiet"]);
    repo.git(&["config", "user.nickname", "tess"]);
    repo.git(&["tag", "v1"]);
    repo.write("a.txt", "staged\n");
    repo.git(&["add", "a.txt"]);
    repo.write("a.txt", "edited after staging\n");
    repo.git(&["rm", "--quiet", "--cached", "gone.txt"]);
    repo.write("untracked é.txt", "u\n");
    repo.write("ignored/build.o", "o\n");
    repo.write("intended.txt", "i\n");
    repo.git(&["add", "--intent-to-add", "intended.txt"]);
    repo
}

#[track_caller]
fn end_all(repo: &Repo<'_>, runs: &[String]) -> Vec<String> {
    runs.iter()
        .map(|run| text(&repo.wait_end(run), "status").to_owned())
        .collect()
}

#[test]
fn a_hundred_runs_leave_the_checkout_as_it_was() {
    let sandbox = sandbox!();
    with_work(&sandbox);
    let repo = untidy(&sandbox);
    let before = repo.fingerprint();
    // All at once, and more than there are slots.
    let mut runs: Vec<String> = Vec::new();
    for _ in 0..32 {
        runs.push(id(&repo.detach(&["big.yaml"])));
        runs.push(id(&repo.detach(&["fails.yaml"])));
        runs.push(id(&repo.detach(&["big.yaml"])));
    }
    runs.push(id(&repo.detach(&["six.yaml"])));
    runs.push(id(&repo.detach(&["six.yaml"])));
    let ends = end_all(&repo, &runs);
    assert_eq!(
        ends.iter().filter(|end| *end == "failed").count(),
        32,
        "{ends:?}"
    );
    assert_eq!(
        ends.iter().filter(|end| *end == "completed").count(),
        66,
        "{ends:?}"
    );
    let conflict = repo
        .call(&["--json", "run", "conflict.yaml"])
        .run()
        .expect_code(4)
        .json();
    repo.offshoot(&["workflow", "cancel", &id(&conflict)]);
    let long = id(&repo.detach(&["long.yaml"]));
    wait_for(&sandbox, "on");
    repo.offshoot(&["workflow", "cancel", &long]);
    assert_eq!(
        end_all(&repo, &[id(&conflict), long]),
        ["cancelled", "cancelled"]
    );
    assert_eq!(repo.fingerprint(), before, "the checkout was touched");
    repo.git(&["fsck", "--strict"]);
}

#[test]
fn a_merge_half_done_stays_half_done() {
    let sandbox = sandbox!();
    with_work(&sandbox);
    let repo = sandbox.repo(&[("a.txt", "one\n"), ("six.yaml", SIX)]);
    repo.git(&["checkout", "--quiet", "-b", "other"]);
    repo.commit("theirs", &[("a.txt", "theirs\n")]);
    repo.git(&["checkout", "--quiet", "main"]);
    repo.commit("ours", &[("a.txt", "ours\n")]);
    let merge = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        repo.git(&["merge", "other"])
    }));
    assert!(merge.is_err(), "the merge was to conflict");
    let before = repo.fingerprint();
    let run = repo.json(&["run", "six.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(repo.fingerprint(), before);
    assert!(repo.path.join(".git/MERGE_HEAD").exists());
}

#[test]
fn hooks_filters_and_signing_of_the_user_are_not_ours_to_run() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[
        ("a.txt", "one\n"),
        (
            "w.yaml",
            "steps:\n  - {id: a, run: echo two > a.txt}\n  - {id: b, run: echo three > b.txt}\n",
        ),
    ]);
    for hook in [
        "pre-commit",
        "commit-msg",
        "post-commit",
        "post-checkout",
        "post-merge",
        "reference-transaction",
        "post-index-change",
        "pre-auto-gc",
    ] {
        let path = repo.path.join(".git/hooks").join(hook);
        support::tree::put(
            &path,
            &format!(
                "#!/bin/sh\necho {hook} >> \"{}\"\nexit 1\n",
                sandbox.path("hooks").display()
            ),
        );
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .expect("a hook");
    }
    for (name, value) in [
        ("commit.gpgsign", "true"),
        ("gpg.program", "false"),
        ("core.editor", "false"),
        ("gc.auto", "1"),
    ] {
        repo.git(&["config", name, value]);
    }
    // Setting up went through hooks, too.
    let _ = std::fs::remove_file(sandbox.path("hooks"));
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    assert!(
        !sandbox.path("hooks").exists(),
        "{}",
        std::fs::read_to_string(sandbox.path("hooks")).unwrap_or_default()
    );
}

#[test]
fn steps_see_nothing_of_each_other_or_of_the_checkout_but_git() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, needs: [], run: 'echo a > shared.txt; mkdir \"$HOME/a\"; await-file \"$HOME/b\"; test \"$(cat shared.txt)\" = a; rm shared.txt'}\n  \
                    - {id: b, needs: [], run: 'echo b > shared.txt; mkdir \"$HOME/b\"; await-file \"$HOME/a\"; test \"$(cat shared.txt)\" = b; rm shared.txt'}\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(
        statuses(&run),
        [("a", "completed"), ("b", "completed")].into(),
        "{run:#}"
    );
}

#[test]
fn two_runs_of_one_workflow_at_once_do_not_meet() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: 'mkdir \"$HOME/$OFFSHOOT_RUN_ID\"; await-file \"$HOME/go\"; echo $OFFSHOOT_RUN_ID > mine'}\n  - {id: b, run: grep -qx $OFFSHOOT_RUN_ID mine}\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let runs = [(); 2].map(|()| id(&repo.detach(&["w.yaml"])));
    for run in &runs {
        wait_for(&sandbox, run);
    }
    make(&sandbox, "go");
    for run in &runs {
        assert_eq!(repo.wait_end(run)["status"], "completed");
        assert_eq!(repo.show(&format!("offshoot/{run}"), "mine").trim(), run);
    }
}

#[test]
fn every_kind_of_change_reaches_the_result() {
    let sandbox = sandbox!();
    let script = "set -e\ngit mv 'old name.txt' 'new näme.txt'\nrm gone.txt\nchmod +x tool.sh\nln -s tool.sh link\nln -sfn /nowhere link2\n\
                  printf '\\000\\001\\377' > bin\nmkdir -p deep/er\n: > deep/er/empty\nrm -r folder\necho file > folder\nrm file\nmkdir file\necho in > file/in\nprintf 'x\\r\\n' > crlf.txt\n";
    sandbox.script("change", script);
    let repo = sandbox.repo_named("my répo", &[
        ("old name.txt", "text\ntext\n"),
        ("gone.txt", "x\n"),
        ("tool.sh", "#!/bin/sh\n"),
        ("folder/inner.txt", "x\n"),
        ("file", "x\n"),
        ("w.yaml", "steps:\n  - {id: a, run: change}\n  - {id: b, run: 'test -x tool.sh && test -L link && test ! -e gone.txt && test -f folder && test -f file/in && test -e \"new näme.txt\" && ! test -e \"old name.txt\"'}\n"),
    ]);
    let linked = sandbox.path("linked träe");
    repo.git(&[
        "worktree",
        "add",
        "--quiet",
        "--detach",
        &linked.display().to_string(),
    ]);
    for repo in [&repo, &Repo::at(&sandbox, linked)] {
        let before = repo.fingerprint();
        let run = repo.json(&["run", "w.yaml"]);
        assert_eq!(run["status"], "completed", "{run:#}");
        assert_eq!(repo.fingerprint(), before);
        let tree = repo.git(&[
            "-c",
            "core.quotePath=false",
            "ls-tree",
            "-r",
            text(&run, "result_branch"),
        ]);
        let shape: Vec<(&str, &str)> = tree
            .lines()
            .filter_map(|line| Some((line.get(..6)?, line.split_once('\t')?.1)))
            .collect();
        assert_eq!(
            shape,
            [
                ("100644", "bin"),
                ("100644", "crlf.txt"),
                ("100644", "deep/er/empty"),
                ("100644", "file/in"),
                ("100644", "folder"),
                ("120000", "link"),
                ("120000", "link2"),
                ("100644", "new näme.txt"),
                ("100755", "tool.sh"),
                ("100644", "w.yaml"),
            ]
        );
    }
}
