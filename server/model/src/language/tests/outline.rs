//! The index of a text, whole and broken, and the places of what has names in it.

use crate::diagnostic::Position;
use crate::language::{Outline, Symbol, parse};
use proptest::prelude::*;

const WHOLE: &str = "steps:
  - id: build
    run: |
      make
    creates: [out/a.md, './b.md']
    next: test
  - title: The \"test\"
    id: 'test'
    run: x
    condition: \"steps.build.status == 'completed'\"
    gate: {on_fail: build}
    requires: [\"b.md\"]
  - step: Look it over
    run: y
    needs: [\"build\", test]
    optional_steps: [build]
    condition: >
      steps.build.status == 'completed' &&
      steps.test.outputs.n != steps.build.outputs.n
  - {run: y, needs: [look-it-over]}
";

fn place(text: &str, at: usize) -> Position {
    let before = &text[..at];
    Position {
        line: u32::try_from(before.matches('\n').count()).unwrap(),
        column: u32::try_from(before.rsplit('\n').next().unwrap().chars().count()).unwrap(),
    }
}

fn outline(text: &str) -> Outline {
    Outline::of("x.yaml", text.as_bytes())
}

/// `line:column-column` of each mention, from 1; `=` for definitions.
fn mentions(text: &str, symbol: &Symbol) -> Vec<String> {
    outline(text)
        .mentions(symbol, text)
        .iter()
        .map(|found| {
            let mark = if found.definition { "=" } else { "" };
            let range = &found.range;
            assert_eq!(range.start.line, range.end.line);
            format!(
                "{mark}{}:{}-{}",
                range.start.line + 1,
                range.start.column + 1,
                range.end.column + 1
            )
        })
        .collect()
}

#[test]
fn every_mention_of_a_step_is_its_name_alone() {
    let found = mentions(WHOLE, &Symbol::Step(0));
    let expected = [
        "=2:9-14", "10:23-28", "11:21-26", "15:14-19", "16:22-27", "18:13-18", "19:37-42",
    ];
    assert_eq!(found, expected);
    assert_eq!(
        mentions(WHOLE, &Symbol::Step(1)),
        ["=8:10-14", "6:11-15", "15:22-26", "19:13-17"]
    );
    // Its id is made of its title.
    assert_eq!(mentions(WHOLE, &Symbol::Step(2)), ["=13:11-23", "20:22-34"]);
}

#[test]
fn files_are_known_in_every_spelling() {
    let path = Symbol::Artifact("b.md".to_owned());
    assert_eq!(mentions(WHOLE, &path), ["=5:26-32", "12:17-21"]);
}

#[test]
fn what_is_under_the_cursor() {
    let index = outline(WHOLE);
    for (needle, expected) in [
        ("build\n", Some(Symbol::Step(0))),
        ("test\n", Some(Symbol::Step(1))),
        ("Look it", Some(Symbol::Step(2))),
        ("out/a", Some(Symbol::Artifact("out/a.md".to_owned()))),
        ("make", None),
    ] {
        let at = place(WHOLE, WHOLE.find(needle).unwrap() + 1);
        let found = index.symbol_at(at, WHOLE).map(|(symbol, _)| symbol);
        assert_eq!(found, expected, "{needle}");
    }
}

#[track_caller]
fn steps(text: &str, expected: &[&str]) {
    let index = outline(text);
    let ids: Vec<_> = index
        .map
        .steps
        .iter()
        .map(|step| step.id.as_str())
        .collect();
    assert_eq!(ids, expected, "in\n{text}");
    assert_eq!(
        index.diagnostics,
        parse("x.yaml", text.as_bytes()).diagnostics
    );
}

/// What stands behind a broken place is known all the same.
#[test]
fn broken_texts_keep_their_steps() {
    steps(
        "steps:\n  - id: a\n    ru\n    needs: [b]\n  - id: b\n    run: x\n",
        &["a", "b"],
    );
    steps(
        "steps:\n  - id: a\n    needs: [b, \n    run: y\n  - id: b\n    run: x\n",
        &["a", "b"],
    );
    steps(
        "steps:\n  - id: a\n    title: \"x\n    run: y\n  - id: b\n    run: x\n",
        &["a", "b"],
    );
    steps(
        "steps:\n  - id: a\n    run: x: y\n  - id: b\n    run: x\n",
        &["a", "b"],
    );
    steps(
        "steps:\n  - id: a\n    retry: {max_attempts: 2, \n  - id: b\n    run: x\n",
        &["a", "b"],
    );
    steps(
        "steps:\n  - ru\n    id: a\n  - id: b\n    run: x\n",
        &["a", "b"],
    );
    steps(
        "steps:\n  - id: a\n   run: x\n  - id: b\n    run: x\n",
        &["a", "b"],
    );
    steps("steps:\n\t- id: a\n\t  run: x\n\t- id: b\n", &["a", "b"]);
    steps(
        "steps:\n  - id: a\n    run: @x\n  - id: b\n    run: *no\n  - id: c\n",
        &["a", "b", "c"],
    );
    steps("title: 'x\nsteps:\n  - id: a\n", &["a"]);
}

#[test]
fn places_of_a_broken_text_are_those_of_the_text() {
    let broken = WHOLE.replace("    run: y\n    needs", "    run: y: z\n    ne\n    needs");
    let found = mentions(&broken, &Symbol::Step(0));
    assert_eq!(found.len(), 7, "{found:?}");
    assert_eq!(found[3], "16:14-19");
}

#[test]
fn a_byte_order_mark_is_no_column() {
    let text = "\u{feff}id: w\nsteps:\r\n  - id: a\r\n    run: x\r\n  - {run: y, needs: [a]}\r\n";
    assert_eq!(mentions(text, &Symbol::Step(0)), ["=3:9-10", "5:22-23"]);
}

proptest! {
    #[test]
    fn has_an_answer_for_every_text(
        cuts in prop::collection::vec((0..WHOLE.len(), 0..WHOLE.len(), 0..40_usize), 0..5),
        end in 0..WHOLE.len(),
        at in 0..WHOLE.len(),
    ) {
        let mut text = WHOLE[..end].to_owned();
        for (from, to, len) in cuts {
            let piece = WHOLE[from..(from + len).min(WHOLE.len())].to_owned();
            let at = to.min(text.len());
            let until = (at + len / 2).min(text.len());
            text.replace_range(at..until, &piece);
        }
        let index = outline(&text);
        let at = place(&text, at.min(text.len()));
        let _ = index.yaml.sketch.spot(&text, at);
        let _ = index.yaml.key_at(at);
        if let Some((symbol, mention)) = index.symbol_at(at, &text) {
            prop_assert!(mention.range.start <= mention.range.end);
            prop_assert!(index.mentions(&symbol, &text).contains(&mention));
        }
        prop_assert_eq!(index.diagnostics, parse("x.yaml", text.as_bytes()).diagnostics);
    }

    #[test]
    fn soup_has_a_layout(text in "([ \t\n\r:,{}\\[\\]&*!|>'\"%@`#?~<-]|[a-c]|: |\n  - |steps:|run: \\||\u{feff}|😀){0,60}", line in 0..8_u32, column in 0..12_u32) {
        let index = outline(&text);
        let at = Position { line, column };
        let _ = index.yaml.sketch.spot(&text, at);
        let _ = index.symbol_at(at, &text);
    }
}
