//! The name that was probably meant.

/// The nearest of these names, when it is near enough to be a slip: one edit in three characters,
/// or the same words with other separators. The first of equals.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = folded(name);
    let allowed = (wanted.chars().count() / 3).clamp(1, 4);
    let len = wanted.len();
    let distance = |candidate: &str| strsim::osa_distance(&wanted, &folded(candidate));
    names
        // Bytes differ by at most four times the edits; no need to compare what cannot be near.
        .filter(|candidate| candidate.len().abs_diff(len) <= 4 * allowed)
        .map(|candidate| (distance(candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn folded(name: &str) -> String {
    name.chars()
        .take(64)
        .map(|c| {
            if c == '-' || c == ' ' {
                '_'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect()
}
