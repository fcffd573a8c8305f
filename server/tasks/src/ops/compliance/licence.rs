//! Which licence a text is: told by the phrases that it has and its neighbours have not. Names are those of SPDX.

/// A licence: its name, phrases that are in it, phrases that are not.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const LICENCES: &[Row] = &[
    ("Apache-2.0", &["apache license", "version 2.0"], &[]),
    (
        "AGPL-3.0",
        &["gnu affero general public license", "version 3"],
        &[],
    ),
    (
        "LGPL-3.0",
        &["gnu lesser general public license", "version 3"],
        &[],
    ),
    (
        "LGPL-2.1",
        &["gnu lesser general public license", "version 2.1"],
        &[],
    ),
    (
        "GPL-3.0",
        &["gnu general public license", "version 3, 29 june 2007"],
        &[],
    ),
    (
        "GPL-2.0",
        &["gnu general public license", "version 2, june 1991"],
        &[],
    ),
    ("MPL-2.0", &["mozilla public license", "version 2.0"], &[]),
    ("EPL-2.0", &["eclipse public license", "v 2.0"], &[]),
    ("BSL-1.0", &["boost software license", "version 1.0"], &[]),
    ("CC0-1.0", &["cc0 1.0 universal"], &[]),
    (
        "CC-BY-4.0",
        &["creative commons attribution 4.0 international"],
        &[],
    ),
    (
        "Unlicense",
        &["this is free and unencumbered software released into the public domain"],
        &[],
    ),
    (
        "WTFPL",
        &["do what the fuck you want to public license"],
        &[],
    ),
    (
        "Zlib",
        &[
            "this software is provided 'as-is', without any express or implied warranty",
            "altered source versions must be plainly marked",
        ],
        &[],
    ),
    (
        "ISC",
        &[
            "permission to use, copy, modify, and/or distribute this software",
            "provided that the above copyright notice",
        ],
        &[],
    ),
    (
        "0BSD",
        &["permission to use, copy, modify, and/or distribute this software"],
        &["provided that the above copyright notice"],
    ),
    (
        "BSD-3-Clause",
        &[
            "redistribution and use in source and binary forms",
            "endorse or promote products",
        ],
        &[],
    ),
    (
        "BSD-2-Clause",
        &["redistribution and use in source and binary forms"],
        &["endorse or promote products"],
    ),
    (
        "MIT-0",
        &[
            "permission is hereby granted, free of charge",
            "without restriction",
        ],
        &["shall be included in all copies"],
    ),
    (
        "MIT",
        &[
            "permission is hereby granted, free of charge",
            "without restriction",
            "shall be included in all copies",
        ],
        &[],
    ),
];

/// The licence of a text, if it is one of those that are known.
pub(super) fn of(text: &str) -> Option<&'static str> {
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_start_matches(['*', '#', '>']))
        .collect();
    let plain = words.join(" ").to_lowercase();
    // Long texts name other licences further down: what they are stands at their beginning.
    let head: String = plain.chars().take(1500).collect();
    let found = LICENCES.iter().find(|(_, has, has_not)| {
        let (first, rest) = has
            .split_first()
            .map_or(("", &[][..]), |(first, rest)| (*first, rest));
        head.contains(first)
            && rest.iter().all(|phrase| plain.contains(phrase))
            && !has_not.iter().any(|phrase| plain.contains(phrase))
    });
    found.map(|(name, _, _)| *name)
}

/// The licences that an expression of SPDX names, without versions to come (`-or-later`) and exceptions.
pub(super) fn named(expression: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut exception = false;
    let plain = expression.replace(['(', ')'], " ").replace('/', " OR ");
    for word in plain.split_whitespace() {
        match word.to_ascii_uppercase().as_str() {
            "OR" | "AND" => {}
            "WITH" => exception = true,
            _ if exception => exception = false,
            _ => {
                let name = word.trim_end_matches('+');
                let name = name.strip_suffix("-or-later").unwrap_or(name);
                let name = name.strip_suffix("-only").unwrap_or(name);
                names.push(name.to_owned());
            }
        }
    }
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_name_licences() {
        assert_eq!(named("MIT OR Apache-2.0"), ["Apache-2.0", "MIT"]);
        assert_eq!(named("MIT/Apache-2.0"), ["Apache-2.0", "MIT"]);
        assert_eq!(
            named("(GPL-3.0-or-later WITH Classpath-exception-2.0)"),
            ["GPL-3.0"]
        );
    }

    #[test]
    fn texts_are_told_apart() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(of(text), expected, "{text}");
        check(include_str!("../../../../../LICENSE-MIT"), Some("MIT"));
        check(
            include_str!("../../../../../LICENSE-APACHE"),
            Some("Apache-2.0"),
        );
        check(
            "Redistribution and use in source\n and binary forms, with or without",
            Some("BSD-2-Clause"),
        );
        check(
            "Redistribution and use in source and binary forms … endorse or promote products",
            Some("BSD-3-Clause"),
        );
        // Both name their neighbours further down.
        let rest = "and so on. ".repeat(200);
        let gpl = format!(
            "GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007 {rest} GNU Affero General Public License"
        );
        check(&gpl, Some("GPL-3.0"));
        let lgpl = format!(
            "GNU LESSER GENERAL PUBLIC LICENSE Version 3, 29 June 2007 {rest} GNU General Public License"
        );
        check(&lgpl, Some("LGPL-3.0"));
        check("all rights reserved", None);
    }
}
