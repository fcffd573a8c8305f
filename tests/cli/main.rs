//! The command line as a script sees it: documents, exit codes, problems, settings, and the guide's examples.

mod documents;
mod exits;
mod guide;
mod problems;
mod settings;
mod surface;
mod tasks;
