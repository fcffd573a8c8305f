//! Licences: where they are read, how they are spelled, and how a policy judges them.

use super::{Judgement, Places, Policy, Reader, spelled};
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
        (Ecosystem::Go, "go.mod", "example.org/a", None),
    ] {
        let version = if ecosystem == Ecosystem::PyPi {
            "1.0"
        } else {
            "1.0.0"
        };
        let found = reader.of(&package(ecosystem, path, name, version));
        assert_eq!(found.as_deref(), expected, "{name}");
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
