//! The workflow language.
