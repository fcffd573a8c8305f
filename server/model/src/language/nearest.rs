//! The name that was probably meant.

/// The nearest of these names, when it is near enough to be a slip: one edit in three characters,
/// or the same words with other separators. The first of equals.
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = folded(name);
    let len = wanted.chars().count();
    let allowed = (len / 3).clamp(1, 4);
    names
        // Each character more or less is an edit: no need to compare what cannot be near.
        .filter(|candidate| candidate.chars().count().abs_diff(len) <= allowed)
        .map(|candidate| {
            let distance = strsim::osa_distance(&wanted, &folded(candidate));
            (distance, candidate)
        })
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
