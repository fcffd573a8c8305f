//! The way to the daemon: the [`Api`] over the method table, the socket client, where things lie,
//! and starting a daemon where none runs.
//!
//! Surfaces see only this and `protocol`. The daemon shares [`Home`] and [`dispatch`].

mod api;
mod connection;
mod ensure;
pub mod fake;
mod folder;
mod home;
pub mod lines;
mod spawn;
mod version;

pub use api::{Api, dispatch};
pub use connection::{Client, DEADLINE};
pub use ensure::{connect, ensure_daemon, ensure_daemon_with};
pub use home::Home;
pub use spawn::clean_environment;

#[cfg(test)]
mod tests;
