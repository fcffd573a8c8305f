//! The log: bounded, whole where it can be, readable by offset.

use agents::attempt::{LogCaps, Outcome, last_line, read_log};

use crate::Test;
use crate::support::{Case, files};

pub(crate) const TESTS: &[Test] = &[
    ("a_small_log_is_whole", a_small_log_is_whole),
    (
        "a_flood_keeps_its_head_and_its_end",
        a_flood_keeps_its_head_and_its_end,
    ),
    (
        "any_bytes_are_kept_as_they_came",
        any_bytes_are_kept_as_they_came,
    ),
    (
        "the_log_can_be_read_while_it_grows",
        the_log_can_be_read_while_it_grows,
    ),
];

fn a_small_log_is_whole() {
    let case = Case::new();
    case.run(case.script("echo one; echo two"));
    let chunk = read_log(&case.dir(), 0, 1_000).unwrap();
    assert_eq!(
        (chunk.bytes.as_slice(), chunk.next, chunk.dropped, chunk.end),
        (&b"one\ntwo\n"[..], 8, 0, 8)
    );
    let chunk = read_log(&case.dir(), 4, 2).unwrap();
    assert_eq!(
        (chunk.bytes.as_slice(), chunk.offset, chunk.next),
        (&b"tw"[..], 4, 6)
    );
    let chunk = read_log(&case.dir(), 100, 10).unwrap();
    assert_eq!((chunk.bytes.len(), chunk.next, chunk.end), (0, 100, 8));
    assert_eq!(last_line(&case.dir()).unwrap().as_deref(), Some("two"));
}

fn a_flood_keeps_its_head_and_its_end() {
    let case = Case::new();
    // Lines of 8 bytes, so that an offset says which line it is.
    let mut spec = case.script("seq -f %07.0f 0 499999");
    spec.log = LogCaps {
        head_bytes: 10_000,
        tail_bytes: 80_000,
    };
    let result = case.run(spec);
    assert_eq!(result.outcome, Outcome::Exited { code: 0 });
    assert_eq!(result.log.bytes, 4_000_000);
    let kept: usize = files(&case.dir())
        .iter()
        .filter(|(name, _)| name.starts_with("log"))
        .map(|(_, c)| c.len())
        .sum();
    assert!(kept <= 90_000, "{kept}");
    assert_eq!(result.log.dropped, 4_000_000 - kept as u64);

    let (mut offset, mut seen, mut dropped) = (0, 0, 0);
    loop {
        let chunk = read_log(&case.dir(), offset, 3_000).unwrap();
        dropped += chunk.dropped;
        if chunk.bytes.is_empty() {
            break;
        }
        for (place, byte) in (chunk.offset..).zip(&chunk.bytes) {
            let line = format!("{:07}\n", place / 8);
            assert_eq!(
                *byte,
                line.as_bytes()[usize::try_from(place % 8).unwrap()],
                "at {place}"
            );
        }
        seen += chunk.bytes.len();
        offset = chunk.next;
    }
    assert_eq!(
        (seen, dropped, offset),
        (kept, result.log.dropped, 4_000_000)
    );
    assert!(seen >= 10_000 + 70_000 - 1, "{seen}");
    assert_eq!(last_line(&case.dir()).unwrap().as_deref(), Some("0499999"));
}

fn any_bytes_are_kept_as_they_came() {
    let case = Case::new();
    let result = case.run(case.script("printf 'a\\000\\377\\376b\\n\\033[31mred\\033[0m\\n'"));
    let chunk = read_log(&case.dir(), 0, 1_000).unwrap();
    assert_eq!(chunk.bytes, b"a\x00\xff\xfeb\n\x1b[31mred\x1b[0m\n");
    assert_eq!(result.last_lines, ["a\u{fffd}\u{fffd}b", "red"]);
}

fn the_log_can_be_read_while_it_grows() {
    let case = Case::new();
    let launched = case
        .launch(case.script("echo one; until test -e \"$HERE/go\"; do sleep 0.01; done; echo two"));
    crate::support::wait_until("the first line", || {
        last_line(&case.dir()).unwrap().as_deref() == Some("one")
    });
    std::fs::write(case.file("go"), "").unwrap();
    case.result(&launched);
    let chunk = read_log(&case.dir(), 4, 100).unwrap();
    assert_eq!(chunk.bytes, b"two\n");
}
