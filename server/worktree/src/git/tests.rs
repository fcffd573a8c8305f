//! Calls of git that go wrong.

use super::*;

#[test]
fn trouble_that_passes_is_told_from_trouble_that_stays() {
    for (stderr, expected) in [
        (
            "fatal: Unable to create '/r/.git/index.lock': File exists.\n\nAnother git process",
            true,
        ),
        (
            "error: cannot lock ref 'refs/heads/a': Unable to create '/r/.git/refs/heads/a.lock': File exists.",
            true,
        ),
        (
            "fatal: failed to read .git/worktrees/a/commondir: No such file or directory",
            true,
        ),
        (
            "fatal: failed to read .git/worktrees/a/commondir: Success",
            true,
        ),
        (
            "fatal: cannot lock ref 'refs/heads/a': reference already exists",
            false,
        ),
        (
            "fatal: cannot lock ref 'refs/heads/a': is at 1 but expected 2",
            false,
        ),
        (
            "fatal: Unable to create '/r/.git/index.lock': Permission denied",
            false,
        ),
    ] {
        assert_eq!(is_lock_trouble(stderr.as_bytes()), expected, "{stderr}");
    }
}

fn call() -> Call {
    Call::new(&Environment::of_this_process(), &std::env::temp_dir())
}

#[test]
fn a_call_that_hangs_is_ended_with_its_children() {
    let mut call = call().set("alias.hang=!sleep 30 & sleep 30").arg("hang");
    call.deadline = Duration::from_millis(100);
    let started = Instant::now();
    assert!(matches!(call.run(), Err(Error::Deadline { .. })));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn input_of_any_size_goes_through() {
    let input = vec![b'x'; 3 << 20];
    let oid = call()
        .args(["hash-object", "--stdin"])
        .input(input)
        .oid()
        .unwrap();
    assert_eq!(oid.as_str().len(), 40);
}

#[test]
fn a_missing_git_is_told_from_a_missing_folder() {
    let nowhere = Environment::filtered([("PATH", "/nonexistent")]);
    assert!(matches!(
        Call::new(&nowhere, Path::new("/")).arg("x").run(),
        Err(Error::GitMissing)
    ));
    let call = Call::new(&Environment::of_this_process(), Path::new("/nonexistent")).arg("x");
    assert!(matches!(call.run(), Err(Error::Io { .. })));
}
