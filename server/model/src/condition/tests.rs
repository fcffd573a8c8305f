//! Conditions: what they come to, what they refuse, and that nothing makes them panic.

use super::*;
use proptest::prelude::*;

fn known(reference: &Reference) -> Option<Value> {
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    match reference.to_string().as_str() {
        "steps.build.status" | "steps.a.b-c.status" => text("completed"),
        "steps.build.outputs.count" => text("8"),
        "steps.build.outputs.ok" => text("true"),
        "steps.build.outputs.bad" => text("false"),
        "inputs.target" => text("it's"),
        "scoring.passed" => Some(Value::Bool(true)),
        _ => None,
    }
}

#[test]
fn evaluates() {
    for (text, expected) in [
        ("true", true),
        ("false || true", true),
        ("true && false", false),
        ("!false", true),
        ("!!true", true),
        ("steps.build.status == 'completed'", true),
        ("steps.build.status==\"completed\"", true),
        ("steps.a.b-c.status == 'completed'", true),
        ("steps.build.status != 'completed'", false),
        ("steps.build.outputs.count == 8", true),
        ("steps.build.outputs.count == '8'", true),
        ("steps.build.outputs.count == 8.0", false),
        ("steps.build.outputs.ok == true", true),
        ("steps.build.outputs.ok", true),
        ("steps.build.outputs.bad", false),
        ("steps.build.outputs.none", false),
        ("steps.build.outputs.none == ''", true),
        ("steps.build.outputs.none == false", true),
        ("steps.build.outputs.none != true", true),
        ("inputs.target == \"it's\"", true),
        ("inputs.other", false),
        ("scoring.passed == true", true),
        ("scoring.passed && !gate_last.passed", true),
        ("gate_last.passed == true", false),
        ("true || false && false", true),
        ("(true || false) && false", false),
        ("!(scoring.passed && gate_last.passed)", true),
        ("('a' == 'a') == true", true),
        ("-1 == '-1'", true),
    ] {
        let expr = parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        assert_eq!(expr.holds(&known), expected, "{text}");
        let again = parse(&expr.to_string()).expect("what is shown can be read");
        assert_eq!(again.to_string(), expr.to_string());
        assert_eq!(again.holds(&known), expected, "{text} shown as {expr}");
    }
}

#[test]
fn refuses_with_a_place() {
    for (text, expected) in [
        ("", "0-0 the condition ends too early"),
        (
            "a",
            "0-1 `a` is nothing a condition knows | text stands in quotes: `'a'`",
        ),
        ("true &&", "7-7 the condition ends too early"),
        ("(true", "5-5 a `)` is missing"),
        (
            "true)",
            "4-5 `)` was not expected here | `==`, `!=`, `&&` or `||` belongs between two parts",
        ),
        (
            "'ä' == 'b",
            "7-9 this text has no closing quote | end it with `'`",
        ),
        (
            "'a' = 'b'",
            "4-5 `=` has no meaning in a condition | comparison is `==`",
        ),
        (
            "scoring.overall > 7",
            "16-17 `>` has no meaning in a condition | only `==` and `!=` compare",
        ),
        (
            "&& true",
            "0-2 `&&` was not expected here | text, `true`, `false` or a reference belongs here",
        ),
        (
            "true false",
            "5-10 `false` was not expected here | `==`, `!=`, `&&` or `||` belongs between two parts",
        ),
        (
            "'a' == 'b' == 'c'",
            "11-13 `==` was not expected here | `==`, `!=`, `&&` or `||` belongs between two parts",
        ),
    ] {
        let error = parse(text).expect_err(text);
        let hint = error
            .hint
            .map(|hint| format!(" | {hint}"))
            .unwrap_or_default();
        assert_eq!(
            format!(
                "{}-{} {}{hint}",
                error.at.start, error.at.end, error.message
            ),
            expected,
            "{text}"
        );
    }
    for text in [
        "steps.a.state",
        "steps..status",
        "inputs.",
        "step.a.status",
        "env.HOME",
    ] {
        let error = parse(text).expect_err(text);
        assert!(
            error
                .hint
                .is_some_and(|hint| hint.contains("steps.<id>.status")),
            "{text}"
        );
    }
}

#[test]
fn depth_is_bounded_and_length_is_not() {
    for open in ["(", "!"] {
        assert!(parse(&format!("{}true", open.repeat(100_000))).is_err());
    }
    let long = vec!["steps.a.status == 'x'"; 10_000].join(" && ");
    assert_eq!(
        parse(&long).expect("long is fine").references().len(),
        10_000
    );
}

#[test]
fn references_have_places() {
    let expr = parse("'ä' == steps.a.status && !inputs.x").expect("valid");
    let found: Vec<_> = expr
        .references()
        .into_iter()
        .map(|(r, at)| (r.to_string(), at))
        .collect();
    assert_eq!(
        found,
        [
            ("steps.a.status".to_owned(), 7..21),
            ("inputs.x".to_owned(), 26..34)
        ]
    );
}

proptest! {
    #[test]
    fn never_panics(text in "[ a-z'\"()!=&|.0-9\\-<>ä]{0,40}") {
        if let Ok(expr) = parse(&text) {
            let shown = expr.to_string();
            let again = parse(&shown).expect("what is shown can be read");
            prop_assert_eq!(again.to_string(), shown);
            prop_assert_eq!(again.eval(&known), expr.eval(&known));
        }
    }
}
