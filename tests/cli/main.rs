//! The command line as a script sees it: documents, exit codes, problems, settings, and the guide's examples.

mod artifacts;
mod audit;
mod context;
mod demo;
mod docs_task;
mod documents;
mod exits;
mod guide;
mod infra;
mod lsp;
mod private;
mod problems;
mod scan;
mod settings;
mod settings_words;
mod surface;
mod tasks;
mod words;
