//! The command string of an agent step.
