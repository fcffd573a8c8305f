//! Every `offshoot …` on the pages is understood by the real command line.

use crate::page::{Page, pages};
use support::tree::source_root;

#[test]
fn commands_in_blocks_are_understood() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        for fence in page.fences().iter().filter(|fence| fence.info == "sh") {
            for words in fence.text.lines().flat_map(commands) {
                seen += usize::from(words.first().is_some_and(|word| word == "offshoot"));
                wrong.extend(judge(&page, fence.line, &words, true));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        seen > 20,
        "only {seen} commands were found: has the form of the blocks changed?"
    );
}

#[test]
fn commands_in_sentences_are_understood() {
    let mut wrong = Vec::new();
    for page in pages() {
        for (line, span) in page.spans() {
            if !span.contains('…') && !span.contains("VERB") {
                let found = commands(span);
                wrong.extend(
                    found
                        .iter()
                        .filter_map(|words| judge(&page, line, words, false)),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with one command. A sentence may name a verb without its arguments.
fn judge(page: &Page, line: usize, words: &[String], whole: bool) -> Option<String> {
    use offshoot::ArgumentError as Kind;
    let first = words.first()?;
    let problem = if first == "offshoot" {
        match offshoot::check_arguments(words) {
            Ok(()) => None,
            Err((Kind::Incomplete, _)) if !whole => None,
            Err((_, message)) => Some(message),
        }
    } else if first.starts_with("tests/") {
        let there = source_root().join(first).exists();
        (!there).then(|| format!("{first} does not exist"))
    } else {
        None
    };
    problem.map(|problem| format!("{}:{line}: {}\n  {problem}", page.name, words.join(" ")))
}

/// The commands of a line, each as its words. `cargo run … -- X` is `offshoot X`.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    for token in tokens(line) {
        match token {
            Token::Word(word) => all.last_mut().expect("never empty").push(word),
            Token::Next => all.push(Vec::new()),
        }
    }
    all.into_iter().map(through_cargo).collect()
}

fn through_cargo(words: Vec<String>) -> Vec<String> {
    let is_run = words.first().is_some_and(|word| word == "cargo")
        && words.get(1).is_some_and(|word| word == "run");
    match words.iter().position(|word| word == "--") {
        Some(at) if is_run => ["offshoot".to_owned()]
            .into_iter()
            .chain(words[at + 1..].iter().cloned())
            .collect(),
        _ => words,
    }
}

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    /// `|`, `&&`, `||` or `;`: what follows is another command.
    Next,
}

/// As much of a shell's splitting as the pages use: quotes, comments, operators.
fn tokens(line: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => word.get_or_insert_default().push(c),
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => break,
            (None, ' ' | '\t' | '|' | '&' | ';') => {
                tokens.extend(word.take().map(Token::Word));
                if !c.is_whitespace() && tokens.last() != Some(&Token::Next) {
                    tokens.push(Token::Next);
                }
            }
            (None, _) => word.get_or_insert_default().push(c),
        }
    }
    tokens.extend(word.map(Token::Word));
    tokens
}

#[test]
fn lines_become_commands() {
    fn check(line: &str, expected: &[&[&str]]) {
        assert_eq!(commands(line), expected, "{line}");
    }
    check(
        "offshoot run 'a b.yaml' # why",
        &[&["offshoot", "run", "a b.yaml"]],
    );
    check("a \"x | y\" | b && c", &[&["a", "x | y"], &["b"], &["c"]]);
    check("cargo run --release -- demo", &[&["offshoot", "demo"]]);
    check("cargo test -- x", &[&["cargo", "test", "--", "x"]]);
}
