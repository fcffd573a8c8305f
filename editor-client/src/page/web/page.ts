//! The page of a run.
export {};
