//! What cannot be run: files that are missing or no files, folders that are no repositories, rights that are missing.

use crate::bed::Disk;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;
use support::call::{Output, tool};
use support::{Repo, sandbox};

/// Far below the usual limit: nothing here may hang.
const SOON: Duration = Duration::from_secs(20);

#[track_caller]
fn refused(repo: &Repo<'_>, args: &[&str]) -> Output {
    let output = repo
        .call(&["--json"])
        .args(args)
        .limit(SOON)
        .run()
        .expect_code(2);
    let error = output.json()["error"].clone();
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|message| !message.is_empty()),
        "{output}"
    );
    output
}

#[test]
fn workflow_files_that_cannot_be_read_are_refused_with_their_name() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[
        ("good.yaml", "steps:\n  - {id: a, run: 'true'}\n"),
        ("folder.yaml/x", "x"),
    ]);
    std::os::unix::fs::symlink("nowhere", repo.path.join("dangling.yaml")).expect("a link");
    std::os::unix::fs::symlink("loop.yaml", repo.path.join("loop.yaml")).expect("a link");
    let environment = sandbox.environment();
    tool("mkfifo", &repo.path, &environment, &["pipe.yaml"]);
    tool(
        "sh",
        &repo.path,
        &environment,
        &[
            "-c",
            "printf 'steps:\\n  - run: \\377\\n' > latin.yaml; : > empty.yaml",
        ],
    );
    for name in [
        "missing.yaml",
        "folder.yaml",
        "dangling.yaml",
        "loop.yaml",
        "pipe.yaml",
        "latin.yaml",
        "empty.yaml",
        "good.yaml/below",
        "/dev/zero",
        "/dev/tty",
        "",
    ] {
        let output = refused(&repo, &["run", name]);
        assert!(output.stdout.contains(name), "{name}: {output}");
        refused_validation(&repo, name);
    }
    // A link to a file is a file.
    std::os::unix::fs::symlink("good.yaml", repo.path.join("link.yaml")).expect("a link");
    repo.call(&["--json", "run", "link.yaml"])
        .run()
        .expect_code(0);
}

#[track_caller]
fn refused_validation(repo: &Repo<'_>, name: &str) {
    let output = repo
        .call(&["--json", "workflow", "validate", name])
        .limit(SOON)
        .run();
    assert_eq!(output.code, 2, "{output}");
}

#[test]
fn an_unreadable_workflow_file_is_refused_where_rights_count() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: 'true'}\n")]);
    std::fs::set_permissions(
        repo.path.join("w.yaml"),
        std::os::unix::fs::PermissionsExt::from_mode(0o000),
    )
    .expect("no rights");
    if std::fs::read(repo.path.join("w.yaml")).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let output = refused(&repo, &["run", "w.yaml"]);
    assert!(output.stdout.contains("w.yaml"), "{output}");
}

#[test]
fn what_is_no_repository_or_none_that_can_be_used_is_refused() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: 'true'}\n";
    let environment = sandbox.environment();
    let root = sandbox.path("");
    let shapes = "mkdir plain empty broken gitfile; git init -q --bare bare.git; git init -q empty; mkdir broken/.git; echo 'gitdir: /nowhere' > gitfile/.git";
    tool("sh", &root, &environment, &["-c", shapes]);
    for (name, kind) in [
        ("plain", Some("not_a_repository")),
        ("broken", Some("not_a_repository")),
        ("gitfile", None),
        ("bare.git", None),
        ("empty", None),
    ] {
        let repo = Repo::at(&sandbox, sandbox.path(name));
        repo.write("w.yaml", workflow);
        let output = refused(&repo, &["run", "w.yaml"]);
        if let Some(kind) = kind {
            assert_eq!(output.json()["error"]["kind"], kind, "{name}: {output}");
        }
        let submitted = refused(&repo, &["background", "submit", "--", "true"]);
        assert!(!submitted.stdout.is_empty());
    }
    let missing = sandbox
        .call(&sandbox.path("home"))
        .args(&["--json", "--repo", "/nowhere", "run", "w.yaml"])
        .limit(SOON)
        .run();
    assert_eq!(missing.code, 2, "{missing}");
}

#[test]
fn a_folder_that_was_deleted_under_the_shell_is_refused() {
    let sandbox = sandbox!();
    let program = env!("CARGO_BIN_EXE_offshoot-under-test");
    let script = format!(
        "mkdir gone && cd gone && rmdir ../gone && '{program}' --json run w.yaml 2>/dev/null; echo \"exit $?\""
    );
    let said = tool(
        "sh",
        &sandbox.path("home"),
        &sandbox.environment(),
        &["-c", &script],
    );
    assert!(said.contains("exit 2"), "{said}");
}

#[test]
fn a_repository_whose_path_is_no_utf8_works_or_says_so() {
    let sandbox = sandbox!();
    let path = PathBuf::from(std::ffi::OsStr::from_bytes(
        &[sandbox.path("r").as_os_str().as_bytes(), b"\xff"].concat(),
    ));
    let repo = Repo::create(
        &sandbox,
        path,
        &[("w.yaml", "steps:\n  - {id: a, run: touch a}\n")],
    );
    let output = repo.call(&["--json", "run", "w.yaml"]).limit(SOON).run();
    assert!(matches!(output.code, 0 | 2), "{output}");
    if output.code == 2 {
        let message = output.json()["error"].to_string();
        assert!(message.contains("UTF-8"), "it does not say why: {output}");
    }
}

#[test]
fn variables_that_are_no_utf8_do_no_harm() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: touch a}\n")]);
    let odd = std::ffi::OsStr::from_bytes(b"b\xfccher");
    let call = repo
        .call(&["--json", "run", "w.yaml"])
        .env("LC_ODD", odd)
        .env("XDG_ODD", odd)
        .env("OFFSHOOT_ODD", odd)
        .limit(SOON);
    let run = call.run().expect_code(0).json();
    assert_eq!(run["status"], "completed", "{run:#}");
}

#[test]
fn a_read_only_repository_is_refused_and_nothing_is_half_made() {
    let sandbox = sandbox!();
    let place = sandbox.path("disk");
    let Some(disk) = Disk::mount(&sandbox, &place, "8m") else {
        return;
    };
    let repo = Repo::create(
        &sandbox,
        place.join("repo"),
        &[("w.yaml", "steps:\n  - {id: a, run: touch a}\n")],
    );
    disk.read_only(true);
    let output = repo.call(&["--json", "run", "w.yaml"]).limit(SOON).run();
    assert!(matches!(output.code, 1..=3), "{output}");
    assert!(
        output.stdout.to_lowercase().contains("read-only"),
        "it does not say why: {output}"
    );
    disk.read_only(false);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
}
