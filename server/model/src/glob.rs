//! Globs of what a step edits, and whether two of them can mean the same file.
//!
//! That is decided on the patterns alone, without a look at any file, and in doubt the answer is yes: a wait
//! too many is a smaller harm than two agents in one file.
//!
//! A pattern is a path from the root of the repository. `*` and `?` stay within a name, `**` is any number of
//! folders, `[…]` any one character, `{a,b}` either. Upper and lower case are the same. One without a `/` that
//! has wildcards holds in every folder. A folder stands for everything below it; one that is written without a
//! `/` at its end is known by the other pattern, or by a name without an extension.

mod meet;
#[cfg(test)]
mod tests;

/// The most ways of one pattern; one with more means everything.
const MOST_WAYS: usize = 64;
/// The most folders and characters of a name that are looked at; a longer one means everything.
const LONGEST: usize = 256;

/// A pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    text: String,
    /// It is none that is read as everything because nobody knows what else.
    understood: bool,
    /// What its braces stand for: any of them.
    ways: Vec<Way>,
}

/// A pattern without braces.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Way {
    segments: Vec<Segment>,
    kind: Kind,
}

/// What it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A file, known to be one.
    File,
    /// A folder, known to be one.
    Folder,
    /// A file, as its name has an extension.
    Likely,
    /// Either.
    Unknown,
}

/// What stands between two `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    /// `**`: any number of folders, or none.
    Deep,
    /// A name.
    Name(Vec<Token>),
}

/// A part of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// This character, in lower case.
    Char(char),
    /// Any character.
    One,
    /// Any number of characters.
    Many,
}

impl Glob {
    /// Reads a pattern. Each text is one: what cannot be understood means everything.
    pub fn new(text: &str) -> Self {
        let ways = alternatives(text);
        let ways: Option<Vec<Way>> =
            ways.and_then(|texts| texts.iter().map(|text| way(text)).collect());
        Self {
            text: text.to_owned(),
            understood: ways.is_some(),
            ways: ways.unwrap_or_else(|| vec![Way::everything()]),
        }
    }

    /// A file that is there: its path is no pattern.
    pub fn file(path: &str) -> Self {
        let segments = path
            .split('/')
            .filter(|name| !name.is_empty())
            .map(|name| Segment::Name(literal(name)));
        let way = Way {
            segments: segments.collect(),
            kind: Kind::File,
        };
        Self {
            text: path.to_owned(),
            understood: true,
            ways: vec![way],
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is a pattern; what is none means everything.
    pub fn is_understood(&self) -> bool {
        self.understood
    }

    /// Whether there can be a file that both mean.
    pub fn meets(&self, other: &Self) -> bool {
        let mut pairs = self
            .ways
            .iter()
            .flat_map(|one| other.ways.iter().map(move |other| (one, other)));
        pairs.any(|(one, other)| meet::ways(one, other))
    }
}

impl std::fmt::Display for Glob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Way {
    fn everything() -> Self {
        Self {
            segments: vec![Segment::Deep],
            kind: Kind::Unknown,
        }
    }
}

fn literal(name: &str) -> Vec<Token> {
    name.chars().flat_map(letter).collect()
}

fn letter(c: char) -> impl Iterator<Item = Token> {
    c.to_lowercase().map(Token::Char)
}

/// The texts that braces stand for; none where there are too many or one is not closed.
fn alternatives(text: &str) -> Option<Vec<String>> {
    let mut open = vec![text.to_owned()];
    let mut done = Vec::new();
    while let Some(text) = open.pop() {
        if open.len() + done.len() >= MOST_WAYS {
            return None;
        }
        match braces(&text)? {
            None => done.push(text),
            Some((before, choices, after)) => {
                let made = choices
                    .iter()
                    .map(|choice| format!("{before}{choice}{after}"));
                open.extend(made);
            }
        }
    }
    Some(done)
}

/// What stands before, in and after the first braces.
type Braces<'t> = (&'t str, Vec<&'t str>, &'t str);

/// The first braces of a text. The outer none: they are not closed.
fn braces(text: &str) -> Option<Option<Braces<'_>>> {
    let (mut depth, mut start, mut from) = (0_usize, 0, 0);
    let mut choices = Vec::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '{' => {
                depth += 1;
                if depth == 1 {
                    (start, from) = (at, at + 1);
                }
            }
            ',' if depth == 1 => {
                choices.push(text.get(from..at)?);
                from = at + 1;
            }
            '}' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    choices.push(text.get(from..at)?);
                    return Some(Some((text.get(..start)?, choices, text.get(at + 1..)?)));
                }
            }
            _ => {}
        }
    }
    (depth == 0).then_some(None)
}

/// A pattern without braces; none where it is not understood.
fn way(text: &str) -> Option<Way> {
    let text = text.trim();
    let folder = text.ends_with('/');
    let anchored = text.trim_end_matches('/').contains('/');
    let mut segments = Vec::new();
    for name in text.split('/') {
        match name {
            "" | "." => {}
            ".." => return None,
            name if name.contains("**") => segments.push(Segment::Deep),
            name => segments.push(Segment::Name(tokens(name)?)),
        }
    }
    let wild = |segment: &Segment| match segment {
        Segment::Deep => false,
        Segment::Name(tokens) => tokens.iter().any(|token| !matches!(token, Token::Char(_))),
    };
    if !anchored && segments.first().is_some_and(wild) {
        segments.insert(0, Segment::Deep);
    }
    let kind = match segments.last() {
        None => return None,
        Some(_) if folder => Kind::Folder,
        Some(Segment::Name(tokens)) if has_extension(tokens) => Kind::Likely,
        Some(_) => Kind::Unknown,
    };
    (segments.len() <= LONGEST).then_some(Way { segments, kind })
}

/// A dot that is not its first character.
fn has_extension(tokens: &[Token]) -> bool {
    tokens
        .iter()
        .skip(1)
        .any(|token| *token == Token::Char('.'))
}

/// A name's parts; a class of characters is any of them.
fn tokens(name: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = name.chars();
    while let Some(c) = chars.next() {
        match c {
            '*' if tokens.last() == Some(&Token::Many) => {}
            '*' => tokens.push(Token::Many),
            '?' => tokens.push(Token::One),
            '[' => {
                class(&mut chars)?;
                tokens.push(Token::One);
            }
            '\\' => tokens.extend(letter(chars.next()?)),
            c => tokens.extend(letter(c)),
        }
    }
    (tokens.len() <= LONGEST).then_some(tokens)
}

/// Reads a class to its end; `]` right at its start is one of its characters.
fn class(chars: &mut std::str::Chars<'_>) -> Option<()> {
    let mut first = true;
    loop {
        match chars.next()? {
            '!' | '^' if first => {}
            ']' if !first => return Some(()),
            '\\' => drop(chars.next()?),
            _ => first = false,
        }
    }
}
