//! The machine, proved on the pure core.
