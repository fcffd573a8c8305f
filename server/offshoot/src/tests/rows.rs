//! Lines that never wrap, tables, times.

use super::PLAIN;
use crate::row::{Row, clean, cut, width};
use crate::style::{Paint, Style};
use crate::table;
use crate::times;

#[test]
fn text_is_cut_by_columns() {
    let check = |text, columns, expected| assert_eq!(cut(text, columns, PLAIN), expected);
    check("short", 5, "short");
    check("longer", 5, "long…");
    check("two words", 5, "two…");
    check("日本語", 6, "日本語");
    check("日本語", 5, "日本…");
    check("日本語", 4, "日…");
    check("anything", 1, "…");
    check("anything", 0, "");
    let ascii = Style {
        unicode: false,
        ..PLAIN
    };
    assert_eq!(cut("longer", 5, ascii), "long~");
}

#[test]
fn what_moves_the_cursor_is_taken_out() {
    let check = |text, expected| assert_eq!(clean(text), expected);
    check("plain", "plain");
    check("\u{1b}[32mgreen\u{1b}[0m", "green");
    check("\u{1b}[2K\u{1b}[1Aup\r", "up");
    check("\u{1b}]0;title\u{7}text", "text");
    check("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link");
    check("a\tb\nc\u{0}", "a b c");
    check("cut\u{1b}[", "cut");
    check("cut\u{1b}", "cut");
}

#[test]
fn a_row_is_never_wider_than_the_terminal() {
    let row = || {
        Row::new()
            .with(Paint::Green, "✔")
            .text(" ")
            .cell(Paint::Bold, "name", 6, PLAIN)
            .right(Paint::Dim, "1.0s", 6)
            .text("  the rest of it   ")
    };
    assert_eq!(row().finish(None, PLAIN), "✔ name    1.0s  the rest of it");
    for columns in 0..40 {
        let line = row().finish(Some(columns), PLAIN);
        assert!(width(&line) <= columns, "{columns}: {line}");
    }
    assert_eq!(row().finish(Some(20), PLAIN), "✔ name    1.0s  the…");
    let color = Style {
        color: true,
        ..PLAIN
    };
    assert_eq!(
        Row::new()
            .with(Paint::Red, "x")
            .text(" y")
            .finish(None, color),
        "\u{1b}[31mx\u{1b}[0m y"
    );
}

#[test]
fn columns_are_aligned() {
    let row = |name: &str, count: &str| {
        vec![
            (Paint::Plain, name.to_owned()),
            (Paint::Plain, count.to_owned()),
            (Paint::Plain, "end".to_owned()),
        ]
    };
    let rows = [row("日本", "1"), row("longer", "10")];
    assert_eq!(
        table::render(&["NAME", "N", "LAST"], &rows, &[1], None, PLAIN),
        ["NAME     N  LAST", "日本     1  end", "longer  10  end"]
    );
}

#[test]
fn durations_and_sizes() {
    let check = |ms, expected| assert_eq!(times::duration(ms), expected);
    check(0, "0.0s");
    check(999, "0.9s");
    check(9_949, "9.9s");
    check(10_000, "10s");
    check(59_999, "59s");
    check(60_000, "1m 00s");
    check(3_600_000, "1h 00m");
    check(90_000_000, "1d 01h");
    assert_eq!(times::bytes(999), "999 B");
    assert_eq!(times::bytes(12_300_000), "12.3 MB");
    assert_eq!(times::count(1, "file"), "1 file");
    assert_eq!(times::count(2, "repository"), "2 repositories");
    let now = super::now();
    assert_eq!(times::ago("2026-11-20T10:00:00Z", now), "just now");
    assert_eq!(times::ago("2026-11-20T09:55:00Z", now), "5 min ago");
    assert_eq!(
        times::since("2026-11-20T10:00:05Z", now),
        Some(0),
        "a clock that went back"
    );
    assert_eq!(times::since("nonsense", now), None);
}
