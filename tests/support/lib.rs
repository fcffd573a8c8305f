//! Harness of the black-box tests: a sandbox per test, real git repositories, the binary under test,
//! waiting for conditions, and the proof at the end that no process was left behind.
//!
//! ```text
//! let sandbox = support::sandbox!();
//! let repo = sandbox.repo(&[("w.yaml", "steps:\n  - run: echo hello > hello.txt\n")]);
//! let run = repo.json(&["run", "w.yaml"]);
//! assert_eq!(run["status"], "completed");
//! ```
//!
//! Nothing here knows how the product works inside; what it knows is the contract.

pub mod call;
pub mod conflict;
pub mod process;
pub mod repo;
pub mod run;
pub mod sandbox;
pub mod schema;
pub mod session;
pub mod tree;
pub mod wait;
pub mod wire;

pub use call::{Call, Output, Spawned};
pub use repo::{Fingerprint, Repo};
pub use sandbox::Sandbox;
pub use wait::{LIMIT, wait_until};

/// A [`Sandbox`] for the binary that this test crate builds.
#[macro_export]
macro_rules! sandbox {
    () => {
        $crate::Sandbox::new(env!("CARGO_BIN_EXE_offshoot-under-test"))
    };
}
