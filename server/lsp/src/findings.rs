//! Findings of runs, in the user's files: where they are now, and what can be done about them.
//!
//! The daemon says what holds and in which text ([`ask`]); here it is found again in what the editor has
//! ([`look`]), without a word to the daemon while someone types. One task shows it, together with the
//! problems of the language ([`show`]): nobody else publishes diagnostics.

mod actions;
mod ask;
mod board;
mod changed;
mod lines;
mod look;
pub(crate) mod merge;
mod place;
mod show;
mod to_lsp;
mod watch;

pub(crate) use actions::actions;
pub(crate) use board::Found;
pub(crate) use changed::Changed;
pub(crate) use show::show_diagnostics;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tower_lsp::gen_lsp_types::Range;

/// Findings that are shown now, by the address of their file: read by handlers.
#[derive(Debug, Default)]
pub(crate) struct Shown(Mutex<HashMap<String, Vec<Placed>>>);

/// A finding, and where it is shown.
type Placed = (Range, Arc<Found>);

impl Shown {
    /// Those of a file that touch a range.
    pub(crate) fn at(&self, uri: &str, range: &Range) -> Vec<Arc<Found>> {
        let touches = |at: &Range| at.start <= range.end && range.start <= at.end;
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_file = shown.get(uri).into_iter().flatten();
        let found = of_file.filter(|(at, _)| touches(at));
        found.map(|(_, found)| Arc::clone(found)).collect()
    }

    fn put(&self, uri: &str, placed: Vec<Placed>) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if placed.is_empty() {
            shown.remove(uri);
        } else {
            shown.insert(uri.to_owned(), placed);
        }
    }
}
