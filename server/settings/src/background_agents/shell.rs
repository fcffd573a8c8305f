//! Where something stands in a shell text: in which quotes, in a comment, in a here-document. As much of the shell's
//! grammar as that takes.

/// Where a value would stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In no quotes.
    Bare,
    /// Where variables are put in and quotes are not looked at: in `"…"`, in a here-document, in a comment.
    Quoted,
    /// In `'…'`.
    Single,
    /// In a here-document whose end is quoted: nothing is put in there.
    Literal,
}

/// A reader of shell text, piece by piece.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// What is open, the innermost last.
    open: Vec<Open>,
    /// Here-documents that begin with the next line.
    awaited: Vec<Here>,
    /// The character before.
    last: Option<char>,
}

#[derive(Debug, PartialEq, Eq)]
enum Open {
    Single,
    Double,
    /// Until the end of the line.
    Comment,
    /// `$(`, with so many `(` open in it.
    Substitution(usize),
    Backtick,
    Here(Here),
}

#[derive(Debug, PartialEq, Eq)]
struct Here {
    end: String,
    quoted: bool,
    /// `<<-`: tabs before the end do not count.
    tabs: bool,
    line: String,
}

impl Scan {
    /// Where whatever comes next stands.
    pub(super) fn place(&self) -> Place {
        match self.open.last() {
            None | Some(Open::Substitution(_) | Open::Backtick) => Place::Bare,
            Some(Open::Double | Open::Comment) => Place::Quoted,
            Some(Open::Single) => Place::Single,
            Some(Open::Here(here)) if here.quoted => Place::Literal,
            Some(Open::Here(_)) => Place::Quoted,
        }
    }

    /// Reads over a value that is put in: it opens and closes nothing.
    pub(super) fn over_value(&mut self) {
        self.last = Some('x');
        if let Some(Open::Here(here)) = self.open.last_mut() {
            here.line.push('x');
        }
    }

    /// Reads over shell text.
    pub(super) fn over(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let length = match self.open.last_mut() {
                Some(Open::Here(here)) => {
                    if here.reads(c) {
                        self.open.pop();
                        self.next_here();
                    }
                    c.len_utf8()
                }
                Some(Open::Single) => self.until(c, '\''),
                Some(Open::Comment) => self.until(c, '\n'),
                Some(Open::Double) => self.in_double(rest, c),
                _ => self.in_plain(rest, c),
            };
            self.last = rest[..length].chars().next_back();
            rest = &rest[length..];
        }
    }

    fn until(&mut self, c: char, end: char) -> usize {
        if c == end {
            self.open.pop();
            if c == '\n' {
                self.next_here();
            }
        }
        c.len_utf8()
    }

    fn in_double(&mut self, rest: &str, c: char) -> usize {
        match c {
            '\\' => return escaped(rest),
            '"' => drop(self.open.pop()),
            '`' => self.open.push(Open::Backtick),
            '$' if rest.starts_with("$(") => {
                self.open.push(Open::Substitution(0));
                return 2;
            }
            _ => {}
        }
        c.len_utf8()
    }

    fn in_plain(&mut self, rest: &str, c: char) -> usize {
        match c {
            '\\' => return escaped(rest),
            '\'' => self.open.push(Open::Single),
            '"' => self.open.push(Open::Double),
            '`' if self.open.last() == Some(&Open::Backtick) => drop(self.open.pop()),
            '`' => self.open.push(Open::Backtick),
            '#' if self.last.is_none_or(|last| " \t\n;&|()".contains(last)) => {
                self.open.push(Open::Comment);
            }
            '$' if rest.starts_with("$(") => {
                self.open.push(Open::Substitution(0));
                return 2;
            }
            '(' | ')' => self.parenthesis(c),
            '\n' => self.next_here(),
            '<' if rest.starts_with("<<") && !rest.starts_with("<<<") => {
                let (here, length) = here(rest);
                self.awaited.extend(here);
                return length;
            }
            _ => {}
        }
        c.len_utf8()
    }

    fn parenthesis(&mut self, c: char) {
        match (self.open.last_mut(), c) {
            (Some(Open::Substitution(depth)), '(') => *depth += 1,
            (Some(Open::Substitution(0)), _) => drop(self.open.pop()),
            (Some(Open::Substitution(depth)), _) => *depth -= 1,
            _ => {}
        }
    }

    fn next_here(&mut self) {
        if !self.awaited.is_empty() {
            self.open.push(Open::Here(self.awaited.remove(0)));
        }
    }
}

impl Here {
    /// Reads a character; true where it ends the document.
    fn reads(&mut self, c: char) -> bool {
        if c != '\n' {
            self.line.push(c);
            return false;
        }
        let line = match self.tabs {
            true => self.line.trim_start_matches('\t'),
            false => &self.line,
        };
        let ends = line == self.end;
        self.line.clear();
        ends
    }
}

/// The length of a backslash and what it escapes.
fn escaped(rest: &str) -> usize {
    1 + rest[1..].chars().next().map_or(0, char::len_utf8)
}

/// The here-document that `<<` announces, and how long the announcement is.
fn here(rest: &str) -> (Option<Here>, usize) {
    let after = &rest[2..];
    let tabs = after.starts_with('-');
    let word = after[usize::from(tabs)..].trim_start_matches([' ', '\t']);
    let length = word
        .find([' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')'])
        .unwrap_or(word.len());
    let end: String = word[..length].replace(['\'', '"', '\\'], "");
    let here = Here {
        quoted: end.len() < length,
        end,
        tabs,
        line: String::new(),
    };
    let whole = rest.len() - word.len() + length;
    ((length > 0).then_some(here), whole)
}
