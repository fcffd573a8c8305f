//! Who is in a folder: processes that stand in it, have something of it open, or watch it, as an
//! editor does. Only what this user may see counts: others cannot get into the state folder.

use std::path::Path;

/// Somebody in the folder, in words; none where nobody is.
#[cfg(target_os = "linux")]
pub(crate) fn occupant(folder: &Path) -> Option<String> {
    linux::occupant(folder)
        .unwrap_or_else(|error| Some(format!("processes in it cannot be seen: {error}")))
}

/// Cannot be told here, so it has to be assumed.
#[cfg(not(target_os = "linux"))]
pub(crate) fn occupant(_: &Path) -> Option<String> {
    Some("processes in a folder are not seen on this system".into())
}

/// Somebody who was seen in the folder, in words; none too where that cannot be told.
#[cfg(target_os = "linux")]
pub fn seen_in(folder: &Path) -> Option<String> {
    linux::occupant(folder).ok().flatten()
}

/// Somebody who was seen in the folder; nobody is seen here.
#[cfg(not(target_os = "linux"))]
pub fn seen_in(_: &Path) -> Option<String> {
    None
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    use rustix::fs::{CWD, Dir, Mode, OFlags, openat, readlinkat};
    use rustix::io::Errno;

    /// An error where it cannot be told.
    pub(super) fn occupant(folder: &Path) -> io::Result<Option<String>> {
        let Ok(meta) = std::fs::metadata(folder) else {
            return Ok(None);
        };
        let own = std::process::id().to_string().into_bytes();
        let wanted = Wanted {
            inode: meta.ino(),
            folder: folder.as_os_str().as_bytes(),
        };
        let us = Process(open_folder(CWD, b"/proc/self")?);
        let us = Program {
            exe: us.link("exe")?,
            called: us.text("cmdline"),
        };
        for found in numbers(&open_folder(CWD, b"/proc")?)? {
            if found == own {
                continue;
            }
            let path = [b"/proc/", &*found].concat();
            let Some(process) = or_gone(open_folder(CWD, &path))?.map(Process) else {
                continue;
            };
            if let Some(what) = process.within(&wanted, &us)? {
                let name = String::from_utf8_lossy(&process.text("comm")).into_owned();
                return Ok(Some(format!(
                    "process {} ({}) {what}",
                    String::from_utf8_lossy(&found),
                    name.trim_end()
                )));
            }
        }
        Ok(None)
    }

    /// What has gone meanwhile, or is another user's, does not count.
    fn or_gone<T>(found: Result<T, Errno>) -> Result<Option<T>, Errno> {
        match found {
            Ok(found) => Ok(Some(found)),
            Err(Errno::NOENT | Errno::SRCH | Errno::ACCESS | Errno::PERM) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn open_folder(parent: impl AsFd, name: &[u8]) -> Result<OwnedFd, Errno> {
        openat(parent, name, FOLDER, Mode::empty())
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
        fn link(&self, name: &str) -> Result<Vec<u8>, Errno> {
            Ok(readlinkat(&self.0, name, Vec::new())?.into_bytes())
        }

        fn text(&self, name: &str) -> Vec<u8> {
            let flags = OFlags::RDONLY | OFlags::CLOEXEC;
            let read = openat(&self.0, name, flags, Mode::empty()).map(|file| {
                let mut text = Vec::new();
                let _ = io::Read::read_to_end(&mut std::fs::File::from(file), &mut text);
                text
            });
            read.unwrap_or_default()
        }

        /// What it has to do with the folder.
        fn within(&self, wanted: &Wanted<'_>, us: &Program) -> io::Result<Option<&'static str>> {
            match self.link("exe") {
                // Asked first: a child that starts its program meanwhile is no stranger.
                Ok(exe) if exe == us.exe && self.text("cmdline") == us.called => return Ok(None),
                Ok(exe) if wanted.has(&exe) => return Ok(Some("is a program of it")),
                // One of the kernel's own, or one that has ended: nothing is open there.
                Err(Errno::NOENT | Errno::SRCH) => return Ok(None),
                _ => {}
            }
            for (link, what) in [("cwd", "stands in it"), ("root", "lives in it")] {
                if self.link(link).is_ok_and(|to| wanted.has(&to)) {
                    return Ok(Some(what));
                }
            }
            let Some(files) = or_gone(open_folder(&self.0, b"fd"))? else {
                return Ok(None);
            };
            let mut to = Vec::new();
            for file in numbers(&files)? {
                to = match readlinkat(&files, &*file, to) {
                    Ok(to) => to.into_bytes(),
                    Err(_) => Vec::new(),
                };
                if wanted.has(&to) {
                    return Ok(Some("has a file of it open"));
                }
                if to == b"anon_inode:inotify" && self.watches(&file, wanted.inode) {
                    return Ok(Some("watches it"));
                }
            }
            Ok(None)
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
    fn numbers(folder: &OwnedFd) -> Result<Vec<Vec<u8>>, Errno> {
        let found = Dir::read_from(folder)?.filter_map(Result::ok);
        let names = found.map(|entry| entry.file_name().to_bytes().to_vec());
        Ok(names
            .filter(|name| name.iter().all(u8::is_ascii_digit))
            .collect())
    }
}
