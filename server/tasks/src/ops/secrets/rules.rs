//! What a rule is. All of them are in [`super::table`].

/// A kind of secret.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Stable name.
    pub id: &'static str,
    /// For people: `a GitHub token`.
    pub what: &'static str,
    /// Words of which one stands near it, in lower case.
    pub(super) words: &'static [&'static str],
    /// The first group is the secret.
    pub(super) pattern: &'static str,
    /// Bits for each character, below which it is no secret; 0 where the format alone is enough.
    pub(super) entropy: f64,
    /// How sure its format makes it.
    pub strength: Strength,
    /// What to do about it.
    pub help: &'static str,
}

/// How sure a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// The format belongs to secrets alone.
    Format,
    /// It stands where secrets stand.
    Context,
    /// The start of a key whose text has to follow.
    Armor,
}
