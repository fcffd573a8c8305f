//! A folder for tests, which ends its task when told to.

use super::{Cache, Means, Options, run};
use crate::ground::{AddedLines, Ground, Halt, Stop};
use crate::sheet::write;
use crate::web::Offline;
use artifact::Artifact;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// A folder that ends its task at the question with this number.
pub(super) struct Bed {
    pub(super) folder: TempDir,
    pub(super) questions: AtomicUsize,
    pub(super) last: usize,
    pub(super) stop: Stop,
}

impl Bed {
    pub(super) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let bed = Self {
            folder,
            questions: AtomicUsize::new(0),
            last: usize::MAX,
            stop: Stop::Cancelled,
        };
        files.iter().for_each(|(path, text)| bed.put(path, text));
        bed
    }

    pub(super) fn put(&self, path: &str, text: &str) {
        write(self.folder.path(), path, text).expect("a file");
    }

    pub(super) fn remove(&self, path: &str) {
        std::fs::remove_file(self.folder.path().join(path)).expect("a file less");
    }

    pub(super) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(path)).unwrap_or_default()
    }

    /// All files and what is in them.
    pub(super) fn all(&self) -> BTreeMap<PathBuf, String> {
        let mut left = vec![self.folder.path().to_owned()];
        let mut all = BTreeMap::new();
        while let Some(folder) = left.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    left.push(path);
                } else {
                    let name = path
                        .strip_prefix(self.folder.path())
                        .expect("below")
                        .to_owned();
                    all.insert(name, std::fs::read_to_string(path).expect("text"));
                }
            }
        }
        all
    }

    pub(super) fn run(&self, cache: &dyn Cache, options: &Options) -> Artifact {
        self.questions.store(0, Ordering::Relaxed);
        run(
            self,
            Means {
                cache,
                web: &Offline,
            },
            options,
        )
        .expect("an artifact")
    }
}

impl Ground for Bed {
    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn files(&self) -> Result<Vec<PathBuf>, Halt> {
        Ok(self.all().into_keys().collect())
    }

    fn added_lines(&self, _range: &str) -> Result<Vec<AddedLines>, Halt> {
        Err(Halt::Failed("no history".to_owned()))
    }

    fn stop(&self) -> Option<Stop> {
        let question = self.questions.fetch_add(1, Ordering::Relaxed);
        (question >= self.last).then_some(self.stop)
    }
}
