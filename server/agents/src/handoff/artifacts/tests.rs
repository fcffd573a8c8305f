//! Fingerprints: of content, bounded, and not fooled by files that change within one tick.

use super::*;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::symlink;

fn put(root: &Root, path: &str, content: &str) {
    let full = root.path().join(path);
    fs::create_dir_all(full.parent().unwrap()).unwrap();
    File::create(full)
        .unwrap()
        .write_all(content.as_bytes())
        .unwrap();
}

fn hash(root: &Root, path: &str) -> Option<String> {
    Fingerprints::default()
        .take(root, path, Duration::ZERO)
        .hash
}

#[test]
fn content_and_names_count_times_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::open(folder.path()).unwrap();
    assert_eq!(hash(&root, "a.md"), None);
    put(&root, "a.md", "one");
    let one = hash(&root, "a.md");
    assert!(one.is_some());
    put(&root, "a.md", "two");
    assert_ne!(hash(&root, "a.md"), one);
    put(&root, "a.md", "one");
    assert_eq!(
        hash(&root, "a.md"),
        one,
        "the same content again is no change"
    );
    assert_eq!(
        hash(&root, "a.md/"),
        None,
        "a file is not the folder that was promised"
    );

    fs::create_dir(root.path().join("docs")).unwrap();
    assert_eq!(hash(&root, "docs/"), None, "an empty folder is nothing");
    put(&root, "docs/x/a.md", "one");
    let first = hash(&root, "docs/");
    assert_eq!(hash(&root, "docs"), first);
    put(&root, "docs/x/b.md", "");
    assert_ne!(hash(&root, "docs/"), first);
}

#[test]
fn a_change_within_one_tick_is_seen_when_it_is_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::open(folder.path()).unwrap();
    let mut prints = Fingerprints::default();
    put(&root, "a.md", "one");
    let one = prints.take(&root, "a.md", Duration::ZERO);
    // The file system could have stamped the second write like the first.
    for known in prints.0.values_mut() {
        assert!(!known.confirmed);
    }
    assert_eq!(prints.take(&root, "a.md", Duration::from_secs(1)), one);
    assert!(prints.0.values().all(|known| known.confirmed));
    put(&root, "a.md", "three");
    assert_ne!(prints.take(&root, "a.md", Duration::from_secs(2)), one);
    fs::remove_file(root.path().join("a.md")).unwrap();
    assert_eq!(
        prints.take(&root, "a.md", Duration::from_secs(3)),
        Print::default()
    );
}

#[test]
fn nothing_outside_counts_and_big_folders_are_cut() {
    let outside = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = Root::open(folder.path()).unwrap();
    symlink(outside.path(), root.path().join("out")).unwrap();
    for path in ["out", "out/", "../x", "/etc/hostname"] {
        let print = Fingerprints::default().take(&root, path, Duration::ZERO);
        assert!(
            print.hash.is_none() && print.problem.is_some(),
            "{path}: {print:?}"
        );
    }
    for n in 0..=MAX_ENTRIES {
        put(&root, &format!("many/{n}"), "");
    }
    let print = Fingerprints::default().take(&root, "many/", Duration::ZERO);
    assert!(print.hash.is_some() && print.problem.is_some());
}
