//! Paths that are compared.

use std::path::{Path, PathBuf};

/// A path in canonical form, where it exists.
pub(crate) fn canonical(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
