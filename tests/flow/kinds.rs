//! Repositories of every kind, the whole way: steps side by side, the checkout untouched, what changed, applied and
//! taken back, committed, a second run, and given up.

use std::collections::BTreeSet;
use std::path::PathBuf;
use support::run::{id, step, text};
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

/// Two steps edit parts of one file, the third builds on both; each says which folder it was in.
const WORKFLOW: &str = "steps:\n  \
    - {id: top, needs: [], run: 'sed -i s/one/ONE/ src/list.txt; echo \"folder=$(stat -c %i .)\" >> \"$OFFSHOOT_OUTPUT\"'}\n  \
    - {id: end, needs: [], run: 'sed -i s/five/FIVE/ src/list.txt; echo \"folder=$(stat -c %i .)\" >> \"$OFFSHOOT_OUTPUT\"'}\n  \
    - {id: both, needs: [top, end], run: 'cp src/list.txt src/copy.txt; echo \"folder=$(stat -c %i .)\" >> \"$OFFSHOOT_OUTPUT\"'}\n";
const LIST: &str = "one\ntwo\nthree\nfour\nfive\n";
const RESULT: &str = "ONE\ntwo\nthree\nfour\nFIVE\n";

/// What is in each of them. `docs` is what a sparse checkout leaves out.
const FILES: [(&str, &str); 3] = [
    ("src/list.txt", LIST),
    ("docs/guide.txt", "guide\n"),
    ("w.yaml", WORKFLOW),
];

/// Whether trees of its steps are used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trees {
    Warm,
    Fresh,
}

/// The way of two runs.
#[track_caller]
fn whole_way(kind: &str, repo: &Repo<'_>, trees: Trees) {
    let before = repo.fingerprint();
    let first = completed(kind, repo);
    assert_eq!(
        repo.fingerprint(),
        before,
        "{kind}: the checkout was touched"
    );
    let branch = text(&first, "result_branch");
    assert_eq!(repo.show(branch, "src/list.txt"), RESULT, "{kind}");
    assert_eq!(repo.show(branch, "src/copy.txt"), RESULT, "{kind}");
    assert_eq!(repo.show(branch, "docs/guide.txt"), "guide\n", "{kind}");

    let run = id(&first);
    let diff = repo.json(&["diff", &run]);
    let files = diff["files"].as_array().expect("files").iter();
    let files: BTreeSet<&str> = files.map(|file| text(file, "path")).collect();
    assert_eq!(files, ["src/copy.txt", "src/list.txt"].into(), "{kind}");
    repo.offshoot(&["apply", &run]).expect_code(0);
    assert_eq!(repo.read("src/list.txt"), RESULT, "{kind}");
    repo.offshoot(&["apply", &run, "--undo"]).expect_code(0);
    assert_eq!(files_of(repo), of(&before), "{kind}: taken back");
    let head = repo.git(&["rev-parse", "HEAD"]);
    repo.offshoot(&["apply", &run, "--commit"]).expect_code(0);
    assert_eq!(repo.git(&["status", "--porcelain"]), "", "{kind}");
    assert_eq!(repo.read("src/copy.txt"), RESULT, "{kind}");
    repo.offshoot(&["apply", &run, "--undo"]).expect_code(0);
    assert_eq!(repo.git(&["rev-parse", "HEAD"]), head, "{kind}");

    if trees == Trees::Warm {
        wait_until("warm trees", LIMIT, || {
            (states(repo, "warm") > 0).then_some(())
        });
    } else {
        assert_eq!(states(repo, "warm"), 0, "{kind}");
    }
    let second = completed(kind, repo);
    let again = folders(&first).intersection(&folders(&second)).count();
    assert_eq!(again > 0, trees == Trees::Warm, "{kind}: trees used again");
    assert_eq!(
        repo.show(text(&second, "result_branch"), "src/copy.txt"),
        RESULT
    );
    for run in [&first, &second] {
        repo.offshoot(&["discard", &id(run)]).expect_code(0);
    }
    assert_eq!(repo.git(&["branch", "--list", "offshoot*"]), "", "{kind}");
    repo.git(&["fsck", "--connectivity-only"]);
}

#[track_caller]
fn completed(kind: &str, repo: &Repo<'_>) -> serde_json::Value {
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{kind}: {run:#}");
    run
}

fn folders(run: &serde_json::Value) -> BTreeSet<String> {
    let folder = |id| text(&step(run, id)["outputs"], "folder").to_owned();
    ["top", "end", "both"].map(folder).into()
}

fn states(repo: &Repo<'_>, state: &str) -> usize {
    let list = repo.json(&["worktree", "list"]);
    let all = list["worktrees"].as_array().into_iter().flatten();
    all.filter(|one| one["state"] == state).count()
}

fn files_of(repo: &Repo<'_>) -> support::Fingerprint {
    of(&repo.fingerprint())
}

/// The files alone: times in the index are not part of the promise.
fn of(print: &support::Fingerprint) -> support::Fingerprint {
    let mut print = print.clone();
    print.retain(|name, _| name.starts_with("tree "));
    print
}

/// An empty repository that git was told to make in a special way; none where this git cannot.
fn made<'a>(sandbox: &'a Sandbox, name: &str, init: &[&str]) -> Option<Repo<'a>> {
    let path = sandbox.path(name);
    std::fs::create_dir(&path).expect("a folder");
    let git = sandbox
        .call_of("git".as_ref(), &path)
        .args(&["init", "--quiet"]);
    if git.args(init).run().code != 0 {
        return None;
    }
    let repo = Repo::at(sandbox, path);
    repo.commit("first", &FILES);
    Some(repo)
}

/// A clone of a repository with some history.
fn clone<'a>(sandbox: &'a Sandbox, from: &Repo<'_>, name: &str, options: &[&str]) -> Repo<'a> {
    let path = sandbox.path(name);
    let url = match options {
        ["--shared"] => from.path.display().to_string(),
        _ => format!("file://{}", from.path.display()),
    };
    let place = path.display().to_string();
    let mut args = vec!["clone", "--quiet"];
    args.extend(options);
    args.extend([url.as_str(), &place]);
    from.git(&args);
    Repo::at(sandbox, path)
}

#[test]
fn formats_of_objects_and_refs() {
    let sandbox = sandbox!();
    for (name, init) in [
        ("sha256", &["--object-format=sha256"][..]),
        ("reftable", &["--ref-format=reftable"]),
        ("odd branch", &["--initial-branch=release/2.x-ünder"]),
    ] {
        if let Some(repo) = made(&sandbox, name, init) {
            whole_way(name, &repo, Trees::Warm);
        }
    }
}

#[test]
fn clones_that_lack_something() {
    let sandbox = sandbox!();
    let origin = sandbox.repo_named("origin", &FILES);
    origin.commit("more", &[("more.txt", "more\n")]);
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    origin.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    for (name, options) in [
        ("shallow", &["--depth=1"][..]),
        ("without blobs", &["--filter=blob:none"]),
        ("without trees", &["--filter=tree:0"]),
        ("borrowing", &["--shared"]),
    ] {
        whole_way(name, &clone(&sandbox, &origin, name, options), Trees::Warm);
    }
    let sparse = clone(
        &sandbox,
        &origin,
        "sparse",
        &["--filter=blob:none", "--sparse"],
    );
    sparse.git(&["sparse-checkout", "set", "--sparse-index", "src"]);
    assert!(!sparse.path.join("docs").exists());
    // The index of a sparse checkout does not say what all of its files are.
    whole_way("sparse", &sparse, Trees::Fresh);
    assert!(!sparse.path.join("docs").exists(), "it stays sparse");
}

#[test]
fn git_folders_that_lie_elsewhere() {
    let sandbox = sandbox!();
    let elsewhere = sandbox.path("elsewhere.git").display().to_string();
    let apart = made(&sandbox, "apart", &["--separate-git-dir", &elsewhere]).expect("a repository");
    assert!(apart.path.join(".git").is_file());
    whole_way("a .git file", &apart, Trees::Warm);

    let origin = sandbox.repo_named("origin", &FILES);
    let linked = |repo: &Repo<'_>, name: &str, branch: &str| -> PathBuf {
        let path = sandbox.path(name);
        let place = path.display().to_string();
        repo.git(&["worktree", "add", "--quiet", "-B", branch, &place]);
        path
    };
    let bare = clone(&sandbox, &origin, "bare.git", &["--bare"]);
    let of_bare = Repo::at(&sandbox, linked(&bare, "of bare", "work"));
    whole_way("a worktree of a bare repository", &of_bare, Trees::Warm);
    // Made from within another worktree.
    let second = Repo::at(&sandbox, linked(&of_bare, "of that", "more"));
    whole_way("a worktree of a worktree", &second, Trees::Warm);

    let inner = Repo::create(&sandbox, origin.path.join("vendor/inner"), &FILES);
    origin.write(".git/info/exclude", "vendor/\n");
    whole_way("a repository in another", &inner, Trees::Warm);
    whole_way("a repository with another in it", &origin, Trees::Warm);
}

#[test]
fn settings_of_the_repository() {
    let sandbox = sandbox!();
    let many = [("feature.manyFiles", "true"), ("index.skipHash", "true")];
    for (name, settings) in [
        ("case", &[("core.ignoreCase", "true")][..]),
        ("worktree config", &[("extensions.worktreeConfig", "true")]),
        ("many files", &many),
        ("split index", &[("core.splitIndex", "true")]),
        (
            "line ends",
            &[("core.autocrlf", "input"), ("core.safecrlf", "true")],
        ),
        (
            "rebase",
            &[
                ("pull.rebase", "true"),
                ("merge.ff", "only"),
                ("merge.conflictStyle", "zdiff3"),
            ],
        ),
        (
            "renames",
            &[
                ("diff.renames", "false"),
                ("status.showUntrackedFiles", "no"),
            ],
        ),
    ] {
        let repo = sandbox.repo_named(name, &FILES);
        for (key, value) in settings {
            repo.git(&["config", key, value]);
        }
        // What a setting says of the index is in the index only after it was written.
        repo.git(&["update-index", "--force-write-index"]);
        whole_way(name, &repo, Trees::Warm);
    }
}

#[test]
fn a_file_system_monitor_and_an_untracked_cache() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&FILES);
    let asked = sandbox.path("asked");
    let hook = format!("echo asked >> '{}'; printf '/\\0'", asked.display());
    let hook = sandbox.script("monitor", &hook).display().to_string();
    repo.git(&["config", "core.fsmonitor", &hook]);
    repo.git(&["config", "core.untrackedCache", "true"]);
    repo.git(&["update-index", "--untracked-cache", "--fsmonitor"]);
    repo.git(&["status"]);
    assert!(asked.exists(), "the user's own git asks it");
    let run = completed("monitor", &repo);
    assert_eq!(
        repo.show(text(&run, "result_branch"), "src/copy.txt"),
        RESULT
    );
    repo.write("src/list.txt", "zero\none\ntwo\nthree\nfour\nfive\n");
    repo.write("untracked.txt", "mine\n");
    std::fs::remove_file(&asked).expect("a note");
    let dirty = repo.json(&["run", "--include-dirty", "w.yaml"]);
    assert_eq!(dirty["status"], "completed", "{dirty:#}");
    let branch = text(&dirty, "result_branch");
    assert_eq!(repo.show(branch, "src/copy.txt"), format!("zero\n{RESULT}"));
    assert!(repo.has(branch, "untracked.txt"));
    repo.offshoot(&["apply", &id(&dirty)]).expect_code(0);
    assert_eq!(repo.read("src/list.txt"), format!("zero\n{RESULT}"));
    assert!(!asked.exists(), "ours does not");
}

#[test]
fn a_checkout_that_the_configuration_names() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&FILES);
    let checkout = sandbox.path("checkout");
    std::fs::create_dir(&checkout).expect("a folder");
    repo.git(&["config", "core.worktree", &checkout.display().to_string()]);
    let git_dir = repo.path.join(".git");
    support::tree::put(
        &checkout.join(".git"),
        &format!("gitdir: {}\n", git_dir.display()),
    );
    let checkout = Repo::at(&sandbox, checkout);
    checkout.git(&["reset", "--quiet", "--hard"]);
    whole_way("core.worktree", &checkout, Trees::Warm);
}
