//! A cursor in brackets or quotes: the value as tokens, and the bracket that the cursor is in.

use super::super::small;
use super::{Position, Role, Segment, Spot, Text};

#[derive(Debug)]
enum Kind {
    Open { map: bool },
    Close,
    Comma,
    Colon,
    Word { text: String, quote: Option<char> },
    Comment,
}

#[derive(Debug)]
struct Token {
    kind: Kind,
    /// Of a word in quotes, without them.
    start: Position,
    end: Position,
}

/// A bracket.
struct Frame {
    map: bool,
    parent: Option<usize>,
    /// Of a mapping: the key whose value comes next.
    key: Option<String>,
    /// Commas so far.
    items: usize,
    /// Tokens that are keys of a mapping, or texts of a list.
    words: Vec<usize>,
}

/// Where the cursor was met.
struct Met {
    frame: Option<usize>,
    path: Vec<Segment>,
    word: Option<usize>,
    role: Role,
    colon: bool,
}

/// The place within the value that stands from `from` to `end` and is at this path.
pub(super) fn spot(
    mut path: Vec<Segment>,
    text: &Text<'_>,
    from: Position,
    end: Position,
    at: Position,
) -> Option<Spot> {
    let tokens = tokens(text, from, end);
    let (frames, met) = walk(&tokens, at)?;
    path.extend(met.path);
    let mut spot = Spot::new(path, met.role, at);
    spot.flow = met.frame.is_some();
    spot.colon = met.colon;
    let words = met.frame.map(|frame| frames[frame].words.as_slice());
    spot.siblings = words
        .unwrap_or_default()
        .iter()
        .filter(|word| Some(**word) != met.word)
        .filter_map(|word| match &tokens[*word].kind {
            Kind::Word { text, .. } => Some(text.clone()),
            _ => None,
        })
        .collect();
    if let Some(Token {
        kind: Kind::Word { text: all, quote },
        start,
        end,
    }) = met.word.map(|word| &tokens[word])
    {
        spot.quote = *quote;
        if start.line == end.line {
            spot = spot.word(text, start.column, end.column);
        } else {
            spot.word = *start..*end;
            spot.typed = all.clone();
        }
    }
    Some(spot)
}

fn walk(tokens: &[Token], at: Position) -> Option<(Vec<Frame>, Met)> {
    let mut frames: Vec<Frame> = Vec::new();
    let mut current = None;
    let mut met = None;
    for (index, token) in tokens.iter().enumerate() {
        if met.is_none() && at <= token.end {
            let word = matches!(token.kind, Kind::Word { .. }) && token.start <= at;
            let behind = index.checked_sub(1).map(|before| &tokens[before]);
            // Blanks behind a word: what is written there would be part of it.
            let trailing = behind.is_some_and(|behind| {
                matches!(behind.kind, Kind::Word { .. }) && behind.end < at && at <= token.start
            });
            if (trailing && !word) || (matches!(token.kind, Kind::Comment) && token.start < at) {
                return None;
            }
            if word || at <= token.start {
                met = Some(meet(&frames, current, tokens, word.then_some(index)));
            }
        }
        take(&mut frames, &mut current, tokens, index);
    }
    let met = match met {
        Some(met) => met,
        // Behind all that is written, in a bracket that is not closed.
        None => {
            let last = tokens.last()?;
            let word = matches!(last.kind, Kind::Word { .. });
            if current.is_none() || (word && last.end < at) {
                return None;
            }
            meet(&frames, current, tokens, None)
        }
    };
    Some((frames, met))
}

fn meet(frames: &[Frame], current: Option<usize>, tokens: &[Token], word: Option<usize>) -> Met {
    let role = match current.map(|frame| &frames[frame]) {
        Some(Frame {
            map: true,
            key: None,
            ..
        }) => Role::Key,
        Some(Frame { map: false, .. }) => Role::Either,
        Some(_) | None => Role::Value,
    };
    let mut path = Vec::new();
    let mut next = current;
    while let Some(frame) = next.map(|frame| &frames[frame]) {
        if frame.map {
            path.extend(frame.key.clone().map(Segment::Key));
        } else {
            path.push(Segment::Item(frame.items));
        }
        next = frame.parent;
    }
    path.reverse();
    let behind = word.and_then(|word| tokens.get(word + 1));
    Met {
        frame: current,
        path,
        word,
        role,
        colon: behind.is_some_and(|token| matches!(token.kind, Kind::Colon)),
    }
}

fn take(frames: &mut Vec<Frame>, current: &mut Option<usize>, tokens: &[Token], index: usize) {
    let open = current.and_then(|frame| frames.get_mut(frame));
    match (&tokens[index].kind, open) {
        (Kind::Open { map }, _) => {
            frames.push(Frame {
                map: *map,
                parent: *current,
                key: None,
                items: 0,
                words: Vec::new(),
            });
            *current = Some(frames.len() - 1);
        }
        (Kind::Close, Some(frame)) => *current = frame.parent,
        (Kind::Comma, Some(frame)) => {
            frame.key = None;
            frame.items += 1;
        }
        (Kind::Colon, Some(frame)) if frame.map => {
            if let Some(Kind::Word { text, .. }) =
                index.checked_sub(1).map(|before| &tokens[before].kind)
            {
                frame.key = Some(text.clone());
            }
        }
        (Kind::Word { .. }, Some(frame)) if frame.key.is_none() => frame.words.push(index),
        _ => {}
    }
}

fn tokens(text: &Text<'_>, from: Position, end: Position) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut quote: Option<Quoted> = None;
    for line in from.line..=end.line {
        let chars: Vec<char> = text
            .0
            .get(line as usize)
            .map(|line| line.chars().collect())
            .unwrap_or_default();
        let first = if line == from.line { from.column } else { 0 } as usize;
        let last = if line == end.line {
            (end.column as usize).min(chars.len())
        } else {
            chars.len()
        };
        let mut at = first;
        while at < last {
            at = match quote.take() {
                Some(open) => open.go_on(&chars, at, last, line, &mut tokens, &mut quote),
                None => next(&chars, at, last, line, &mut tokens, &mut quote),
            };
        }
    }
    if let Some(open) = quote {
        open.close(end, &mut tokens);
    }
    tokens
}

/// A text in quotes that is being read.
struct Quoted {
    quote: char,
    start: Position,
    text: String,
}

impl Quoted {
    /// Reads up to the closing quote or the end of the line.
    fn go_on(
        mut self,
        chars: &[char],
        mut at: usize,
        last: usize,
        line: u32,
        tokens: &mut Vec<Token>,
        open: &mut Option<Self>,
    ) -> usize {
        while at < last {
            let c = chars[at];
            let doubled = self.quote == '\'' && chars.get(at + 1) == Some(&'\'');
            if c == self.quote && !doubled {
                let end = Position {
                    line,
                    column: small(at),
                };
                self.close(end, tokens);
                return at + 1;
            }
            let escape = (self.quote == '"' && c == '\\') || c == self.quote;
            let step = if escape { 2 } else { 1 };
            self.text.extend(chars.iter().skip(at).take(step));
            at += step;
        }
        *open = Some(self);
        at
    }

    fn close(self, end: Position, tokens: &mut Vec<Token>) {
        tokens.push(Token {
            kind: Kind::Word {
                text: self.text,
                quote: Some(self.quote),
            },
            start: self.start,
            end,
        });
    }
}

/// Reads the token that starts here; a quote is left open for the caller.
fn next(
    chars: &[char],
    at: usize,
    last: usize,
    line: u32,
    tokens: &mut Vec<Token>,
    quote: &mut Option<Quoted>,
) -> usize {
    let c = chars[at];
    let place = |column: usize| Position {
        line,
        column: small(column),
    };
    let blank = |at: usize| at == 0 || chars[at - 1].is_whitespace();
    let (kind, end) = match c {
        c if c.is_whitespace() => return at + 1,
        '[' | '{' => (Kind::Open { map: c == '{' }, at + 1),
        ']' | '}' => (Kind::Close, at + 1),
        ',' => (Kind::Comma, at + 1),
        '#' if blank(at) => (Kind::Comment, last),
        '"' | '\'' => {
            *quote = Some(Quoted {
                quote: c,
                start: place(at + 1),
                text: String::new(),
            });
            return at + 1;
        }
        ':' if ends_key(chars, at) || is_quoted(tokens.last()) => (Kind::Colon, at + 1),
        _ => {
            let stops = |at: &usize| {
                let c = chars[*at];
                ",[]{}".contains(c)
                    || (c == ':' && ends_key(chars, *at))
                    || (c == '#' && blank(*at))
            };
            let stop = (at..last).find(stops).unwrap_or(last);
            let text: String = chars[at..stop].iter().collect();
            let text = text.trim_end().to_owned();
            let end = at + text.chars().count();
            // A stop right here would be no progress.
            let end = end.max(at + 1);
            (Kind::Word { text, quote: None }, end)
        }
    };
    tokens.push(Token {
        kind,
        start: place(at),
        end: place(end),
    });
    end
}

fn ends_key(chars: &[char], colon: usize) -> bool {
    chars
        .get(colon + 1)
        .is_none_or(|c| c.is_whitespace() || ",]}".contains(*c))
}

fn is_quoted(token: Option<&Token>) -> bool {
    matches!(
        token,
        Some(Token {
            kind: Kind::Word { quote: Some(_), .. },
            ..
        })
    )
}
