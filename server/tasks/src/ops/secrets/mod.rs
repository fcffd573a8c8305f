//! Secrets in texts: keys, tokens and passwords that somebody wrote down.
//!
//! Three sieves, each finer and slower than the one before: words that stand near secrets
//! (one pass over all bytes), the rules (only on pieces that hold such a word), and a judgement of what a rule
//! caught (entropy, placeholders, marks of people who looked at it). What was found is told by its place;
//! the secret itself leaves this module in no form.

mod judge;
mod marks;
mod mask;
mod rules;
mod scan;
mod table;
#[cfg(test)]
mod tests;

pub use mask::holds_secret;
pub(crate) use mask::masked;
pub use rules::{Rule, Strength};
pub use scan::{Hit, Scanner};
pub use table::RULES;
