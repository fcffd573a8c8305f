//! The database of this machine: one file for each ecosystem in the user's cache folder. A line is a package's name, an
//! advisory's id, and the advisory, with tabs between; the last line says what the file is. Looking up reads it
//! once from front to back, which is quick enough for the largest (npm) and needs no memory.

use super::record::Record;
use crate::ops::deps::package::Ecosystem;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The form of these files; a file of another is as good as none.
const FORMAT: u32 = 1;
/// Mark of the last line.
const LAST: u8 = b'#';

/// When something was fetched, and until when it counts as fresh. RFC 3339.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Now.
    pub at: String,
    /// From then on it is old.
    pub expires: String,
}

/// What a file of the database says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct About {
    format: u32,
    pub(crate) imported_at: String,
    pub(crate) expires_at: String,
    /// Whether all advisories of the ecosystem were there, not only some files.
    pub(crate) complete: bool,
    pub(crate) records: usize,
}

/// The database.
#[derive(Debug)]
pub(crate) struct Store<'a> {
    folder: &'a Path,
}

/// What was found: the advisories by name of package, and about the file.
pub(crate) type Found = (About, HashMap<String, Vec<Record>>);

impl<'a> Store<'a> {
    pub(crate) fn at(folder: &'a Path) -> Self {
        Self { folder }
    }

    fn path(&self, ecosystem: Ecosystem) -> PathBuf {
        self.folder.join(format!("{}.tsv", ecosystem.name()))
    }

    /// The advisories about these packages; none where there is no database.
    ///
    /// # Errors
    /// When there is one that cannot be read.
    pub(crate) fn look_up(
        &self,
        ecosystem: Ecosystem,
        names: &HashSet<&str>,
    ) -> Result<Option<Found>, String> {
        let mut found: HashMap<String, Vec<Record>> = HashMap::new();
        let about = self.each(ecosystem, |name, _, json| {
            if let Some(name) = names.get(name) {
                let record = serde_json::from_slice(json).map_err(io::Error::from)?;
                found.entry((*name).to_owned()).or_default().push(record);
            }
            Ok(())
        });
        match about {
            Ok(about) => Ok(about.map(|about| (about, found))),
            Err(error) => Err(format!(
                "the database of {} cannot be read: {error}",
                ecosystem.name()
            )),
        }
    }

    /// Goes through a file: name, id, JSON. None where there is none of this form.
    fn each(
        &self,
        ecosystem: Ecosystem,
        mut take: impl FnMut(&str, &str, &[u8]) -> io::Result<()>,
    ) -> io::Result<Option<About>> {
        let file = match File::open(self.path(ecosystem)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let broken =
            || io::Error::new(io::ErrorKind::InvalidData, "it is cut off; import it again");
        let mut reader = BufReader::with_capacity(1 << 18, file);
        let mut line = Vec::new();
        let mut count = 0;
        loop {
            line.clear();
            if reader.read_until(b'\n', &mut line)? == 0 {
                return Err(broken());
            }
            let line = line.strip_suffix(b"\n").unwrap_or(&line);
            if let Some(last) = line.strip_prefix(&[LAST]) {
                let about: About = serde_json::from_slice(last)?;
                if about.format != FORMAT {
                    return Ok(None);
                }
                return if about.records == count {
                    Ok(Some(about))
                } else {
                    Err(broken())
                };
            }
            count += 1;
            let mut parts = line.splitn(3, |byte| *byte == b'\t');
            let (Some(name), Some(id), Some(json)) = (parts.next(), parts.next(), parts.next())
            else {
                return Err(broken());
            };
            let text = |bytes| std::str::from_utf8(bytes).map_err(|_| broken());
            take(text(name)?, text(id)?, json)?;
        }
    }

    /// Begins to write.
    pub(crate) fn import(&self) -> Import<'_> {
        Import {
            store: self,
            files: BTreeMap::new(),
        }
    }
}

/// Advisories on their way into the database.
#[derive(Debug)]
pub(crate) struct Import<'a> {
    store: &'a Store<'a>,
    files: BTreeMap<Ecosystem, Growing>,
}

#[derive(Debug)]
struct Growing {
    file: BufWriter<NamedTempFile>,
    ids: HashSet<String>,
    records: usize,
}

impl Import<'_> {
    /// One more advisory, for each package of an ecosystem that is asked for (none asks for all). Whether it was
    /// about any.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn add(&mut self, record: &Record, only: Option<Ecosystem>) -> io::Result<bool> {
        let mut used = false;
        for (ecosystem, name) in record.packages() {
            if only.is_some_and(|only| only != ecosystem) || name.contains(['\t', '\n']) {
                continue;
            }
            used = true;
            let growing = self.growing(ecosystem)?;
            growing.ids.insert(record.id.clone());
            if record.withdrawn.is_none() {
                let json = serde_json::to_string(&record.of(ecosystem, &name))?;
                writeln!(growing.file, "{name}\t{}\t{json}", record.id)?;
                growing.records += 1;
            }
        }
        Ok(used)
    }

    fn growing(&mut self, ecosystem: Ecosystem) -> io::Result<&mut Growing> {
        if !self.files.contains_key(&ecosystem) {
            fs::create_dir_all(self.store.folder)?;
            let file = NamedTempFile::new_in(self.store.folder)?;
            let growing = Growing {
                file: BufWriter::with_capacity(1 << 18, file),
                ids: HashSet::new(),
                records: 0,
            };
            self.files.insert(ecosystem, growing);
        }
        self.files
            .get_mut(&ecosystem)
            .ok_or_else(|| io::Error::other("it went away"))
    }

    /// The ecosystem that most of it is about.
    pub(crate) fn chiefly(&self) -> Option<Ecosystem> {
        let most = self.files.iter().max_by_key(|(_, growing)| growing.records);
        most.map(|(ecosystem, _)| *ecosystem)
    }

    /// Puts all of it into place. What is `whole` replaces what was there; the rest is added to it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn end(self, whole: Option<Ecosystem>, stamp: &Stamp) -> io::Result<()> {
        for (ecosystem, mut growing) in self.files {
            let mut about = About {
                format: FORMAT,
                imported_at: stamp.at.clone(),
                expires_at: stamp.expires.clone(),
                complete: whole == Some(ecosystem),
                records: 0,
            };
            if !about.complete {
                let Growing { file, ids, records } = &mut growing;
                let old = self.store.each(ecosystem, |name, id, json| {
                    if ids.contains(id) {
                        return Ok(());
                    }
                    *records += 1;
                    write!(file, "{name}\t{id}\t")?;
                    file.write_all(json)?;
                    file.write_all(b"\n")
                });
                // Some more advisories make a whole database no younger. One that is broken is made anew.
                if let Some(old) = old?.filter(|old| old.complete) {
                    about = old;
                }
            }
            about.records = growing.records;
            growing.file.write_all(&[LAST])?;
            writeln!(growing.file, "{}", serde_json::to_string(&about)?)?;
            let file = growing
                .file
                .into_inner()
                .map_err(io::IntoInnerError::into_error)?;
            file.persist(self.store.path(ecosystem))?;
        }
        Ok(())
    }
}
