//! Trusting the stamps of the kept index: never where a change could hide behind them.

use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

use super::*;
use crate::index::TempIndex;

/// Whether git may take the entries for what they say after `change` was done in a fresh worktree.
fn check(ready: SystemTime, change: impl Fn(&Path), expected: bool) {
    let f = Fixture::new();
    let w = f.step("s");
    change(&w.path);
    assert_eq!(settled(&w, ready), expected);
}

fn settled(w: &Worktree, ready: SystemTime) -> bool {
    let index = TempIndex::copy_of(&w.first_index()).unwrap();
    let modified = || fs::metadata(index.path()).unwrap().modified().unwrap();
    let before = modified();
    index.settle(&w.path, ready);
    modified() > before
}

fn later() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 33)
}

/// The same length, the same inode, the same time of modification.
fn secretly(path: &Path) {
    let modified = fs::metadata(path).unwrap().modified().unwrap();
    let text = fs::read_to_string(path).unwrap().replace("two", "owt");
    write(path.parent().unwrap(), "a.txt", &text);
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(modified).unwrap();
}

#[test]
fn what_git_sees_by_itself_does_not_matter() {
    check(later(), |_| {}, true);
    check(later(), |root| write(root, "new.txt", "new\n"), true);
    check(
        later(),
        |root| write(root, "src/a.txt", "longer\n".repeat(9).as_str()),
        true,
    );
    check(
        later(),
        |root| fs::remove_file(root.join("src/a.txt")).unwrap(),
        true,
    );
}

#[test]
fn an_entry_as_young_as_the_first_work_is_not_trusted() {
    check(SystemTime::UNIX_EPOCH, |_| {}, false);
}

#[test]
fn a_change_that_only_nanoseconds_show_is_not_missed() {
    // It has to be made in the second of the checkout; otherwise git sees it by itself.
    for _ in 0..20 {
        let f = Fixture::new();
        let w = f.step("s");
        let path = w.path.join("src/a.txt");
        let second = || fs::metadata(&path).unwrap().ctime();
        let before = second();
        secretly(&path);
        let in_time = second() == before;
        assert!(!in_time || !settled(&w, later()));
        let harvest = f.harvest(&w);
        assert_eq!(harvest.changed.len(), 1, "the change is taken");
        if in_time {
            return;
        }
    }
    panic!("no change was made within a second");
}
