//! An own cgroup v2 for the agent's tree. Needs no controller, only the right to make a folder
//! below our own cgroup; where that is missing, `None`, and the tree is held by other means.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::attempt::Tree;

/// Where cgroup v2 is mounted: alone, or beside v1.
const MOUNTS: [&str; 2] = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];

/// The agent's cgroup. Its folder goes when it is dropped and empty.
pub(super) struct Cgroup {
    path: PathBuf,
    folder: File,
}

impl Cgroup {
    /// Where the cgroup of this attempt will be: below our own. Not there yet, so that its name can be
    /// written down before it is.
    pub(super) fn place(cookie: &str) -> Option<PathBuf> {
        Some(own()?.join(format!("offshoot-{cookie}")))
    }

    /// Makes it, where we may.
    pub(super) fn create(path: &Path) -> Option<Self> {
        fs::create_dir(path).ok()?;
        let made = Self {
            path: path.to_owned(),
            folder: File::open(path).ok()?,
        };
        path.join("cgroup.procs").exists().then_some(made)
    }

    pub(super) fn processes(&self) -> Vec<i32> {
        crate::proc::cgroup_processes(&self.path)
    }

    /// Ends everything in it at once, also what forks in a loop (`cgroup.kill`, Linux 5.14).
    pub(super) fn kill(&self) -> io::Result<()> {
        crate::proc::cgroup_kill(&self.path)
    }
}

impl AsFd for Cgroup {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.folder.as_fd()
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        crate::proc::cgroup_remove(&self.path).ok();
    }
}

/// What holds the trees of attempts together that start from here. Makes a cgroup to find out; a kernel
/// that refuses to start processes in it (before 5.7) shows only in the `tree` of a result.
pub fn mechanism() -> Tree {
    /// Calls at the same time must not meet in one name.
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    let probe = Cgroup::place(&format!("probe-{}-{call}", std::process::id()));
    match probe.and_then(|path| Cgroup::create(&path)) {
        Some(_) => Tree::Cgroup,
        None => Tree::Cookie,
    }
}

/// The folder of the cgroup this process is in.
fn own() -> Option<PathBuf> {
    let mount = MOUNTS
        .iter()
        .map(Path::new)
        .find(|mount| is_cgroup2(mount))?;
    let text = fs::read_to_string("/proc/self/cgroup").ok()?;
    Some(mount.join(own_path(&text)?))
}

/// The path in the line of the unified hierarchy, `0::/…`, without its leading `/`.
fn own_path(text: &str) -> Option<&str> {
    let path = text.lines().find_map(|line| line.strip_prefix("0::/"))?;
    // Outside of our cgroup namespace: there is no folder for it here.
    (!path.split('/').any(|part| part == "..")).then_some(path)
}

fn is_cgroup2(mount: &Path) -> bool {
    /// CGROUP2_SUPER_MAGIC of linux/magic.h.
    const MAGIC: i64 = 0x6367_7270;
    rustix::fs::statfs(mount).is_ok_and(|statfs| statfs.f_type == MAGIC)
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn the_unified_line_counts() {
        for (text, expected) in [
            ("9:name=systemd:/\n0::/\n", Some("")),
            ("0::/user.slice/a.scope\n", Some("user.slice/a.scope")),
            ("0::/../other\n", None),
            ("4:memory:/x\n", None),
        ] {
            assert_eq!(own_path(text), expected, "{text}");
        }
    }
}
