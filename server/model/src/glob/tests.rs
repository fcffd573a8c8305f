//! Patterns that meet and patterns that do not; and, against another reader of globs, that none are missed.

use super::Glob;
use globset::GlobBuilder;
use proptest::prelude::*;

#[track_caller]
fn check(one: &str, other: &str, expected: bool) {
    let (a, b) = (Glob::new(one), Glob::new(other));
    assert_eq!(a.meets(&b), expected, "{one} and {other}");
    assert_eq!(b.meets(&a), expected, "{other} and {one}");
    assert!(a.meets(&a) && b.meets(&b), "{one} or {other} with itself");
}

#[test]
fn patterns_meet_where_a_file_can_be_both() {
    for (one, other) in [
        ("src/a.rs", "src/a.rs"),
        ("./src//a.rs", "src/a.rs"),
        ("src/a.rs", "SRC/A.rs"),
        ("src/**", "src/a.rs"),
        ("src/**", "**/a.rs"),
        ("src", "src/deep/a.rs"),
        ("src/", "src/a.rs"),
        ("src", "**/*.rs"),
        ("src/", "**/*.rs"),
        ("my.dir", "my.dir/a.rs"),
        ("*.rs", "src/deep/a.rs"),
        ("*", "src/a.rs"),
        ("**", "x"),
        ("src/*.rs", "src/a*"),
        ("src/?.rs", "src/[ab].rs"),
        ("src/[!]].rs", "src/a.rs"),
        ("{src,docs}/**", "docs/a.md"),
        ("{a,b{c,d}}/x", "bd/x"),
        ("a/**/b", "a/b"),
        ("a/**/b", "a/x/y/b"),
        ("a/*/b.rs", "a/b/b.rs"),
        ("a/**/b/**/c", "**/b/c"),
        ("a*b*c", "abxbc"),
        (".github", ".github/workflows/ci.yml"),
        ("a**b/c", "ax/yb/c"),
        ("{a,b", "anything"),
        ("[a", "anything"),
        ("../x", "anything"),
        ("", "anything"),
        ("a\\*b", "a\\*b"),
    ] {
        check(one, other, true);
    }
}

#[test]
fn patterns_do_not_meet_where_no_file_is_both() {
    for (one, other) in [
        ("src/a.rs", "src/b.rs"),
        ("src/**", "docs/**"),
        ("src/*.rs", "src/*.md"),
        ("*.rs", "*.md"),
        ("README.md", "**/*.rs"),
        ("README.md", "docs/README.md"),
        ("src/*/a.rs", "src/a.rs"),
        ("src/??.rs", "src/a.rs"),
        ("{src,docs}/a.md", "test/a.md"),
        ("a/b", "a/c/**"),
        ("a/**/x.rs", "b/**/x.rs"),
        ("srcs", "src"),
        ("a\\*b", "axb"),
    ] {
        check(one, other, false);
    }
}

#[test]
fn a_file_that_is_there_is_no_folder_and_no_pattern() {
    let meets = |pattern: &str, file: &str| Glob::new(pattern).meets(&Glob::file(file));
    assert!(meets("src/**", "src/a"));
    assert!(meets("src", "src/a"));
    assert!(meets("**/*.rs", "x/a[1].rs"));
    assert!(!meets("**/*.rs", "Makefile"));
    assert!(!meets("src/a/b", "src/a"));
    assert!(!meets("abc", "a*"));
}

#[test]
fn what_is_too_much_means_everything() {
    let many = "{a,b}".repeat(10);
    assert!(Glob::new(&many).meets(&Glob::new("zzz.z")));
    assert!(Glob::new(&"a/".repeat(1000)).meets(&Glob::new("zzz.z")));
    let hard = format!("{}b", "*a".repeat(120));
    assert!(!Glob::new(&hard).meets(&Glob::file(&"a".repeat(250))));
}

/// A pattern of few letters, so that many of them meet.
fn pattern() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => Just("a"), 4 => Just("b"), 2 => Just("*"), 1 => Just("?"), 1 => Just("[ab]"), 1 => Just("{a,b.b}"),
        2 => Just(".b"),
    ];
    let name = prop::collection::vec(part, 1..3).prop_map(|parts| parts.concat());
    let segment = prop_oneof![3 => name, 1 => Just("**".to_owned())];
    let path = prop::collection::vec(segment, 1..4).prop_map(|names| names.join("/"));
    (path, any::<bool>()).prop_map(|(path, folder)| if folder { path + "/" } else { path })
}

fn path() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "b", "ab", "ba", "a.b", "b.b", ".b", "aa.b"]);
    prop::collection::vec(name, 1..4).prop_map(|names| names.join("/"))
}

/// Whether a pattern means a file, as another reader of globs has it: the file itself, or a folder it lies in.
fn means(pattern: &str, path: &str) -> bool {
    let folder = pattern.ends_with('/');
    let bare = pattern.trim_end_matches('/');
    let wild = bare.contains(['*', '?', '[']);
    let everywhere = !bare.contains('/') && wild;
    let full = if everywhere {
        format!("**/{bare}")
    } else {
        bare.to_owned()
    };
    let glob = GlobBuilder::new(&full)
        .literal_separator(true)
        .build()
        .expect("a glob")
        .compile_matcher();
    // One with an extension is taken for a file, unless the other pattern names something in it.
    let last = bare.rsplit('/').next().unwrap_or_default();
    let likely = !folder && last.chars().skip(1).any(|c| c == '.');
    let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
    let folders = folders.filter(|_| !likely);
    let itself = (!folder).then_some(path);
    folders.chain(itself).any(|one| glob.is_match(one))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Two patterns that mean one file meet, and each meets the file.
    #[test]
    fn nothing_is_missed(one in pattern(), other in pattern(), path in path()) {
        let (a, b, file) = (Glob::new(&one), Glob::new(&other), Glob::file(&path));
        let (in_one, in_other) = (means(&one, &path), means(&other, &path));
        if in_one && in_other {
            prop_assert!(a.meets(&b), "{} and {} both mean {}", one, other, path);
        }
        prop_assert!(!in_one || a.meets(&file), "{one} means {path}");
        prop_assert_eq!(a.meets(&b), b.meets(&a));
    }

    /// No text is too odd.
    #[test]
    fn any_text_is_a_pattern(one in ".{0,40}", other in "[a*?{},\\\\\\[\\]/.]{0,40}") {
        let (a, b) = (Glob::new(&one), Glob::new(&other));
        prop_assert_eq!(a.meets(&b), b.meets(&a));
        prop_assert!(a.meets(&a) && b.meets(&b));
    }
}
