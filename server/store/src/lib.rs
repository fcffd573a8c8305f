//! The durable queue and journal, in SQLite: what goes in is a [`model::journal::Batch`], what
//! comes out is the domain again. Nothing here decides anything.
//!
//! A [`Store`] is blocking and belongs to one thread. Group commit is the caller's: it hands over
//! one batch for many inputs, and one batch is one transaction and one `fdatasync`.

mod commit;
mod error;
mod events;
mod findings;
mod load;
mod meta;
mod netfs;
mod open;
mod prune;
mod query;
mod read;
mod schema;
mod set_aside;
mod stored;
#[cfg(test)]
mod tests;

pub use error::{Error, Subject, Unreadable};
pub use load::Snapshot;
pub use open::{Opened, Store};
pub use prune::{Pruned, Retention};
pub use query::{Count, Page, RunFilter, RunLine, TaskFilter, TaskLine};
pub use set_aside::{Reason, SetAside};
