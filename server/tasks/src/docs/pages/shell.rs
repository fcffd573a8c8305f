//! Commands in blocks of a shell, as far as they name something of the repository. What is not understood for sure
//! claims nothing.

use super::claims::{Claim, SCRIPTS, Wanted};
use crate::docs::place::Lines;

/// Whether a block is one for a shell.
pub(super) fn is_shell(word: &str) -> bool {
    matches!(
        word,
        "sh" | "bash" | "shell" | "zsh" | "console" | "shell-session" | "shellsession" | "terminal"
    )
}

/// What the commands of a block take for granted. `at` tells where a byte of the block stands in the page.
pub(super) fn claims(
    text: &str,
    page: &str,
    at: impl Fn(usize) -> usize,
    lines: &Lines<'_>,
) -> Vec<Claim> {
    let prompted = text.lines().any(|line| line.trim_start().starts_with("$ "));
    let mut reader = Reader {
        page,
        block: text,
        folder: Some(String::new()),
        claims: Vec::new(),
        lines,
    };
    let mut start = 0;
    let mut heredoc: Option<String> = None;
    let mut joined = String::new();
    for whole in text.split_inclusive('\n') {
        let line = lines.line(at(start));
        start += whole.len();
        let trimmed = whole.trim();
        if let Some(end) = &heredoc {
            if trimmed == end {
                heredoc = None;
            }
            continue;
        }
        let going_on = !joined.is_empty();
        let typed = match trimmed.strip_prefix("$ ") {
            Some(typed) => typed,
            None if prompted && !going_on => continue,
            None => trimmed,
        };
        joined.push_str(typed.trim_end_matches('\\'));
        if typed.ends_with('\\') {
            joined.push(' ');
            continue;
        }
        let command = std::mem::take(&mut joined);
        heredoc = heredoc_end(&command);
        for command in commands(&command) {
            reader.command(&command, line);
        }
    }
    reader.claims
}

/// The word that ends a text given in place: `<<EOF`.
fn heredoc_end(command: &str) -> Option<String> {
    let (_, rest) = command.split_once("<<")?;
    let word = rest.trim_start_matches('-').split_whitespace().next()?;
    let word = word.trim_matches(['"', '\'', '\\']);
    (!word.is_empty() && !rest.starts_with('<')).then(|| word.to_owned())
}

/// The commands of a line, each as its words. Nothing where the line is not understood.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, ';' | '|' | '&' | '(' | ')') => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
        .iter()
        .filter_map(|part| shlex::split(part))
        .filter(|words| !words.is_empty())
        .collect()
}

struct Reader<'a> {
    page: &'a str,
    block: &'a str,
    /// Where `cd` led; none where that is not known.
    folder: Option<String>,
    claims: Vec<Claim>,
    lines: &'a Lines<'a>,
}

impl Reader<'_> {
    fn command(&mut self, words: &[String], line: u32) {
        let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
        // What stands before the program.
        loop {
            match words.as_slice() {
                [first, ..] if is_assignment(first) => _ = words.remove(0),
                [
                    "sudo" | "time" | "exec" | "env" | "nohup" | "command",
                    _,
                    ..,
                ] => _ = words.remove(0),
                [
                    "uv" | "poetry" | "pdm" | "pipenv" | "hatch" | "rye",
                    "run",
                    _,
                    ..,
                ] => _ = words.drain(..2),
                _ => break,
            }
        }
        let Some((program, rest)) = words.split_first() else {
            return;
        };
        if *program == "cd" || *program == "pushd" {
            return self.change_folder(rest);
        }
        if *program == "git" && rest.first() == Some(&"clone") {
            return;
        }
        let Some(wanted) = self.wanted(program, rest) else {
            return;
        };
        for (word, wanted) in wanted {
            if is_placeholder(&word) {
                continue;
            }
            let Some(folder) = &self.folder else { return };
            let folder = Some(folder.clone()).filter(|folder| !folder.is_empty());
            self.claims.push(Claim {
                place: self.lines.word(line, &word),
                wanted,
                folder,
            });
        }
    }

    fn change_folder(&mut self, rest: &[&str]) {
        let cloned = self.block.contains("git clone");
        self.folder = match rest {
            // After a clone this is where the repository begins.
            [_] if cloned => Some(String::new()),
            [path] if !path.starts_with(['/', '~', '$', '-']) && !is_placeholder(path) => {
                self.folder.take().map(|folder| {
                    if folder.is_empty() {
                        (*path).to_owned()
                    } else {
                        format!("{folder}/{path}")
                    }
                })
            }
            _ => None,
        };
    }

    fn wanted(&self, program: &str, rest: &[&str]) -> Option<Vec<(String, Wanted)>> {
        let one = |word: &str, wanted: Wanted| Some(vec![(word.to_owned(), wanted)]);
        let plain = |rest: &[&str]| {
            rest.iter()
                .find(|word| !word.starts_with('-'))
                .map(|word| (*word).to_owned())
        };
        // Another folder is meant, or another file: that is not followed.
        let elsewhere = |flags: &[&str]| {
            rest.iter()
                .any(|word| flags.iter().any(|flag| word.starts_with(flag)))
        };
        match program {
            "npm" | "pnpm" | "yarn" | "bun" => {
                if elsewhere(&["--prefix", "-C", "--cwd", "--dir"]) {
                    return None;
                }
                let words: Vec<&str> = rest
                    .iter()
                    .filter(|word| !word.starts_with('-'))
                    .copied()
                    .collect();
                match words.as_slice() {
                    ["run" | "run-script", name, ..] if program != "bun" || !is_script(name) => {
                        one(name, Wanted::NpmScript((*name).to_owned()))
                    }
                    ["test", ..] if program != "bun" => {
                        one("test", Wanted::NpmScript("test".to_owned()))
                    }
                    _ => None,
                }
            }
            "make" | "gmake" => {
                if elsewhere(&["-C", "-f", "--directory", "--file", "--makefile"]) {
                    return None;
                }
                let targets = rest
                    .iter()
                    .take_while(|word| !word.starts_with(['#', '>']))
                    .filter(|word| {
                        !word.starts_with('-')
                            && !word.contains('=')
                            && !word.bytes().all(|byte| byte.is_ascii_digit())
                    });
                Some(
                    targets
                        .map(|word| ((*word).to_owned(), Wanted::MakeTarget((*word).to_owned())))
                        .collect(),
                )
            }
            "just" => {
                if rest.iter().any(|word| word.starts_with('-')) {
                    return None;
                }
                let name = plain(rest)?;
                let known = !name.contains(['=', '/', ':']);
                known.then(|| vec![(name.clone(), Wanted::JustRecipe(name))])
            }
            "cargo" => Some(cargo(rest)),
            "go" => {
                let path = plain(rest.get(1..)?)
                    .filter(|path| path.starts_with("./") && !path.contains("..."))?;
                matches!(*rest.first()?, "run" | "build" | "test" | "install" | "vet")
                    .then(|| vec![(path.clone(), Wanted::GoPath(path))])
            }
            "python" | "python3" | "py" => match rest {
                ["-m", name, ..] => one(name, Wanted::PythonModule((*name).to_owned())),
                [path, ..] if path.ends_with(".py") => one(path, self.script(path)),
                _ => None,
            },
            "node" | "bash" | "sh" | "zsh" | "ruby" | "perl" | "php" | "ts-node" | "tsx"
            | "source" | "." => {
                let path = rest.first().filter(|path| is_script(path))?;
                one(path, self.script(path))
            }
            path if is_own_program(path) => one(path, self.script(path)),
            _ => None,
        }
    }

    fn script(&self, path: &str) -> Wanted {
        let name = path.rsplit('/').next().unwrap_or(path);
        let told = self.page.matches(name).count() > self.block.matches(name).count()
            || self.block.matches(name).count() > 1;
        Wanted::Script {
            path: path.to_owned(),
            told,
        }
    }
}

fn cargo(rest: &[&str]) -> Vec<(String, Wanted)> {
    let verbs = [
        "run", "build", "check", "test", "clippy", "bench", "doc", "nextest", "b", "c", "t", "r",
    ];
    let rest: Vec<&str> = rest
        .iter()
        .take_while(|word| **word != "--")
        .copied()
        .collect();
    let words: Vec<&str> = rest
        .iter()
        .filter(|word| !word.starts_with('+'))
        .copied()
        .collect();
    if !words.first().is_some_and(|verb| verbs.contains(verb))
        || words.iter().any(|word| word.starts_with("--manifest-path"))
    {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut words = words.into_iter().skip(1);
    while let Some(word) = words.next() {
        let (flag, value) = word
            .split_once('=')
            .map_or((word, None), |(flag, value)| (flag, Some(value)));
        let wants = matches!(
            flag,
            "-p" | "--package" | "--bin" | "--example" | "--test" | "--bench"
        );
        let Some(name) = wants.then(|| value.or_else(|| words.next())).flatten() else {
            continue;
        };
        if name.starts_with('-') || name.contains(['@', '/', ':']) {
            continue;
        }
        let wanted = match flag {
            "-p" | "--package" => Wanted::CargoPackage(name.to_owned()),
            _ => Wanted::CargoTarget {
                flag: flag.to_owned(),
                name: name.to_owned(),
            },
        };
        found.push((name.to_owned(), wanted));
    }
    found
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_script(path: &str) -> bool {
    SCRIPTS.iter().any(|end| path.ends_with(end))
}

/// Whether a program is named by a path in the repository.
fn is_own_program(path: &str) -> bool {
    let here =
        path.starts_with("./") || (!path.starts_with(['/', '~', '.', '$']) && path.contains('/'));
    here && !path.contains("://") && !path.contains('@')
}

/// Whether a word stands for another.
fn is_placeholder(word: &str) -> bool {
    let shouted = word.len() > 1
        && word
            .chars()
            .all(|c| c.is_ascii_uppercase() || c == '_' || c == '-');
    let lower = word.to_ascii_lowercase();
    shouted
        || word.contains(['<', '>', '$', '*', '{', '}', '[', ']', '…', '%', '`', '\\'])
        || ["...", "path/to", "your", "example", "foo", "my-", "my_"]
            .iter()
            .any(|part| lower.contains(part))
        || matches!(
            lower.as_str(),
            "name" | "x" | "target" | "script" | "recipe" | "crate" | "bar" | "baz"
        )
}
