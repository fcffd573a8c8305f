//! The form of source files: a head that says what lives there, a length that can be read, nothing put off,
//! and no trace of the machine it was written on.

use std::fs;
use std::path::Path;
use support::tree::{source_files, source_root};

/// Lines a file may have.
const MOST_LINES: usize = 400;

/// Lines a file of test cases may have: a table is read by looking things up.
const MOST_LINES_OF_CASES: usize = 600;

/// Longer files, each with its reason.
const LONGER: &[(&str, &str)] = &[(
    "editor-client/src/generated/protocol.ts",
    "generated from schemas/, read by looking things up",
)];

/// Source files with their text.
fn sources(endings: &[&str]) -> Vec<(String, String)> {
    source_files()
        .into_iter()
        .filter(|path| has_ending(path, endings))
        .filter_map(|path| {
            let text = fs::read_to_string(source_root().join(&path)).ok()?;
            Some((path.display().to_string(), text))
        })
        .collect()
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension()
        .and_then(|end| end.to_str())
        .is_some_and(|end| endings.contains(&end))
}

#[test]
fn every_source_file_says_what_lives_there() {
    let silent: Vec<_> = sources(&["rs", "ts"])
        .into_iter()
        .filter(|(path, text)| {
            let head = text.trim_start();
            !(head.starts_with("//!")
                || path.ends_with(".ts") && (head.starts_with("//") || head.starts_with("/*")))
        })
        .map(|(path, _)| path)
        .collect();
    assert!(silent.is_empty(), "a `//!` head is missing in {silent:#?}");
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let mut long = Vec::new();
    for (path, text) in sources(&["rs", "ts", "sh", "py"]) {
        let lines = text.lines().count();
        let most = if is_test(&path) {
            MOST_LINES_OF_CASES
        } else {
            MOST_LINES
        };
        let justified = LONGER.iter().any(|(name, _)| *name == path);
        if lines > most && !justified {
            long.push(format!(
                "{path}: {lines} lines; there is probably a second thing in there"
            ));
        }
        if lines <= most && justified {
            long.push(format!("{path} is short again: take it from the list"));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("tests.rs")
}

#[test]
fn nothing_is_switched_off_or_put_off() {
    // Put together from pieces, so that this file passes its own test.
    let banned =
        [["#[", "allow("], ["#![", "allow("], ["#[", "ignore"]].map(|parts| parts.concat());
    let markers = [["TO", "DO"], ["FIX", "ME"], ["X", "XX"]].map(|parts| parts.concat());
    let mut found = Vec::new();
    for (path, text) in sources(&["rs", "ts", "sh", "toml", "md"]) {
        for (number, line) in text.lines().enumerate() {
            // Started by another test as a process of its own, never by itself.
            let child = line.contains(" child of `");
            if banned.iter().any(|banned| line.contains(banned)) && !child {
                found.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
        for (number, line) in prose(&path, &text) {
            if words(line).any(|word| markers.iter().any(|marker| marker == word)) {
                found.push(format!("{path}:{number}: {}", line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What people are told, with line numbers: comments of code, and pages without their code blocks.
fn prose<'a>(path: &str, text: &'a str) -> Vec<(usize, &'a str)> {
    let code = has_ending(Path::new(path), &["rs", "ts"]);
    let page = has_ending(Path::new(path), &["md"]);
    let mut fenced = false;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        fenced ^= page && line.trim_start().starts_with("```");
        let said = if code {
            line.find("//").map(|at| &line[at..])
        } else {
            Some(line)
        };
        found.extend(said.filter(|_| !fenced).map(|said| (number + 1, said)));
    }
    found
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric())
}

#[test]
fn nothing_names_the_place_where_it_was_written() {
    let traces = [
        ["../", "shared"],
        ["/wo", "rk/"],
        ["/ro", "ot/"],
        ["/home", "/user/"],
    ]
    .map(|parts| parts.concat());
    let mut found = Vec::new();
    for path in source_files() {
        // Not text: nothing to read.
        let Ok(text) = fs::read_to_string(source_root().join(&path)) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            let foreign = path.ends_with("package-lock.json")
                && line.contains("\"resolved\"")
                && !line.contains("\"https://registry.npmjs.org/");
            if foreign || traces.iter().any(|trace| line.contains(trace)) {
                found.push(format!(
                    "{}:{}: {}",
                    path.display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn processes_start_only_where_the_architecture_says() {
    // clippy bans `Command::new`; this holds who may take the exception.
    const OWNERS: [&str; 4] = [
        "server/agents/",
        "server/worktree/",
        "server/client/",
        "tests/",
    ];
    let call = ["Command", "::new("].concat();
    let mut found = Vec::new();
    for (path, text) in sources(&["rs"]) {
        let tests =
            path.contains("/tests/") || path.ends_with("tests.rs") || path.starts_with("tests/");
        // clap's `Command` is another one.
        let clap = text.contains("clap::Command")
            || text.contains("clap::{") && path.starts_with("server/offshoot");
        if text.contains(&call)
            && !tests
            && !clap
            && !OWNERS.iter().any(|owner| path.starts_with(owner))
        {
            found.push(path);
        }
    }
    assert!(
        found.is_empty(),
        "these files start processes and must not: {found:#?}"
    );
}
