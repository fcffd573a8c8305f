//! The order of Maven's versions: <https://maven.apache.org/pom.html#version-order-specification>.

use std::cmp::Ordering;

/// What stands between dots, hyphens, and changes from digits to letters.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    /// A number with a dot before it; else there is a hyphen, or nothing.
    dot: bool,
    value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// Digits without zeros in front: as long as one likes.
    Number(String),
    Word(String),
}

pub(super) fn compare(left: &str, right: &str) -> Ordering {
    let (left, right) = (tokens(left), tokens(right));
    for index in 0..left.len().max(right.len()) {
        let order = match (left.get(index), right.get(index)) {
            (Some(left), Some(right)) => order(left, right),
            (Some(left), None) => order(left, &nothing(left)),
            (None, Some(right)) => order(&nothing(right), right),
            (None, None) => Ordering::Equal,
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// What a shorter version has at the place of this token.
fn nothing(beside: &Token) -> Token {
    let value = match (beside.dot, &beside.value) {
        (true, Value::Number(_)) => Value::Number(String::new()),
        _ => Value::Word(String::new()),
    };
    Token {
        dot: beside.dot,
        value,
    }
}

fn order(left: &Token, right: &Token) -> Ordering {
    match (&left.value, &right.value) {
        (Value::Number(a), Value::Number(b)) => left
            .dot
            .cmp(&right.dot)
            .then(a.len().cmp(&b.len()))
            .then_with(|| a.cmp(b)),
        (Value::Number(_), Value::Word(_)) => Ordering::Greater,
        (Value::Word(_), Value::Number(_)) => Ordering::Less,
        (Value::Word(a), Value::Word(b)) => rank(a).cmp(&rank(b)),
    }
}

/// Words that have a place of their own; the others come after them, by name.
fn rank(word: &str) -> (usize, &str) {
    match word {
        "alpha" => (0, ""),
        "beta" => (1, ""),
        "milestone" => (2, ""),
        "rc" | "cr" => (3, ""),
        "snapshot" => (4, ""),
        "" | "ga" | "final" | "release" => (5, ""),
        "sp" => (6, ""),
        other => (7, other),
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut dot = false;
    let mut word = String::new();
    let mut digits = true;
    let lower = text.trim().to_lowercase();
    for c in lower.chars() {
        match c {
            '.' | '-' | '_' => {
                push(&mut tokens, dot, &word, digits, false);
                (dot, digits) = (c == '.', true);
                word.clear();
            }
            c => {
                let is_digit = c.is_ascii_digit();
                if !word.is_empty() && is_digit != digits {
                    push(&mut tokens, dot, &word, digits, is_digit);
                    dot = false;
                    word.clear();
                }
                digits = is_digit;
                word.push(c);
            }
        }
    }
    push(&mut tokens, dot, &word, digits, false);
    trim(tokens)
}

fn push(tokens: &mut Vec<Token>, dot: bool, text: &str, digits: bool, before_digits: bool) {
    let value = if digits {
        Value::Number(text.trim_start_matches('0').to_owned())
    } else {
        Value::Word(match text {
            "a" if before_digits => "alpha".to_owned(),
            "b" if before_digits => "beta".to_owned(),
            "m" if before_digits => "milestone".to_owned(),
            other => other.to_owned(),
        })
    };
    // A word is the same behind a dot as behind a hyphen.
    let dot = dot && digits;
    tokens.push(Token { dot, value });
}

fn is_nothing(token: &Token) -> bool {
    match &token.value {
        Value::Number(digits) => digits.is_empty(),
        Value::Word(word) => rank(word) == rank(""),
    }
}

/// Takes away what says nothing at the end, and before each hyphen.
fn trim(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::new();
    for token in tokens {
        if !token.dot {
            cut(&mut kept);
        }
        kept.push(token);
    }
    cut(&mut kept);
    kept
}

fn cut(tokens: &mut Vec<Token>) {
    while tokens.len() > 1 && tokens.last().is_some_and(is_nothing) {
        tokens.pop();
    }
}
