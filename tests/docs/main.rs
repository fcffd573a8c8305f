//! The README and `docs/` against the product: samples are valid, commands are understood, names exist.
//! Whether links lead somewhere is for `house`; tables made from the code are for `schemas`.

mod commands;
mod dependencies;
mod page;
mod samples;
mod settings;
