//! The disk of the repository or of the worktrees is full while the state's is not.

use crate::bed::{Disk, make, wait_for};
use support::run::{id, step, text};
use support::{Repo, sandbox};

#[test]
fn a_full_disk_under_the_repository_is_a_failure_of_class_disk_and_a_retry_works() {
    let sandbox = sandbox!();
    let place = sandbox.path("disk");
    let Some(disk) = Disk::mount(&sandbox, &place, "4m") else {
        return;
    };
    let workflow = "steps:\n  - {id: a, run: 'head -c 300000 /dev/urandom > big; mkdir -p \"$HOME/on\"; await-file \"$HOME/go\"'}\n";
    let repo = Repo::create(&sandbox, place.join("repo"), &[("w.yaml", workflow)]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on");
    let full = disk.fill();
    make(&sandbox, "go");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "failed", "{end:#}");
    assert_eq!(step(&end, "a")["class"], "disk", "{end:#}");
    assert!(!text(&step(&end, "a")["error"], "message").is_empty());
    drop(full);
    repo.offshoot(&["workflow", "retry", &run]);
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    repo.git(&["fsck", "--strict"]);
}

#[test]
fn a_worktree_that_does_not_fit_is_a_failure_of_class_disk() {
    let sandbox = sandbox!();
    let Some(disk) = Disk::mount(&sandbox, &sandbox.state().join("worktrees"), "1m") else {
        return;
    };
    let big = "x".repeat(3 << 20);
    let repo = sandbox.repo(&[
        ("big.txt", &big),
        ("w.yaml", "steps:\n  - {id: a, run: touch a}\n"),
    ]);
    let output = repo.call(&["--json", "run", "w.yaml"]).run().expect_code(1);
    let run = output.json();
    assert_eq!(step(&run, "a")["class"], "disk", "{run:#}");
    let message = text(&step(&run, "a")["error"], "message").to_lowercase();
    assert!(
        message.contains("space") || message.contains("full"),
        "{message}"
    );
    // No half-made tree stays behind and takes the room.
    let left = support::tree::files(&sandbox.state().join("worktrees"), &|_| true);
    assert!(left.is_empty(), "{left:?}");
    drop(disk);
}
