//! Where the state lies.

use crate::Home;
use crate::folder;
use protocol::ErrorKind;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn home(variables: &[(&str, &str)]) -> Result<Home, protocol::Error> {
    Home::from_variables(|name| {
        let found = variables.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).into())
    })
}

#[test]
fn the_variables_have_an_order() {
    let check = |variables: &[(&str, &str)], expected: &str| {
        let home = home(variables).unwrap();
        assert_eq!(home.root(), Path::new(expected), "{variables:?}");
        assert_eq!(home.socket_path(), Path::new(expected).join("daemon.sock"));
    };
    let all = [
        ("OFFSHOOT_HOME", "/a"),
        ("XDG_STATE_HOME", "/b"),
        ("HOME", "/c"),
    ];
    check(&all, "/a");
    check(&all[1..], "/b/offshoot");
    check(&all[2..], "/c/.local/state/offshoot");
    check(
        &[("OFFSHOOT_HOME", ""), ("HOME", "/c")],
        "/c/.local/state/offshoot",
    );
    assert_eq!(home(&[]).unwrap_err().kind, ErrorKind::InvalidInput);
}

#[test]
fn a_long_path_moves_the_socket() {
    let long = format!("/{}", "x".repeat(120));
    let at = |runtime: Option<&str>| {
        let mut variables = vec![("OFFSHOOT_HOME", long.as_str())];
        variables.extend(runtime.map(|folder| ("XDG_RUNTIME_DIR", folder)));
        home(&variables).unwrap().socket_path().to_path_buf()
    };
    let near = at(Some("/run/user/1"));
    assert!(near.starts_with("/run/user/1/offshoot"), "{near:?}");
    let uid = rustix::process::getuid().as_raw();
    let far = at(None);
    assert!(far.starts_with(std::env::temp_dir().join(format!("offshoot-{uid}"))));
    assert_eq!(near.file_name(), far.file_name());
    assert!(far.as_os_str().len() <= 100);
    assert_eq!(at(Some("relative")), far);
}

#[test]
fn folders_are_private() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("a/b");
    let home = Home::new(&root);
    home.create().unwrap();
    home.create().unwrap();
    assert_eq!(
        fs::metadata(&root).unwrap().permissions().mode() & 0o777,
        0o700
    );
    folder::check_private(&root).unwrap();

    fs::set_permissions(&root, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(
        folder::check_private(&root).unwrap_err().kind,
        ErrorKind::Storage
    );
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&root, &link).unwrap();
    assert_eq!(
        folder::check_private(&link).unwrap_err().kind,
        ErrorKind::Storage
    );
}

#[test]
fn a_link_leads_to_the_same_state() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    let real = folder.path().join("real");
    fs::create_dir(&real).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert_eq!(
        Home::new(&link.join("state")),
        Home::new(&real.join("state"))
    );
}

#[test]
fn a_file_in_the_way_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::File::create(&path).unwrap();
    let error = Home::new(&path).create().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Storage);
    assert!(error.message.contains("file"), "{error}");
}
