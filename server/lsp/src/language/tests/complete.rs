//! Completion: which words, and what the text is once one of them was taken.

use super::{agents, cursor, offset, reading};
use crate::language::Known;
use crate::language::complete::{Client, Item, complete};
use std::sync::Arc;

const ALL: Client = Client {
    snippets: true,
    lines: true,
};

fn items(uri: &str, marked: &str, client: Client) -> (String, Vec<Item>) {
    let (text, at) = cursor(marked);
    let known = Known {
        run: None,
        agents: Arc::new(agents()),
    };
    let items = complete(&reading(uri, &text), at, &known, client);
    (text, items)
}

fn labels_in(uri: &str, marked: &str) -> Vec<String> {
    let (_, items) = items(uri, marked, ALL);
    items.into_iter().map(|item| item.label).collect()
}

/// Exactly these words, in this order.
#[track_caller]
fn check(marked: &str, expected: &[&str]) {
    assert_eq!(labels_in(super::FILE, marked), expected, "in\n{marked}");
}

/// These among others, and none of those.
#[track_caller]
fn among(marked: &str, there: &[&str], not: &[&str]) {
    let labels = labels_in(super::FILE, marked);
    for word in there {
        assert!(
            labels.contains(&(*word).to_owned()),
            "{word} is missing in {labels:?} in\n{marked}"
        );
    }
    for word in not {
        assert!(
            !labels.contains(&(*word).to_owned()),
            "{word} is in {labels:?} in\n{marked}"
        );
    }
}

/// The text once this word was taken.
#[track_caller]
fn taken(marked: &str, label: &str, client: Client, expected: &str) {
    let (mut text, items) = items(super::FILE, marked, client);
    let item = items.iter().find(|item| item.label == label);
    let item = item.unwrap_or_else(|| panic!("no {label} in\n{marked}"));
    let range = offset(&text, item.range.start)..offset(&text, item.range.end);
    text.replace_range(range, &item.insert);
    assert_eq!(text, expected, "{label} in\n{marked}");
    assert_eq!(item.snippet, item.insert.contains('$') && client.snippets);
}

#[track_caller]
fn take(marked: &str, label: &str, expected: &str) {
    taken(marked, label, ALL, expected);
}

#[test]
fn keys_of_each_level_that_are_not_there_yet() {
    among(
        "steps:\n  - id: a\n    ‸\n",
        &["run", "needs", "retry"],
        &["id", "max_parallel", "on_pass"],
    );
    among("steps:\n  - ‸", &["id", "run", "agent"], &["steps"]);
    among(
        "steps: []\n‸",
        &["id", "max_parallel", "metadata"],
        &["steps", "run", "workflow"],
    );
    check(
        "steps:\n  - id: a\n    retry:\n      max_attempts: 2\n      ‸",
        &["backoff_multiplier", "initial_delay_seconds"],
    );
    check(
        "steps:\n  - {id: a, gate: {on_pass: a, ‸}}\n",
        &["condition", "on_fail", "max_rounds"],
    );
    check(
        "workflow:\n  steps:\n    - id: a\n      limits:\n        ‸",
        &["memory", "cpu_percent", "output"],
    );
    among(
        "workflow:\n  steps: []\n  ‸",
        &["id", "metadata"],
        &["steps", "workflow"],
    );
    check("workflow:\n  steps: []\n‸", &[]);
    check(
        "metadata:\n  auto_execution:\n    features:\n      ‸\nsteps: []\n",
        &[
            "artifact_detection",
            "status_tracking",
            "error_handling",
            "metrics_collection",
            "audit_logging",
        ],
    );
    among(
        "metadata:\n  auto_execution:\n    ‸\nsteps: []\n",
        &["enabled", "retry", "true", "false"],
        &["max_attempts"],
    );
    among(
        "x: &x {timeout: 5m}\nsteps:\n  - <<: *x\n    ‸",
        &["timeout"],
        &[],
    );
}

/// While a line is being typed, what follows is no YAML because of it.
#[test]
fn keys_in_broken_texts() {
    among(
        "steps:\n  - id: a\n    ru‸\n    needs: [b]\n  - id: b\n    run: x\n",
        &["run", "retry"],
        &["id", "needs"],
    );
    among(
        "steps:\n  - id: a\n    needs: [b, \n  - id: b\n    ‸\n",
        &["run"],
        &["id"],
    );
    check(
        "steps:\n  - id: a\n    needs: [‸\n    run: x\n  - id: b\n    run: x\n",
        &["b"],
    );
}

#[test]
fn an_empty_file_in_a_folder_of_workflows_is_begun() {
    let labels = labels_in("file:///r/workflows/new.yaml", "‸");
    assert!(labels.contains(&"steps".to_owned()) && labels.contains(&"workflow".to_owned()));
    for uri in [
        "file:///r/other.yaml",
        "file:///r/.github/workflows/ci.yaml",
    ] {
        assert!(labels_in(uri, "‸").is_empty(), "{uri}");
    }
}

#[test]
fn nothing_in_text_that_is_not_ours() {
    for marked in [
        "steps:\n  - run: |\n      ec‸\n",
        "steps:\n  - run: |\n      echo\n      ‸\n",
        "steps:\n  - prompt: say ‸\n",
        "steps:\n  - prompt: >\n      nee‸\n",
        "steps:\n  - id: a # ‸\n",
        "# ‸\nsteps: []\n",
        "steps:\n  - run: ‸\n",
        "jobs: {}\nsteps:\n  - ‸\n",
        "apiVersion: v1\n‸\n",
        "steps:\n  - unknown:\n      ‸\n",
    ] {
        check(marked, &[]);
    }
}

#[test]
fn steps() {
    let text = "steps:\n  - id: a\n    run: x\n  - id: b\n    run: x\n  - step: Look it over\n    run: x\n  - id: own\n    run: x\n";
    let all = ["a", "b", "look-it-over"];
    for (line, expected) in [
        ("needs: [‸]", &all[..]),
        ("needs: [a, ‸", &all[1..]),
        ("needs:\n      - a\n      - ‸", &all[1..]),
        ("needs: ‸", &all),
        ("next: ‸", &all),
        ("gate:\n      on_fail: ‸", &all),
        ("optional_steps: [\"‸\"]", &all),
    ] {
        check(&format!("{text}    {line}\n"), expected);
    }
}

#[test]
fn files() {
    let text = "steps:\n  - id: a\n    run: x\n    creates: [a.md, 'b c.md']\n  - id: b\n    run: x\n    requires: [x.md]\n  - id: own\n";
    check(&format!("{text}    requires: [‸]\n"), &["a.md", "b c.md"]);
    check(&format!("{text}    requires: [a.md, ‸]\n"), &["b c.md"]);
    check(&format!("{text}    creates: [‸]\n"), &["x.md"]);
    check(
        "steps:\n  - id: a\n    creates: [a.md]\n    requires: [‸]\n",
        &[],
    );
}

#[test]
fn words() {
    for (line, expected) in [
        ("on_error: ‸", &["fail", "continue"][..]),
        ("repeats: t‸", &["true", "false"]),
        ("priority: ‸", &["critical", "high", "medium", "low"]),
        ("timeout: ‸", &["20m"]),
        ("backend: [‸]", &["command", "built-in", "file", "mine"]),
        ("agent: planner\n    action: ‸", &["plan", "create-stories"]),
        (
            "agent: reviewer\n    action: review_code\n    params:\n      ‸",
            &["file"],
        ),
    ] {
        check(&format!("steps:\n  - id: a\n    {line}\n"), expected);
    }
    check(
        "type: ‸\nsteps: []\n",
        &["greenfield", "brownfield", "hybrid"],
    );
    check("schema_version: \"‸\"\nsteps: []\n", &["1.0", "2.0"]);
    among(
        "steps:\n  - agent: ‸\n",
        &["reviewer", "mine", "analyst"],
        &[],
    );
    among(
        "steps:\n  - agent: house\n    prompt: x\n  - agent: ‸\n",
        &["house"],
        &[],
    );
    among(
        "steps:\n  - agent: house\n    action: ‸\n",
        &["plan", "review-code"],
        &[],
    );
}

#[test]
fn conditions() {
    let text =
        "steps:\n  - id: a.b\n    run: x\n  - id: c\n    run: x\n  - id: own\n    condition: ";
    let rest = [
        "inputs.",
        "scoring.passed",
        "gate_last.passed",
        "true",
        "false",
    ];
    let words = ["required", "optional", "conditional", "prerequisites_met"];
    let steps = ["steps.a.b.status", "steps.c.status"];
    let states = ["completed", "failed", "skipped", "cancelled", "unverified"];
    check(&format!("{text}‸\n"), &[&steps[..], &rest, &words].concat());
    check(
        &format!("{text}steps.‸\n"),
        &[&steps[..], &rest, &words].concat(),
    );
    let own = ["steps.a.b.status", "steps.a.b.outputs.", "steps.c.status"];
    check(
        &format!("{text}true && steps.a.b.‸\n"),
        &[&own[..], &rest].concat(),
    );
    check(
        &format!("{text}steps.c.status ‸x\n"),
        &["==", "!=", "&&", "||"],
    );
    check(&format!("{text}steps.c.status == '‸'\n"), &states);
    check(&format!("{text}\"steps.c.status == '‸\"\n"), &states);
    check(&format!("{text}steps.c.outputs.n == '‸'\n"), &[]);
    check(
        &format!("{text}x\n    gate: {{condition: ‸}}\n"),
        &[&steps[..], &rest].concat(),
    );
}

#[test]
fn keys_that_are_taken() {
    take(
        "steps:\n  - id: a\n    ru‸\n",
        "run",
        "steps:\n  - id: a\n    run: \n",
    );
    take(
        "steps:\n  - id: a\n    ne‸eds: [b]\n",
        "next",
        "steps:\n  - id: a\n    next: [b]\n",
    );
    take("steps:\n  -‸", "id", "steps:\n  - id: ");
    take("steps:\n  ‸", "id", "steps:\n  - id: ");
    take(
        "steps:\n  - id: a\n  ‸",
        "id",
        "steps:\n  - id: a\n  - id: ",
    );
    take(
        "steps:\n  - id: a\n    ‸",
        "retry",
        "steps:\n  - id: a\n    retry:\n      $0",
    );
    take("steps:\n  - ‸", "retry", "steps:\n  - retry:\n      $0");
    take(
        "steps:\n  - id: a\n    ‸",
        "needs",
        "steps:\n  - id: a\n    needs: [$0]",
    );
    take(
        "steps:\n  - id: a\n    ‸",
        "on_error",
        "steps:\n  - id: a\n    on_error: ${1|fail,continue|}",
    );
    take(
        "steps:\n  - {id: a, ‸}\n",
        "retry",
        "steps:\n  - {id: a, retry: {$0}}\n",
    );
}

#[test]
fn values_that_are_taken() {
    let two = "steps:\n  - id: a\n    run: x\n  - id: b\n    ";
    for (before, label, after) in [
        ("needs:‸", "a", "needs: [a]"),
        ("needs: ‸", "a", "needs: [a]"),
        ("needs: x‸", "a", "needs: a"),
        ("needs: [x‸y]", "a", "needs: [a]"),
        ("needs:\n      ‸", "a", "needs:\n      - a"),
        ("needs:\n      -‸", "a", "needs:\n      - a"),
        ("needs: ['‸']", "a", "needs: ['a']"),
        (
            "condition: steps.‸ == 'x'",
            "steps.a.status",
            "condition: steps.a.status == 'x'",
        ),
        (
            "condition: steps.a.sta‸tus",
            "steps.a.status",
            "condition: steps.a.status",
        ),
    ] {
        take(&format!("{two}{before}"), label, &format!("{two}{after}"));
    }
    let maker = "steps:\n  - creates: ['a, b', \"it's\"]\n    run: x\n";
    take(
        &format!("{maker}  - requires: [‸]\n"),
        "a, b",
        &format!("{maker}  - requires: ['a, b']\n"),
    );
}

#[test]
fn a_plain_client_gets_plain_text() {
    let step = "steps:\n  - id: a\n    ";
    for (label, expected) in [
        ("retry", "retry:"),
        ("needs", "needs: "),
        ("on_error", "on_error: "),
    ] {
        let marked = format!("{step}‸");
        taken(
            &marked,
            label,
            Client::default(),
            &format!("{step}{expected}"),
        );
    }
}

#[test]
fn places_count_characters() {
    take(
        "\u{feff}steps:\r\n  - title: 😀é\r\n    ru‸\r\n",
        "run",
        "\u{feff}steps:\r\n  - title: 😀é\r\n    run: \r\n",
    );
    take(
        "steps:\n  - {title: 😀, ru‸}\n",
        "run",
        "steps:\n  - {title: 😀, run: }\n",
    );
}

/// Whoever begins with nothing is led to what a workflow cannot do without.
#[test]
fn steps_come_first_until_they_are_there() {
    let empty = labels_in("file:///r/workflows/w.yaml", "‸");
    assert_eq!(empty.first().map(String::as_str), Some("steps"));
    assert_eq!(empty.last().map(String::as_str), Some("workflow"));
    assert_eq!(
        labels_in("file:///r/workflows/w.yaml", "id: x\n‸").first(),
        Some(&"steps".to_owned())
    );
    among("steps: []\n‸", &["id", "name"], &["steps", "workflow"]);
}
