//! The words of an expression, with their places.

use super::ExprError;
use std::ops::Range;

/// A word of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Quoted text, without the quotes.
    Text(String),
    /// A bare word: reference, boolean or number.
    Word(String),
    /// An operator or a parenthesis.
    Sign(&'static str),
}

/// Longest first: `!=` before `!`.
const SIGNS: [&str; 7] = ["==", "!=", "&&", "||", "!", "(", ")"];

/// What people write for our signs, and what they should write.
const FOREIGN: [(&str, &str); 7] = [
    ("${{", "conditions stand without `${{ }}`"),
    ("<", "only `==` and `!=` compare"),
    (">", "only `==` and `!=` compare"),
    ("=", "comparison is `==`"),
    ("&", "and is `&&`"),
    ("|", "or is `||`"),
    ("$", "references stand bare: `inputs.name`"),
];

/// All words of the text. Places count characters.
pub(super) fn lex(text: &str) -> Result<Vec<(Token, Range<usize>)>, ExprError> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if c.is_whitespace() {
            at += 1;
            continue;
        }
        let (token, end) = next(&chars, at, c)?;
        tokens.push((token, at..end));
        at = end;
    }
    Ok(tokens)
}

fn next(chars: &[char], at: usize, c: char) -> Result<(Token, usize), ExprError> {
    if c == '\'' || c == '"' {
        return quoted(chars, at, c);
    }
    if is_word(c) {
        let end = chars[at..]
            .iter()
            .position(|c| !is_word(*c))
            .map_or(chars.len(), |len| at + len);
        return Ok((Token::Word(chars[at..end].iter().collect()), end));
    }
    if let Some(sign) = SIGNS.into_iter().find(|sign| starts_with(chars, at, sign)) {
        return Ok((Token::Sign(sign), at + sign.len()));
    }
    let hint = FOREIGN
        .into_iter()
        .find(|(sign, _)| starts_with(chars, at, sign))
        .map(|(_, hint)| hint.to_owned());
    Err(ExprError {
        at: at..at + 1,
        message: format!("`{}` has no meaning in a condition", c.escape_debug()),
        hint,
    })
}

fn quoted(chars: &[char], at: usize, quote: char) -> Result<(Token, usize), ExprError> {
    match chars[at + 1..].iter().position(|c| *c == quote) {
        Some(len) => Ok((
            Token::Text(chars[at + 1..at + 1 + len].iter().collect()),
            at + len + 2,
        )),
        None => Err(ExprError {
            at: at..chars.len(),
            message: "this text has no closing quote".to_owned(),
            hint: Some(format!("end it with `{quote}`")),
        }),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

fn starts_with(chars: &[char], at: usize, sign: &str) -> bool {
    sign.chars()
        .enumerate()
        .all(|(index, c)| chars.get(at + index) == Some(&c))
}
