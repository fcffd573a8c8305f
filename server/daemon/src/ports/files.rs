//! Files of an attempt that are not git's.

use model::failure::FailureClass;
use std::io;
use std::path::Path;

/// The class of a failed file operation.
pub(super) fn class_of(error: &io::Error) -> FailureClass {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FailureClass::Disk,
        _ => FailureClass::Spawn,
    }
}

/// Whether there is a program at this path.
pub(super) fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

/// Writes a file of ours into a folder of ours.
#[expect(
    clippy::disallowed_methods,
    reason = "a new file in a folder that only this attempt has"
)]
pub(super) fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    std::fs::write(path, content)
}
