//! Advisories of OSV: their form, whether they are about a version, and the two places they come from: a
//! database of this machine, and the service.

pub(crate) mod api;
pub(crate) mod files;
mod incoming;
mod judge;
mod record;
mod severity;
pub(crate) mod store;
#[cfg(test)]
mod tests;

use super::advisory::Advisory;
use super::package::Package;
pub(crate) use judge::Verdict;
pub(crate) use record::Record;
pub(crate) use severity::level;

/// Where OSV answers, unless a setting says otherwise.
pub const SERVICE: &str = "https://api.osv.dev";
/// Where its databases lie.
pub const DATABASES: &str = "https://osv-vulnerabilities.storage.googleapis.com";

/// What a record means for a package; none where it is about another version.
///
/// # Errors
/// When a version cannot be read by the ecosystem's rules.
pub(crate) fn advisory(
    package: &Package,
    record: &Record,
    source: &str,
) -> Result<Option<Advisory>, ()> {
    let fixed = match judge::judge(package, record) {
        Verdict::Unaffected => return Ok(None),
        Verdict::Unknown => return Err(()),
        Verdict::Affected { fixed } => fixed,
    };
    let (level, score) = level(record, package);
    Ok(Some(Advisory {
        id: record.id.clone(),
        aliases: record.aliases.clone(),
        summary: record.summary.clone(),
        level,
        score,
        fixed,
        url: format!("https://osv.dev/vulnerability/{}", record.id),
        sources: vec![source.to_owned()],
    }))
}
