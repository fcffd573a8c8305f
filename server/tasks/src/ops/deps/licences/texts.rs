//! Which licence a text is.

use super::reader::read;
use spdx::detection::{Store, TextData};
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;

/// How alike a text and a licence have to be, of 1.
const ALIKE: f32 = 0.9;

/// The texts of SPDX, read when the first is asked for, and what was found before.
#[derive(Default)]
pub(super) struct Texts {
    store: Option<Option<Store>>,
    known: HashMap<u64, Option<String>>,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Texts").finish_non_exhaustive()
    }
}

impl Texts {
    /// The one licence that these files tell; none where they tell several: which of them counts is not said.
    pub(super) fn of_folder(&mut self, files: &[PathBuf]) -> Option<String> {
        let mut found: Option<String> = None;
        for file in files {
            let one = self.of(&read(file)?)?;
            if found.as_ref().is_some_and(|other| *other != one) {
                return None;
            }
            found = Some(one);
        }
        found
    }

    fn of(&mut self, text: &str) -> Option<String> {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let store = self.store.get_or_insert_with(|| Store::load_inline().ok());
        let look = || {
            let found = store.as_ref()?.analyze(&TextData::from(text));
            (found.score >= ALIKE).then(|| found.name.to_owned())
        };
        self.known
            .entry(hasher.finish())
            .or_insert_with(look)
            .clone()
    }
}
