//! `ops audit`: the packages that lockfiles pin, what is known against them, their licences, and the list of all of them.

mod advisory;
mod ask;
mod audit;
mod find;
mod findings;
mod licences;
mod lock;
mod manifest;
mod osv;
mod package;
mod report;
mod sbom;
mod tools;
mod version;

pub use audit::{ARTIFACT, KIND, Options, SBOM, Surroundings, run};
pub use licences::{Places, Policy};
pub use osv::store::Stamp;
pub use osv::{DATABASES, SERVICE};
pub use package::Ecosystem;
pub use report::{Answered, Imported, Licences, Lockfile, Note, Report, Source};
pub use version::compare;
