//! The file of a git index, versions 2 and 3, as far as a warm worktree needs it: which paths, which
//! blobs, and what `lstat` said of each when it was checked out. git stores the times to the
//! nanosecond but most builds of it compare whole seconds, which is too coarse to trust a tree that
//! an agent had its hands on; so it is read here.

use std::fs;
use std::io;
use std::path::Path;

/// Before the object id: eight times and numbers of four bytes, then mode and owner and size.
const BEFORE_ID: usize = 40;
/// Entries begin at multiples of this.
const STEP: usize = 8;
/// In the first flags: more flags follow; the two bits of a merge's stage.
const EXTENDED: u16 = 0x4000;
const STAGE: u16 = 0x3000;

/// The mode of an entry that is a symbolic link.
pub(crate) const LINK: u32 = 0o120_000;
/// The mode of an entry that names a commit of another repository.
pub(crate) const MODULE: u32 = 0o160_000;

/// A moment as the file system has it: seconds and nanoseconds. Seconds are cut to 32 bits, as git does.
pub(crate) type Moment = (u32, u32);

/// What `lstat` said; inode, device and size are cut to 32 bits, as git does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// All of them, in git's order.
#[derive(Debug)]
pub(crate) struct IndexFile {
    bytes: Vec<u8>,
    id_length: usize,
    pub(crate) entries: Vec<Entry>,
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
        let mut at = 12;
        for _ in 0..count {
            let entry = entry(&bytes[..end], at, id_length)?;
            at = entry.raw.1;
            entries.push(entry);
        }
        extensions(&bytes[..end], at)?;
        Ok(Self {
            bytes,
            id_length,
            entries,
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

    /// The same index with only these entries, without extensions. Its checksum is left empty, which
    /// git reads; the first thing git does with it is to write it anew.
    pub(crate) fn with_only(&self, keep: impl Fn(usize) -> bool) -> Vec<u8> {
        let kept = self.entries.iter().enumerate().filter(|(at, _)| keep(*at));
        let kept: Vec<&Entry> = kept.map(|(_, entry)| entry).collect();
        let mut out = Vec::with_capacity(self.bytes.len());
        out.extend_from_slice(&self.bytes[..8]);
        out.extend_from_slice(&u32::try_from(kept.len()).unwrap_or(0).to_be_bytes());
        for entry in kept {
            out.extend_from_slice(&self.bytes[entry.raw.0..entry.raw.1]);
        }
        out.resize(out.len() + self.id_length, 0);
        out
    }

    /// Paths and object ids of all entries whose file has this name.
    pub(crate) fn named<'a>(
        &'a self,
        wanted: &'a dyn Fn(&[u8]) -> bool,
    ) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let named = self.entries.iter().filter(move |entry| {
            let path = self.name(entry);
            wanted(path.rsplit(|b| *b == b'/').next().unwrap_or(path))
        });
        named.map(|entry| (self.name(entry), self.id(entry)))
    }
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
    let end = at + (name + length - at + STEP) / STEP * STEP;
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

/// What follows the entries may be left out, unless its name begins with a small letter: then the
/// entries mean something else without it.
fn extensions(bytes: &[u8], mut at: usize) -> Result<(), &'static str> {
    while let Some(name) = bytes.get(at..at + 4) {
        if name.first().is_some_and(u8::is_ascii_lowercase) {
            return Err("it is split or sparse");
        }
        let length = number(bytes, at + 4).ok_or("it is cut off")?;
        at += 8 + usize::try_from(length).unwrap_or(usize::MAX / 2);
    }
    Ok(())
}
