//! Names of images: `registry/name:tag@digest`.

/// What is said about the version of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// Nothing: the newest one is taken.
    None,
    /// `latest`.
    Latest,
    /// A version, or a digest.
    Given,
    /// It is only known later.
    Unknown,
}

pub(super) fn version(image: &str) -> Version {
    if image.contains('$') || image.contains("{{") || image.is_empty() {
        return Version::Unknown;
    }
    if image.contains('@') {
        return Version::Given;
    }
    // A colon before the last `/` is that of a port.
    let name = image.rsplit('/').next().unwrap_or(image);
    match name.split_once(':') {
        None => Version::None,
        Some((_, "latest")) => Version::Latest,
        Some(_) => Version::Given,
    }
}

/// The sentence about an image that has no fixed version; none for one that has.
pub(super) fn loose(image: &str) -> Option<String> {
    let name = super::super::check::name(image);
    match version(image) {
        Version::None => Some(format!(
            "the image `{name}` has no version: the newest one is taken"
        )),
        Version::Latest => Some(format!("the image `{name}` is whatever is newest")),
        Version::Given | Version::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_images() {
        let check = |image: &str, expected| assert_eq!(version(image), expected, "{image}");
        check("alpine", Version::None);
        check("localhost:5000/a/b", Version::None);
        check("alpine:latest", Version::Latest);
        check("localhost:5000/b:1.2", Version::Given);
        check("alpine@sha256:0000", Version::Given);
        check("${IMAGE}", Version::Unknown);
    }
}
