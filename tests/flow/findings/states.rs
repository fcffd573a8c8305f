//! Of what a run has come to: programs that failed, results that do not merge; and dismissing.

use super::*;
use support::conflict;

#[test]
fn of_programs_and_checks_that_fail() {
    let sandbox = sandbox!();
    let printed = "echo \"$PWD/src/a.c:2:3: error: expected ';'\"; echo '/usr/include/x.h:1:1: error: not ours'; exit 1";
    let workflow = format!(
        "steps:\n  - id: build\n    needs: []\n    run: |\n      {printed}\n\
         \x20 - id: lint\n    needs: []\n    run: 'true'\n    check: |\n      echo 'warning: x'; cd web; echo 'b.ts(1,5): error TS2304: no name'; exit 1\n"
    );
    let repo = sandbox.repo(&[
        ("src/a.c", "int\nx y\n"),
        ("web/b.ts", "let b = c\n"),
        ("w.yaml", &workflow),
    ]);
    let run = repo.call(&["--json", "run", "w.yaml"]).run().json();
    assert_eq!(run["status"], "failed", "{run:#}");
    let list = findings(&repo, &[]);
    assert_eq!(
        told(&list),
        [
            "build output  error src/a.c:2:3",
            "build offshoot step-failed error w.yaml:2:9",
            "lint tsc TS2304 error web/b.ts:1:5",
            "lint offshoot step-failed error w.yaml:6:9",
        ]
    );
    assert_eq!(list["findings"][0]["finding"]["text"], "x y");
    assert_eq!(list["findings"][1]["finding"]["text"], "  - id: build");
    // Discarded, the run says nothing any more.
    repo.offshoot(&["discard", &id(&run)]).expect_code(0);
    assert_eq!(told(&findings(&repo, &[])), Vec::<String>::new());
    sandbox.finish();
}

#[test]
fn of_results_that_do_not_merge_until_they_do() {
    let sandbox = sandbox!();
    let after = "  - {id: c, needs: [a, b], run: cp same.txt seen.txt}\n";
    let repo = conflict::repo(&sandbox, after);
    let run = conflict::run(&repo);
    let list = findings(&repo, &[]);
    assert_eq!(told(&list), ["c offshoot conflict error same.txt"]);
    let finding = &list["findings"][0]["finding"];
    assert_eq!(
        finding["message"],
        "the results of `a` and `b` do not merge here"
    );
    assert!(
        text(finding, "help").contains("workflow resume"),
        "{finding:#}"
    );
    conflict::resolve(&repo, &run, "c");
    assert_eq!(told(&findings(&repo, &[])), Vec::<String>::new());
    sandbox.finish();
}

#[test]
fn of_a_run_whose_results_do_not_merge_at_its_end() {
    let sandbox = sandbox!();
    let repo = conflict::repo(&sandbox, "");
    conflict::run(&repo);
    let list = findings(&repo, &[]);
    assert_eq!(told(&list), ["- offshoot conflict error same.txt"]);
    let help = text(&list["findings"][0]["finding"], "help");
    let (folder, _) = help
        .strip_prefix("resolve the marked files in ")
        .and_then(|rest| rest.split_once(", then"))
        .expect("a folder");
    assert!(std::path::Path::new(folder).is_dir(), "{help}");
    sandbox.finish();
}

#[test]
fn dismissing_lasts_over_runs_and_restarts_and_is_told() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[
        ("src/a.py", SOURCE),
        ("scan.json", REPORT),
        ("w.yaml", SCAN),
    ]);
    repo.json(&["run", "w.yaml"]);
    let all = ids(&findings(&repo, &[]));
    let mut ear = Wire::open(&sandbox);
    let folder = repo.path.display().to_string();
    ear.call("events.subscribe", &json!({"repo": folder}));
    let dismissed = repo.json(&["workflow", "dismiss", &all[0]]);
    assert_document("dismissed", &dismissed);
    assert_eq!(dismissed, json!({"id": all[0], "dismissed": true}));
    let event = ear.read().expect("an event");
    assert_eq!(event["params"]["kind"], "findings", "{event:#}");
    assert_eq!(event["params"]["message"], json!(all[0]));
    drop(ear);

    repo.offshoot(&["background", "stop"]).expect_code(0);
    repo.json(&["run", "w.yaml"]);
    assert_eq!(ids(&findings(&repo, &[])), all[1..]);
    assert_eq!(ids(&findings(&repo, &["--dismissed"])), all[..1]);
    repo.offshoot(&["workflow", "dismiss", &all[0], "--undo"])
        .expect_code(0);
    assert_eq!(ids(&findings(&repo, &[])), all);
    let unknown = repo
        .call(&["--json", "workflow", "dismiss", "nothing"])
        .run();
    assert_eq!(unknown.expect_code(2).json()["error"]["kind"], "not_found");
    sandbox.finish();
}
