//! Files of runs: read as a step left them, and applied one by one.

use serde_json::{Value, json};
use support::run::{id, text};
use support::sandbox;
use support::schema::assert_document;
use support::wire::Wire;

#[test]
fn files_of_runs_are_read() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, needs: [], run: 'echo new > f.txt; rm gone.txt; ln -s /etc/passwd link; printf \"\\\\377\\\\000\" > bin'}\n  \
                    - {id: b, needs: [a], run: 'echo now > f.txt; touch \"$HOME/ready\"; await-file \"$HOME/go\"'}\n";
    let repo = sandbox.repo(&[
        ("f.txt", "old\n"),
        ("gone.txt", "g\n"),
        ("w.yaml", workflow),
    ]);
    let run = id(&repo.detach(&["w.yaml"]));
    repo.wait_step(&run, "a", "completed");
    support::wait_until("b at work", support::LIMIT, || {
        sandbox.path("home/ready").exists().then_some(())
    });
    let mut wire = Wire::open(&sandbox);
    let mut read = |step: &str, side: &str, path: &str| {
        let params = json!({"run_id": run, "step_id": step, "side": side, "path": path});
        wire.call("file.read", &params)
    };
    assert_eq!(read("a", "base", "f.txt")["result"]["text"], "old\n");
    assert_eq!(read("a", "result", "f.txt")["result"]["text"], "new\n");
    let gone = read("a", "result", "gone.txt")["result"].clone();
    assert_eq!(
        (&gone["missing"], &gone["text"]),
        (&json!(true), &Value::Null)
    );
    let bin = read("a", "result", "bin")["result"].clone();
    assert_eq!((&bin["binary"], &bin["size"]), (&json!(true), &json!(2)));
    assert_eq!(
        read("a", "result", "link")["result"]["text"],
        "/etc/passwd",
        "a link is not followed"
    );
    let running = read("b", "result", "f.txt")["result"].clone();
    assert_eq!(
        (&running["text"], &running["commit"]),
        (&json!("now\n"), &Value::Null)
    );
    for path in ["../x", "/etc/passwd", ""] {
        assert_eq!(
            read("a", "result", path)["error"]["data"]["kind"],
            "invalid_input",
            "{path}"
        );
    }
    support::tree::put(&sandbox.path("home/go"), "");
    repo.wait_end(&run);
    let whole = wire.call(
        "file.read",
        &json!({"run_id": run, "side": "result", "path": "link"}),
    );
    assert_eq!(whole["result"]["text"], "/etc/passwd");
    sandbox.finish();
}

#[test]
fn only_some_files_are_applied() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: 'echo 1 > one.txt; echo 2 > two.txt; mkdir sub; echo 3 > sub/three.txt'}\n";
    let repo = sandbox.repo(&[("one.txt", "0\n"), ("w.yaml", workflow)]);
    let run = id(&repo.json(&["run", "w.yaml"]));
    let applied = repo.json(&["apply", &run, "one.txt", "sub"]);
    assert_document("applied", &applied);
    assert_eq!(applied["changed"], json!(["one.txt", "sub/three.txt"]));
    assert_eq!(
        (
            repo.read("one.txt").as_str(),
            repo.path.join("two.txt").exists()
        ),
        ("1\n", false)
    );
    let refused = repo.call(&["--json", "apply", &run, "w.yaml"]).run().json();
    assert!(
        text(&refused["error"], "message").contains("does not change w.yaml"),
        "{refused:#}"
    );
    repo.json(&["apply", &run, "--undo"]);
    assert_eq!(repo.read("one.txt"), "0\n");
    sandbox.finish();
}
