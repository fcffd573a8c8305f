//! Tests of the house itself: who may depend on whom, the named packages, and the form of the source tree.

mod criteria;
mod docs;
mod files;
mod layers;
mod metadata;
mod packages;
