//! Files that are too much: each has an answer, soon, that names the limit.

use super::super::{MAX_BYTES, MAX_DIAGNOSTICS, MAX_STEPS, parse};
use super::render;

#[track_caller]
fn refused(yaml: &str, expected: &str) {
    let found = parse("x.yaml", yaml.as_bytes());
    assert!(found.workflow.is_none());
    let errors: Vec<String> = found
        .diagnostics
        .iter()
        .map(render)
        .filter(|line| line.contains(" error "))
        .collect();
    assert!(
        errors.iter().any(|line| line.contains(expected)),
        "{errors:?}"
    );
}

fn steps(count: usize, more: impl Fn(usize) -> String) -> String {
    let steps = (0..count).map(|step| format!("  - {{id: s{step}, run: x{}}}\n", more(step)));
    format!("steps:\n{}", steps.collect::<String>())
}

#[test]
fn bytes() {
    refused(
        &"#".repeat(MAX_BYTES + 1),
        "1:1-1:1 too-large error the file has 10000001 bytes; at most 10000000 are read",
    );
    let line = "      lorem ipsum dolor sit amet\n";
    let largest = format!(
        "steps:\n  - run: |\n{}",
        line.repeat((MAX_BYTES - 100) / line.len())
    );
    assert!(parse("x.yaml", largest.as_bytes()).workflow.is_some());
}

#[test]
fn count_of_steps() {
    let most = steps(MAX_STEPS, |_| String::new());
    assert!(parse("x.yaml", most.as_bytes()).workflow.is_some());
    let far_too_many = format!("steps:\n{}", "  - run: echo hello\n".repeat(100_000));
    refused(
        &far_too_many,
        "10002:5-10002:20 too-many-steps error the workflow has more than 10000 steps",
    );
    let wrapped = format!(
        "workflow:\n  steps:\n{}",
        "    - run: echo hello\n".repeat(100_000)
    );
    refused(&wrapped, "too-many-steps");
}

#[test]
fn depth() {
    for open in ["[", "{a: ", "- ", "? ", "[{a: "] {
        refused(
            &open.repeat(10_000),
            "lists and mappings nest deeper than 64",
        );
    }
    let deep = format!(
        "metadata: {{x: {}{}}}\nsteps: [{{run: x}}]",
        "[".repeat(50),
        "]".repeat(50)
    );
    assert!(parse("x.yaml", deep.as_bytes()).workflow.is_some());
}

#[test]
fn alias_bombs() {
    let mut bomb = "metadata:\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let below = format!("*a{}", level - 1);
        bomb += &format!(
            "  a{level}: &a{level} [{}]\n",
            [below.as_str(); 9].join(", ")
        );
    }
    refused(
        &format!("{bomb}steps: [{{run: x}}]\n"),
        "too-many-values error the file has more than 500000 keys and values, aliases included",
    );
    let merges: String = (1..20).fold("metadata:\n  a0: &a0 {x: 1}\n".to_owned(), |file, level| {
        format!("{file}  a{level}: &a{level} {{k{level}: [*a{0}, *a{0}, *a{0}], <<: [*a{0}, *a{0}, *a{0}]}}\n", level - 1)
    });
    refused(&merges, "too-many-values");
    let nested: String = (0..60).map(|level| format!("&n{level} [")).collect();
    refused(
        &format!(
            "metadata: {nested}{}{}",
            "x, ".repeat(20_000),
            "]".repeat(60)
        ),
        "too-many-values",
    );
    let mut tower = "metadata:\n  a0: &a0 [x]\n".to_owned();
    for level in 1..70 {
        tower += &format!("  a{level}: &a{level} [*a{}]\n", level - 1);
    }
    refused(&tower, "too-deep");
}

#[test]
fn wide_values() {
    refused(
        &format!("metadata: [{}]", "x,".repeat(600_000)),
        "too-many-values",
    );
    let keys: String = (0..50_000).map(|key| format!("k{key}: x\n")).collect();
    let found = parse("x.yaml", format!("{keys}steps: [{{run: x}}]\n").as_bytes());
    assert!(found.workflow.is_some(), "unknown keys are warnings");
    assert_eq!(found.diagnostics.len(), MAX_DIAGNOSTICS + 1);
    let last = found.diagnostics.last().map(render).unwrap_or_default();
    assert!(
        last.ends_with("too-many-problems warning 49000 more problems are not listed"),
        "{last}"
    );
}

#[test]
fn problems_beyond_the_list_still_count() {
    let keys: String = (0..2_000).map(|key| format!("k{key}: x\n")).collect();
    refused(
        &format!("{keys}steps: [{{run: x, needs: nobody}}]\n"),
        "more problems are not listed",
    );
}

#[test]
fn relations() {
    let last = MAX_STEPS - 1;
    let circle = steps(MAX_STEPS, |step| {
        format!(", needs: s{}", if step == 0 { last } else { step - 1 })
    });
    refused(&circle, "s0 -> s9999 -> s9998 ->");
    let strangers = steps(MAX_STEPS, |step| format!(", needs: t{}", step + 1));
    refused(
        &strangers,
        "unknown-step error there is no step `t1` | did you mean",
    );
    let mesh = steps(2_000, |step| {
        if step < 1_000 {
            ", creates: [src/]".to_owned()
        } else {
            ", requires: [src/]".to_owned()
        }
    });
    refused(&mesh, "too-many-edges error more than 200000 pairs");
    let same = steps(MAX_STEPS, |_| ", creates: [a.md]".to_owned());
    refused(&same, "two-producers");
    let titles = format!(
        "steps:\n{}",
        "  - {title: same, run: x}\n".repeat(MAX_STEPS)
    );
    let found = parse("x.yaml", titles.as_bytes()).workflow.expect("valid");
    assert_eq!(found.steps[last].id.as_str(), "same-10000");
    let finals = format!(
        "steps:\n{}",
        "  - {agent: orchestrator, action: finalize}\n  - {run: x}\n".repeat(MAX_STEPS / 2)
    );
    assert!(parse("x.yaml", finals.as_bytes()).workflow.is_some());
}
