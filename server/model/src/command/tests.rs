//! Command strings: how they are written, how they and those of the original are read.

use super::*;
use proptest::prelude::*;

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn number(text: &str) -> Value {
    Value::Number(text.to_owned())
}

fn map(entries: &[(&str, Value)]) -> Vec<(String, Value)> {
    entries
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect()
}

fn work(agent: &str, action: &str, params: &[(&str, Value)]) -> AgentWork {
    AgentWork {
        agent: agent.into(),
        action: action.into(),
        params: map(params),
        prompt: "not in it".into(),
    }
}

#[test]
fn formats() {
    for (params, expected) in [
        (vec![], "@a do"),
        (
            vec![("target_file", text("requirements.md"))],
            "@a do --target_file requirements.md",
        ),
        (
            vec![
                ("x", Value::Null),
                ("y", Value::Bool(false)),
                ("z", Value::Bool(true)),
            ],
            "@a do --z",
        ),
        (vec![("x", text(""))], r#"@a do --x """#),
        (vec![("x", text("two words"))], r#"@a do --x "two words""#),
        (
            vec![("x", text("say \"hi\"\nC:\\new"))],
            r#"@a do --x "say \"hi\"\nC:\\new""#,
        ),
        (vec![("x", text("it's"))], r#"@a do --x "it's""#),
        (vec![("x", text("--y"))], r#"@a do --x "--y""#),
        (
            vec![("x", text("8")), ("y", number("8"))],
            r#"@a do --x "8" --y 8"#,
        ),
        (vec![("x", text("true"))], r#"@a do --x "true""#),
        (
            vec![("x", Value::List(vec![text("a b"), number("1.0")]))],
            r#"@a do --x '["a b",1.0]'"#,
        ),
        (
            vec![("x", Value::Map(map(&[("k", text("it's\n"))])))],
            r#"@a do --x '{"k":"it\u0027s\n"}'"#,
        ),
        (vec![("my key", text("v"))], r#"@a do --"my key" v"#),
    ] {
        assert_eq!(format(&work("a", "do", &params)), expected);
    }
    assert_eq!(format(&work("a", "", &[])), "@a");
    assert_eq!(format(&work("a", "", &[("x", number("1"))])), "@a --x 1");
}

fn check(command: &str, agent: &str, action: &str, params: &[(&str, Value)], rest: &str) {
    let expected = ParsedCommand {
        agent: agent.into(),
        action: action.into(),
        params: map(params),
        rest: rest.into(),
    };
    assert_eq!(parse(command), Ok(expected), "{command}");
}

#[test]
fn reads_the_spellings_of_the_original() {
    check(
        "@reviewer *review src/x.py",
        "reviewer",
        "review",
        &[],
        "src/x.py",
    );
    check("@a", "a", "", &[], "");
    check("  @a\n", "a", "", &[], "");
    check(
        "@a go --file x.py --json",
        "a",
        "go",
        &[("file", text("x.py")), ("json", Value::Bool(true))],
        "",
    );
    check(
        "@a go --output_file  --x y",
        "a",
        "go",
        &[("output_file", Value::Bool(true)), ("x", text("y"))],
        "",
    );
    check(
        "@a go --d \"say \"hi\" to all\" --x 1",
        "a",
        "go",
        &[("d", text("say \"hi\" to all")), ("x", number("1"))],
        "",
    );
    check(
        "@a go --d \"C:\\dir x\" y",
        "a",
        "go",
        &[("d", text("C:\\dir x"))],
        "y",
    );
    check(
        "@a go --d \"x\" y --e \"z\"",
        "a",
        "go",
        &[("d", text("x")), ("e", text("z"))],
        "y",
    );
    check(
        "@a go --c '{\"k\": \"the dogs' \\u00e9 \\ud83d\\ude00\"}'",
        "a",
        "go",
        &[("c", Value::Map(map(&[("k", text("the dogs' é 😀"))])))],
        "",
    );
    check(
        "@a go --c '{broken}' --d 'it's me'",
        "a",
        "go",
        &[("c", text("{broken}")), ("d", text("it's me"))],
        "",
    );
    check(
        "@a go --l ['a', 'b'] --x [1,2]",
        "a",
        "go",
        &[("l", text("['a', 'b']")), ("x", text("[1,2]"))],
        "",
    );
    check(
        "@a go --x [1, 2]",
        "a",
        "go",
        &[("x", Value::List(vec![number("1"), number("2")]))],
        "",
    );
    check(
        "@a go --x=1 -- all --the rest",
        "a",
        "go",
        &[("x", number("1"))],
        "all --the rest",
    );
    check("@a \"free text\" 'more'", "a", "", &[], "free text more");
    check("@a go --d \"open", "a", "go", &[("d", text("open"))], "");
    check(
        "@a go --d null --e false",
        "a",
        "go",
        &[("d", Value::Null), ("e", Value::Bool(false))],
        "",
    );
}

#[test]
fn refuses_what_names_no_agent() {
    for (command, expected) in [
        ("", CommandError::NoAgent),
        ("review x", CommandError::NoAgent),
        ("@", CommandError::EmptyAgent),
        ("@ a", CommandError::EmptyAgent),
    ] {
        assert_eq!(parse(command), Err(expected), "{command}");
    }
}

#[test]
fn hostile_texts_are_read_once() {
    for part in [
        "--a '{\"",
        "--a \"x\" y ",
        "'{ ",
        "\" ",
        "--a [ ",
        "\\\"",
        "[[",
    ] {
        let command = format!("@a go {}", part.repeat(20_000));
        assert!(parse(&command).is_ok());
    }
}

/// Any text with more than its share of what needs quoting.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z./_-]{0,8}",
        "[ \"'\\\\nr\n\r\t{}\\[\\]=@*-]{0,12}",
        any::<String>(),
        Just("true".to_owned()),
        "-?[0-9]{1,3}(\\.[0-9])?",
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Bool(true)),
        any_text().prop_map(Value::Text),
        "-?(0|[1-9][0-9]{0,4})(\\.[0-9]{1,2})?(e-?[1-9])?".prop_map(Value::Number),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let inner = prop_oneof![inner, Just(Value::Null), Just(Value::Bool(false))];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::List),
            prop::collection::vec((any_text(), inner), 0..3).prop_map(Value::Map),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        agent in "[a-z][a-z0-9_-]{0,6}",
        action in "([a-z][a-z0-9_-]{0,6})?",
        params in prop::collection::vec((any_text(), any_value()), 0..4),
    ) {
        let command = format(&AgentWork { agent: agent.clone(), action: action.clone(), params: params.clone(), prompt: String::new() });
        prop_assert!(!command.contains('\n'));
        prop_assert_eq!(parse(&command), Ok(ParsedCommand { agent, action, params, rest: String::new() }), "{}", command);
    }

    #[test]
    fn never_panics(text in "@?[ a*\"'\\\\{}\\[\\]:,=ä-]{0,40}") {
        let _ = parse(&text);
    }
}
