//! Repositories with more in them than files: submodules and large files.

use support::run::{id, step, text};
use support::{Repo, Sandbox, sandbox};

/// A repository with the submodule `lib`.
fn with_submodule<'a>(sandbox: &'a Sandbox, workflow: &str) -> Repo<'a> {
    let library = sandbox.repo_named("library", &[("lib.txt", "one\n")]);
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let from = library.path.display().to_string();
    repo.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        &from,
        "lib",
    ]);
    repo.commit("with a library", &[]);
    repo
}

#[test]
fn steps_work_in_submodules_and_their_commits_stay() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: change, run: echo two >> lib/lib.txt}\n  - {id: use, run: cp lib/lib.txt seen.txt}\n";
    let repo = with_submodule(&sandbox, workflow);
    let before = repo.fingerprint();
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(repo.fingerprint(), before, "the checkout was touched");
    let branch = text(&run, "result_branch");
    assert_eq!(repo.show(branch, "seen.txt"), "one\ntwo\n");
    let refused = repo.offshoot(&["apply", &id(&run)]).expect_code(4);
    assert!(refused.stdout.contains("submodule"), "{refused}");
    let taken = repo
        .offshoot(&["apply", &id(&run), "--commit"])
        .expect_code(0);
    assert!(taken.stdout.contains("git submodule update"), "{taken}");
    repo.git(&["submodule", "--quiet", "update"]);
    assert_eq!(repo.read("lib/lib.txt"), "one\ntwo\n");
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
    assert!(
        !repo.path.join(".git/modules/lib/worktrees").exists(),
        "none is left"
    );
}

#[test]
fn a_submodule_whose_commit_is_not_here_is_a_warning() {
    let sandbox = sandbox!();
    let repo = with_submodule(&sandbox, "steps:\n  - {id: a, run: touch a}\n");
    let nowhere = "1".repeat(40);
    repo.git(&[
        "update-index",
        "--cacheinfo",
        &format!("160000,{nowhere},lib"),
    ]);
    repo.git(&["commit", "--quiet", "--message", "never fetched"]);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let found = step(&run, "a")["finding_list"].to_string();
    assert!(found.contains("git submodule update --init"), "{found}");
}

#[test]
fn settings_bring_large_files_or_leave_their_pointers() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[(
        "w.yaml",
        "steps:\n  - {id: a, run: 'head -c 7 big.bin > seen.txt; echo new > new.bin'}\n",
    )]);
    let there = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .any(|folder| folder.join("git-lfs").is_file());
    if !there {
        // The crate's own tests have a stand-in for it.
        return;
    }
    repo.git(&["lfs", "install", "--local", "--skip-repo"]);
    repo.commit(
        "large",
        &[
            (
                ".gitattributes",
                "*.bin filter=lfs diff=lfs merge=lfs -text\n",
            ),
            ("big.bin", "content\n"),
        ],
    );
    for (setting, seen) in [("pointers", "version"), ("local", "content")] {
        repo.offshoot(&["config", "set", "offshoot.lfs", setting, "--scope", "user"])
            .expect_code(0);
        let run = repo.json(&["run", "w.yaml"]);
        assert_eq!(run["status"], "completed", "{run:#}");
        let branch = text(&run, "result_branch");
        assert_eq!(repo.show(branch, "seen.txt"), seen);
        assert!(
            repo.show(branch, "new.bin")
                .starts_with("version https://git-lfs")
        );
        assert!(
            repo.show(branch, "big.bin")
                .starts_with("version https://git-lfs")
        );
    }
}
