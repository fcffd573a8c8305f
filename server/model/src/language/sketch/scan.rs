//! One pass over the lines, with the items that are open as a stack.

use super::{Item, Line, LineKind, Name, Sketch, Value, at, flow, lines, small};

pub(super) fn scan(text: &str) -> Sketch {
    let lines = lines(text);
    let mut scan = Scan {
        lines: &lines,
        sketch: Sketch::default(),
        open: Vec::new(),
        counts: Vec::new(),
    };
    let mut line = 0;
    while line < lines.len() {
        line = scan.line(line);
    }
    scan.sketch
}

struct Scan<'a> {
    lines: &'a [&'a str],
    sketch: Sketch,
    /// Items whose values may go on, outermost first; columns never fall.
    open: Vec<usize>,
    /// For each item the dashes seen below it.
    counts: Vec<usize>,
}

impl Scan<'_> {
    /// Reads the items of a line, and what their values take of the lines below. Answers with the next line.
    fn line(&mut self, line: usize) -> usize {
        let chars: Vec<char> = self.lines[line].chars().collect();
        let indent = indent(&chars);
        let mark = indent == 0
            && ["---", "...", "%"]
                .iter()
                .any(|mark| self.lines[line].starts_with(mark));
        if indent == chars.len() || chars[indent] == '#' || mark {
            let comment = (chars.get(indent) == Some(&'#')).then_some(small(indent));
            self.push_line(indent, comment, LineKind::Nothing);
            return line + 1;
        }
        self.half_key_behind_dash(&chars, indent);
        if let Some(owner) = self.continued(&chars, indent) {
            let comment = comment_from(&chars, indent).map(small);
            self.push_line(indent, comment, LineKind::Inside(owner));
            return line + 1;
        }
        let first = self.sketch.items.len();
        let end = self.items(line, &chars, indent);
        let comment = end.comment.map(small);
        let count = self.sketch.items.len() - first;
        self.push_line(indent, comment, LineKind::Items(first, count));
        self.below(line + 1, end)
    }

    fn push_line(&mut self, indent: usize, comment: Option<u32>, kind: LineKind) {
        self.sketch.lines.push(Line {
            indent: small(indent),
            comment,
            kind,
        });
    }

    /// The item whose bare text this line goes on with, because it is indented deeper.
    fn continued(&self, chars: &[char], indent: usize) -> Option<usize> {
        let column = small(indent);
        let dash = is_dash(chars, indent);
        let holder = self.open.iter().rev().copied().find(|item| {
            let item = &self.sketch.items[*item];
            let list = dash && item.column == column && matches!(item.name, Name::Key { .. });
            item.column < column || list
        })?;
        let deeper = self.sketch.items[holder].column < column;
        let text = matches!(
            self.sketch.items[holder].value,
            Value::Plain(..) | Value::Enclosed { .. }
        );
        (deeper && text).then_some(holder)
    }

    /// The text behind a dash is half a key when a whole one stands below it in the same column.
    fn half_key_behind_dash(&mut self, chars: &[char], indent: usize) {
        let Some(dash) = self.sketch.items.len().checked_sub(1) else {
            return;
        };
        let item = &mut self.sketch.items[dash];
        let Value::Plain(from, end) = item.value else {
            return;
        };
        let behind = matches!(item.name, Name::Dash(_)) && from == small(indent);
        if !behind || key(chars, indent).is_none() {
            return;
        }
        let line = item.line as usize;
        item.value = Value::Nothing;
        let len = (end - from) as usize;
        let text = self.lines[line].chars().skip(indent).take(len).collect();
        let name = Name::Key {
            text,
            end,
            colon: false,
        };
        self.open_item(line, indent, false, name);
        if let Some(LineKind::Items(_, count)) =
            self.sketch.lines.get_mut(line).map(|line| &mut line.kind)
        {
            *count += 1;
        }
    }

    /// The items of a line, from this column on.
    fn items(&mut self, line: usize, chars: &[char], mut column: usize) -> End {
        while is_dash(chars, column) {
            self.open_item(line, column, true, Name::Dash(0));
            column += 1;
            while matches!(chars.get(column), Some(' ' | '\t')) {
                column += 1;
            }
        }
        let dashed = matches!(self.newest().map(|item| &item.name), Some(Name::Dash(_)))
            && self.newest().is_some_and(|item| item.line == small(line));
        match key(chars, column) {
            Some((text, end, after)) => {
                let name = Name::Key {
                    text,
                    end: small(end),
                    colon: true,
                };
                self.open_item(line, column, false, name);
                self.value(line, chars, after)
            }
            None if dashed => self.value(line, chars, column),
            None => self.half_key(line, chars, column),
        }
    }

    fn half_key(&mut self, line: usize, chars: &[char], column: usize) -> End {
        let comment = comment_from(chars, column);
        let end = trimmed(chars, column, comment.unwrap_or(chars.len()));
        // A collection or text on the line below its key is the key's value.
        let opens = matches!(chars.get(column), Some('[' | '{' | '"' | '\'' | '|' | '>'));
        let below = self.holder(column);
        if let Some(below) = below.filter(|_| opens) {
            self.open.truncate(below + 1);
            return self.value(line, chars, column);
        }
        let name = Name::Key {
            text: chars[column..end].iter().collect(),
            end: small(end),
            colon: false,
        };
        self.open_item(line, column, false, name);
        End {
            comment,
            below: Below::Nothing,
        }
    }

    /// The place in the stack of the item whose value a line of this indentation is.
    fn holder(&self, column: usize) -> Option<usize> {
        self.open
            .iter()
            .rposition(|item| (self.sketch.items[*item].column as usize) < column)
    }

    fn newest(&self) -> Option<&Item> {
        self.sketch.items.last()
    }

    fn open_item(&mut self, line: usize, column: usize, dash: bool, name: Name) {
        while let Some(top) = self.open.last() {
            let item = &self.sketch.items[*top];
            let over = item.column as usize > column;
            let same = item.column as usize == column;
            // A list may stand in the column of its key.
            let beside = same && !(dash && matches!(item.name, Name::Key { .. }));
            if !over && !beside {
                break;
            }
            self.open.pop();
        }
        let parent = self.open.last().copied();
        let name = match name {
            Name::Dash(_) => Name::Dash(self.count(parent)),
            key @ Name::Key { .. } => key,
        };
        self.open.push(self.sketch.items.len());
        self.counts.push(0);
        self.sketch.items.push(Item {
            line: small(line),
            column: small(column),
            parent,
            name,
            value: Value::Nothing,
        });
    }

    fn count(&mut self, parent: Option<usize>) -> usize {
        let Some(count) = parent.and_then(|parent| self.counts.get_mut(parent)) else {
            let top = |item: &&Item| item.parent.is_none() && matches!(item.name, Name::Dash(_));
            return self.sketch.items.iter().filter(top).count();
        };
        *count += 1;
        *count - 1
    }

    /// The value of the newest open item, from this column on.
    fn value(&mut self, line: usize, chars: &[char], from: usize) -> End {
        let mut column = from;
        loop {
            while matches!(chars.get(column), Some(' ' | '\t')) {
                column += 1;
            }
            // Anchors and tags stand before values.
            match chars.get(column) {
                Some('&' | '!') => {
                    while chars.get(column).is_some_and(|c| !c.is_whitespace()) {
                        column += 1;
                    }
                }
                _ => break,
            }
        }
        let comment = comment_from(chars, column);
        let stop = trimmed(chars, column, comment.unwrap_or(chars.len()));
        let Some(&owner) = self.open.last() else {
            return End {
                comment,
                below: Below::Nothing,
            };
        };
        let base = self.sketch.items[owner].column as usize;
        let first = chars
            .get(column)
            .filter(|_| Some(column) != comment && column < stop);
        let (value, comment, below) = match first {
            None => (Value::Nothing, comment, Below::Nothing),
            Some('|' | '>') if is_header(&chars[column..stop]) => {
                (Value::Block, comment, Below::Block(owner, base))
            }
            Some('"' | '\'' | '[' | '{') => {
                let found = flow::enclosed(self.lines, line, column, base);
                let behind = (found.end.line as usize == line).then_some(found.end.column as usize);
                let comment = behind.and_then(|behind| comment_from(chars, behind));
                let below = Below::Until(owner, found.end.line as usize);
                let value = Value::Enclosed {
                    from: at(line, column),
                    end: found.end,
                    missing: found.missing,
                };
                (value, comment, below)
            }
            Some(_) => (
                Value::Plain(small(column), small(stop)),
                comment,
                Below::Nothing,
            ),
        };
        self.sketch.items[owner].value = value;
        End { comment, below }
    }

    /// Takes the lines that the value of an item goes on in.
    fn below(&mut self, mut line: usize, end: End) -> usize {
        match end.below {
            Below::Nothing => line,
            Below::Until(owner, last) => {
                while line <= last {
                    self.take(line, owner);
                    line += 1;
                }
                line
            }
            Below::Block(owner, base) => {
                while let Some(text) = self.lines.get(line) {
                    let indent = text.chars().take_while(|c| matches!(c, ' ' | '\t')).count();
                    if text.trim().is_empty() {
                        self.push_line(indent, None, LineKind::Nothing);
                    } else if indent > base {
                        self.take(line, owner);
                    } else {
                        break;
                    }
                    line += 1;
                }
                line
            }
        }
    }

    fn take(&mut self, line: usize, owner: usize) {
        let indent = self.lines[line]
            .chars()
            .take_while(|c| matches!(c, ' ' | '\t'))
            .count();
        self.push_line(indent, None, LineKind::Inside(owner));
    }
}

/// What comes behind the items of a line.
struct End {
    comment: Option<usize>,
    below: Below,
}

/// Which lines below belong to a value.
enum Below {
    Nothing,
    /// All to this one.
    Until(usize, usize),
    /// All that are indented deeper than this.
    Block(usize, usize),
}

fn indent(chars: &[char]) -> usize {
    chars
        .iter()
        .position(|c| !matches!(c, ' ' | '\t'))
        .unwrap_or(chars.len())
}

fn is_dash(chars: &[char], column: usize) -> bool {
    chars.get(column) == Some(&'-') && matches!(chars.get(column + 1), None | Some(' ' | '\t'))
}

/// The key that starts here: its text, the column behind it, and that behind its colon.
fn key(chars: &[char], column: usize) -> Option<(String, usize, usize)> {
    let quote = chars.get(column).filter(|c| matches!(c, '"' | '\''));
    let end = match quote {
        Some(quote) => column + 2 + chars.get(column + 1..)?.iter().position(|c| c == quote)?,
        None if matches!(chars.get(column), Some('[' | '{' | '#')) => return None,
        None => {
            let colon = (column..chars.len()).find(|at| {
                let comment = chars[*at] == '#' && matches!(chars[at - 1], ' ' | '\t');
                comment || is_colon(chars, *at)
            })?;
            trimmed(chars, column, colon)
        }
    };
    let colon = (end..chars.len()).find(|at| !matches!(chars[*at], ' ' | '\t'))?;
    if !is_colon(chars, colon) {
        return None;
    }
    let inner = if quote.is_some() {
        column + 1..end - 1
    } else {
        column..end
    };
    Some((chars.get(inner)?.iter().collect(), end, colon + 1))
}

/// A colon that ends a key.
fn is_colon(chars: &[char], at: usize) -> bool {
    chars.get(at) == Some(&':') && matches!(chars.get(at + 1), None | Some(' ' | '\t'))
}

/// Where a comment starts, from this column on; quotes are not looked at.
fn comment_from(chars: &[char], from: usize) -> Option<usize> {
    (from..chars.len())
        .find(|at| chars[*at] == '#' && (*at == 0 || matches!(chars[at - 1], ' ' | '\t')))
}

fn trimmed(chars: &[char], from: usize, to: usize) -> usize {
    (from..to)
        .rev()
        .find(|at| !matches!(chars[*at], ' ' | '\t'))
        .map_or(from, |last| last + 1)
}

/// `|`, `>` with signs and digits.
fn is_header(chars: &[char]) -> bool {
    chars
        .iter()
        .skip(1)
        .all(|c| matches!(c, '+' | '-') || c.is_ascii_digit())
}
