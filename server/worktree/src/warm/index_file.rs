//! The file of a git index, versions 2 and 3, as far as a warm worktree needs it: which paths, which
//! blobs, and what `lstat` said of each when it was checked out. git stores the times to the
//! nanosecond but most builds of it compare whole seconds, which is too coarse to trust a tree that
//! an agent had its hands on; so it is read here.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;

use rustix::fs::FileType;
use sha2::Digest;

use super::cache_tree;
use crate::bytes;
use crate::differences::Difference;
use crate::oid::Oid;

/// The entries begin behind the signature, the version and their number.
const BEFORE_ENTRIES: usize = 12;
/// Before the object id: eight times and numbers of four bytes, then mode and owner and size.
const BEFORE_ID: usize = 40;
/// The mode lies there, behind four times, device and inode, before owner, group and size.
const MODE: Range<usize> = 24..28;
/// Entries begin at multiples of this.
const STEP: usize = 8;
/// In the first flags: more flags follow; the two bits of a merge's stage.
const EXTENDED: u16 = 0x4000;
const STAGE: u16 = 0x3000;
/// The length of the name in the same place; what is longer has this.
const LENGTH: usize = 0xfff;

/// The name of the extension that has the trees of folders.
const TREES: &[u8] = b"TREE";

/// The mode of an entry that is a symbolic link.
pub(crate) const LINK: u32 = 0o120_000;
/// The mode of an entry that names a commit of another repository.
pub(crate) const MODULE: u32 = 0o160_000;

/// A moment as the file system has it: seconds and nanoseconds. Seconds are cut to 32 bits, as git does.
pub(crate) type Moment = (u32, u32);

/// What `lstat` said; inode, device and size are cut to 32 bits, as git does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) changed: Moment,
    pub(crate) modified: Moment,
    pub(crate) device: u32,
    pub(crate) inode: u32,
    pub(crate) owner: u32,
    pub(crate) group: u32,
    pub(crate) size: u32,
}

/// One file.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) stamp: Stamp,
    /// As git writes it: `0o100644`, `0o100755`, [`LINK`] or [`MODULE`].
    pub(crate) mode: u32,
    /// Where its bytes lie in the file.
    raw: (usize, usize),
    id: usize,
    name: (usize, usize),
}

impl Entry {
    /// What it is on disk.
    pub(crate) fn kind(&self) -> FileType {
        match self.mode {
            LINK => FileType::Symlink,
            MODULE => FileType::Directory,
            _ => FileType::RegularFile,
        }
    }
}

/// All of them, in git's order.
#[derive(Debug)]
pub(crate) struct IndexFile {
    bytes: Vec<u8>,
    id_length: usize,
    pub(crate) entries: Vec<Entry>,
    /// Where the trees of its folders lie; empty where it does not say them.
    trees: Range<usize>,
}

impl IndexFile {
    /// Reads one. `Ok(Err(why))` for one that is whole, and of a kind that no warm tree is made with:
    /// sparse, split, half merged.
    pub(crate) fn read(path: &Path, id_length: usize) -> io::Result<Result<Self, &'static str>> {
        Ok(Self::parse(fs::read(path)?, id_length))
    }

    fn parse(bytes: Vec<u8>, id_length: usize) -> Result<Self, &'static str> {
        let end = bytes.len().checked_sub(id_length).ok_or("it is cut off")?;
        if bytes.get(..4) != Some(b"DIRC") {
            return Err("it is no index");
        }
        if !matches!(number(&bytes, 4), Some(2 | 3)) {
            return Err("its version is another one");
        }
        let count = number(&bytes, 8).ok_or("it is cut off")?;
        let mut entries = Vec::with_capacity(usize::try_from(count).unwrap_or(0).min(1 << 20));
        let mut at = BEFORE_ENTRIES;
        for _ in 0..count {
            let entry = entry(&bytes[..end], at, id_length)?;
            at = entry.raw.1;
            entries.push(entry);
        }
        let trees = extensions(&bytes[..end], at)?;
        Ok(Self {
            bytes,
            id_length,
            entries,
            trees,
        })
    }

    /// The whole file.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn name(&self, entry: &Entry) -> &[u8] {
        &self.bytes[entry.name.0..entry.name.1]
    }

    /// The object id, as bytes.
    pub(crate) fn id(&self, entry: &Entry) -> &[u8] {
        &self.bytes[entry.id..entry.id + self.id_length]
    }

    /// The object id of the tree that all entries make; none where the index does not say it.
    pub(crate) fn tree(&self) -> Option<Oid> {
        let root = cache_tree::root(&self.bytes[self.trees.clone()], self.id_length)?;
        Oid::of_bytes(root).ok()
    }

    /// The index of another tree, in which these paths are different, in their order. What is different
    /// has no stamp.
    pub(crate) fn of_tree(&self, tree: &Oid, differences: &[Difference]) -> Self {
        let mut next = Self {
            bytes: Vec::with_capacity(self.bytes.len() + 256 * differences.len()),
            id_length: self.id_length,
            entries: Vec::with_capacity(self.entries.len() + differences.len()),
            trees: 0..0,
        };
        next.bytes.extend_from_slice(&self.bytes[..BEFORE_ENTRIES]);
        let mut left = differences.iter().peekable();
        for entry in &self.entries {
            let name = self.name(entry);
            while let Some(before) = left.next_if(|one| bytes::of(&one.path) < name) {
                next.put(before);
            }
            match left.next_if(|one| bytes::of(&one.path) == name) {
                Some(instead) => next.put(instead),
                None => next.keep(&self.bytes, entry),
            }
        }
        left.for_each(|behind| next.put(behind));
        let count = u32::try_from(next.entries.len()).unwrap_or(u32::MAX);
        next.bytes[8..BEFORE_ENTRIES].copy_from_slice(&count.to_be_bytes());
        self.trees_into(&mut next, tree, differences);
        next.bytes.resize(next.bytes.len() + self.id_length, 0);
        next
    }

    fn keep(&mut self, bytes: &[u8], entry: &Entry) {
        let (from, to) = (entry.raw.0, self.bytes.len());
        let moved = |at: usize| at - from + to;
        self.bytes.extend_from_slice(&bytes[from..entry.raw.1]);
        self.entries.push(Entry {
            raw: (to, self.bytes.len()),
            id: moved(entry.id),
            name: (moved(entry.name.0), moved(entry.name.1)),
            ..entry.clone()
        });
    }

    fn put(&mut self, difference: &Difference) {
        let Some((mode, id)) = &difference.new else {
            return;
        };
        let (begin, name) = (self.bytes.len(), bytes::of(&difference.path));
        let length = u16::try_from(name.len().min(LENGTH)).unwrap_or_default();
        let id_at = begin + BEFORE_ID;
        self.bytes.resize(id_at, 0);
        self.bytes[begin + MODE.start..begin + MODE.end].copy_from_slice(&mode.to_be_bytes());
        self.bytes.extend_from_slice(&id.bytes());
        self.bytes.extend_from_slice(&length.to_be_bytes());
        let name_at = self.bytes.len();
        self.bytes.extend_from_slice(name);
        let name_end = self.bytes.len();
        let end = end_of(begin, name_end);
        self.bytes.resize(end, 0);
        self.entries.push(Entry {
            stamp: Stamp::default(),
            mode: *mode,
            raw: (begin, end),
            id: id_at,
            name: (name_at, name_end),
        });
    }

    /// Brings the trees of those folders along in which nothing is different.
    fn trees_into(&self, next: &mut Self, tree: &Oid, differences: &[Difference]) {
        let different = |folder: &[u8]| {
            let at = differences.partition_point(|one| bytes::of(&one.path) < folder);
            let first = differences.get(at);
            first.is_some_and(|one| bytes::of(&one.path).starts_with(folder))
        };
        let trees = &self.bytes[self.trees.clone()];
        let root = cache_tree::Root {
            entries: next.entries.len(),
            id: &tree.bytes(),
        };
        let Some(kept) = cache_tree::with_root(trees, &root, different) else {
            return;
        };
        let length = u32::try_from(kept.len()).unwrap_or_default();
        next.bytes.extend_from_slice(TREES);
        next.bytes.extend_from_slice(&length.to_be_bytes());
        let begin = next.bytes.len();
        next.bytes.extend_from_slice(&kept);
        next.trees = begin..next.bytes.len();
    }

    /// The bytes of an index of some of the entries, without stamps: what git is to write.
    pub(crate) fn only(&self, wanted: impl Fn(usize) -> bool) -> Vec<u8> {
        let wanted = self
            .entries
            .iter()
            .enumerate()
            .filter(|(at, _)| wanted(*at));
        let mut out = self.bytes[..BEFORE_ENTRIES].to_vec();
        let mut count = 0_u32;
        for (_, entry) in wanted {
            let begin = out.len();
            out.extend_from_slice(&self.bytes[entry.raw.0..entry.raw.1]);
            put_stamp(&mut out[begin..], &Stamp::default());
            count += 1;
        }
        out[8..BEFORE_ENTRIES].copy_from_slice(&count.to_be_bytes());
        seal(out, self.id_length)
    }

    /// Whether it says of each file what `lstat` said.
    pub(crate) fn is_stamped(&self) -> bool {
        let known = |entry: &Entry| entry.stamp != Stamp::default();
        self.entries.iter().all(known)
    }

    /// Notes what `lstat` says of a file now.
    pub(crate) fn set_stamp(&mut self, at: usize, stamp: Stamp) {
        let entry = &mut self.entries[at];
        entry.stamp = stamp;
        put_stamp(&mut self.bytes[entry.raw.0..], &stamp);
    }

    /// The bytes of the whole file, with the checksum that they have now.
    pub(crate) fn sealed(&self) -> Vec<u8> {
        let end = self.bytes.len() - self.id_length;
        seal(self.bytes[..end].to_vec(), self.id_length)
    }

    /// Path, mode and object id of all entries whose file has such a name.
    pub(crate) fn named<'a>(
        &'a self,
        wanted: &'a dyn Fn(&[u8]) -> bool,
    ) -> impl Iterator<Item = (&'a [u8], u32, &'a [u8])> {
        let named = self.entries.iter().filter(move |entry| {
            let path = self.name(entry);
            wanted(path.rsplit(|b| *b == b'/').next().unwrap_or(path))
        });
        named.map(|entry| (self.name(entry), entry.mode, self.id(entry)))
    }
}

/// Writes a stamp into the bytes of an entry.
fn put_stamp(entry: &mut [u8], stamp: &Stamp) {
    let before = [
        stamp.changed.0,
        stamp.changed.1,
        stamp.modified.0,
        stamp.modified.1,
        stamp.device,
        stamp.inode,
    ];
    let behind = [stamp.owner, stamp.group, stamp.size];
    let places = (0..MODE.start).step_by(4).zip(before);
    let places = places.chain((MODE.end..BEFORE_ID).step_by(4).zip(behind));
    for (at, number) in places {
        entry[at..at + 4].copy_from_slice(&number.to_be_bytes());
    }
}

/// Puts the checksum behind the content of an index: of the kind that its object ids are.
fn seal(mut content: Vec<u8>, id_length: usize) -> Vec<u8> {
    if id_length == 32 {
        let sum = sha2::Sha256::digest(&content);
        content.extend_from_slice(&sum);
    } else {
        let sum = sha1::Sha1::digest(&content);
        content.extend_from_slice(&sum);
    }
    content
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_be_bytes(four))
}

fn flags(bytes: &[u8], at: usize) -> Option<u16> {
    let two: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u16::from_be_bytes(two))
}

fn entry(bytes: &[u8], at: usize, id_length: usize) -> Result<Entry, &'static str> {
    let cut = "it is cut off";
    let field = |nth: usize| number(bytes, at + 4 * nth).ok_or(cut);
    let id = at + BEFORE_ID;
    let first = flags(bytes, id + id_length).ok_or(cut)?;
    if first & STAGE != 0 {
        return Err("a merge is half done in it");
    }
    let mut name = id + id_length + 2;
    if first & EXTENDED != 0 {
        if flags(bytes, name).ok_or(cut)? != 0 {
            return Err("files are left out of the checkout (sparse)");
        }
        name += 2;
    }
    let rest = bytes.get(name..).ok_or(cut)?;
    let length = rest.iter().position(|b| *b == 0).ok_or(cut)?;
    let end = end_of(at, name + length);
    if end > bytes.len() {
        return Err(cut);
    }
    Ok(Entry {
        stamp: Stamp {
            changed: (field(0)?, field(1)?),
            modified: (field(2)?, field(3)?),
            device: field(4)?,
            inode: field(5)?,
            owner: field(7)?,
            group: field(8)?,
            size: field(9)?,
        },
        mode: field(6)?,
        raw: (at, end),
        id,
        name: (name, name + length),
    })
}

/// Where an entry ends: behind its name are one to eight NULs.
fn end_of(begin: usize, name_end: usize) -> usize {
    begin + (name_end - begin + STEP) / STEP * STEP
}

/// What follows the entries may be left out, unless its name begins with a small letter: then the
/// entries mean something else without it. Says where the trees of folders lie.
fn extensions(bytes: &[u8], mut at: usize) -> Result<Range<usize>, &'static str> {
    let mut trees = 0..0;
    while let Some(name) = bytes.get(at..at + 4) {
        if name.first().is_some_and(u8::is_ascii_lowercase) {
            return Err("it is split or sparse");
        }
        let length = number(bytes, at + 4).ok_or("it is cut off")?;
        let begin = at + 8;
        at = begin + usize::try_from(length).unwrap_or(usize::MAX / 2);
        if name == TREES {
            bytes.get(begin..at).ok_or("it is cut off")?;
            trees = begin..at;
        }
    }
    Ok(trees)
}
