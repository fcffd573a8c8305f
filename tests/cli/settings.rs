//! `config show|get|set|validate`: effective values, where they come from, and what is wrong.

use serde_json::{Value, json};
use support::run::text;
use support::sandbox;
use support::schema::assert_document;

#[track_caller]
fn setting<'a>(settings: &'a Value, key: &str) -> &'a Value {
    let all = settings["settings"].as_array().expect("settings");
    all.iter()
        .find(|setting| setting["key"] == key)
        .unwrap_or_else(|| panic!("no {key}"))
}

#[test]
fn every_value_says_where_it_comes_from() {
    let sandbox = sandbox!();
    sandbox.user_settings("offshoot:\n  max_parallel: 2\n  pool_size: 3\n");
    let repo = sandbox.repo(&[(
        ".tapps-agents/config.yaml",
        "# ours\noffshoot:\n  max_parallel: 4\n",
    )]);
    let settings = repo.json(&["config", "show", "--origin"]);
    assert_document("settings", &settings);
    let parallel = setting(&settings, "offshoot.max_parallel");
    assert_eq!(parallel["value"], 4);
    assert_eq!(parallel["origin"], "project");
    assert_eq!(parallel["line"], 3);
    assert!(text(parallel, "source").ends_with(".tapps-agents/config.yaml"));
    assert_eq!(setting(&settings, "offshoot.pool_size")["origin"], "user");
    assert_eq!(
        setting(&settings, "offshoot.idle_exit")["origin"],
        "default"
    );
}

#[test]
fn set_writes_one_value_and_leaves_the_rest() {
    let sandbox = sandbox!();
    let before = "# ours\noffshoot:\n  max_parallel: 4 # four\nproject_name: x\n";
    let repo = sandbox.repo(&[(".tapps-agents/config.yaml", before)]);
    let done = repo.json(&["config", "set", "offshoot.max_parallel", "6"]);
    assert_document("set-result", &done);
    let after = repo.read(".tapps-agents/config.yaml");
    assert_eq!(after, before.replace("4 #", "6 #"));
    let got = repo
        .offshoot(&["config", "get", "offshoot.max_parallel"])
        .expect_code(0);
    assert_eq!(got.stdout.trim(), "6");
    let got = repo.json(&["config", "get", "offshoot.max_parallel"]);
    assert_document("setting", &got);
    assert_eq!(got["value"], 6);

    for (key, value) in [
        ("offshoot.max_parallel", "many"),
        ("offshoot.max_paralel", "2"),
    ] {
        let output = repo
            .offshoot(&["--json", "config", "set", key, value])
            .expect_code(2);
        assert_document("error", &output.json());
        assert_eq!(
            repo.read(".tapps-agents/config.yaml"),
            after,
            "a wrong value was written"
        );
    }
    let unknown = repo
        .offshoot(&["--json", "config", "get", "offshoot.max_paralel"])
        .expect_code(2);
    assert!(
        unknown.stdout.contains("max_parallel"),
        "no suggestion: {unknown}"
    );
}

#[test]
fn validate_names_every_mistake() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[(
        ".tapps-agents/config.yaml",
        "offshoot:\n  max_parallel: 0\n  bakends: [x]\n",
    )]);
    let output = repo
        .offshoot(&["--json", "config", "validate"])
        .expect_code(2);
    let document = output.json();
    assert_document("error", &document);
    let found = document["error"]["details"]["diagnostics"]
        .as_array()
        .expect("diagnostics")
        .clone();
    let lines: Vec<_> = found
        .iter()
        .map(|problem| problem["line"].clone())
        .collect();
    assert_eq!(lines, [json!(2), json!(3)], "{output}");
    // What is wrong is not used.
    let settings = repo.json(&["config", "show"]);
    assert_ne!(setting(&settings, "offshoot.max_parallel")["value"], 0);

    repo.write(
        ".tapps-agents/config.yaml",
        "offshoot:\n  max_parallel: 1\n",
    );
    repo.offshoot(&["config", "validate"]).expect_code(0);
}
