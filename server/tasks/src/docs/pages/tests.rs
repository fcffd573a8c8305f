//! Pages: what is read in them, and what is told of their links, commands and code.

use super::{Manifests, Page, Tree, judge_links, read_page};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A repository of these files, in which `a/page.md` says this: what is told of it.
fn told(files: &[(&str, &str)], text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut paths: Vec<PathBuf> = vec!["a/page.md".into()];
    for (path, text) in files {
        crate::sheet::write(folder.path(), path, text).expect("a file");
        paths.push(path.into());
    }
    crate::sheet::write(folder.path(), "a/page.md", text).expect("the page");
    let names: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let tree = Tree::of(folder.path(), &paths);
    let manifests = Manifests::read(folder.path(), &names);
    let all: Vec<(String, Page)> = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), *text))
        .chain([("a/page.md".to_owned(), text)])
        .filter(|(path, _)| path.ends_with(".md"))
        .map(|(path, text)| (path, read_page(text)))
        .collect();
    let pages: BTreeMap<&str, &Page> = all
        .iter()
        .map(|(path, page)| (path.as_str(), page))
        .collect();
    let page = pages["a/page.md"];
    let mut notes = page.notes.clone();
    judge_links("a/page.md", page, &pages, &tree, &mut notes);
    notes.extend(
        page.claims
            .iter()
            .filter_map(|claim| claim.judge("a/page.md", &tree, &manifests)),
    );
    notes
        .iter()
        .map(|note| format!("{}:{} {}", note.place.line, note.place.column, note.message))
        .collect()
}

#[track_caller]
fn check(files: &[(&str, &str)], text: &str, expected: &[&str]) {
    assert_eq!(told(files, text), expected, "{text}");
}

/// A block of a shell: what is told of each line of it.
#[track_caller]
fn check_command(files: &[(&str, &str)], command: &str, expected: &[&str]) {
    let told = told(files, &format!("```sh\n{command}\n```\n"));
    let messages: Vec<&str> = told
        .iter()
        .map(|told| told.split_once(' ').map_or("", |(_, message)| message))
        .collect();
    assert_eq!(messages, expected, "{command}");
}

#[test]
fn anchors_are_those_of_github() {
    let page = read_page(
        "---\ntitle: front\n---\n# Hello, World!\n\nFirst words. More.\n\n## `a_b` & c\n## Über uns\n## Same\n## Same\n### Same-1\n\
         ## [linked](x.md) text\n<a id=\"own\"></a> <a name='old'></a>\n\n<h2 id=\"html\">x</h2>\n",
    );
    assert_eq!(
        page.anchors,
        [
            "hello-world",
            "a_b--c",
            "über-uns",
            "same",
            "same-1",
            "same-1-1",
            "linked-text",
            "own",
            "old",
            "html"
        ]
    );
    assert_eq!(
        (page.title.as_str(), page.about.as_str()),
        ("Hello, World!", "First words.")
    );
}

#[test]
fn links_lead_to_what_is_there() {
    let files = [
        ("README.md", "# Top\n## Part one\n"),
        ("a/other page.md", "# Other\n"),
        ("img/a.png", ""),
        ("src/lib.rs", ""),
        ("b/README.md", ""),
    ];
    check(
        &files,
        "[a](../README.md#part-one) [b](other%20page.md) [c](<other page.md#other>) ![d](../img/a.png)\n\
         [e](/src/lib.rs#L10) [f](../src) [g](../b/) [h](https://x.example/a) [i](mailto:a@b.c) [j](#here)\n\
         [k](../docs/api/x.md) [l](../../../issues) [m]({{ site }}/x) [n](../llms.txt) [o](#top) [p][ref]\n\n\
         # Here\n\n[ref]: ../README.md\n",
        &[],
    );
    check(
        &files,
        "See [a](missing.md), [b](../README.md#part-two),\n> [c](#nowhere) ![d](../img/b.png) é [e](lib.rs)\n\n<img src=\"../img/x.png\">\n\n[f][ref] [f][ref]\n\n[ref]: gone.md\n",
        &[
            "1:9 `a/missing.md` is not there",
            "1:26 `README.md` has no heading or anchor `#part-two`; is `#part-one` meant?",
            "2:7 `a/page.md` has no heading or anchor `#nowhere`",
            "2:22 `img/b.png` is not there",
            "2:42 `a/lib.rs` is not there; there is `src/lib.rs`",
            "4:11 `img/x.png` is not there",
            "8:8 `a/gone.md` is not there",
        ],
    );
}

#[test]
fn code_is_no_link_and_undefined_references_are_told() {
    check(
        &[],
        "`[a](b.md)` a[i][j] [x] [y][] \\[z](b.md)\n\n    [c](d.md)\n\n```\n[e](f.md)\n```\n\n<!-- [g](h.md) -->\n",
        &[],
    );
    check(
        &[],
        "See [the text][nowhere].\n",
        &["1:5 the reference `nowhere` is not defined in this page"],
    );
}

#[test]
fn sites_have_addresses_of_their_own() {
    check(
        &[("mkdocs.yml", "")],
        "[a](/guide/x) [b](install/) [c](missing.md)\n",
        &["1:33 `a/missing.md` is not there"],
    );
    check(&[("book.toml", ""), ("a/x.md", "")], "[a](x.html)\n", &[]);
}

#[test]
fn commands_name_what_the_manifests_have() {
    let files = [
        (
            "package.json",
            r#"{"name": "p", "scripts": {"build": "x", "lint:fix": "y"}}"#,
        ),
        (
            "Makefile",
            ".PHONY: all\nall: build\nbuild:\n\techo\nVERSION := 1\n",
        ),
        (
            "justfile",
            "set shell := ['sh']\ntest *args:\n  cargo test\n@quiet:\n  x\nalias t := test\n",
        ),
        ("Cargo.toml", "[workspace]\nmembers = ['x']\n"),
        (
            "x/Cargo.toml",
            "[package]\nname = 'x'\n[[bin]]\nname = 'tool'\n",
        ),
        ("x/src/main.rs", ""),
        ("x/src/bin/other.rs", ""),
        ("x/examples/demo/main.rs", ""),
        ("Cargo.lock", "[[package]]\nname = \"serde\"\n"),
        ("scripts/run.sh", ""),
        ("tools/make.py", ""),
        ("pkg/__init__.py", ""),
        ("pkg/cli.py", ""),
        ("go.mod", ""),
        ("cmd/one/main.go", ""),
    ];
    for good in [
        "npm run build && npm run lint:fix -- --all",
        "npm install; npx whatever; yarn anything",
        "make; make all build V=1 -j4",
        "just; just test a b; just quiet",
        "cargo run -p x --bin tool -- --bin none",
        "cargo run --bin other; cargo run --bin x",
        "cargo +nightly run --example=demo; cargo test -p serde",
        "cargo install ripgrep; cargo xtask anything",
        "./scripts/run.sh --flag | tee log",
        "sh scripts/run.sh; python3 tools/make.py; cd tools && python make.py",
        "python -m pkg.cli; python -m pytest; python -m http.server; python -m venv .venv",
        "go run ./cmd/one; go test ./...",
        "$ npm run build\nnpm run printed",
        "unknown-program --run x; ./configure; ./target/release/x; ./build.out",
        "npm run <script>; make TARGET; cargo run --bin your-bin; ./path/to/x.sh; npm run $NAME",
        "cat > made.py <<EOF\nnpm run inside\nEOF\npython made.py",
        "cd elsewhere-unknown/$X\nmake nothing",
        "npm --prefix other run none; make -C other none",
        "git clone https://x.example/p.git\ncd p\nmake all",
        "# make nothing",
        "echo 'npm run quoted'",
    ] {
        check_command(&files, good, &[]);
    }
    check_command(
        &files,
        "npm run biuld",
        &["`biuld` is no script of any `package.json`; is `build` meant?"],
    );
    check_command(
        &files,
        "npm test",
        &["`test` is no script of any `package.json`"],
    );
    check_command(
        &files,
        "FOO=1 sudo make all deploy",
        &["`deploy` is no target of any makefile"],
    );
    check_command(
        &files,
        "just tset",
        &["`tset` is no recipe of any justfile; is `test` meant?"],
    );
    check_command(
        &files,
        "cargo run --bin tools",
        &["`tools` is no bin of this workspace; is `tool` meant?"],
    );
    check_command(
        &files,
        "cargo test -p y --test=none",
        &[
            "`y` is no package of this workspace",
            "`none` is no test of this workspace",
        ],
    );
    check_command(
        &files,
        "./scripts/gone.sh",
        &["there is no `scripts/gone.sh`"],
    );
    check_command(
        &files,
        "bash \\\n  scripts/gone.sh",
        &["there is no `scripts/gone.sh`"],
    );
    check_command(
        &files,
        "python setup.py install",
        &["there is no `setup.py`"],
    );
    check_command(
        &files,
        "uv run tools/gone.py",
        &["there is no `tools/gone.py`"],
    );
    check_command(
        &files,
        "uv run python tools/gone.py",
        &["there is no `tools/gone.py`"],
    );
    check_command(
        &files,
        "python -m pkg.server",
        &["there is no module `pkg.server`"],
    );
    check_command(&files, "go run ./cmd/two", &["there is no `./cmd/two`"]);
    check_command(
        &files,
        "$ make gone\nmake printed",
        &["`gone` is no target of any makefile"],
    );
}

#[test]
fn without_manifests_no_command_is_wrong() {
    check_command(
        &[],
        "npm run x; make y; just z; cargo run --bin a -p b; go run ./c; python -m d.e",
        &[],
    );
    let computed = [("Makefile", "include x.mk\n$(NAMES):\n\techo\n")];
    check_command(&computed, "make anything", &[]);
}

#[test]
fn a_script_that_the_page_tells_how_to_make_is_not_missed() {
    check(
        &[],
        "Put this into `app.py`:\n\n```python\nx = 1\n```\n\n```sh\npython app.py\n```\n",
        &[],
    );
}

#[test]
fn commands_have_places_also_in_quotes_and_lists() {
    let files = [("Makefile", "all:\n")];
    check(
        &files,
        "- a\n\n  ```console\n  $ make all \\\n      gone\n  ```\n\n> ```sh\n> make gone\n> ```\n",
        &[
            "5:7 `gone` is no target of any makefile",
            "9:8 `gone` is no target of any makefile",
        ],
    );
}

/// Whether blocks are said not to parse.
#[track_caller]
fn check_code(fence: &str, code: &str, broken: bool) {
    let page = read_page(&format!("```{fence}\n{code}\n```\n"));
    assert_eq!(
        !page.notes.is_empty(),
        broken,
        "{fence}: {code}: {:?}",
        page.notes
    );
}

#[test]
fn fragments_parse() {
    for (fence, code) in [
        ("rust", "let a = b?;\nfoo().await"),
        ("rust", "pub fn a(&self) -> u8;"),
        ("rust", "name: String,\npub age: u8,"),
        ("rust", "# use a::b;\nb()"),
        ("rust", "Some(1) => 2,"),
        ("rust", "// good\n\"a\"\n// bad\nb(1)"),
        ("rust,ignore", "this is no rust {{{"),
        ("rust,compile_fail", "fn ("),
        ("python", "    return await x"),
        ("python", ">>> a = 1\n>>> print(a)\n1"),
        ("python", "def a(b: int) -> str"),
        ("python", "@decorated\ndef a(): ..."),
        ("ts", "a: string;\nb?: number;"),
        ("ts", "const a = <T,>(b: T) => b"),
        ("tsx", "<A b={c}>d</A>"),
        ("js", "{ a: 1, b() {} }"),
        ("js", "await a()"),
        ("js", "a: 1,\nb: 2,"),
        ("javascript", "export default { ... }"),
        ("go", "x, err := f()\nif err != nil {\n\treturn err\n}"),
        ("go", "func a() {}"),
        ("go", "Name string `json:\"name\"`"),
        ("java", "int a = b.c();"),
        ("java", "@Override\npublic void a() {}"),
        ("json", "{\"a\": 1}\n{\"a\": 2}"),
        ("json", "\"a\": [1, 2],"),
        ("json", "{\n  // why\n  \"a\": 1\n}"),
        ("json", "{\"a\": ...}"),
        ("yaml", "a:\n  - b: c\n  - d"),
        ("yaml", "a: {{ b }}\n: }"),
        ("toml", "[a]\nb = 1\n[a]\nb = 2"),
        ("text", "(("),
        ("", "(("),
        ("rust", "+fn a() {\n-fn ("),
    ] {
        check_code(fence, code, false);
    }
}

#[test]
fn what_is_broken_is_told() {
    for (fence, code) in [
        ("rust", "fn a( { let"),
        ("python", "def a(:\n  pass"),
        ("ts", "const a: = 1 }"),
        ("js", "function ( { ]"),
        ("go", "func a( {"),
        ("java", "class A { void ( }"),
        ("json", "{\"a\": }"),
        ("yaml", "a: [b\nc: d"),
        ("toml", "a = \nb = 1"),
    ] {
        check_code(fence, code, true);
    }
}

#[test]
fn broken_code_has_its_place() {
    check(
        &[],
        "> a\n>\n> ```json\n> {\n>   \"a\": }\n> ```\n",
        &["5:5 this JSON does not parse"],
    );
}
