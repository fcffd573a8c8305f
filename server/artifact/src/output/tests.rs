//! What compilers, linters and tests really print, and what comes out of it.

use super::*;
use proptest::prelude::*;

/// Files that exist below `/w`.
const FILES: &[&str] = &[
    "src/a.c",
    "src/main.rs",
    "a.py",
    "pkg/m.py",
    "web/a.ts",
    "web/b.js",
    "a b.go",
    "tests/test_a.py",
    "src/B.java",
    "lib/x.sh",
];

fn resolve(path: &str) -> Option<String> {
    let path = crate::inside(path, &[std::path::Path::new("/w")]).ok()?;
    FILES.contains(&path.as_str()).then_some(path)
}

/// `severity code source path:line:column message`, with related places behind it.
fn told(text: &str) -> Vec<String> {
    let place = |number: Option<u32>| number.map_or("-".to_owned(), |number| number.to_string());
    spot(text, "check", resolve)
        .into_iter()
        .map(|found| {
            let related = found.related.iter().map(|related| {
                format!(
                    " < {}:{} {}",
                    related.path,
                    place(related.line),
                    related.message
                )
            });
            format!(
                "{} {} {} {}:{}:{} {}{}",
                found.severity.as_str(),
                if found.code.is_empty() {
                    "-"
                } else {
                    &found.code
                },
                found.source,
                found.path.unwrap_or_default(),
                place(found.line),
                place(found.column),
                found.message,
                related.collect::<String>()
            )
        })
        .collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(told(text), expected, "{text}");
}

#[test]
fn c_compilers() {
    check(
        "src/a.c: In function 'main':\n\
         src/a.c:3:5: error: expected ';' before '}' token\n    3 |  x\n      |  ^\n\
         src/a.c:9:1: warning: unused variable 'y' [-Wunused-variable]\n\
         src/a.c:2:1: note: declared here\n\
         /usr/include/stdio.h:1:1: error: not ours\n\
         src/a.c:1:10: fatal error: x.h: No such file or directory\n",
        &[
            "error - check src/a.c:3:5 expected ';' before '}' token",
            "warning unused-variable check src/a.c:9:1 unused variable 'y' < src/a.c:2 declared here",
            "error - check src/a.c:1:10 x.h: No such file or directory",
        ],
    );
}

#[test]
fn rust() {
    check(
        "error[E0308]: mismatched types\n  --> src/main.rs:3:5\n   |\n3  |     \"a\"\n\n\
         warning: unused variable: `x`\n --> src/main.rs:2:9\n\n\
         error: could not compile `w` (bin \"w\") due to 1 previous error\n",
        &[
            "error E0308 rustc src/main.rs:3:5 mismatched types",
            "warning - rustc src/main.rs:2:9 unused variable: `x`",
        ],
    );
    check(
        "thread 'tests::it' panicked at src/main.rs:12:9:\nassertion `left == right` failed\n  left: 1\n right: 2\n",
        &["error panic rust src/main.rs:12:9 assertion `left == right` failed"],
    );
    check(
        "thread 'main' (4711) panicked at src/main.rs:1:2:\nboom\n",
        &["error panic rust src/main.rs:1:2 boom"],
    );
}

#[test]
fn typescript_and_javascript() {
    check(
        "web/a.ts(3,5): error TS2304: Cannot find name 'x'.\n\
         \u{1b}[96mweb/a.ts\u{1b}[0m:\u{1b}[93m4\u{1b}[0m:\u{1b}[93m1\u{1b}[0m - \u{1b}[91merror\u{1b}[0m\u{1b}[90m TS2322: \u{1b}[0mType 'a' is not assignable.\n",
        &[
            "error TS2304 tsc web/a.ts:3:5 Cannot find name 'x'.",
            "error TS2322 tsc web/a.ts:4:1 Type 'a' is not assignable.",
        ],
    );
    check(
        "\n/w/web/b.js\n  1:10  error    'x' is defined but never used  no-unused-vars\n  \
         2:1   warning  Unexpected console statement          no-console\n\n✖ 2 problems (1 error, 1 warning)\n",
        &[
            "error no-unused-vars eslint web/b.js:1:10 'x' is defined but never used",
            "warning no-console eslint web/b.js:2:1 Unexpected console statement",
        ],
    );
    check(
        "/w/web/b.js:1:10: 'x' is not defined. [Error/no-undef]\n",
        &["error no-undef check web/b.js:1:10 'x' is not defined."],
    );
}

#[test]
fn python() {
    check(
        "a.py:3: error: Name \"x\" is not defined  [name-defined]\n\
         a.py:4: note: See https://mypy.example/\n\
         a.py:7:80: E501 Line too long (90 > 88)\n\
         pkg/m.py:1:1: F401 [*] `os` imported but unused\n",
        &[
            "error name-defined check a.py:3:- Name \"x\" is not defined < a.py:4 See https://mypy.example/",
            "error E501 check a.py:7:80 Line too long (90 > 88)",
            "error F401 check pkg/m.py:1:1 [*] `os` imported but unused",
        ],
    );
    check(
        "Traceback (most recent call last):\n  File \"/w/a.py\", line 9, in <module>\n    main()\n    ~~~~^^\n  \
         File \"/w/pkg/m.py\", line 4, in main\n    raise ValueError(\"no\")\n  File \"/usr/lib/python3/x.py\", line 1, in y\n\
         ValueError: no\n",
        &["error ValueError python pkg/m.py:4:- ValueError: no < a.py:9 called from here"],
    );
    check(
        "    def test_a():\n>       assert f() == 2\nE       assert 1 == 2\nE        +  where 1 = f()\n\n\
         tests/test_a.py:12: AssertionError\n=== short test summary info ===\n\
         FAILED tests/test_a.py::test_a - assert 1 == 2\n",
        &["error AssertionError pytest tests/test_a.py:12:- assert 1 == 2"],
    );
}

#[test]
fn go_java_and_shells() {
    check(
        "# example/w\n./a b.go:7:2: undefined: x\nvet: ./a b.go:7:2: undefined: x\n",
        &["error - check a b.go:7:2 undefined: x"],
    );
    check(
        "src/B.java:3: error: ';' expected\n    int x\n         ^\n1 error\n\
         [ERROR] /w/src/B.java:[4,9] cannot find symbol\n[WARNING] /w/src/B.java:[5,1] deprecated\n",
        &[
            "error - check src/B.java:3:- ';' expected",
            "error - check src/B.java:4:9 cannot find symbol",
            "warning - check src/B.java:5:1 deprecated",
        ],
    );
    check(
        "lib/x.sh:3:1: note: Double quote to prevent globbing. [SC2086]\n",
        &["info - check lib/x.sh:3:- Double quote to prevent globbing."],
    );
}

#[test]
fn what_is_no_problem() {
    for text in [
        "12:30:45: starting\n",
        "http://example.org:80/a.py\n",
        "src/a.c\n",
        "src/a.c:\n",
        "src/a.c:x:3\n",
        "src/a.c:0:1: error: no such line\n",
        "src/a.c:99999999999: error: no such line\n",
        "src/a.c:3:5:\n",
        "Traceback (most recent call last):\n",
        "thread 'main' panicked at src/main.rs:1:2:\n",
        " --> src/main.rs:1:2\n",
        "error: something without a place\n",
        "",
    ] {
        check(text, &[]);
    }
}

#[test]
fn the_same_said_twice_counts_once() {
    let line = "src/a.c:3:5: error: x\n";
    check(&line.repeat(3), &["error - check src/a.c:3:5 x"]);
}

#[test]
fn there_is_a_bound() {
    let lines: String = (1..=12_000)
        .map(|line| format!("src/a.c:{line}: error: x{line}\n"))
        .collect();
    assert_eq!(spot(&lines, "check", resolve).len(), crate::MOST);
}

proptest! {
    #[test]
    fn any_text_is_read(text in any::<String>(), parts in proptest::collection::vec(
        "(src/a\\.c|:|3|\\(|\\)|,|\\[|\\]| |error|warning|E   |--> |thread '' panicked at |  File \"a\\.py\", line |\r|\n|\u{1b}\\[|ä)", 0..40)) {
        for text in [text, parts.concat()] {
            for found in spot(&text, "check", resolve) {
                prop_assert!(found.line.is_some_and(|line| line > 0));
                prop_assert!(FILES.contains(&found.path.as_deref().unwrap_or_default()));
            }
        }
    }
}
