//! What is generated from the code and committed: `schemas/` and tables in `docs/`. These tests prove that it
//! is current; `UPDATE_GENERATED=1 cargo test -p offshoot-tests --test schemas` writes it anew.

mod agentic;
mod documents;
mod files;
mod keys;
mod methods;
mod pages;
mod rules;
mod verbs;

use std::path::Path;
use support::tree::source_root;

/// Compares a generated file with the committed one, or writes it.
#[track_caller]
fn generated(path: &str, text: &str) {
    let file = source_root().join(path);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        write(&file, text);
        return;
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == text,
        "{path} is not current: look at the change, then run\n  \
         UPDATE_GENERATED=1 cargo test -p offshoot-tests --test schemas\n{}",
        first_difference(&committed, text)
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "writes the generated files when asked to"
)]
fn write(file: &Path, text: &str) {
    std::fs::create_dir_all(file.parent().expect("a file has a folder")).expect("a folder");
    std::fs::write(file, text).expect("a generated file");
}

fn first_difference(old: &str, new: &str) -> String {
    let mut lines = old.lines().zip(new.lines()).enumerate();
    match lines.find(|(_, (old, new))| old != new) {
        Some((number, (old, new))) => format!("line {}:\n- {old}\n+ {new}", number + 1),
        None => format!(
            "{} lines are committed, {} are generated",
            old.lines().count(),
            new.lines().count()
        ),
    }
}
