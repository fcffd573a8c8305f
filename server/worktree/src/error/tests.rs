//! Which variant a message of git or of the system becomes.

use super::*;

fn name(error: &Error) -> &'static str {
    match error {
        Error::DiskFull { .. } => "full",
        Error::ReadOnly { .. } => "read-only",
        Error::Git { .. } => "git",
        Error::Io { .. } => "io",
        _ => "other",
    }
}

#[test]
fn what_git_says_is_sorted() {
    for (stderr, expected) in [
        (
            "error: unable to write file a: No space left on device",
            "full",
        ),
        (
            "fatal: cannot create directory: Disk quota exceeded",
            "full",
        ),
        (
            "fatal: Unable to create '/r/.git/index.lock': Read-only file system",
            "read-only",
        ),
        (
            "error: insufficient permission for adding an object to .git/objects",
            "read-only",
        ),
        ("error: unable to write file 'big.txt'", "full"),
        ("fatal: bad object HEAD", "git"),
    ] {
        assert_eq!(
            name(&Error::git("add".into(), stderr.as_bytes())),
            expected,
            "{stderr}"
        );
    }
}

#[test]
fn what_the_system_says_is_sorted() {
    for (kind, expected) in [
        (io::ErrorKind::StorageFull, "full"),
        (io::ErrorKind::ReadOnlyFilesystem, "read-only"),
        (io::ErrorKind::PermissionDenied, "read-only"),
        (io::ErrorKind::NotFound, "io"),
    ] {
        assert_eq!(
            name(&Error::io("write", Path::new("/x"), kind.into())),
            expected
        );
    }
}

#[test]
fn long_lists_of_files_are_cut() {
    let paths: Vec<PathBuf> = (0..7).map(|n| n.to_string().into()).collect();
    let text = Error::Dirty { paths }.to_string();
    assert!(text.contains("0, 1, 2, 3, 4 and 2 more"), "{text}");
}
