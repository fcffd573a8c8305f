//! Where a cursor is, while the text around it is whole, half written, or broken. `‸` marks the cursor.

use crate::diagnostic::Position;
use crate::language::{Role, Segment, Sketch, Spot};

/// `path role word siblings flags`; `-` for a place where nothing is offered.
fn show(spot: Option<Spot>, text: &str) -> String {
    let Some(spot) = spot else {
        return "-".to_owned();
    };
    let path: Vec<String> = spot
        .path
        .iter()
        .map(|segment| match segment {
            Segment::Key(key) => key.clone(),
            Segment::Item(index) => index.to_string(),
        })
        .collect();
    let role = match spot.role {
        Role::Key => "key",
        Role::Value => "value",
        Role::Either => "either",
    };
    let line: Vec<char> = text
        .lines()
        .nth(spot.word.start.line as usize)
        .unwrap_or_default()
        .chars()
        .collect();
    let word: String = if spot.word.start.line == spot.word.end.line {
        let range = spot.word.start.column as usize..spot.word.end.column as usize;
        line.get(range).unwrap_or_default().iter().collect()
    } else {
        "…".to_owned()
    };
    let mut out = format!("{} {role} <{}|{word}>", path.join("."), spot.typed);
    if !spot.siblings.is_empty() {
        out += &format!(" beside {}", spot.siblings.join(","));
    }
    for (flag, name) in [
        (spot.space, "space"),
        (spot.own_line, "line"),
        (spot.colon, "colon"),
        (spot.flow, "flow"),
    ] {
        if flag {
            out += " ";
            out += name;
        }
    }
    out + &spot.quote.map(String::from).unwrap_or_default()
}

#[track_caller]
fn check(marked: &str, expected: &str) {
    let (before, after) = marked.split_once('‸').expect("a cursor");
    let text = format!("{before}{after}");
    let line = before.matches('\n').count();
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count();
    let at = Position {
        line: u32::try_from(line).unwrap(),
        column: u32::try_from(column).unwrap(),
    };
    let spot = Sketch::of(&text).spot(&text, at);
    assert_eq!(show(spot, &text), expected, "in\n{marked}");
}

#[test]
fn keys() {
    check("‸", " key <|> line");
    check("st‸", " key <st|st> line");
    check("id: a\n‸\nsteps: []\n", " key <|> beside id,steps line");
    check("id: a\nst‸eps:\n", " key <st|steps> beside id line colon");
    check("steps:\n  - ‸", "steps.0 either <|>");
    check("steps:\n  -‸", "steps.0 either <|> space");
    check("steps:\n  - ru‸", "steps.0 either <ru|ru>");
    check(
        "steps:\n  - id: a\n    ru‸\n    needs: [x]\n",
        "steps.0 key <ru|ru> beside id,needs line",
    );
    check(
        "steps:\n  - id: a\n    ‸\n  - id: b\n",
        "steps.0 key <|> beside id line",
    );
    check(
        "steps:\n  - id: a\n\n    ‸",
        "steps.0 key <|> beside id line",
    );
    check("steps:\n  - id: a\n  ‸", "steps.1 either <|> line");
    check(
        "steps:\n  - id: a\n  - ‸\n  - id: b\n",
        "steps.1 either <|>",
    );
    check("steps:\n- id: a\n  ‸\n", "steps.0 key <|> beside id line");
    check(
        "steps:\n  - i‸d: a\n    run: x\n",
        "steps.0 key <i|id> beside run line colon",
    );
    check(
        "steps:\n  - id: a\n    retry:\n      ‸",
        "steps.0.retry either <|> line",
    );
    check(
        "steps:\n  - id: a\n    retry:\n      ‸\n      max_attempts: 2\n",
        "steps.0.retry key <|> beside max_attempts line",
    );
    check(
        "steps:\n  - id: a\n    retry:\n      ma‸",
        "steps.0.retry either <ma|ma> line",
    );
    check(
        "workflow:\n  steps:\n    - id: a\n      ‸",
        "workflow.steps.0 key <|> beside id line",
    );
    check("a:\n  b: 1\n‸", " key <|> beside a line");
    check("\"a\": 1\n‸", " key <|> beside a line");
    check("a: 1 # x\r\n‸\r\nb: 2\r\n", " key <|> beside a,b line");
}

#[test]
fn values() {
    check("a: ‸", "a value <|>");
    check("a:‸", "a value <|> space");
    check("a: fo‸o", "a value <fo|foo>");
    check("a: ‸foo # x", "a value <|foo>");
    check("a: 'fo‸o'", "a value <fo|foo>'");
    check("a: \"fo‸", "a value <fo|fo>\"");
    check("a: &x fo‸", "a value <fo|fo>");
    check("a:\n  - ‸", "a.0 either <|>");
    check(
        "a:\n  - b\n  - c‸\n  - 'd'\n",
        "a.1 either <c|c> beside b,d",
    );
    check("a:\n- b\n- ‸", "a.1 either <|> beside b");
    check("a:\n  - b\n  ‸", "a.1 either <|> beside b line");
    check("a:\n  ‸\nb: 1\n", "a either <|> line");
    check("😀: é‸", "😀 value <é|é>");
    check("a: steps.b.‸ == 'x'", "a value <steps.b.|steps.b. == 'x'>");
}

#[test]
fn brackets() {
    check("a: [‸", "a.0 either <|> flow");
    check("a: [‸]", "a.0 either <|> flow");
    check("a: [b, ‸]", "a.1 either <|> beside b flow");
    check("a: [b,‸]", "a.1 either <|> beside b flow");
    check("a: [b, c‸, d]", "a.1 either <c|c> beside b,d flow");
    check("a: [b, c‸\nd: 1\n", "a.1 either <c|c> beside b flow");
    check("a: [\"b\", \"c‸\"]", "a.1 either <c|c> beside b flow\"");
    check("a: [b ‸]", "-");
    check("a: [\n  b,\n  ‸\n]\n", "a.1 either <|> beside b flow");
    check("a: {b: 1, ‸}", "a key <|> beside b flow");
    check(
        "a: {b: 1, c‸: 2, d: 3}",
        "a key <c|c> beside b,d colon flow",
    );
    check("a: {b: ‸}", "a.b value <|> beside b flow");
    check("a: {b: {c: [1, ‸", "a.b.c.1 either <|> beside 1 flow");
    check("a: {b: [1], ‸}", "a key <|> beside b flow");
    check("a: [x] ‸", "-");
    check("steps: [{id: a, ru‸", "steps.0 key <ru|ru> beside id flow");
    check("- [‸", "0.0 either <|> flow");
}

#[test]
fn what_is_not_ours() {
    check("a: b # ‸", "-");
    check("# ‸", "-");
    check("run: |\n  ec‸ho\n", "-");
    check("run: |\n  echo\n\n  ‸\n  x\n", "-");
    check("run: |\n  echo\n‸", " key <|> beside run line");
    check("- run: |\n    echo\n  ‸", "0 key <|> beside run line");
    check("p: some text\n  that goes ‸on\n", "-");
    check("p: some text\n  ‸", "-");
    check("p: \"some\n  text‸", "p value <some  text|…>\"");
    check("a: b ‸", "-");
    check("a: [x] # c‸", "-");
    check("--- ‸", "-");
    check("a: |‸", "-");
}

#[test]
fn what_is_broken_ends_where_it_must() {
    check(
        "steps:\n  - needs: [a, \n    run: x\n  - id: b\n    ‸\n",
        "steps.1 key <|> beside id line",
    );
    check("title: \"no end\nsteps:\n  - ‸\n", "steps.0 either <|>");
    check("a: {b: 1\nc:\n  d: ‸", "c.d value <|>");
    check("\ta: 1\n\t‸", " key <|> beside a line");
    check("a: b: c\n‸", " key <|> beside a line");
    check("a: 'it''s'\nb: ‸", "b value <|>");
    check("a: {b: 'it''s ', c: ‸}", "a.c value <|> beside b,c flow");
    check("a: \"x \\\" y\"\nb: ‸", "b value <|>");
}
