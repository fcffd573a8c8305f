//! Keys of the settings that the pages name.

use crate::page::pages;
use daemon::settings::reference;
use protocol::methods::METHODS;

/// First parts of keys.
const SECTIONS: [&str; 5] = [
    "auto_execution",
    "background",
    "context7",
    "offshoot",
    "workflow",
];
/// A file whose name looks like a key.
const FILE: &str = "offshoot.db";

#[test]
fn keys_that_are_named_exist() {
    let mut unknown = Vec::new();
    let editors = of_the_extension();
    for page in pages() {
        for (line, span) in page.spans() {
            let known = exists(span) || editors.iter().any(|key| key == span);
            if looks_like_a_key(span) && !known {
                unknown.push(format!(
                    "{}:{line}: there is no setting `{span}`",
                    page.name
                ));
            }
        }
    }
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

/// Settings of the extension, which are the editor's own.
fn of_the_extension() -> Vec<String> {
    let file = support::tree::source_root().join("editor-client/package.json");
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let properties = &package["contributes"]["configuration"]["properties"];
    let keys = properties.as_object().into_iter().flatten();
    keys.map(|(key, _)| key.clone()).collect()
}

fn looks_like_a_key(span: &str) -> bool {
    let parts: Vec<&str> = span.split('.').collect();
    let plain = |part: &&str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || "_<>".contains(c))
    };
    parts.len() > 1
        && parts.iter().all(plain)
        && SECTIONS.contains(&parts[0])
        && span != FILE
        && METHODS.iter().all(|method| method.name != span)
}

/// A key, or the beginning of one; `<name>` in the table takes any name.
fn exists(span: &str) -> bool {
    let parts: Vec<&str> = span.split('.').collect();
    reference().iter().any(|setting| {
        let key: Vec<&str> = setting.key.split('.').collect();
        let fits = |(part, row): (&&str, &&str)| part == row || row.starts_with('<');
        parts.len() <= key.len() && parts.iter().zip(&key).all(fits)
    })
}

#[test]
fn keys_are_told_from_other_words() {
    for (span, key, known) in [
        ("offshoot.max_parallel", true, true),
        ("offshoot.agents.mine.command", true, true),
        ("auto_execution.polling", true, true),
        ("offshoot.max_paralel", true, false),
        ("offshoot.runWorkflow", false, false),
        ("offshoot.db", false, false),
        ("workflow.files", false, false),
        ("run.start", false, false),
    ] {
        assert_eq!(looks_like_a_key(span), key, "{span}");
        assert_eq!(exists(span), known, "{span}");
    }
}
