//! Where things stand.

use super::read;
use crate::diagnostic::Position;
use std::ops::Range;

const FILE: &str = "id: flow
steps:
  - id: build
    run: |
      make
    next: test
  - title: The \"test\"
    id: test
    run: x
    condition: \"steps.build.status == 'completed'\"
    gate: {on_fail: build}
  - {run: y, needs: [build, ghost]}
";

fn show(range: Range<Position>) -> String {
    format!(
        "{}:{}-{}:{}",
        range.start.line + 1,
        range.start.column + 1,
        range.end.line + 1,
        range.end.column + 1
    )
}

#[test]
fn steps_and_keys() {
    let map = read(FILE).map;
    assert_eq!(map.id.clone().map(show), Some("1:5-1:9".to_owned()));
    let ranges = (0..3)
        .map(|step| map.step_range(step).map(show))
        .collect::<Vec<_>>();
    assert_eq!(
        ranges,
        [
            Some("3:5-6:15".into()),
            Some("7:5-11:27".into()),
            Some("12:5-12:36".into())
        ]
    );
    let names = (0..3)
        .map(|step| map.name_range(step).map(show))
        .collect::<Vec<_>>();
    assert_eq!(
        names,
        [
            Some("3:9-3:14".into()),
            Some("8:9-8:13".into()),
            Some("12:6-12:9".into())
        ]
    );
    assert_eq!(map.steps[2].id, "step-3");
    assert_eq!(
        map.range_of(1, "run").map(show),
        Some("9:10-9:11".to_owned())
    );
    assert_eq!(map.range_of(1, "check"), None);
    assert_eq!(map.range_of(9, "run"), None);
    assert_eq!(map.step_at(Position { line: 4, column: 8 }), Some(0));
    assert_eq!(map.step_at(Position { line: 1, column: 0 }), None);
}

#[test]
fn references() {
    let map = read(FILE).map;
    let found = map.references.iter().map(|found| {
        format!(
            "{} {} {} {:?}",
            show(found.range.clone()),
            found.step,
            found.key,
            found.target
        )
    });
    let expected = [
        "6:11-6:15 0 next Some(1)",
        "10:23-10:28 1 condition Some(0)",
        "11:21-11:26 1 on_fail Some(0)",
        "12:22-12:27 2 needs Some(0)",
        "12:29-12:34 2 needs None",
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
    let at = Position {
        line: 9,
        column: 24,
    };
    assert_eq!(map.reference_at(at).and_then(|found| found.target), Some(0));
}

/// What could be read keeps its places while the rest is being typed.
#[test]
fn of_half_a_file() {
    let map = read("steps:\n  - id: a\n    run: x\n  - id: b\n    needs: [a").map;
    assert_eq!(
        map.steps
            .iter()
            .map(|step| step.id.as_str())
            .collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert_eq!(map.references.len(), 1);
}
