//! Who is in a folder: processes that stand in it, have something of it open, or watch it, as an
//! editor does. Only what this user may see counts: others cannot get into the state folder.

use std::path::Path;

/// Somebody in the folder, in words; none where nobody is.
#[cfg(target_os = "linux")]
pub(crate) fn occupant(folder: &Path) -> Option<String> {
    linux::occupant(folder)
}

/// Cannot be told here, so it has to be assumed.
#[cfg(not(target_os = "linux"))]
pub(crate) fn occupant(_: &Path) -> Option<String> {
    Some("processes in a folder are not seen on this system".into())
}

/// Somebody who was seen in the folder, in words; none too where that cannot be told.
pub fn seen_in(folder: &Path) -> Option<String> {
    occupant(folder).filter(|_| cfg!(target_os = "linux"))
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::os::unix::fs::MetadataExt;
    use std::path::{Path, PathBuf};

    pub(super) fn occupant(folder: &Path) -> Option<String> {
        let own = std::process::id().to_string();
        let inode = fs::metadata(folder).ok()?.ino();
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbered = processes.filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.bytes().all(|b| b.is_ascii_digit()) && name != own
        });
        let paths = numbered.map(|entry| entry.path());
        let us = Program::of(Path::new("/proc/self"));
        // Asked first: a child that starts its program meanwhile is no stranger.
        let mut strangers = paths.filter(|process| !us.is_run_by(process));
        strangers.find_map(|process| within(&process, folder, inode))
    }

    /// A program and how it was called. A process that runs the same as we do is a child of ours between its
    /// birth and the start of its program: it has copies of what our other threads have open.
    struct Program {
        exe: Option<PathBuf>,
        called: Option<Vec<u8>>,
    }

    impl Program {
        fn of(process: &Path) -> Self {
            Self {
                exe: fs::read_link(process.join("exe")).ok(),
                called: fs::read(process.join("cmdline")).ok(),
            }
        }

        fn is_run_by(&self, process: &Path) -> bool {
            fs::read_link(process.join("exe")).ok() == self.exe
                && fs::read(process.join("cmdline")).ok() == self.called
        }
    }

    /// What a process has to do with the folder.
    fn within(process: &Path, folder: &Path, inode: u64) -> Option<String> {
        let who = || {
            let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
            let pid = process.file_name().unwrap_or_default().to_string_lossy();
            format!("process {pid} ({})", name.trim_end())
        };
        let leads_in = |link: PathBuf| fs::read_link(link).is_ok_and(|to| to.starts_with(folder));
        for (link, what) in [
            ("cwd", "stands in it"),
            ("root", "lives in it"),
            ("exe", "is a program of it"),
        ] {
            if leads_in(process.join(link)) {
                return Some(format!("{} {what}", who()));
            }
        }
        let files = fs::read_dir(process.join("fd"))
            .into_iter()
            .flatten()
            .flatten();
        for file in files {
            let Ok(to) = fs::read_link(file.path()) else {
                continue;
            };
            if to.starts_with(folder) {
                return Some(format!("{} has a file of it open", who()));
            }
            let watches = to.as_os_str() == "anon_inode:inotify";
            if watches && watched(process, &file.file_name().to_string_lossy(), inode) {
                return Some(format!("{} watches it", who()));
            }
        }
        None
    }

    /// Whether an inotify instance watches the folder itself: `inotify wd:1 ino:2a sdev:…`, in hexadecimal.
    fn watched(process: &Path, file: &str, inode: u64) -> bool {
        let info = fs::read_to_string(process.join("fdinfo").join(file)).unwrap_or_default();
        let wanted = format!("ino:{inode:x}");
        info.lines()
            .filter(|line| line.starts_with("inotify "))
            .any(|line| line.split(' ').any(|word| word == wanted))
    }
}
