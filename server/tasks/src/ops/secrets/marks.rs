//! Marks by which people say that they looked: ours, and those of other scanners.

/// In a comment on the line, or on the line above it.
const MARKS: [&[u8]; 5] = [
    b"offshoot:allow-secret",
    b"gitleaks:allow",
    b"pragma: allowlist secret",
    b"trufflehog:ignore",
    b"nosecret",
];

/// Whether a place in a text is marked.
pub(super) fn is_marked(text: &[u8], start: usize) -> bool {
    let line_start = line_start(text, start);
    let end = text[start..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(text.len(), |length| start + length);
    let above = match line_start {
        0 => &[][..],
        _ => &text[self::line_start(text, line_start - 1)..line_start],
    };
    // A line of its own marks the next one, not what stands before the mark on the same line.
    let comment = first_word(above);
    holds_mark(&text[line_start..end]) || (comment && holds_mark(above))
}

fn line_start(text: &[u8], at: usize) -> usize {
    let before = text[..at].iter().rposition(|byte| *byte == b'\n');
    before.map_or(0, |newline| newline + 1)
}

fn first_word(line: &[u8]) -> bool {
    let text = line.trim_ascii_start();
    [&b"#"[..], b"//", b"--", b"/*", b";", b"<!--", b"*", b"%"]
        .iter()
        .any(|sign| text.starts_with(sign))
}

fn holds_mark(line: &[u8]) -> bool {
    // A line of a minified file is not read for marks: nobody puts them there.
    let line = &line[..line.len().min(4096)];
    MARKS.iter().any(|mark| {
        line.windows(mark.len())
            .any(|part| part.eq_ignore_ascii_case(mark))
    })
}

#[cfg(test)]
mod tests {
    use super::is_marked;

    #[test]
    fn marks_hold_for_their_line_and_the_next() {
        let check = |text: &str, expected: bool| {
            let at = text.find("KEY").expect("the place");
            assert_eq!(is_marked(text.as_bytes(), at), expected, "{text}");
        };
        check("KEY # gitleaks:allow", true);
        check("# offshoot:allow-secret: a fixture\nKEY", true);
        check("x = 1 # nosecret\nKEY", false);
        check("KEY\n# nosecret", false);
        check("KEY", false);
        check("// NOSECRET\n\nKEY", false);
    }
}
