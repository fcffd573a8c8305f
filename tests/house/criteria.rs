//! The tests that `docs/criteria.md` names exist.

use std::fs;
use support::tree::source_root;

/// Tests in spans of code: a file, and then the names of tests in it.
fn named(text: &str) -> Vec<(&str, &str)> {
    let mut file = "";
    let mut found = Vec::new();
    for span in text.split('`').skip(1).step_by(2) {
        match span.ends_with(".rs") {
            true => file = span,
            false => found.push((file, span)),
        }
    }
    found
}

#[test]
fn each_row_names_tests_that_exist() {
    let page = fs::read_to_string(source_root().join("docs/criteria.md")).expect("the page");
    let mut wrong = Vec::new();
    let rows = page.lines().filter(|line| line.starts_with("| "));
    for row in rows.filter(|row| !row.contains("| proved by |")) {
        let proof = row.rsplit(" | ").next().unwrap_or(row);
        if named(proof).is_empty() {
            wrong.push(format!("no test in {row}"));
        }
        for (path, name) in named(proof) {
            let text = fs::read_to_string(source_root().join(path)).unwrap_or_default();
            let test = format!("#[test]\nfn {name}(");
            let plain: Vec<&str> = text.lines().map(str::trim).collect();
            if !plain.join("\n").contains(&test) {
                wrong.push(format!("{path} has no test {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
