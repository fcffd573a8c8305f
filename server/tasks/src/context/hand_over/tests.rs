//! What a step is given.

use super::{Policy, Wanted, cut, gather};
use crate::context::bed::{Bed, now};
use crate::context::cache::Cache;
use crate::context::entry::Entry;
use jiff::SignedDuration;

const MANIFEST: (&str, &str) = ("requirements.txt", "fastapi\nnumpy\n");

fn wanted<'a>(bed: &'a Bed, tier: Option<u8>, consults: &'a [String]) -> Wanted<'a> {
    Wanted {
        checkout: bed.folder.path(),
        folder: bed.folder.path(),
        tier,
        consults,
        now: now(),
        policy: Policy::default(),
    }
}

#[test]
fn a_step_gets_what_it_consults_and_what_the_project_uses() {
    let bed = Bed::with_theirs(&[MANIFEST]);
    let handed = gather(&wanted(&bed, None, &[])).expect("something");
    assert_eq!(handed.libraries, ["FastAPI"]);
    assert!(
        handed.text.contains("## FastAPI: overview\n\n## Routes"),
        "{}",
        handed.text
    );
    assert!(handed.text.contains(
        "## FastAPI: routing\n\nStale: it was fetched at 2026-10-01T07:00:00Z.\n\nRouters"
    ));
    assert!(!handed.text.contains("useState"));
    let consults = ["expert-security".to_owned(), "React".to_owned()];
    let handed = gather(&wanted(&bed, None, &consults)).expect("something");
    assert_eq!(handed.libraries, ["react", "FastAPI"]);
    let places = [
        "react: overview",
        "react: hooks/state",
        "FastAPI: overview",
        "FastAPI: routing",
    ];
    let places = places.map(|place| handed.text.find(place).expect(place));
    assert!(places.is_sorted());
    let told = handed.told("/io/libraries.md".as_ref());
    assert!(
        told.contains("(react, FastAPI)") && told.contains("    /io/libraries.md\n"),
        "{told}"
    );
    // What was handed over was used.
    let held = Cache::open(bed.folder.path()).unwrap().libraries();
    assert_eq!(held[1].topics[0].accessed, Some(now()));
    assert_eq!(gather(&wanted(&bed, None, &consults)), Some(handed));
}

#[test]
fn nothing_is_made_where_there_is_nothing() {
    let none = Bed::new(&[MANIFEST]);
    assert_eq!(gather(&wanted(&none, Some(4), &[])), None);
    assert!(!none.cache().exists());
    let other = Bed::with_theirs(&[("requirements.txt", "numpy\n")]);
    assert_eq!(gather(&wanted(&other, Some(4), &[])), None);
}

#[test]
fn a_tier_bounds_the_size() {
    let bed = Bed::new(&[(
        "requirements.txt",
        &(0..30).map(|n| format!("lib{n}\n")).collect::<String>(),
    )]);
    let cache = Cache::open(bed.folder.path()).unwrap();
    for number in 0..30 {
        let entry = Entry {
            library: format!("lib{number}"),
            topic: "overview".to_owned(),
            updated: Some(now() - SignedDuration::from_hours(1)),
            body: format!("```\n{}```", "a line of text\n".repeat(2000)),
            ..Entry::default()
        };
        cache.store(&bed, &entry, now()).unwrap();
    }
    for (tier, bytes, libraries) in [
        (1, 8 << 10, 3),
        (2, 32 << 10, 4),
        (3, 96 << 10, 4),
        (4, 256 << 10, 8),
    ] {
        let handed = gather(&wanted(&bed, Some(tier), &[])).expect("something");
        assert!(
            handed.text.len() <= bytes + 1024,
            "tier {tier}: {}",
            handed.text.len()
        );
        assert!(
            handed.libraries.len() >= libraries,
            "tier {tier}: {:?}",
            handed.libraries
        );
        // A prompt is told of it in few words, whatever it holds.
        let told = handed.told("/io/libraries.md".as_ref());
        assert!(told.len() < 1024, "tier {tier}: {}", told.len());
        assert_eq!(handed.libraries[0], "lib0");
        let fences = handed.text.matches("```").count();
        assert_eq!(fences % 2, 0, "tier {tier}: a cut block is closed");
    }
    let long = super::Handed {
        text: String::new(),
        libraries: (0..50).map(|n| format!("{n:0>60}")).collect(),
    };
    let told = long.told("/io/libraries.md".as_ref());
    assert!(
        told.len() < 1024 && told.contains(" and 38 more)"),
        "{told}"
    );
    assert_eq!(cut("äöü", 3), "ä\n\n(The rest is left out here.)");
}
