//! The program itself, built for the black-box tests: gives them its path, so that plain `cargo test` works.

use std::process::ExitCode;

fn main() -> ExitCode {
    offshoot::main()
}
