//! Whether two patterns meet: a search through both at once.

use super::{Kind, Segment, Token, Way};

/// Whether two patterns can mean the same file, or one a folder in which the other means something.
pub(super) fn ways(one: &Way, other: &Way) -> bool {
    let mut search = Search::new(one.segments.len(), other.segments.len(), 4);
    // Where both stand, and whether wildcards of the other took in the last name of the first (1) or second (2).
    search.open.push((0, 0, 0));
    while let Some((a, b, taken)) = search.next() {
        let (left, right) = (one.segments.get(a..), other.segments.get(b..));
        match (left.unwrap_or_default(), right.unwrap_or_default()) {
            ([], []) => return true,
            ([], rest) => {
                if goes_on(one.kind, rest, taken & 1 != 0) {
                    return true;
                }
            }
            (rest, []) => {
                if goes_on(other.kind, rest, taken & 2 != 0) {
                    return true;
                }
            }
            ([Segment::Deep, ..], [next, ..]) => {
                search.open.push((a + 1, b, taken));
                search.open.push((a, b + 1, taken | 2));
                if *next == Segment::Deep {
                    search.open.push((a + 1, b, taken | 1));
                }
            }
            ([Segment::Name(_), ..], [Segment::Deep, ..]) => {
                search.open.push((a, b + 1, taken));
                search.open.push((a + 1, b, taken | 1));
            }
            ([Segment::Name(left), ..], [Segment::Name(right), ..]) => {
                if names(left, right) {
                    let taken = usize::from(is_wild(right)) | usize::from(is_wild(left)) << 1;
                    search.open.push((a + 1, b + 1, taken));
                }
            }
        }
    }
    false
}

/// Whether a pattern that is at its end can be a folder in which the rest of the other means something.
/// `taken`: the other does not name that folder, its wildcards only fit it.
fn goes_on(kind: Kind, rest: &[Segment], taken: bool) -> bool {
    let nothing = rest.iter().all(|segment| *segment == Segment::Deep);
    match kind {
        _ if nothing => true,
        Kind::File => false,
        Kind::Folder | Kind::Unknown => true,
        Kind::Likely => !taken,
    }
}

/// Whether a name fits others than itself.
fn is_wild(name: &[Token]) -> bool {
    name.iter().any(|token| !matches!(token, Token::Char(_)))
}

/// Whether two names can be the same.
fn names(one: &[Token], other: &[Token]) -> bool {
    let mut search = Search::new(one.len(), other.len(), 1);
    search.open.push((0, 0, 0));
    while let Some((a, b, _)) = search.next() {
        match (one.get(a), other.get(b)) {
            (None, None) => return true,
            (Some(Token::Many), right) => {
                search.open.push((a + 1, b, 0));
                if right.is_some() {
                    search.open.push((a, b + 1, 0));
                }
            }
            (left, Some(Token::Many)) => {
                search.open.push((a, b + 1, 0));
                if left.is_some() {
                    search.open.push((a + 1, b, 0));
                }
            }
            (Some(left), Some(right)) => {
                if left == right || *left == Token::One || *right == Token::One {
                    search.open.push((a + 1, b + 1, 0));
                }
            }
            (None, Some(_)) | (Some(_), None) => {}
        }
    }
    false
}

/// Places in two patterns that are still to be looked at, each once.
struct Search {
    open: Vec<(usize, usize, usize)>,
    seen: Vec<bool>,
    width: usize,
    states: usize,
}

impl Search {
    fn new(one: usize, other: usize, states: usize) -> Self {
        Self {
            open: Vec::new(),
            seen: vec![false; (one + 1) * (other + 1) * states],
            width: other + 1,
            states,
        }
    }

    fn next(&mut self) -> Option<(usize, usize, usize)> {
        while let Some((a, b, state)) = self.open.pop() {
            let seen = self
                .seen
                .get_mut((a * self.width + b) * self.states + state)?;
            if !std::mem::replace(seen, true) {
                return Some((a, b, state));
            }
        }
        None
    }
}
