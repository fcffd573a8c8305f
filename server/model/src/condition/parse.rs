//! From words to an expression, with bounded depth.

use super::lex::{Token, lex};
use super::{Expr, Reference};
use std::ops::Range;

/// Parentheses and `!` may nest this deep; nobody writes more, and the stack is finite.
const MAX_DEPTH: usize = 64;

/// Why a text is no condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExprError {
    /// The place in characters from the start of the text.
    pub at: Range<usize>,
    /// One sentence: what is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

/// Parses a condition.
///
/// # Errors
/// The first thing that is no part of the grammar, with its place.
pub fn parse(text: &str) -> Result<Expr, ExprError> {
    let tokens = lex(text)?;
    let end = text.chars().count();
    let mut parser = Parser {
        tokens: &tokens,
        next: 0,
        depth: 0,
        end,
    };
    let expr = parser.any()?;
    match parser.tokens.get(parser.next) {
        None => Ok(expr),
        Some((token, at)) => Err(unexpected(
            token,
            at,
            "`==`, `!=`, `&&` or `||` belongs between two parts",
        )),
    }
}

struct Parser<'a> {
    tokens: &'a [(Token, Range<usize>)],
    next: usize,
    depth: usize,
    end: usize,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Expr, ExprError> {
        let mut parts = vec![self.all()?];
        while self.take("||") {
            parts.push(self.all()?);
        }
        Ok(single_or(parts, Expr::Any))
    }

    fn all(&mut self) -> Result<Expr, ExprError> {
        let mut parts = vec![self.term()?];
        while self.take("&&") {
            parts.push(self.term()?);
        }
        Ok(single_or(parts, Expr::All))
    }

    fn term(&mut self) -> Result<Expr, ExprError> {
        if self.take("!") {
            return Ok(Expr::Not(Box::new(self.deeper(Self::term)?)));
        }
        let left = self.operand()?;
        if self.take("==") {
            return Ok(Expr::Equal(Box::new(left), Box::new(self.operand()?)));
        }
        if self.take("!=") {
            return Ok(Expr::Differs(Box::new(left), Box::new(self.operand()?)));
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expr, ExprError> {
        if self.take("(") {
            let inner = self.deeper(Self::any)?;
            if self.take(")") {
                return Ok(inner);
            }
            return Err(self.here("a `)` is missing"));
        }
        let Some((token, at)) = self.tokens.get(self.next) else {
            return Err(self.here("the condition ends too early"));
        };
        self.next += 1;
        match token {
            Token::Text(text) => Ok(Expr::Text(text.clone())),
            Token::Word(word) => self::word(word, at),
            Token::Sign(_) => Err(unexpected(
                token,
                at,
                "text, `true`, `false` or a reference belongs here",
            )),
        }
    }

    /// One level down, or an error where that is too deep.
    fn deeper(
        &mut self,
        rule: fn(&mut Self) -> Result<Expr, ExprError>,
    ) -> Result<Expr, ExprError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.here(&format!("a condition nests at most {MAX_DEPTH} deep")));
        }
        let inner = rule(self);
        self.depth -= 1;
        inner
    }

    fn take(&mut self, sign: &str) -> bool {
        let found =
            matches!(self.tokens.get(self.next), Some((Token::Sign(next), _)) if *next == sign);
        self.next += usize::from(found);
        found
    }

    /// An error at the next word, or at the end.
    fn here(&self, message: &str) -> ExprError {
        let at = self
            .tokens
            .get(self.next)
            .map_or(self.end..self.end, |(_, at)| at.clone());
        ExprError {
            at,
            message: message.to_owned(),
            hint: None,
        }
    }
}

fn single_or(mut parts: Vec<Expr>, many: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            many(parts)
        }
        None => many(parts),
    }
}

fn unexpected(token: &Token, at: &Range<usize>, hint: &str) -> ExprError {
    let text = match token {
        Token::Text(text) | Token::Word(text) => text.as_str(),
        Token::Sign(sign) => sign,
    };
    ExprError {
        at: at.clone(),
        message: format!("`{text}` was not expected here"),
        hint: Some(hint.to_owned()),
    }
}

fn word(word: &str, at: &Range<usize>) -> Result<Expr, ExprError> {
    match word {
        "true" => return Ok(Expr::Bool(true)),
        "false" => return Ok(Expr::Bool(false)),
        _ => {}
    }
    if word.parse::<f64>().is_ok() && word.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return Ok(Expr::Text(word.to_owned()));
    }
    reference(word)
        .map(|reference| Expr::Ref(reference, at.clone()))
        .ok_or_else(|| unknown(word, at))
}

/// Ids may hold dots, so what follows the id is looked for from the right.
fn reference(word: &str) -> Option<Reference> {
    if let Some(rest) = word.strip_prefix("steps.") {
        if let Some(step) = rest.strip_suffix(".status").filter(|step| !step.is_empty()) {
            return Some(Reference::StepStatus(step.to_owned()));
        }
        let (step, name) = rest.rsplit_once(".outputs.")?;
        let usable = !step.is_empty() && !name.is_empty();
        return usable.then(|| Reference::StepOutput {
            step: step.to_owned(),
            name: name.to_owned(),
        });
    }
    match word {
        "scoring.passed" => Some(Reference::ScoringPassed),
        "gate_last.passed" => Some(Reference::GatePassed),
        _ => {
            let name = word
                .strip_prefix("inputs.")
                .filter(|name| !name.is_empty())?;
            Some(Reference::Input(name.to_owned()))
        }
    }
}

fn unknown(word: &str, at: &Range<usize>) -> ExprError {
    let hint = if word.contains('.') {
        "there are `steps.<id>.status`, `steps.<id>.outputs.<name>`, `inputs.<name>`, `scoring.passed`, `gate_last.passed`".to_owned()
    } else {
        format!("text stands in quotes: `'{word}'`")
    };
    ExprError {
        at: at.clone(),
        message: format!("`{word}` is nothing a condition knows"),
        hint: Some(hint),
    }
}
