//! Texts as YAML.

use serde_yaml::Value as Yaml;

/// A scalar as YAML: plain where that reads back as the same text, else quoted.
pub fn scalar(text: &str) -> String {
    let plain = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_./-+".contains(c))
        && !text.starts_with('-')
        && serde_yaml::from_str::<Yaml>(text).is_ok_and(|value| value.as_str() == Some(text));
    // An option such as `-p` is plain YAML too, while `-` and `---` are not.
    let option = text.len() > 1
        && text.starts_with('-')
        && text
            .trim_start_matches('-')
            .starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if plain || option {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}
