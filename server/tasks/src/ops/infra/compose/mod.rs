//! Compose files.

mod checks;
mod table;

pub(super) use checks::{STRONG, is_runtime_socket, is_sensitive};
pub(super) use table::RULES;
