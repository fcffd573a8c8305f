//! `offshoot demo`: the README's first command.

use std::time::{Duration, Instant};
use support::sandbox;

#[test]
fn shows_everything_and_leaves_nothing() {
    let sandbox = sandbox!();
    let before = Instant::now();
    let output = sandbox.offshoot(&["demo"]).expect_code(0);
    // 15 s are promised of a release build on a free machine.
    assert!(before.elapsed() < Duration::from_secs(60));
    for word in ["completed", "offshoot/"] {
        assert!(output.stdout.contains(word), "{word} is missing: {output}");
    }
    assert!(!sandbox.state().exists(), "the user's state was touched");
    let left = sandbox.processes();
    assert!(left.is_empty(), "{left:#?}");
    sandbox.finish();
}

#[test]
fn keep_leaves_the_repository_to_look_at() {
    let sandbox = sandbox!();
    let temp = sandbox.path("temp");
    std::fs::create_dir(&temp).expect("a temporary folder");
    let output = sandbox
        .call(&sandbox.path("home"))
        .args(&["demo", "--keep"])
        .env("TMPDIR", &temp)
        .run()
        .expect_code(0);
    let kept: Vec<_> = std::fs::read_dir(&temp)
        .expect("the temporary folder")
        .flatten()
        .collect();
    assert!(!kept.is_empty(), "nothing was kept: {output}");
}
