//! The list of all packages, against a golden file.

use super::{purl, write};
use crate::ops::deps::package::{Ecosystem, Hash, Package, Parsed};

fn locks() -> [Parsed; 2] {
    let mut web = Parsed::default();
    let sum = Hash::hex(&"ab".repeat(64)).unwrap();
    let a = web.add(Ecosystem::Npm, "@s/a", "1.0.0", 1).unwrap();
    a.direct = Some(true);
    a.needs = vec![1];
    a.hashes = vec![sum.clone()];
    web.add(Ecosystem::Npm, "b", "2.0.0", 2).unwrap();
    let mut other = Parsed::default();
    other.add(Ecosystem::Npm, "b", "2.0.0", 7).unwrap().direct = Some(true);
    let wheels = [
        Hash::hex(&"cd".repeat(32)).unwrap(),
        Hash::hex(&"ef".repeat(32)).unwrap(),
    ];
    other
        .add(Ecosystem::PyPi, "Zope.Thing", "1.0", 8)
        .unwrap()
        .hashes = wheels.to_vec();
    other.add(Ecosystem::Maven, "org.x:y", "1.0", 9).unwrap();
    other
        .add(Ecosystem::Go, "github.com/O/r/v2", "2.0.0+incompatible", 10)
        .unwrap();
    [web, other]
}

fn written() -> String {
    let locks = locks();
    let packages = [locks[0].packages.as_slice(), &locks[1].packages];
    let licence = |package: &Package| match package.name.as_str() {
        "@s/a" => Some("MIT OR ISC"),
        "b" => Some("As you like"),
        _ => None,
    };
    let mut text = Vec::new();
    write(&packages, &licence, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn it_is_as_it_was() {
    assert_eq!(written(), include_str!("golden.json"));
    assert_eq!(written(), written());
}

#[test]
fn every_reference_is_there() {
    let bom: serde_json::Value = serde_json::from_str(&written()).unwrap();
    let mut known: Vec<_> = bom["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["bom-ref"])
        .collect();
    known.push(&bom["metadata"]["component"]["bom-ref"]);
    for one in bom["dependencies"].as_array().unwrap() {
        assert!(known.contains(&&one["ref"]), "{one}");
        for need in one["dependsOn"].as_array().unwrap() {
            assert!(known.contains(&need), "{need}");
        }
    }
}

#[test]
fn addresses() {
    for (ecosystem, name, version, expected) in [
        (
            Ecosystem::Crates,
            "serde",
            "1.0.200",
            "pkg:cargo/serde@1.0.200",
        ),
        (
            Ecosystem::Npm,
            "@s/a",
            "1.0.0-rc.1+b",
            "pkg:npm/%40s/a@1.0.0-rc.1%2Bb",
        ),
        (
            Ecosystem::PyPi,
            "Zope.Thing",
            "1.0",
            "pkg:pypi/zope-thing@1.0",
        ),
        (
            Ecosystem::Go,
            "golang.org/x/text",
            "0.3.7",
            "pkg:golang/golang.org/x/text@v0.3.7",
        ),
        (Ecosystem::Maven, "org.x:y", "1.0", "pkg:maven/org.x/y@1.0"),
        (Ecosystem::RubyGems, "rails", "7.0.4", "pkg:gem/rails@7.0.4"),
    ] {
        let mut parsed = Parsed::default();
        let package = parsed.add(ecosystem, name, version, 1).unwrap();
        assert_eq!(purl(package), expected);
    }
}
