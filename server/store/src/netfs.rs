//! Whether a folder lies on a network file system, where SQLite's locks and the shared memory of
//! its WAL do not hold. What cannot be told apart counts as local.

use std::path::Path;

/// The name of the network file system that holds this folder.
#[cfg(target_os = "linux")]
pub(crate) fn network_kind(folder: &Path) -> Option<String> {
    const FUSE: u32 = 0x6573_5546;
    let magic = rustix::fs::statfs(folder).ok()?.f_type;
    // The magic numbers are 32 bits; the field's width and sign differ between machines.
    let magic = (magic & 0xffff_ffff) as u32;
    if magic != FUSE {
        return kind_of_magic(magic).map(str::to_owned);
    }
    let folder = folder.canonicalize().ok()?;
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    network_fuse(mount_type(&mounts, &folder)?)
}

/// The name of the network file system that holds this folder.
#[cfg(not(target_os = "linux"))]
pub(crate) fn network_kind(folder: &Path) -> Option<String> {
    const MNT_LOCAL: u32 = 0x1000; // <sys/mount.h> of macOS and the BSDs
    let found = rustix::fs::statfs(folder).ok()?;
    (found.f_flags & MNT_LOCAL == 0).then(|| "not local".to_owned())
}

/// Magic numbers of `statfs(2)`, from `linux/magic.h` and the file systems' own headers.
#[cfg(target_os = "linux")]
fn kind_of_magic(magic: u32) -> Option<&'static str> {
    Some(match magic {
        0x6969 => "nfs",
        0x517b | 0xfe53_4d42 | 0xff53_4d42 => "smb",
        0x0102_1997 => "9p",
        0x5346_414f => "afs",
        0x00c3_6400 => "ceph",
        0x7375_7245 => "coda",
        0x0bd0_0bd0 => "lustre",
        0x786f_4256 => "vboxsf",
        _ => return None,
    })
}

/// FUSE carries local file systems too; only those known to reach over a network are refused.
#[cfg(target_os = "linux")]
fn network_fuse(kind: &str) -> Option<String> {
    const NETWORK: [&str; 8] = [
        "sshfs",
        "rclone",
        "s3fs",
        "davfs",
        "davfs2",
        "curlftpfs",
        "glusterfs",
        "gvfsd-fuse",
    ];
    let name = kind.strip_prefix("fuse.")?;
    NETWORK.contains(&name).then(|| name.to_owned())
}

/// The type of the innermost mount that holds this path, from the text of `mountinfo`
/// (proc_pid_mountinfo(5): the mount point is the fifth field, the type follows ` - `).
#[cfg(target_os = "linux")]
fn mount_type<'a>(mounts: &'a str, path: &Path) -> Option<&'a str> {
    let entries = mounts.lines().filter_map(|line| {
        let (left, right) = line.split_once(" - ")?;
        let point = left.split(' ').nth(4)?.replace("\\040", " ");
        path.starts_with(&point)
            .then(|| (point.len(), right.split(' ').next().unwrap_or_default()))
    });
    entries.max_by_key(|(length, _)| *length).map(|(_, t)| t)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn fuse_is_told_apart_by_its_mount() {
        let mounts = "\
22 1 254:0 / / rw - ext4 /dev/vda rw
90 22 0:50 / /home/u/re\\040mote rw,nosuid shared:1 - fuse.sshfs u@host: rw
91 22 0:51 / /home/u/disk rw - fuse.ntfs-3g /dev/sdb rw
";
        for (path, expected) in [
            ("/home/u/re mote/state", Some("sshfs")),
            ("/home/u/disk/state", None),
            ("/home/u/remote", None),
        ] {
            let kind = mount_type(mounts, Path::new(path)).expect("a mount");
            assert_eq!(network_fuse(kind).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn this_disk_is_local() {
        assert_eq!(network_kind(&std::env::temp_dir()), None);
        assert_eq!(kind_of_magic(0x6969), Some("nfs"));
        assert_eq!(kind_of_magic(0xef53), None, "ext4");
    }
}
