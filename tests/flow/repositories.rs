//! Repositories with more in them than files: submodules and large files; and users with settings that stand in
//! the way of those who work unattended.

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

/// Whether git-lfs is installed: where it is not, the crate's own tests have a stand-in for it.
fn has_lfs() -> bool {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .any(|folder| folder.join("git-lfs").is_file())
}

const LARGE: (&str, &str) = (
    ".gitattributes",
    "*.bin filter=lfs diff=lfs merge=lfs -text\n",
);
const POINTER: &str = "version https://git-lfs";

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
fn a_submodule_that_two_steps_moved_is_merged_in_the_folder_of_the_conflict() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, needs: [], run: echo a > lib/a.txt}\n  - {id: b, needs: [], run: echo b > lib/b.txt}\n  \
                    - {id: all, needs: [a, b], run: cat lib/a.txt lib/b.txt > seen.txt}\n";
    let repo = with_submodule(&sandbox, workflow);
    let run = repo.call(&["--json", "run", "w.yaml"]).run();
    let run = run.expect_code(4).json();
    assert_eq!(step(&run, "all")["conflicts"][0]["path"], "lib");
    let lib = repo.beside(format!("{}/lib", text(step(&run, "all"), "worktree")));
    let theirs = repo.git(&["rev-parse", &format!("offshoot-step/{}/b:lib", id(&run))]);
    lib.git(&["merge", "--quiet", "--message", "both", &theirs]);
    repo.offshoot(&["workflow", "resume", &id(&run)])
        .expect_code(0);
    let result = format!("offshoot/{}", id(&run));
    assert_eq!(repo.show(&result, "seen.txt"), "a\nb\n");
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
    if !has_lfs() {
        return;
    }
    repo.git(&["lfs", "install", "--local", "--skip-repo"]);
    repo.commit("large", &[LARGE, ("big.bin", "content\n")]);
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

#[test]
fn large_files_of_a_submodule_are_committed_as_pointers() {
    if !has_lfs() {
        return;
    }
    let sandbox = sandbox!();
    let library = sandbox.repo_named("library", &[("lib.txt", "one\n")]);
    // As people have it: for all repositories.
    library.git(&["lfs", "install", "--skip-repo"]);
    library.commit("large", &[LARGE, ("big.bin", "content\n")]);
    let workflow = "steps:\n  - {id: change, run: 'head -c 7 lib/big.bin > seen.txt; echo changed > lib/big.bin'}\n  \
                    - {id: use, run: 'head -c 7 lib/big.bin >> seen.txt'}\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let from = library.path.display().to_string();
    let add = ["submodule", "--quiet", "add", &from, "lib"];
    repo.git(&[&["-c", "protocol.file.allow=always"], &add[..]].concat());
    repo.commit("with a library", &[]);
    let before = repo.fingerprint();
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(repo.fingerprint(), before, "the checkout was touched");
    let branch = text(&run, "result_branch");
    assert_eq!(repo.show(branch, "seen.txt"), "versionversion");
    let inner = Repo::at(&sandbox, repo.path.join("lib"));
    let commit = repo.git(&["rev-parse", &format!("{branch}:lib")]);
    assert!(inner.show(&commit, "big.bin").starts_with(POINTER));
    repo.offshoot(&["apply", &id(&run), "--commit"])
        .expect_code(0);
    repo.git(&["submodule", "--quiet", "update"]);
    assert_eq!(repo.read("lib/big.bin"), "changed\n");
}

#[test]
fn what_is_saved_of_a_large_file_is_its_pointer() {
    if !has_lfs() {
        return;
    }
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: 'echo half > big.bin; exit 1'}\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    repo.git(&["lfs", "install", "--skip-repo"]);
    repo.commit("large", &[LARGE, ("big.bin", "content\n")]);
    repo.call(&["run", "w.yaml"]).run().expect_code(1);
    // No client brings an environment along for this.
    let pruned = repo.json(&["worktree", "prune", "--all"]);
    let saved = pruned["salvaged"][0].as_str().expect("a saved state");
    assert!(repo.show(saved, "big.bin").starts_with(POINTER));
    assert_eq!(repo.git(&["log", "-1", "--format=%an", saved]), "Tess Ter");
    let place = sandbox.path("restored").display().to_string();
    repo.offshoot(&["worktree", "restore", saved, &place])
        .expect_code(0);
    let restored = Repo::at(&sandbox, place);
    assert_eq!(restored.git(&["status", "--porcelain"]), "");
}

#[test]
fn signing_hangs_no_step_and_hooks_are_its_own_affair() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - id: commits\n    run: |\n      echo a > a.txt\n      git add a.txt\n      \
        git commit -qm 'by the step'\n      git tag -a -m t \"t-$OFFSHOOT_RUN_ID\"\n      git tag -d \"t-$OFFSHOOT_RUN_ID\"\n  \
        - id: refused\n    run: |\n      echo refuse > b.txt\n      git add b.txt\n      ! git commit -qm 'refused by a hook'\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    // Asks for a passphrase that nobody types.
    let gpg = sandbox.script("asking-gpg", "await-file /nowhere");
    for (key, value) in [
        ("commit.gpgsign", "true"),
        ("tag.gpgsign", "true"),
        ("gpg.program", &gpg.display().to_string()),
    ] {
        repo.git(&["config", key, value]);
    }
    let hook = repo.path.join(".git/hooks/pre-commit");
    support::tree::put(&hook, "#!/bin/sh\n! grep -qs refuse b.txt\n");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&hook, executable).expect("a hook");
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let branch = text(&run, "result_branch");
    let log = repo.git(&["log", "--format=%s %G?", branch]);
    assert!(log.contains("by the step N"), "{log}");
    assert_eq!(
        repo.show(branch, "b.txt"),
        "refuse\n",
        "it is in the result"
    );
    repo.offshoot(&["apply", &id(&run), "--commit"])
        .expect_code(0);
}

#[test]
fn a_repository_of_somebody_else_is_used_once_git_trusts_it() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: touch a}\n")]);
    let owner = std::os::unix::fs::chown(&repo.path, Some(12_345), None);
    if owner.is_err() {
        // Only root gives its folders away.
        return;
    }
    let root = repo.path.display().to_string();
    for args in [&["run", "w.yaml"][..], &["worktree", "list"], &["doctor"]] {
        let output = repo.offshoot(args);
        let said = format!("{}{}", output.stdout, output.stderr);
        let advice = format!("git config --global --add safe.directory '{root}'");
        assert!(output.code != 0 && said.contains(&advice), "{output}");
    }
    let home = Repo::at(&sandbox, sandbox.path("home"));
    home.git(&["config", "--global", "--add", "safe.directory", &root]);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    repo.offshoot(&["worktree", "list"]).expect_code(0);
    repo.offshoot(&["apply", &id(&run), "--commit"])
        .expect_code(0);
    assert!(repo.path.join("a").exists());
}
