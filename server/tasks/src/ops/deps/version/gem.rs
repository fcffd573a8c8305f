//! The order of versions of gems, as `Gem::Version` has it.

use std::cmp::Ordering;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Word(String),
    /// Digits without zeros in front; empty is zero.
    Number(String),
}

pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (parts(left)?, parts(right)?);
    let zero = Part::Number(String::new());
    for index in 0..left.len().max(right.len()) {
        let order = match (
            left.get(index).unwrap_or(&zero),
            right.get(index).unwrap_or(&zero),
        ) {
            (Part::Number(a), Part::Number(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
            (Part::Word(a), Part::Word(b)) => a.cmp(b),
            (Part::Word(_), Part::Number(_)) => Ordering::Less,
            (Part::Number(_), Part::Word(_)) => Ordering::Greater,
        };
        if order != Ordering::Equal {
            return Some(order);
        }
    }
    Some(Ordering::Equal)
}

/// Runs of digits and of letters, without zeros that say nothing: at the end, and before the first word.
fn parts(text: &str) -> Option<Vec<Part>> {
    let text = text.trim().replace('-', ".pre.");
    let usable = |c: char| c.is_ascii_alphanumeric() || c == '.';
    if !text.starts_with(|c: char| c.is_ascii_digit()) || !text.chars().all(usable) {
        return None;
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut before = '.';
    for c in text.chars() {
        match (c, parts.last_mut()) {
            ('.', _) => {}
            (c, Some(Part::Number(digits))) if c.is_ascii_digit() && before.is_ascii_digit() => {
                digits.push(c);
            }
            (c, Some(Part::Word(word)))
                if c.is_ascii_alphabetic() && before.is_ascii_alphabetic() =>
            {
                word.push(c);
            }
            (c, _) if c.is_ascii_digit() => parts.push(Part::Number(c.to_string())),
            (c, _) => parts.push(Part::Word(c.to_string())),
        }
        before = c;
    }
    for part in &mut parts {
        if let Part::Number(digits) = part {
            *digits = digits.trim_start_matches('0').to_owned();
        }
    }
    let first_word = parts.iter().position(|part| matches!(part, Part::Word(_)));
    let tail = parts.split_off(first_word.unwrap_or(parts.len()));
    let mut head = parts;
    let zero = Part::Number(String::new());
    let mut tail = tail;
    for side in [&mut head, &mut tail] {
        while side.last() == Some(&zero) {
            side.pop();
        }
    }
    head.append(&mut tail);
    Some(head)
}
