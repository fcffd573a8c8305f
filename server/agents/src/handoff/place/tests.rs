//! Paths that leave, files that are none, writes that are whole.

use super::*;
use std::os::unix::fs::{PermissionsExt, symlink};

#[test]
fn only_what_lies_below_is_resolved() {
    let outside = tempfile::tempdir().unwrap();
    let inside = tempfile::tempdir().unwrap();
    let root = Root::open(inside.path()).unwrap();
    fs::create_dir(root.path().join("docs")).unwrap();
    symlink(outside.path(), root.path().join("out")).unwrap();
    symlink("docs", root.path().join("in")).unwrap();
    symlink("nowhere", root.path().join("dangling")).unwrap();
    let real = |path: &str| Ok(root.path().join(path));
    for (path, expected) in [
        ("docs/a.md", real("docs/a.md")),
        ("new/deep/a.md", real("new/deep/a.md")),
        ("in/a.md", real("docs/a.md")),
        ("out/a.md", Err(Escape::Symlink)),
        ("out", Err(Escape::Symlink)),
        ("dangling", Err(Escape::Symlink)),
        ("dangling/a.md", Err(Escape::Symlink)),
        ("docs/../../x", Err(Escape::Parent)),
        ("/etc", Err(Escape::Absolute)),
        (".", Err(Escape::NoPath)),
    ] {
        assert_eq!(root.resolve(path), expected, "{path}");
    }
}

#[test]
fn only_regular_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::open(folder.path()).unwrap();
    fs::create_dir(root.path().join("folder")).unwrap();
    File::create(root.path().join("file"))
        .unwrap()
        .write_all(b"0123456789")
        .unwrap();
    symlink("file", root.path().join("link")).unwrap();
    nix::unistd::mkfifo(&root.path().join("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    for name in ["folder", "link", "fifo"] {
        assert!(matches!(root.read(name, 100), Found::Unusable(_)), "{name}");
    }
    for name in ["absent", "folder/absent", "file/absent"] {
        assert!(matches!(root.read(name, 100), Found::Absent), "{name}");
    }
    let Found::File(bytes, _) = root.read("file", 4) else {
        panic!("not read")
    };
    assert_eq!(
        bytes, b"01234",
        "one more than the limit tells that there is more"
    );
}

#[test]
fn a_write_replaces_a_symlink_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target");
    File::create(&target)
        .unwrap()
        .write_all(b"precious")
        .unwrap();
    let path = folder.path().join("file");
    symlink(&target, &path).unwrap();
    write_atomic(&path, b"new", 0o600).unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"precious");
    assert_eq!(fs::read(&path).unwrap(), b"new");
    let meta = fs::symlink_metadata(&path).unwrap();
    assert!(meta.is_file());
    assert_eq!(meta.permissions().mode() & 0o777, 0o600);
    fs::create_dir(folder.path().join("busy")).unwrap();
    assert!(write_atomic(&folder.path().join("busy"), b"x", 0o600).is_err());
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        3,
        "no temporary file is left"
    );
}
