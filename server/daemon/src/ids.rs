//! New ids: the one place where names are drawn by lot.

use data_encoding::Specification;
use model::ids::{RunId, TaskId, slug};
use protocol::{Error, ErrorKind};

/// Crockford's letters: no `i`, `l`, `o`, `u`, so that people can read them out.
const LETTERS: &str = "0123456789abcdefghjkmnpqrstvwxyz";
/// Length of the slug in a run's id.
const SLUG: usize = 24;

/// A new run id: `<slug>-<8 base32>`.
pub(crate) fn run(workflow: &str) -> Result<RunId, Error> {
    let slug = match slug(workflow, SLUG) {
        slug if slug.is_empty() => "run".to_owned(),
        slug => slug,
    };
    Ok(RunId::new(format!("{slug}-{}", random(5)?)))
}

/// A new task id: `t-<10 base32>`.
pub(crate) fn task() -> Result<TaskId, Error> {
    Ok(TaskId::new(format!(
        "t-{}",
        random(7)?.get(..10).unwrap_or_default()
    )))
}

/// Random letters for this many bytes.
pub(crate) fn random(bytes: usize) -> Result<String, Error> {
    let failed =
        |what: String| Error::new(ErrorKind::Internal, format!("no random numbers: {what}"));
    let mut drawn = vec![0; bytes];
    getrandom::fill(&mut drawn).map_err(|error| failed(error.to_string()))?;
    let mut specification = Specification::new();
    specification.symbols.push_str(LETTERS);
    let encoding = specification
        .encoding()
        .map_err(|error| failed(error.to_string()))?;
    Ok(encoding.encode(&drawn))
}
