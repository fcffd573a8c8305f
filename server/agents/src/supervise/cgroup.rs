//! An own cgroup v2 for the agent's tree. Needs no controller, only the right to make a folder
//! below our own cgroup; where that is missing, `None`, and the tree is held by other means.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};

/// Where cgroup v2 is mounted: alone, or beside v1.
const MOUNTS: [&str; 2] = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];

/// The agent's cgroup. Its folder goes when it is dropped and empty.
pub(super) struct Cgroup {
    path: PathBuf,
    folder: File,
}

impl Cgroup {
    /// Makes `offshoot-<cookie>` below our own cgroup.
    pub(super) fn create(cookie: &str) -> Option<Self> {
        let path = own()?.join(format!("offshoot-{cookie}"));
        fs::create_dir(&path).ok()?;
        let made = File::open(&path)
            .ok()
            .filter(|_| path.join("cgroup.procs").exists());
        match made {
            Some(folder) => Some(Self { path, folder }),
            None => {
                fs::remove_dir(&path).ok();
                None
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
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
