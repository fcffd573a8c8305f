//! The artifact and the page of the reference of a sample of each language, held by golden files:
//! `UPDATE_GENERATED=1` writes them anew.

use crate::docs::bed::Bed;
use crate::docs::language::Language;
use crate::docs::record::Record;
use crate::docs::{ARTIFACT, COUNTED, Forgetful, Options};
use proptest::prelude::*;
use std::path::Path;

/// Names of the samples.
const SAMPLES: [(&str, &str); 6] = [
    ("rust", "lib.rs"),
    ("python", "shop.py"),
    ("typescript", "store.ts"),
    ("javascript", "queue.js"),
    ("go", "cache.go"),
    ("java", "Bank.java"),
];

fn check(folder: &str, name: &str) {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/docs/samples")
        .join(folder);
    let text = std::fs::read_to_string(samples.join(name)).expect("a sample");
    let bed = Bed::new(&[(name, &text)]);
    bed.run(&Forgetful, &Options::default());
    let page = format!("docs/api/{name}.md");
    for (made, golden) in [(ARTIFACT, "coverage.json"), (page.as_str(), "page.md")] {
        let seen = bed.read(made);
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            crate::sheet::write(&samples, golden, &seen).expect("the golden file");
        }
        let expected = std::fs::read_to_string(samples.join(golden)).unwrap_or_default();
        assert_eq!(
            seen, expected,
            "{folder}: UPDATE_GENERATED=1 writes it anew if this is right"
        );
    }
}

#[test]
fn each_language_is_read_as_the_table_says() {
    for (folder, name) in SAMPLES {
        check(folder, name);
    }
}

#[test]
fn every_language_has_a_sample() {
    for counted in COUNTED {
        let is_it = |(_, name): &(&str, &str)| Language::of(name) == Some(counted.language);
        assert!(SAMPLES.iter().any(is_it), "{}", counted.name);
    }
}

#[test]
fn broken_sources_give_what_can_be_made_out() {
    for (path, text) in [
        ("a.rs", "/// A.\npub fn a( {\npub struct"),
        ("a.py", "def a(:\n  '''"),
        ("a.ts", "export class { method( }"),
        ("a.js", "module.exports = {"),
        ("a.go", "package\nfunc (("),
        ("A.java", "public class { @"),
        ("a.rs", ""),
    ] {
        assert!(
            matches!(Record::read(path, text.as_bytes()), Record::Code(_)),
            "{path}"
        );
    }
}

#[test]
fn what_is_nested_beyond_reason_is_no_end() {
    let deep = 20_000;
    for (path, open, close) in [
        ("a.rs", "pub mod a { ", "}"),
        ("A.java", "class A { ", "}"),
        ("a.ts", "export namespace a { ", "}"),
        ("a.js", "(", ")"),
        ("a.go", "func(", ")"),
        ("a.py", "(", ")"),
    ] {
        let text = format!("{}{}", open.repeat(deep), close.repeat(deep));
        assert!(
            matches!(Record::read(path, text.as_bytes()), Record::Code(_)),
            "{path}"
        );
        let page = format!(
            "```{}\n{}x{}x\n```\n",
            path.rsplit('.').next().unwrap_or_default(),
            open.repeat(2000),
            close.repeat(2000)
        );
        assert!(
            matches!(Record::read("a.md", page.as_bytes()), Record::Page(_)),
            "{path}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_source_makes_it_panic(
        end in "rs|py|ts|tsx|js|go|java",
        text in "(pub |fn |def |class |export |func |public |/\\*\\* |\\*/|///|//!|\"\"\"|@param |Args:\n|[a-zé_<>{}()\\[\\]:;,.=#@*\n ]){0,80}",
    ) {
        let path = format!("a.{end}");
        let read = matches!(Record::read(&path, text.as_bytes()), Record::Code(_));
        prop_assert!(read || super::super::language::is_generated(&text));
    }
}
