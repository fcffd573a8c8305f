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
    use std::os::fd::OwnedFd;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    use rustix::fs::{CWD, Dir, Mode, OFlags, openat, readlinkat};
    use rustix::io::Errno;

    pub(super) fn occupant(folder: &Path) -> Option<String> {
        let own = std::process::id().to_string().into_bytes();
        let wanted = Wanted {
            inode: std::fs::metadata(folder).ok()?.ino(),
            folder: folder.as_os_str().as_bytes(),
        };
        let us = Process::open(b"self")?;
        let us = Program {
            exe: us.link("exe").ok()?,
            called: us.text("cmdline"),
        };
        for found in numbers(&openat(CWD, "/proc", FOLDER, Mode::empty()).ok()?) {
            if found == own {
                continue;
            }
            if let Some(process) = Process::open(&found)
                && let Some(what) = process.within(&wanted, &us)
            {
                let name = String::from_utf8_lossy(&process.text("comm")).into_owned();
                return Some(format!(
                    "process {} ({}) {what}",
                    String::from_utf8_lossy(&found),
                    name.trim_end()
                ));
            }
        }
        None
    }

    const FOLDER: OFlags = OFlags::RDONLY
        .union(OFlags::DIRECTORY)
        .union(OFlags::CLOEXEC);

    /// The folder that is asked about.
    struct Wanted<'a> {
        folder: &'a [u8],
        inode: u64,
    }

    impl Wanted<'_> {
        /// Whether a path is of the folder or of something in it.
        fn has(&self, path: &[u8]) -> bool {
            let rest = path.strip_prefix(self.folder);
            rest.is_some_and(|rest| matches!(rest.first(), None | Some(b'/')))
        }
    }

    /// A program and how it was called. A process that runs the same as we do is a child of ours between its
    /// birth and the start of its program: it has copies of what our other threads have open.
    struct Program {
        exe: Vec<u8>,
        called: Vec<u8>,
    }

    /// What the system tells of a process; names in it are looked up from there.
    struct Process(OwnedFd);

    impl Process {
        fn open(pid: &[u8]) -> Option<Self> {
            let path = [b"/proc/", pid].concat();
            openat(CWD, &*path, FOLDER, Mode::empty()).ok().map(Self)
        }

        fn link(&self, name: &str) -> Result<Vec<u8>, Errno> {
            Ok(readlinkat(&self.0, name, Vec::new())?.into_bytes())
        }

        fn text(&self, name: &str) -> Vec<u8> {
            let flags = OFlags::RDONLY | OFlags::CLOEXEC;
            let read = openat(&self.0, name, flags, Mode::empty()).map(|file| {
                let mut text = Vec::new();
                let _ = std::io::Read::read_to_end(&mut std::fs::File::from(file), &mut text);
                text
            });
            read.unwrap_or_default()
        }

        /// What it has to do with the folder.
        fn within(&self, wanted: &Wanted<'_>, us: &Program) -> Option<&'static str> {
            match self.link("exe") {
                // Asked first: a child that starts its program meanwhile is no stranger.
                Ok(exe) if exe == us.exe && self.text("cmdline") == us.called => return None,
                Ok(exe) if wanted.has(&exe) => return Some("is a program of it"),
                // One of the kernel's own, or one that has ended: nothing is open there.
                Err(Errno::NOENT | Errno::SRCH) => return None,
                _ => {}
            }
            for (link, what) in [("cwd", "stands in it"), ("root", "lives in it")] {
                if self.link(link).is_ok_and(|to| wanted.has(&to)) {
                    return Some(what);
                }
            }
            let files = openat(&self.0, "fd", FOLDER, Mode::empty()).ok()?;
            let mut to = Vec::new();
            for file in numbers(&files) {
                to = match readlinkat(&files, &*file, to) {
                    Ok(to) => to.into_bytes(),
                    Err(_) => Vec::new(),
                };
                if wanted.has(&to) {
                    return Some("has a file of it open");
                }
                if to == b"anon_inode:inotify" && self.watches(&file, wanted.inode) {
                    return Some("watches it");
                }
            }
            None
        }

        /// Whether an inotify instance watches the folder itself: `inotify wd:1 ino:2a sdev:…`, in hexadecimal.
        fn watches(&self, file: &[u8], inode: u64) -> bool {
            let info = self.text(&format!("fdinfo/{}", String::from_utf8_lossy(file)));
            let info = String::from_utf8_lossy(&info);
            let wanted = format!("ino:{inode:x}");
            info.lines()
                .filter(|line| line.starts_with("inotify "))
                .any(|line| line.split(' ').any(|word| word == wanted))
        }
    }

    /// The names in a folder that are numbers: processes, file descriptors.
    fn numbers(folder: &OwnedFd) -> Vec<Vec<u8>> {
        let found = Dir::read_from(folder).into_iter().flatten().flatten();
        let names = found.map(|entry| entry.file_name().to_bytes().to_vec());
        names
            .filter(|name| name.iter().all(u8::is_ascii_digit))
            .collect()
    }
}
