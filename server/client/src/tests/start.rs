//! Starting daemons, with shell scripts in their place.

use crate::spawn::clean_environment;
use crate::{Home, connect, ensure_daemon, lines};
use protocol::ErrorKind;
use protocol::daemon::Hello;
use protocol::rpc::{Request, Response};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::io::BufReader;
use tokio::net::UnixListener;

struct Fixture {
    folder: tempfile::TempDir,
    home: Home,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(&folder.path().join("state"));
        Self { folder, home }
    }

    fn program(&self, script: &str) -> PathBuf {
        let path = self.folder.path().join("program");
        // A file that is still open for writing cannot be executed; a rename has no such moment.
        let draft = self.folder.path().join("draft");
        let mut file = fs::File::create(&draft).unwrap();
        std::io::Write::write_all(&mut file, format!("#!/bin/sh\n{script}\n").as_bytes()).unwrap();
        file.set_permissions(fs::Permissions::from_mode(0o700))
            .unwrap();
        drop(file);
        fs::rename(&draft, &path).unwrap();
        path
    }

    /// A daemon in this process: says hello with this version, goes when asked to hand over.
    fn listen(&self, version: &'static str, pid: u32) -> Arc<AtomicU32> {
        self.home.create().unwrap();
        let _ = fs::remove_file(self.home.socket_path());
        let listener = UnixListener::bind(self.home.socket_path()).unwrap();
        let greeted = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&greeted);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (read, mut write) = stream.into_split();
                let mut reader = BufReader::new(read);
                let mut line = Vec::new();
                while lines::read(&mut reader, &mut line).await.unwrap_or(false) {
                    let request: Request = serde_json::from_slice(&line).unwrap();
                    if request.method == "daemon.handover" {
                        return;
                    }
                    count.fetch_add(1, Ordering::SeqCst);
                    let hello = Hello {
                        version: version.to_owned(),
                        protocol: protocol::PROTOCOL_VERSION,
                        pid,
                    };
                    let answer =
                        Response::new(request.id, Ok(serde_json::to_value(hello).unwrap()));
                    let answer = serde_json::to_vec(&answer).unwrap();
                    if lines::write(&mut write, answer).await.is_err() {
                        break;
                    }
                }
            }
        });
        greeted
    }
}

#[tokio::test]
async fn nobody_listens() {
    let fixture = Fixture::new();
    let kind = async || connect(&fixture.home).await.unwrap_err().kind;
    assert_eq!(kind().await, ErrorKind::NotRunning);
    assert!(!fixture.home.root().exists(), "asking makes no folder");
    fixture.home.create().unwrap();
    drop(UnixListener::bind(fixture.home.socket_path()).unwrap());
    assert_eq!(kind().await, ErrorKind::NotRunning);
}

#[tokio::test]
async fn a_running_daemon_is_used() {
    let fixture = Fixture::new();
    fixture.listen("99.0.0", 7);
    let never = PathBuf::from("/no/such/program");
    let client = ensure_daemon(&fixture.home, &never).await.unwrap();
    assert_eq!(client.hello().unwrap().pid, 7);
    drop(client);
    connect(&fixture.home).await.unwrap();
}

#[tokio::test]
async fn a_daemon_that_dies_is_quoted() {
    let fixture = Fixture::new();
    fixture.home.create().unwrap();
    let mut log = fs::File::create(fixture.home.log_path()).unwrap();
    std::io::Write::write_all(&mut log, b"old trouble\n").unwrap();
    let program = fixture.program("echo \"new trouble of $1 in $PWD\" >&2; exit 3");
    let error = ensure_daemon(&fixture.home, &program).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(
        error.message.contains("new trouble of daemon in /"),
        "{error}"
    );
    assert!(error.message.contains("exit status: 3"), "{error}");
    assert!(!error.message.contains("old trouble"), "{error}");
    let missing = ensure_daemon(&fixture.home, &PathBuf::from("/no/such/program")).await;
    assert_eq!(missing.unwrap_err().kind, ErrorKind::Unreachable);
}

#[tokio::test]
async fn one_that_finds_the_lock_held_is_waited_past() {
    let fixture = Fixture::new();
    let program = fixture.program("exit 0");
    let home = fixture.home.clone();
    let waiting = tokio::spawn(async move { ensure_daemon(&home, &program).await });
    while !fixture.home.log_path().exists() {
        tokio::task::yield_now().await;
    }
    fixture.listen(env!("CARGO_PKG_VERSION"), 8);
    assert_eq!(waiting.await.unwrap().unwrap().hello().unwrap().pid, 8);
}

#[tokio::test]
async fn an_older_daemon_makes_room() {
    let fixture = Fixture::new();
    let greeted = fixture.listen("0.0.1", 9);
    let program = fixture.program("echo started >&2; exit 5");
    let error = ensure_daemon(&fixture.home, &program).await.unwrap_err();
    assert!(greeted.load(Ordering::SeqCst) >= 1);
    assert!(error.message.contains("started"), "{error}");
}

#[test]
fn the_environment_is_clean() {
    let given = [
        "PATH",
        "HOME",
        "LC_ALL",
        "XDG_RUNTIME_DIR",
        "OFFSHOOT_HOME",
        "RUST_LOG",
        "GIT_CONFIG_GLOBAL",
        "GIT_DIR",
        "AWS_SECRET_ACCESS_KEY",
        "OFFSHOOT_ATTEMPT",
        "OFFSHOOT_OUTPUT",
        "LD_PRELOAD",
        "PWD",
    ];
    let given = given.map(|name| (OsString::from(name), OsString::from("x")));
    let kept: Vec<_> = clean_environment(given).map(|(name, _)| name).collect();
    assert_eq!(
        kept,
        [
            "PATH",
            "HOME",
            "LC_ALL",
            "XDG_RUNTIME_DIR",
            "OFFSHOOT_HOME",
            "RUST_LOG",
            "GIT_CONFIG_GLOBAL"
        ]
    );
}
