//! Licences: where they are read, how they are spelled, and how a policy judges them.

use super::{Judgement, Places, Policy, Reader, Unknown, spelled};
use crate::ops::deps::package::{Ecosystem, Package, Parsed};
use std::io::Write;
use std::path::Path;

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = std::fs::File::create(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn package(ecosystem: Ecosystem, path: &str, name: &str, version: &str) -> Package {
    let mut parsed = Parsed::default();
    let mut package = parsed.add(ecosystem, name, version, 1).unwrap().clone();
    path.clone_into(&mut package.path);
    package
}

#[test]
fn they_are_read_where_packages_lie() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(
        root,
        "home/registry/src/index-1/kept-1.0.0/Cargo.toml",
        "[package]\nname = \"kept\"\nversion = \"1.0.0\"\nlicense = \"MIT/Apache-2.0\"\n",
    );
    put(
        root,
        "rust/vendor/near/Cargo.toml",
        "[package]\nversion = \"1.0.0\"\nlicense = \"ISC\"\n",
    );
    put(
        root,
        "rust/vendor/older/Cargo.toml",
        "[package]\nversion = \"0.9.0\"\nlicense = \"ISC\"\n",
    );
    put(
        root,
        "web/node_modules/@s/a/package.json",
        "{\"version\": \"1.0.0\", \"license\": \"mit\"}",
    );
    put(
        root,
        "web/node_modules/b/package.json",
        "{\"version\": \"1.0.0\", \"licenses\": [{\"type\": \"MIT\"}, {\"type\": \"BSD-3-Clause\"}]}",
    );
    put(
        root,
        "web/node_modules/c/package.json",
        "{\"version\": \"2.0.0\", \"license\": \"MIT\"}",
    );
    let site = "py/.venv/lib/python3.12/site-packages";
    put(
        root,
        &format!("{site}/Zope_Thing-1.0.dist-info/METADATA"),
        "Name: x\nLicense-Expression: MIT AND ISC\nLicense: other\n\nLicense: of the text\n",
    );
    put(
        root,
        &format!("{site}/old-1.0.dist-info/METADATA"),
        "Name: x\nLicense: Copyright\nClassifier: License :: OSI Approved :: Apache Software License\n\n",
    );
    put(
        root,
        &format!("{site}/free-1.0.dist-info/METADATA"),
        "Name: x\nLicense: As you like\n\n",
    );
    let places = Places {
        cargo: Some(root.join("home")),
        ..Places::default()
    };
    let mut reader = Reader::new(root, &places);
    for (ecosystem, path, name, expected) in [
        (
            Ecosystem::Crates,
            "rust/Cargo.lock",
            "kept",
            Some("MIT OR Apache-2.0"),
        ),
        (Ecosystem::Crates, "rust/Cargo.lock", "near", Some("ISC")),
        (Ecosystem::Crates, "rust/Cargo.lock", "older", None),
        (Ecosystem::Crates, "rust/Cargo.lock", "gone", None),
        (Ecosystem::Npm, "web/package-lock.json", "@s/a", Some("MIT")),
        (
            Ecosystem::Npm,
            "web/package-lock.json",
            "b",
            Some("MIT OR BSD-3-Clause"),
        ),
        (Ecosystem::Npm, "web/package-lock.json", "c", None),
        (
            Ecosystem::Npm,
            "web/package-lock.json",
            "../../web/node_modules/b",
            None,
        ),
        (
            Ecosystem::PyPi,
            "py/uv.lock",
            "zope-thing",
            Some("MIT AND ISC"),
        ),
        (Ecosystem::PyPi, "py/uv.lock", "old", Some("Apache-2.0")),
        (Ecosystem::PyPi, "py/uv.lock", "free", Some("As you like")),
    ] {
        let version = if ecosystem == Ecosystem::PyPi {
            "1.0"
        } else {
            "1.0.0"
        };
        let found = reader.of(&package(ecosystem, path, name, version));
        assert_eq!(found.as_deref().ok(), expected, "{name}");
        let because = if name == "c" || expected.is_some() {
            continue;
        } else {
            found.unwrap_err()
        };
        assert_eq!(because, Unknown::NotHere, "{name}");
    }
}

const MIT: &str = "MIT License\n\nCopyright (c) 2020 Somebody Else\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the \"Software\"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:\n\nThe above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.\n\nTHE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.\n";

#[test]
fn modules_of_go_tell_theirs_by_its_text() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "mod/github.com/!some!one/a@v1.0.0/LICENSE", MIT);
    put(root, "mod/b.org/own@v1.0.0/LICENSE.md", "Do as you like.\n");
    put(root, "mod/b.org/none@v1.0.0/README.md", MIT);
    put(
        root,
        "vendor/modules.txt",
        "# b.org/near v1.0.0\n## explicit\n",
    );
    put(root, "vendor/b.org/near/COPYING", MIT);
    put(root, "vendor/b.org/other/COPYING", MIT);
    let places = Places {
        go: Some(root.join("mod")),
        ..Places::default()
    };
    let mut reader = Reader::new(root, &places);
    for (name, expected) in [
        ("github.com/SomeOne/a", Ok("MIT")),
        ("b.org/near", Ok("MIT")),
        ("b.org/other", Err(Unknown::NotHere)),
        ("b.org/own", Err(Unknown::TellsNone)),
        ("b.org/none", Err(Unknown::TellsNone)),
        ("../mod/b.org/none", Err(Unknown::NotHere)),
    ] {
        let found = reader.of(&package(Ecosystem::Go, "go.mod", name, "1.0.0"));
        assert_eq!(found.as_deref(), expected.as_ref().copied(), "{name}");
    }
}

#[test]
fn packages_of_maven_have_it_from_a_parent() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let pom = |inner: &str| {
        format!("<project xmlns=\"http://maven.apache.org/POM/4.0.0\">{inner}</project>")
    };
    let named = |name: &str, url: &str| {
        format!("<licenses><license><name>{name}</name><url>{url}</url></license></licenses>")
    };
    let parent =
        "<parent><groupId>org.x</groupId><artifactId>top</artifactId><version>3</version></parent>";
    let apache = named(
        "The Apache Software License, Version 2.0",
        "https://www.apache.org/licenses/LICENSE-2.0.txt",
    );
    put(root, "org/x/top/3/top-3.pom", &pom(&apache));
    put(root, "org/x/child/1.0.0/child-1.0.0.pom", &pom(parent));
    put(
        root,
        "org/x/own/1.0.0/own-1.0.0.pom",
        &pom(&named("MIT", "")),
    );
    put(root, "org/x/none/1.0.0/none-1.0.0.pom", &pom(""));
    put(
        root,
        "org/x/words/1.0.0/words-1.0.0.pom",
        &pom(&named("As we like", "")),
    );
    put(root, "org/x/broken/1.0.0/broken-1.0.0.pom", "<project>");
    let places = Places {
        maven: Some(root.to_owned()),
        ..Places::default()
    };
    let mut reader = Reader::new(root, &places);
    for (name, expected) in [
        ("org.x:child", Ok("Apache-2.0")),
        ("org.x:own", Ok("MIT")),
        ("org.x:words", Ok("As we like")),
        ("org.x:none", Err(Unknown::TellsNone)),
        ("org.x:broken", Err(Unknown::TellsNone)),
        ("org.x:gone", Err(Unknown::NotHere)),
        ("..:own", Err(Unknown::NotHere)),
    ] {
        let found = reader.of(&package(Ecosystem::Maven, "pom.xml", name, "1.0.0"));
        assert_eq!(found.as_deref(), expected.as_ref().copied(), "{name}");
    }
}

#[test]
fn gems_have_it_in_their_specification() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let spec = |line: &str| {
        format!("Gem::Specification.new do |s|\n  s.name = \"a\".freeze\n  {line}\nend\n")
    };
    put(
        root,
        "home/specifications/a-1.0.0.gemspec",
        &spec("s.licenses = [\"MIT\".freeze]"),
    );
    put(
        root,
        "home/specifications/b-1.0.0.gemspec",
        &spec("s.licenses = [\"Ruby\".freeze, \"BSD-2-Clause\".freeze]"),
    );
    put(root, "home/specifications/c-1.0.0.gemspec", &spec(""));
    put(
        root,
        "vendor/bundle/ruby/3.2.0/specifications/d-1.0.0.gemspec",
        &spec("s.license = \"ISC\""),
    );
    let places = Places {
        gems: vec![root.join("home")],
        ..Places::default()
    };
    let mut reader = Reader::new(root, &places);
    for (name, expected) in [
        ("a", Ok("MIT")),
        ("b", Ok("Ruby OR BSD-2-Clause")),
        ("c", Err(Unknown::TellsNone)),
        ("d", Ok("ISC")),
        ("e", Err(Unknown::NotHere)),
    ] {
        let found = reader.of(&package(Ecosystem::RubyGems, "Gemfile.lock", name, "1.0.0"));
        assert_eq!(found.as_deref(), expected.as_ref().copied(), "{name}");
    }
}

#[test]
fn spellings() {
    for (text, expected) in [
        ("MIT/Apache-2.0", Some("MIT OR Apache-2.0")),
        ("apache 2.0", Some("Apache-2.0")),
        ("SEE LICENSE IN file", Some("SEE LICENSE IN file")),
        ("UNKNOWN", None),
        ("", None),
        ("a\nb", None),
    ] {
        assert_eq!(spelled(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn a_policy_judges_expressions_and_not_words() {
    let policy = |allow: &[&str], deny: &[&str]| Policy {
        allow: allow.iter().map(|name| (*name).to_owned()).collect(),
        deny: deny.iter().map(|name| (*name).to_owned()).collect(),
    };
    let permissive = policy(&["MIT", "Apache-2.0"], &[]);
    let no_gpl = policy(&[], &["GPL-3.0", "AGPL-3.0-only"]);
    for (policy, licence, expected) in [
        (&permissive, "MIT", Judgement::Fine),
        (&permissive, "GPL-3.0-only OR MIT", Judgement::Fine),
        (&permissive, "GPL-3.0-only AND MIT", Judgement::NotAllowed),
        (
            &permissive,
            "Apache-2.0 WITH LLVM-exception",
            Judgement::Fine,
        ),
        (&permissive, "ISC", Judgement::NotAllowed),
        (&permissive, "As you like", Judgement::Unknown),
        (&no_gpl, "GPL-3.0-or-later", Judgement::Denied),
        (&no_gpl, "GPL-3.0-only OR MIT", Judgement::Fine),
        (&no_gpl, "MIT AND (ISC OR AGPL-3.0-only)", Judgement::Fine),
        (&no_gpl, "LGPL-3.0-only", Judgement::Fine),
    ] {
        assert_eq!(policy.judge(Some(licence)), expected, "{licence}");
    }
    assert_eq!(no_gpl.judge(None), Judgement::Unknown);
    assert!(permissive.check().is_ok() && no_gpl.check().is_ok());
    assert!(policy(&["MTI"], &[]).check().unwrap_err().contains("MTI"));
}
