//! The order of versions: tables for each ecosystem, and laws that hold for all texts.

use super::compare;
use crate::ops::deps::package::Ecosystem;
use proptest::prelude::*;
use std::cmp::Ordering;

/// Each is less than the next.
fn rising(ecosystem: Ecosystem, versions: &[&str]) {
    for (index, left) in versions.iter().enumerate() {
        for (other, right) in versions.iter().enumerate() {
            assert_eq!(
                compare(ecosystem, left, right),
                Some(index.cmp(&other)),
                "{left} and {right} of {}",
                ecosystem.name()
            );
        }
    }
}

fn same(ecosystem: Ecosystem, left: &str, right: &str) {
    assert_eq!(
        compare(ecosystem, left, right),
        Some(Ordering::Equal),
        "{left} and {right} of {}",
        ecosystem.name()
    );
}

#[test]
fn semantic_versions() {
    for ecosystem in [Ecosystem::Crates, Ecosystem::Npm, Ecosystem::Go] {
        rising(
            ecosystem,
            &[
                "0.0.0-0",
                "0.9.10",
                "1.0.0-alpha",
                "1.0.0-alpha.1",
                "1.0.0-alpha.beta",
                "1.0.0-beta.2",
                "1.0.0-beta.11",
                "1.0.0-rc.1",
                "1.0.0",
                "1.0.1",
                "1.10.0",
                "2.0.0",
            ],
        );
        same(ecosystem, "1.0.0+one", "1.0.0+two");
        same(ecosystem, "1.2", "v1.2.0");
    }
    rising(
        Ecosystem::Go,
        &[
            "0.0.0-20190308221718-c2843e01d9a2",
            "0.0.0-20210921155107-089bfa567519",
            "0.1.0",
            "2.0.0+incompatible",
        ],
    );
    assert_eq!(compare(Ecosystem::Npm, "1.x", "1.0.0"), None);
    assert_eq!(compare(Ecosystem::Npm, "1.2.3.4", "1.0.0"), None);
}

#[test]
fn versions_of_python() {
    rising(
        Ecosystem::PyPi,
        &[
            "1.0.dev1",
            "1.0a1",
            "1.0a2",
            "1.0b1",
            "1.0rc1",
            "1.0",
            "1.0.post1",
            "1.0.1",
            "1.1",
            "1!0.5",
        ],
    );
    same(Ecosystem::PyPi, "1.0", "1.0.0");
    same(Ecosystem::PyPi, "1.0-alpha.1", "1.0a1");
    assert_eq!(compare(Ecosystem::PyPi, "french toast", "1.0"), None);
}

#[test]
fn versions_of_maven() {
    rising(
        Ecosystem::Maven,
        &[
            "1-alpha2snapshot",
            "1-alpha2",
            "1-alpha-123",
            "1-beta-2",
            "1-beta123",
            "1-m2",
            "1-m11",
            "1-rc",
            "1-cr2",
            "1-rc123",
            "1-SNAPSHOT",
            "1",
            "1-sp",
            "1-sp2",
            "1-sp123",
            "1-abc",
            "1-def",
            "1-pom-1",
            "1-1-snapshot",
            "1-1",
            "1-2",
            "1-123",
        ],
    );
    rising(
        Ecosystem::Maven,
        &[
            "2.0", "2.0.a", "2-1", "2.0.2", "2.0.123", "2.1.0", "2.1-a", "2.1-1", "2.1.0.1",
        ],
    );
    for (left, right) in [
        ("1", "1.0"),
        ("1", "1.0.0"),
        ("1.0", "1-0"),
        ("1", "1-ga"),
        ("1", "1.final"),
        ("1", "1-release"),
        ("1a1", "1-alpha-1"),
        ("1b2", "1-beta-2"),
        ("1m3", "1-milestone-3"),
        ("1X", "1x"),
        ("1.0RC1", "1-CR1"),
        ("2.13.4.2", "2.13.4.2"),
        ("0001", "1"),
    ] {
        same(Ecosystem::Maven, left, right);
    }
    rising(
        Ecosystem::Maven,
        &[
            "20190126.230843",
            "99999999999999999999999",
            "100000000000000000000000",
        ],
    );
    rising(
        Ecosystem::Maven,
        &["31.1-jre", "32.0.0-android", "32.0.0-jre", "32.0.1-jre"],
    );
}

#[test]
fn versions_of_gems() {
    rising(
        Ecosystem::RubyGems,
        &[
            "0.beta.1",
            "0.0.1",
            "1.0.a.2",
            "1.0.b1",
            "1.0.pre1",
            "1.0",
            "1.0.1",
            "1.2.a",
            "1.2.b1",
            "1.2.b10",
            "1.2",
            "1.10",
            "99999999999999999999.1",
        ],
    );
    same(Ecosystem::RubyGems, "1.0", "1");
    same(Ecosystem::RubyGems, "1.0.0-rc1", "1.0.0.pre.rc1");
    same(Ecosystem::RubyGems, "1.a0", "1.a.0");
    assert_eq!(compare(Ecosystem::RubyGems, "junk", "1.0"), None);
    assert_eq!(compare(Ecosystem::RubyGems, "1.0_x", "1.0"), None);
}

proptest! {
    #[test]
    fn an_order_is_an_order(
        a in "[0-9a-z.+_-]{0,12}|[0-9]{1,3}([.-][0-9a-c]{1,2}){0,3}",
        b in "\\PC{0,12}|[0-9]{1,3}([.-][0-9a-c]{1,2}){0,3}",
        c in "[0-9]{1,3}([.-][0-9a-c]{1,2}){0,3}",
    ) {
        for ecosystem in Ecosystem::ALL {
            let order = |left: &str, right: &str| compare(ecosystem, left, right);
            prop_assert_eq!(order(&a, &b), order(&b, &a).map(Ordering::reverse));
            if order(&a, &a).is_some() {
                prop_assert_eq!(order(&a, &a), Some(Ordering::Equal));
            }
            let (ab, bc, ac) = (order(&a, &b), order(&b, &c), order(&a, &c));
            if ab == bc && ab.is_some() {
                prop_assert_eq!(ac, ab, "{} {} {} {}", ecosystem.name(), a, b, c);
            }
        }
    }
}
