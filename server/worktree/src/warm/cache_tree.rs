//! The extension `TREE` of an index: folder by folder how many entries it has and which tree they make.
//! With it git need not make the trees of folders in which nothing changed.
//!
//! In pre-order: `<name> NUL <entries> SP <folders in it> LF`, then the id of the tree; without an id, and
//! with -1 entries, where it is not known (`gitformat-index`, "Cache tree").

use std::ops::Range;

/// One folder.
struct Node {
    name: Range<usize>,
    /// How many folders in it follow.
    folders: usize,
    /// Its tree, where that is known.
    id: Option<Range<usize>>,
}

/// Reads the folder that begins at `at`; says where the next one begins.
fn node(bytes: &[u8], at: usize, id_length: usize) -> Option<(Node, usize)> {
    let find = |from: usize, wanted: u8| {
        let rest = bytes.get(from..)?;
        Some(from + rest.iter().position(|byte| *byte == wanted)?)
    };
    let name_end = find(at, 0)?;
    let line_end = find(name_end, b'\n')?;
    let line = std::str::from_utf8(&bytes[name_end + 1..line_end]).ok()?;
    let (entries, folders) = line.split_once(' ')?;
    let known = entries.parse::<i64>().ok()? >= 0;
    let (begin, length) = (line_end + 1, if known { id_length } else { 0 });
    bytes.get(begin..begin + length)?;
    let node = Node {
        name: at..name_end,
        folders: folders.parse().ok()?,
        id: known.then_some(begin..begin + length),
    };
    Some((node, begin + length))
}

/// The tree of all entries; none where it is not known.
pub(super) fn root(extension: &[u8], id_length: usize) -> Option<&[u8]> {
    let (root, _) = node(extension, 0, id_length)?;
    root.id.map(|id| &extension[id])
}

/// All entries, as they are now.
pub(super) struct Root<'a> {
    pub(super) entries: usize,
    /// The tree that they make.
    pub(super) id: &'a [u8],
}

/// The extension as it is once other entries make another tree: those folders lose theirs in which something
/// changed. `changed` is asked with the path of each and a `/` behind it. None where it cannot be read.
pub(super) fn with_root(
    extension: &[u8],
    root: &Root<'_>,
    changed: impl Fn(&[u8]) -> bool,
) -> Option<Vec<u8>> {
    let id_length = root.id.len();
    let mut out = Vec::with_capacity(extension.len());
    // For each folder that is open, how many of it are to come, and the length of its path.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let (mut path, mut at) = (Vec::new(), 0);
    while at < extension.len() {
        let (node, end) = node(extension, at, id_length)?;
        if at > 0 {
            let (to_come, length) = open.last_mut()?;
            *to_come = to_come.checked_sub(1)?;
            path.truncate(*length);
            path.extend_from_slice(&extension[node.name.clone()]);
            path.push(b'/');
        }
        if at == 0 {
            out.extend_from_slice(format!("\0{} {}\n", root.entries, node.folders).as_bytes());
            out.extend_from_slice(root.id);
        } else if node.id.is_some() && changed(&path) {
            out.extend_from_slice(&extension[node.name]);
            out.extend_from_slice(format!("\0-1 {}\n", node.folders).as_bytes());
        } else {
            out.extend_from_slice(&extension[at..end]);
        }
        open.push((node.folders, path.len()));
        while open.last().is_some_and(|(to_come, _)| *to_come == 0) {
            open.pop();
        }
        at = end;
    }
    open.is_empty().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An id of two bytes is as good as one of twenty.
    const SAMPLE: &[u8] = b"\x003 2\nRRa\x002 1\nAAb\x001 0\nBBc\x00-1 0\n";

    const NEXT: Root<'_> = Root {
        entries: 4,
        id: b"NN",
    };

    #[test]
    fn folders_above_a_change_lose_their_tree() {
        let above = |file: &'static [u8]| move |folder: &[u8]| file.starts_with(folder);
        for (changed, expected) in [
            (
                &b"a/b/file"[..],
                &b"\x004 2\nNNa\x00-1 1\nb\x00-1 0\nc\x00-1 0\n"[..],
            ),
            (b"a/file", b"\x004 2\nNNa\x00-1 1\nb\x001 0\nBBc\x00-1 0\n"),
            (b"c/file", b"\x004 2\nNNa\x002 1\nAAb\x001 0\nBBc\x00-1 0\n"),
            (b"ab", b"\x004 2\nNNa\x002 1\nAAb\x001 0\nBBc\x00-1 0\n"),
        ] {
            let out = with_root(SAMPLE, &NEXT, above(changed)).unwrap();
            let readable = |bytes: &[u8]| bytes.escape_ascii().to_string();
            assert_eq!(readable(&out), readable(expected));
            assert_eq!(root(&out, 2), Some(&b"NN"[..]));
        }
        assert_eq!(root(SAMPLE, 2), Some(&b"RR"[..]));
    }

    #[test]
    fn what_is_cut_off_or_odd_is_not_read() {
        let read = |bytes: &[u8]| with_root(bytes, &NEXT, |_| false);
        for end in 1..SAMPLE.len() {
            assert_eq!(read(&SAMPLE[..end]), None, "{end}");
        }
        assert_eq!(read(b"\x00x y\n"), None);
        assert_eq!(read(b"\x000 0\nRRa\x000 0\nAA"), None);
        assert_eq!(root(b"", 2), None);
        assert_eq!(root(b"\x00-1 0\n", 2), None);
    }
}
