//! Findings: from artifacts, from what failing programs print, from conflicts; their ids; dismissing them.

mod artifacts;
mod states;

use serde_json::{Value, json};
use support::run::{id, step, text};
use support::schema::assert_document;
use support::wire::Wire;
use support::{Repo, sandbox};

const SOURCE: &str = "def f():\n    password = \"hunter2\"\n    return password\n";
const REPORT: &str = r#"{"schema_version": "1.0", "kind": "security-scan", "status": "completed", "findings": [
  {"severity": "error", "code": "hard-coded-password", "message": "a password stands in line 2", "path": "src/a.py",
   "line": 2, "column": 5, "end_column": 13, "help": "https://example.org/password",
   "related": [{"path": "src/a.py", "line": 3, "message": "it goes out here"}]},
  {"severity": "low", "message": "elsewhere", "path": "../../etc/passwd", "line": 1}]}"#;
const SCAN: &str = "steps:\n  - id: scan\n    creates: [reports/scan.json]\n    run: mkdir -p reports; cp scan.json reports/\n";

/// `step source code severity path:line:column`, sorted by nothing: as the daemon says.
fn told(list: &Value) -> Vec<String> {
    let number = |value: &Value| {
        value
            .as_u64()
            .map_or(String::new(), |number| format!(":{number}"))
    };
    let all = list["findings"].as_array().expect("findings").iter();
    all.map(|found| {
        let finding = &found["finding"];
        format!(
            "{} {} {} {} {}{}{}",
            found["step_id"].as_str().unwrap_or("-"),
            text(finding, "source"),
            text(finding, "code"),
            text(finding, "severity"),
            finding["path"].as_str().unwrap_or("-"),
            number(&finding["line"]),
            number(&finding["column"]),
        )
    })
    .collect()
}

fn findings(repo: &Repo<'_>, args: &[&str]) -> Value {
    let list = repo.json(&[&["workflow", "findings"], args].concat());
    assert_document("finding-list", &list);
    list
}

fn ids(list: &Value) -> Vec<String> {
    let all = list["findings"].as_array().expect("findings").iter();
    all.map(|found| text(&found["finding"], "id").to_owned())
        .collect()
}
