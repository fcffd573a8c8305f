//! The built-in agents that need no language model.
//!
//! They read a folder and say what they found. They start no process, use no network, and write nothing but
//! their artifacts: what they need of git or of a tool comes through a port.

pub mod agent;
mod broken_off;
pub mod context;
pub mod docs;
pub mod ground;
mod input;
mod markdown;
mod not_run;
pub mod ops;
mod sheet;
pub mod tools;
pub mod web;
mod within;

pub use broken_off::{begin, broken_off};
pub use markdown::page;
pub use not_run::not_run;
pub use ops::secrets::holds_secret;
pub use sheet::{Document, Sheet, write};
pub use within::Within;
