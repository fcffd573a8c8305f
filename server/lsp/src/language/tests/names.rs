//! Definition, references, rename, outline, folding, quick fixes.

use super::{FILE, apply, cursor, reading};
use crate::language::fixes::fixes;
use crate::language::fold::folds;
use crate::language::names::{mentions, prepare_rename, rename};
use crate::language::symbols::{Sign, symbols};
use model::language::parse;

const GUIDE: &str = "steps:
  - step: Gather Requirements
    agent: analyst
    action: gather-requirements
  - {step: Design, agent: architect, action: design-system, needs: [gather-requirements]}
  - step: Last
    run: x
    needs: [\"design\"]
    condition: \"steps.gather-requirements.status == 'completed' && steps.design.outputs.x != 'y'\"
";

const TAPPS: &str = "workflow:
  id: w
  steps:
    - id: debug
      agent: debugger
      action: analyze_error
      creates: [report.md]
      next: fix
    - id: fix
      agent: implementer
      action: write_code
      requires: [./report.md]
      gate:
        condition: steps.debug.status == 'completed'
        on_fail: 'debug'
";

/// The text once what is at the cursor was renamed: every `old` by `new`, and what else is named.
#[track_caller]
fn check(whole: &str, at: &str, new: &str, changes: &[(&str, &str)]) {
    let (text, at) = cursor(&whole.replacen(&at.replace('‸', ""), at, 1));
    let edits = rename(&reading(FILE, &text), at, new).unwrap();
    let renamed = apply(&text, &edits);
    let expected = changes
        .iter()
        .fold(whole.to_owned(), |text, (old, new)| text.replace(old, new));
    assert_eq!(renamed, expected);
    assert!(
        parse("w.yaml", renamed.as_bytes()).workflow.is_some(),
        "{renamed}"
    );
}

#[track_caller]
fn refused(marked: &str, new: &str, expected: &str) {
    let (text, at) = cursor(marked);
    assert_eq!(
        rename(&reading(FILE, &text), at, new).unwrap_err(),
        expected
    );
}

#[test]
fn renames_in_every_form() {
    check(
        TAPPS,
        "id: de‸bug",
        "look",
        &[
            ("id: debug", "id: look"),
            ("steps.debug", "steps.look"),
            ("'debug'", "'look'"),
        ],
    );
    check(
        TAPPS,
        "steps.debug‸",
        "no",
        &[
            ("id: debug", "id: 'no'"),
            ("steps.debug", "steps.no"),
            ("'debug'", "'no'"),
        ],
    );
    check(
        GUIDE,
        "[ga‸ther",
        "req",
        &[
            ("- step: Gather", "- id: req\n    step: Gather"),
            ("[gather-requirements]", "[req]"),
            ("steps.gather-requirements", "steps.req"),
        ],
    );
    check(
        GUIDE,
        "{step: De‸",
        "plan",
        &[
            ("{step: Design", "{id: plan, step: Design"),
            ("\"design\"", "\"plan\""),
            ("steps.design", "steps.plan"),
        ],
    );
    check(
        TAPPS,
        "./re‸port",
        "docs/a b.md",
        &[
            ("./report.md", "docs/a b.md"),
            ("[report.md]", "[docs/a b.md]"),
        ],
    );
}

#[test]
fn renames_over_aliases_and_strange_characters() {
    check(
        "steps:\n  - {id: a, run: x}\n  - &b {id: b, run: x, needs: &n [a]}\n  - {id: c, run: x, needs: *n}\n",
        "id: a‸",
        "z",
        &[("id: a", "id: z"), ("[a]", "[z]")],
    );
    check(
        "steps:\r\n  - {title: 😀, id: a, run: x}\r\n  - {title: 😀, needs: [a], run: x}\r\n",
        "[‸a",
        "b",
        &[("id: a", "id: b"), ("[a]", "[b]")],
    );
}

#[test]
fn refuses_names_that_cannot_be() {
    let at = TAPPS.replace("id: debug", "id: de‸bug");
    refused(
        &at,
        "a b",
        "the id `a b` holds other characters than letters, digits, `.`, `_` and `-`",
    );
    refused(&at, "FIX", "the id `FIX` is taken by another step");
    refused(&at, "", "the id `` is empty");
    refused(
        &TAPPS.replace("./report", "./re‸port"),
        "../x",
        "the path `../x` leaves the worktree",
    );
    refused(
        &TAPPS.replace("agent: debugger", "agent: ‸debugger"),
        "x",
        "there is no step and no file to rename here",
    );
    refused(
        "steps:\n  - id: a‸\n    run: [\n",
        "b",
        "the file is no YAML at the moment: mend it first",
    );
}

#[test]
fn names_are_offered_for_renaming() {
    let (text, at) = cursor(&GUIDE.replace("Gather Req", "Gather‸ Req"));
    let (_, name) = prepare_rename(&reading(FILE, &text), at).unwrap();
    assert_eq!(name, "gather-requirements");
    let (text, at) = cursor(&GUIDE.replace("run: x", "run: ‸x"));
    assert_eq!(prepare_rename(&reading(FILE, &text), at), None);
}

#[test]
fn mentions_lead_to_each_other() {
    let (text, at) = cursor(&TAPPS.replace("./report", "./‸report"));
    let found = mentions(&reading(FILE, &text), at).unwrap();
    let lines: Vec<_> = found
        .iter()
        .map(|found| (found.range.start.line + 1, found.definition))
        .collect();
    assert_eq!(lines, [(7, true), (12, false)]);
}

fn tree(signs: &[Sign], depth: usize, out: &mut String) {
    for sign in signs {
        let range = &sign.range;
        assert!(range.start <= sign.selection.start && sign.selection.end <= range.end);
        *out += &format!(
            "{}{} ({}) {}-{}\n",
            "  ".repeat(depth),
            sign.name,
            sign.detail,
            range.start.line + 1,
            range.end.line + 1
        );
        tree(&sign.children, depth + 1, out);
    }
}

#[test]
fn the_outline_is_a_tree() {
    let mut out = String::new();
    tree(&symbols(&reading(FILE, TAPPS)), 0, &mut out);
    let expected = "w (2 steps) 1-15
  debug (@debugger analyze_error) 4-8
    report.md () 7-7
  fix (@implementer write_code) 9-15
";
    assert_eq!(out, expected);
    let folded: Vec<_> = folds(&reading(FILE, TAPPS))
        .into_iter()
        .map(|(from, to)| (from + 1, to + 1))
        .collect();
    assert_eq!(folded, [(1, 15), (3, 15), (4, 8), (9, 15), (13, 15)]);
}

/// `title: the text after it` of each fix at the cursor.
#[track_caller]
fn mended(uri: &str, marked: &str, expected: &[(&str, &str)]) {
    let (text, at) = cursor(marked);
    let found = fixes(&reading(uri, &text), &(at..at));
    let found: Vec<_> = found
        .iter()
        .map(|fix| {
            let text = apply(&text, std::slice::from_ref(&fix.edit));
            (fix.title.as_str(), text)
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(title, text)| (*title, (*text).to_owned()))
        .collect();
    assert_eq!(found, expected, "in\n{marked}");
}

#[test]
fn keys_that_nobody_knows_are_mended() {
    mended(
        FILE,
        "steps:\n  - ti‸mout: 5m\n    run: x\n",
        &[
            (
                "Change to `timeout`",
                "steps:\n  - timeout: 5m\n    run: x\n",
            ),
            ("Remove `timout`", "steps:\n  - run: x\n"),
        ],
    );
    mended(
        FILE,
        "steps:\n  - run: x\n    sil‸ense: 5m\n",
        &[
            (
                "Change to `silence`",
                "steps:\n  - run: x\n    silence: 5m\n",
            ),
            ("Remove `silense`", "steps:\n  - run: x\n"),
        ],
    );
    mended(
        FILE,
        "steps:\n  - {run: x, script‸: y, on_error: fail}\n",
        &[
            (
                "Change to `run`",
                "steps:\n  - {run: x, run: y, on_error: fail}\n",
            ),
            ("Remove `script`", "steps:\n  - {run: x, on_error: fail}\n"),
        ],
    );
    mended(
        "file:///r/.tapps-agents/config.yaml",
        "offshoot:\n  max_paralel‸: 3\n  env: []\n",
        &[
            (
                "Change to `max_parallel`",
                "offshoot:\n  max_parallel: 3\n  env: []\n",
            ),
            ("Remove `max_paralel`", "offshoot:\n  env: []\n"),
        ],
    );
}

#[test]
fn values_with_a_near_name_are_mended() {
    mended(
        FILE,
        "steps:\n  - {id: ab, run: x}\n  - {run: x, needs: [ac‸]}\n",
        &[(
            "Change to `ab`",
            "steps:\n  - {id: ab, run: x}\n  - {run: x, needs: [ab]}\n",
        )],
    );
    mended(
        FILE,
        "steps:\n  - {run: x, on_error: contin‸e}\n",
        &[(
            "Change to `continue`",
            "steps:\n  - {run: x, on_error: continue}\n",
        )],
    );
    mended(
        FILE,
        "steps:\n  - {run: x, condition: inputs.a =‸ 'b'}\n",
        &[(
            "Change to `==`",
            "steps:\n  - {run: x, condition: inputs.a == 'b'}\n",
        )],
    );
    mended(FILE, "steps:\n  - {run: x, needs: [qqqq‸]}\n", &[]);
}
