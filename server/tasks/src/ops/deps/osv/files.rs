//! Filling the database: from files that are there, and from the archives that OSV offers.

use super::incoming::Incoming;
use super::record::Record;
use super::store::{Import, Stamp, Store};
use crate::ground::{Ground, Halt, go_on};
use crate::ops::deps::package::Ecosystem;
use crate::web::{Request, Web};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;
use zip::ZipArchive;

/// Bytes of one advisory.
const LARGEST: u64 = 16 << 20;
/// Bytes of an archive.
const LARGEST_ARCHIVE: u64 = 2 << 30;
/// Advisories of an archive.
const MOST: usize = 2_000_000;
/// Files of a folder, and its levels.
const MOST_FILES: usize = 2_000_000;
const DEEPEST: usize = 20;
/// Advisories between two looks at whether it has to stop.
const PORTION: usize = 500;
/// How long an archive may take: the largest has some hundred megabytes.
const TIME: Duration = Duration::from_secs(600);

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// Advisories that were taken.
    pub(crate) taken: usize,
    /// About ecosystems that are not known here.
    pub(crate) others: usize,
    /// That could not be read.
    pub(crate) unreadable: usize,
}

impl Count {
    /// With what came of another.
    pub(crate) fn add(&mut self, other: Self) {
        self.taken += other.taken;
        self.others += other.others;
        self.unreadable += other.unreadable;
    }
}

/// Takes advisories from files, archives, and folders of these.
pub(crate) fn import(
    store: &Store<'_>,
    inputs: &[PathBuf],
    stamp: &Stamp,
    ground: &dyn Ground,
) -> Result<Count, Halt> {
    let mut count = Count::default();
    let mut loose = store.import();
    for input in inputs {
        let mut files = Vec::new();
        collect(input, 0, &mut files).map_err(|error| failed(input, &error))?;
        files.sort();
        for (index, file) in files.iter().enumerate() {
            if index % PORTION == 0 {
                go_on(ground)?;
            }
            if file.extension().is_some_and(|end| end == "zip") {
                let opened = File::open(file).map_err(|error| failed(file, &error))?;
                let taken = archive(store, opened, None, stamp, ground);
                count.add(taken.map_err(|halt| about(file, halt))?);
            } else {
                let json = bounded(File::open(file)).map_err(|error| failed(file, &error))?;
                take(&json, &mut loose, None, &mut count).map_err(|error| failed(file, &error))?;
            }
        }
    }
    loose
        .end(None, stamp)
        .map_err(|error| Halt::Failed(cannot_write(&error)))?;
    if count.taken == 0 {
        let text =
            "nothing to import: these files hold no advisory of an ecosystem that is known here";
        return Err(Halt::Failed(text.to_owned()));
    }
    Ok(count)
}

/// Fetches the archive of an ecosystem.
pub(crate) fn update(
    store: &Store<'_>,
    databases: &str,
    ecosystem: Ecosystem,
    stamp: &Stamp,
    web: &dyn Web,
    ground: &dyn Ground,
) -> Result<Count, Halt> {
    let url = format!(
        "{}/{}/all.zip",
        databases.trim_end_matches('/'),
        ecosystem.name()
    );
    let mut file = tempfile::tempfile().map_err(|error| Halt::Failed(cannot_write(&error)))?;
    let request = Request {
        time: TIME,
        ..Request::get(url.clone())
    };
    let mut into = Incoming {
        into: &mut file,
        ground,
    };
    let answer = web.fetch(&request, LARGEST_ARCHIVE, &mut into);
    go_on(ground)?;
    let status = answer
        .map_err(|error| Halt::Failed(error.to_string()))?
        .status;
    if status != 200 {
        return Err(Halt::Failed(format!(
            "{url}: it answered with status {status}"
        )));
    }
    file.seek(SeekFrom::Start(0))
        .map_err(|error| Halt::Failed(error.to_string()))?;
    archive(store, file, Some(ecosystem), stamp, ground).map_err(|halt| match halt {
        Halt::Failed(why) => Halt::Failed(format!("{url}: {why}")),
        other => other,
    })
}

/// Reads an archive; it holds all of an ecosystem.
fn archive(
    store: &Store<'_>,
    file: File,
    only: Option<Ecosystem>,
    stamp: &Stamp,
    ground: &dyn Ground,
) -> Result<Count, Halt> {
    let no_archive = |error: &dyn std::fmt::Display| {
        Halt::Failed(format!("it is no archive that can be read: {error}"))
    };
    let mut archive =
        ZipArchive::new(io::BufReader::new(file)).map_err(|error| no_archive(&error))?;
    let mut import = store.import();
    let mut count = Count::default();
    for index in 0..archive.len().min(MOST) {
        if index % PORTION == 0 {
            go_on(ground)?;
        }
        let entry = archive
            .by_index(index)
            .map_err(|error| no_archive(&error))?;
        if !entry.is_file() {
            continue;
        }
        let json = bounded(Ok(entry)).map_err(|error| no_archive(&error))?;
        take(&json, &mut import, only, &mut count)
            .map_err(|error| Halt::Failed(cannot_write(&error)))?;
    }
    if count.taken == 0 {
        return Err(Halt::Failed("it holds no advisory".to_owned()));
    }
    let whole = only.or_else(|| import.chiefly());
    import
        .end(whole, stamp)
        .map_err(|error| Halt::Failed(cannot_write(&error)))?;
    Ok(count)
}

/// One file: an advisory.
fn take(
    json: &[u8],
    import: &mut Import<'_>,
    only: Option<Ecosystem>,
    count: &mut Count,
) -> io::Result<()> {
    match Record::read(json) {
        Err(_) => count.unreadable += 1,
        Ok(record) if import.add(&record, only)? => count.taken += 1,
        Ok(_) => count.others += 1,
    }
    Ok(())
}

fn bounded(file: io::Result<impl Read>) -> io::Result<Vec<u8>> {
    let mut json = Vec::new();
    file?.take(LARGEST).read_to_end(&mut json)?;
    Ok(json)
}

/// The files of a folder that may hold advisories; a file that is named is taken whatever its name.
fn collect(path: &Path, depth: usize, into: &mut Vec<PathBuf>) -> io::Result<()> {
    if !fs::metadata(path)?.is_dir() {
        into.push(path.to_owned());
        return Ok(());
    }
    if depth > DEEPEST {
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let path = entry.path();
        let wanted = path
            .extension()
            .is_some_and(|end| end == "json" || end == "zip");
        if kind.is_dir() {
            collect(&path, depth + 1, into)?;
        } else if kind.is_file() && wanted && into.len() < MOST_FILES {
            into.push(path);
        }
    }
    Ok(())
}

fn failed(path: &Path, error: &io::Error) -> Halt {
    Halt::Failed(format!("`{}` cannot be imported: {error}", path.display()))
}

fn about(path: &Path, halt: Halt) -> Halt {
    match halt {
        Halt::Failed(why) => {
            Halt::Failed(format!("`{}` cannot be imported: {why}", path.display()))
        }
        other => other,
    }
}

fn cannot_write(error: &io::Error) -> String {
    format!("the database cannot be written: {error}")
}
