//! Text as a terminal would show it.

/// Without escape sequences (colours, links), and with what a carriage return overwrote left out.
pub(super) fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip(&mut chars),
            '\r' if chars.peek() != Some(&'\n') => {
                let line = plain.rfind('\n').map_or(0, |end| end + 1);
                plain.truncate(line);
            }
            c => plain.push(c),
        }
    }
    plain
}

/// Skips a sequence after its escape.
fn skip(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.next() {
        // `ESC [ … letter`
        Some('[') => {
            chars.find(|c| ('\u{40}'..='\u{7e}').contains(c));
        }
        // `ESC ] … BEL` or `ESC ] … ESC \`
        Some(']') => {
            while let Some(c) = chars.next() {
                match c {
                    '\u{7}' => return,
                    '\u{1b}' => {
                        chars.next();
                        return;
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_links_and_progress_go() {
        let check = |input: &str, expected: &str| assert_eq!(without_escapes(input), expected);
        check("\u{1b}[1;31merror\u{1b}[0m: x", "error: x");
        check("\u{1b}]8;;file:///a\u{7}a.rs\u{1b}]8;;\u{1b}\\:1", "a.rs:1");
        check("one\n 10%\r 20%\rdone\r\n", "one\ndone\r\n");
        check("\u{1b}", "");
        check("\u{1b}[", "");
    }
}
