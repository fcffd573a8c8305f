//! Drawings of workflows.

use crate::verbs::workflow::graph::{dot, mermaid, of_workflow};

#[test]
fn a_file_is_drawn() {
    let text = b"id: g\nsteps:\n  - {id: a, title: 'say \"hi\"', run: 'true'}\n  - {id: end, needs: [a], run: 'true'}\n";
    let parsed = model::language::parse("g.yaml", text);
    let graph = of_workflow(&parsed.workflow.unwrap());
    assert_eq!(
        mermaid(&graph),
        "flowchart TD\n  s0[\"say #quot;hi#quot;\"]\n  s1[\"end\"]\n  s0 --> s1\n"
    );
    assert_eq!(
        dot(&graph),
        "digraph \"g\" {\n  \"a\" [label=\"say \\\"hi\\\"\"];\n  \"end\" [label=\"end\"];\n  \"a\" -> \"end\";\n}\n"
    );
}

#[test]
fn gates_are_labelled() {
    let text = b"id: g
steps:
  - {id: write, run: x, repeats: true}
  - {id: review, run: x, needs: [write], scoring: {thresholds: {overall_min: 8, complexity_max: 4.5}}, gate: {condition: 'scoring.passed && inputs.x != \"y\"', on_pass: ship, on_fail: write, max_rounds: 4}}
  - {id: ship, run: x, gate: {on_pass: a, on_fail: b}}
  - {id: a, run: x}
  - {id: b, run: x}
";
    let graph = of_workflow(&model::language::parse("g.yaml", text).workflow.unwrap());
    assert_eq!(
        mermaid(&graph).lines().skip(2).collect::<Vec<_>>(),
        [
            "  s1[\"review<br/>scoring.passed && inputs.x != 'y'<br/>overall at least 8, complexity at most 4.5\"]",
            "  s2[\"ship\"]",
            "  s3[\"a\"]",
            "  s4[\"b\"]",
            "  s0 --> s1",
            "  s1 -.->|fail, 4 rounds at most| s0",
            "  s1 -->|pass| s2",
            "  s2 -->|pass| s3",
            "  s2 -->|fail| s4"
        ]
    );
    assert_eq!(
        dot(&graph).lines().skip(2).collect::<Vec<_>>(),
        [
            "  \"review\" [label=\"review\\nscoring.passed && inputs.x != 'y'\\noverall at least 8, complexity at most 4.5\"];",
            "  \"ship\" [label=\"ship\"];",
            "  \"a\" [label=\"a\"];",
            "  \"b\" [label=\"b\"];",
            "  \"write\" -> \"review\";",
            "  \"review\" -> \"write\" [label=\"fail, 4 rounds at most\", style=dashed, constraint=false];",
            "  \"review\" -> \"ship\" [label=\"pass\"];",
            "  \"ship\" -> \"a\" [label=\"pass\"];",
            "  \"ship\" -> \"b\" [label=\"fail\"];",
            "}"
        ]
    );
}

#[test]
fn what_is_shipped_can_be_run() {
    let check = |name: &str, text: &str| {
        let parsed = model::language::parse(name, text.as_bytes());
        assert!(
            parsed.workflow.is_some(),
            "{name}: {:?}",
            parsed.diagnostics
        );
        assert_eq!(parsed.diagnostics, [], "{name}");
    };
    check("example.yaml", include_str!("../../templates/example.yaml"));
    check(
        "release.yaml",
        include_str!("../../demo/words/workflows/release.yaml"),
    );
}
