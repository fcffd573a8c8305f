//! What the readers see in the samples, held by golden files: `UPDATE_GENERATED=1` writes them anew.

use crate::docs::language::Language;
use crate::docs::record::Record;
use std::fmt::Write;
use std::path::Path;

/// What is known of a sample, as text.
fn seen(path: &str, text: &str) -> String {
    let Record::Code(code) = Record::read(path, text.as_bytes()) else {
        panic!("{path} is no source");
    };
    let mut seen = format!(
        "{} of {} documented; {}\n\n",
        code.documented, code.public, code.about
    );
    for note in &code.notes {
        let place = note.place;
        writeln!(
            seen,
            "{}:{}-{} {}: {}",
            place.line,
            place.column,
            place.end_column,
            note.rule.code(),
            note.message
        )
        .expect("a string takes everything");
    }
    format!("{seen}\n{}", code.page)
}

fn check(path: &str) {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/docs/samples");
    let text = std::fs::read_to_string(samples.join(path)).expect("a sample");
    let name = Path::new(path)
        .file_name()
        .expect("a name")
        .to_str()
        .expect("UTF-8");
    let seen = seen(name, &text);
    let golden = samples.join(format!("{path}.seen"));
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        #[expect(clippy::disallowed_methods, reason = "a golden file")]
        std::fs::write(&golden, &seen).expect("the golden file");
    }
    let expected = std::fs::read_to_string(&golden).unwrap_or_default();
    assert_eq!(
        seen, expected,
        "{path}: run the test with UPDATE_GENERATED=1 if this is right"
    );
}

#[test]
fn each_language_is_read_as_the_table_says() {
    check("rust/lib.rs");
    check("python/shop.py");
    check("typescript/store.ts");
    check("javascript/queue.js");
    check("go/cache.go");
    check("java/Bank.java");
}

#[test]
fn every_language_has_a_sample() {
    for language in crate::docs::COUNTED {
        let known = [
            "lib.rs",
            "shop.py",
            "store.ts",
            "queue.js",
            "cache.go",
            "Bank.java",
        ];
        assert!(
            known
                .iter()
                .any(|name| Language::of(name) == Some(language.language)),
            "{}",
            language.name
        );
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
