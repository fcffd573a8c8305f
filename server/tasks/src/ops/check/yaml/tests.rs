//! Places of keys and values, and texts that mean harm.

use super::super::Place;
use super::{Kind, Node, load};
use proptest::prelude::*;

fn one(text: &str) -> Node {
    let (mut documents, broken) = load(text);
    assert_eq!((documents.len(), broken), (1, None));
    documents.remove(0)
}

#[test]
fn keys_and_values_know_their_places() {
    let root = one("a:\n  - x: 'é b' # why\n    y: \"c\\n\"\nz: {k: v}\n");
    let x = root.at(&["a"]).expect("a").items()[0].clone();
    assert_eq!(x.place, Place::new(2, 5, Some(6)));
    assert_eq!(x.get("x").expect("x").place, Place::new(2, 8, Some(13)));
    // What it says is not what stands there.
    assert_eq!(x.get("y").expect("y").place, Place::new(3, 8, None));
    assert_eq!(
        root.at(&["z", "k"]).expect("k").place,
        Place::new(4, 8, Some(9))
    );
    assert_eq!(
        root.entry("z").expect("z").0.place,
        Place::new(4, 1, Some(2))
    );
}

#[test]
fn pieces_of_texts_know_their_places() {
    let piece = |text: &str, piece: &str| {
        let node = one(text);
        let value = node.get("a").expect("a").clone();
        let Kind::Scalar { text, .. } = &value.kind else {
            panic!("a scalar")
        };
        let at = text.find(piece).expect("the piece");
        value.place_of(at, at + piece.len())
    };
    assert_eq!(
        piece("a: |\n  one\n\n    två x\n", "x"),
        Place::new(4, 9, Some(10))
    );
    assert_eq!(piece("a: one x\n", "x"), Place::new(1, 8, Some(9)));
    assert_eq!(piece("a: 'one x'\n", "x"), Place::new(1, 9, Some(10)));
    // Lines of a folded text are not those of the file.
    assert_eq!(piece("a: >\n  one\n  x\n", "x").line, 2);
}

#[test]
fn documents_anchors_and_merges() {
    let (documents, broken) = load("---\na: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n---\nc\n");
    assert_eq!((documents.len(), broken), (2, None));
    let b = documents[0].get("b").expect("b");
    assert_eq!((b.word("x"), b.word("y")), (Some("1"), Some("3")));
    assert_eq!(b.entries().count(), 2);
    let (documents, broken) = load("a: 1\n---\nb: [\n");
    assert_eq!(documents.len(), 1);
    assert_eq!(broken.as_ref().map(|broken| broken.place.line), Some(3));
    assert_eq!(broken.expect("the second is none").reason, "it is no YAML");
}

#[test]
fn what_means_harm_ends_early() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..12 {
        let list = vec![format!("*a{}", n - 1); 10].join(", ");
        bomb.push_str(&format!("a{n}: &a{n} [{list}]\n"));
    }
    assert_eq!(
        load(&bomb).1.expect("too much").reason,
        "it holds too many values"
    );
    for deep in ["[".repeat(5_000), "- ".repeat(300)] {
        assert!(load(&deep).1.is_some());
    }

    let (documents, _) = load("a: &a [*a]\n");
    assert!(documents.len() <= 1);
}

proptest! {
    #[test]
    fn nothing_panics(text in "[ab:\\-\\[\\]{}&*|> \n'\"#!%é]{0,80}", start in 0_usize..20, length in 0_usize..20) {
        for document in load(&text).0 {
            for (_, value) in document.entries() {
                let _ = value.place_of(start, start + length);
            }
        }
    }
}
