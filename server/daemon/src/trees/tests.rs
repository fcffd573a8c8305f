//! What a start finds of an earlier daemon, and what it makes of it.

use super::*;
use std::time::Duration;

fn record(worktree: &Path, ports: &[u16]) -> Record {
    let ports = ports.iter().map(|number| Port {
        name: String::new(),
        number: *number,
    });
    Record {
        repo: "/repo".into(),
        worktree: worktree.to_owned(),
        task: "t-1".to_owned(),
        run: Some("r".to_owned()),
        step: "s".to_owned(),
        since: 1,
        ports: ports.collect(),
        laid: Vec::new(),
        not_ignored: Vec::new(),
        teardown: Vec::new(),
        bytes: None,
        id_length: 20,
        reuse: None,
    }
}

/// Waits until something is so: it happens on the broom's thread.
#[track_caller]
fn soon(what: &str, is: impl Fn() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::yield_now();
    }
}

#[test]
fn leases_survive_and_what_is_damaged_or_nobodys_goes() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join(FOLDER);
    let (kept, gone) = (folder.path().join("kept"), folder.path().join("gone"));
    std::fs::create_dir(&kept).unwrap();
    Seat(root.join("a"))
        .write(&record(&kept, &[20_100]))
        .unwrap();
    Seat(root.join("b"))
        .write(&record(&gone, &[20_101]))
        .unwrap();
    // Warm, but without the index that says what it is.
    let warm = Seat(root.join("c"));
    warm.write(&record(&gone, &[])).unwrap();
    std::fs::create_dir_all(warm.tree().join("deep")).unwrap();
    // Killed while it was made.
    std::fs::create_dir_all(root.join("d/tree")).unwrap();

    let trees = Trees::open(folder.path());
    trees.keep_only(std::slice::from_ref(&kept));
    assert_eq!(trees.ports_of(&kept)[0].number, 20_100);
    let folders = || std::fs::read_dir(&root).unwrap().count();
    soon("only one is left", || folders() == 1);
    assert!(trees.warm().is_empty());
    assert_eq!(trees.active().len(), 1);

    let leased = trees
        .lease(&kept, &[String::new(), "db".to_owned()])
        .unwrap();
    assert_eq!(leased.len(), 2);
    assert_eq!(
        trees.lease(&gone, &[String::new()]),
        None,
        "nobody's worktree has no ports"
    );
    drop(trees);
    let again = Trees::open(folder.path());
    assert_eq!(again.ports_of(&kept), leased);
    again.forget(&kept);
    soon("its record is gone", || folders() == 0);
}

#[test]
fn sizes_are_measured_in_the_background_and_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let trees = Trees::open(folder.path());
    let place = folder.path().join("w");
    std::fs::create_dir(&place).unwrap();
    let file = std::fs::File::create(place.join("file")).unwrap();
    std::io::Write::write_all(&mut &file, &[7; 100_000]).unwrap();
    file.sync_all().unwrap();
    std::fs::hard_link(place.join("file"), place.join("same")).unwrap();
    soon("a size", || trees.size(&place).is_some());
    let bytes = trees.size(&place).unwrap();
    assert!(
        (100_000..200_000).contains(&bytes),
        "{bytes}: a file with two names counts once"
    );
}

#[test]
fn what_was_on_its_way_out_when_the_daemon_was_killed_is_no_worktree_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join(FOLDER);
    let kept = folder.path().join("kept");
    std::fs::create_dir(&kept).unwrap();
    let leased = |name: &str, port: u16| {
        let seat = Seat(root.join(name));
        seat.write(&record(&kept, &[port])).unwrap();
        seat
    };
    leased("a", 20_200);
    // Of an earlier attempt in the same place, half deleted.
    let going = worktree::set_aside(&leased("b", 20_201).0).unwrap();
    let warm = worktree::set_aside(&leased("c", 20_202).0).unwrap();
    std::fs::create_dir_all(Seat(warm.clone()).tree()).unwrap();

    let trees = Trees::open(folder.path());
    assert_eq!(trees.ports_of(&kept)[0].number, 20_200);
    assert_eq!((trees.active().len(), trees.warm().len()), (1, 0));
    soon("they are gone", || !going.exists() && !warm.exists());
}

#[test]
fn a_tree_that_was_tidied_is_warm_from_the_start_and_one_that_was_not_can_go_too() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join(FOLDER);
    for (name, bytes) in [("tidied", Some(7)), ("fresh", None)] {
        let seat = Seat(root.join(name));
        let known = Record {
            bytes,
            ..record(Path::new("/gone"), &[])
        };
        seat.write(&known).unwrap();
        std::fs::create_dir_all(seat.tree()).unwrap();
    }
    let (trees, _chores) = Trees::read(folder.path());
    let state = |id: &str| trees.lock().get(id).map(|one| one.state);
    assert_eq!(state("tidied"), Some(SeatState::Warm));
    assert_eq!(state("fresh"), Some(SeatState::Tidied));
    for id in ["tidied", "fresh"] {
        assert_eq!(trees.evict(id), Evicted::Gone);
        assert!(!root.join(id).exists());
        assert_eq!(trees.evict(id), Evicted::Taken);
    }
}
