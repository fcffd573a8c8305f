//! Licences of packages: as SPDX expressions, from what is on this machine, and against a policy. What is not known
//! is said to be unknown; nobody guesses.

mod cargo;
mod gem;
mod go;
mod maven;
mod npm;
mod python;
mod reader;
#[cfg(test)]
mod tests;
mod texts;

pub use reader::Places;
pub(crate) use reader::{Reader, Unknown};

use spdx::{Expression, LicenseReq, ParseMode};

/// Characters of an expression.
const LONGEST: usize = 200;

/// What is wanted of licences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Only these, where there are any.
    pub allow: Vec<String>,
    /// None of these.
    pub deny: Vec<String>,
}

/// How a licence stands to a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judgement {
    Fine,
    /// It cannot be had without one that is denied.
    Denied,
    /// It cannot be had with those that are allowed alone.
    NotAllowed,
    /// It is not known, or is no expression that can be read.
    Unknown,
}

impl Policy {
    /// Whether there is anything to judge by.
    pub(crate) fn is_empty(&self) -> bool {
        self.allow.is_empty() && self.deny.is_empty()
    }

    /// Whether each name is one of SPDX: a slip would let everything through, or nothing.
    ///
    /// # Errors
    /// A sentence about the first that is none.
    pub(crate) fn check(&self) -> Result<(), String> {
        let wrong = |name: &&String| Expression::parse_mode(name, ParseMode::LAX).is_err();
        match self.allow.iter().chain(&self.deny).find(wrong) {
            Some(name) => Err(format!("`{name}` is no licence that SPDX knows")),
            None => Ok(()),
        }
    }

    /// Judges an expression.
    #[must_use]
    pub(crate) fn judge(&self, licence: Option<&str>) -> Judgement {
        let expression = licence.and_then(|text| Expression::parse_mode(text, ParseMode::LAX).ok());
        let Some(expression) = expression else {
            return Judgement::Unknown;
        };
        if !expression.evaluate(|one| !named(&self.deny, one)) {
            Judgement::Denied
        } else if !self.allow.is_empty()
            && !expression.evaluate(|one| named(&self.allow, one) && !named(&self.deny, one))
        {
            Judgement::NotAllowed
        } else {
            Judgement::Fine
        }
    }
}

/// Whether a list names a licence: with its exception, or without any.
fn named(list: &[String], one: &LicenseReq) -> bool {
    let full = one.to_string();
    let bare = one.license.id().map_or(full.as_str(), |id| id.name);
    let base = bare.trim_end_matches("-only").trim_end_matches("-or-later");
    list.iter().any(|name| {
        name.eq_ignore_ascii_case(&full)
            || name.eq_ignore_ascii_case(bare)
            || name.eq_ignore_ascii_case(base)
    })
}

/// A licence as an SPDX expression in its usual spelling; as it was written where it is none.
pub(crate) fn spelled(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = text.lines().count() == 1 && text.len() <= LONGEST;
    if !plain || text.eq_ignore_ascii_case("unknown") {
        return None;
    }
    if Expression::parse_mode(text, ParseMode::LAX).is_err() {
        return Some(text.to_owned());
    }
    let usual = Expression::canonicalize(text).ok().flatten();
    Some(usual.unwrap_or_else(|| text.to_owned()))
}

/// Whether it is an SPDX expression.
pub(crate) fn is_expression(text: &str) -> bool {
    Expression::parse(text).is_ok()
}
