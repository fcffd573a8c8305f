//! Names under which people keep secrets, and values that are only a reference to one.

/// Parts of names of secrets.
const PARTS: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "TOKEN",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
    "CREDENTIAL",
    "AUTH_KEY",
    "ENCRYPTION_KEY",
    "SIGNING_KEY",
    "ACCOUNT_KEY",
];
/// Ends of names that are about a secret and are none.
const NONE: &[&str] = &[
    "_FILE",
    "_PATH",
    "_DIR",
    "_NAME",
    "_URL",
    "_URI",
    "_TTL",
    "_LENGTH",
    "_TIMEOUT",
    "_EXPIRY",
    "_EXPIRES",
    "_EXPIRATION",
    "_HEADER",
    "_TYPE",
    "_ENABLED",
    "_REQUIRED",
    "_POLICY",
    "_ALGORITHM",
    "_ID",
    "_COUNT",
    "_LIMIT",
    "_MOUNT",
    "_ISSUER",
    "_AUDIENCE",
];

/// Whether a variable of this name holds a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let mut plain = String::with_capacity(name.len() + 4);
    let mut before = '_';
    for c in name.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            plain.push('_');
        }
        plain.push(if c == '-' || c == '.' {
            '_'
        } else {
            c.to_ascii_uppercase()
        });
        before = c;
    }
    let named = PARTS.iter().any(|part| plain.contains(part))
        || ["PASS", "PWD"].iter().any(|end| {
            plain
                .strip_suffix(end)
                .is_some_and(|rest| rest.ends_with('_'))
        });
    named
        && !NONE.iter().any(|end| plain.ends_with(end))
        && ![
            "ALLOW_EMPTY",
            "_RANDOM_",
            "TOKENIZER",
            "MAX_TOKEN",
            "TOKENS_PER",
        ]
        .iter()
        .any(|part| plain.contains(part))
}

/// Whether a value says where to take something, and is not the thing itself.
pub(crate) fn is_reference(value: &str) -> bool {
    value.contains("$(")
        || value.contains("${")
        || value.contains("{{")
        || value.starts_with('$')
        || (value.starts_with('<') && value.ends_with('>'))
        || ["vault:", "secret://", "op://", "ref+", "arn:", "projects/"]
            .iter()
            .any(|start| value.starts_with(start))
}

/// Whether a value stands there for everybody to read.
pub(crate) fn is_literal(value: &str) -> bool {
    let value = value.trim();
    let word = value.to_ascii_lowercase();
    let switch = matches!(
        word.as_str(),
        "" | "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "~" | "none"
    );
    let path = value.starts_with("/run/secrets/") || value.starts_with("/var/run/secrets/");
    !switch && !path && !is_reference(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_others() {
        for name in [
            "POSTGRES_PASSWORD",
            "apiKey",
            "github-token",
            "AWS_SECRET_ACCESS_KEY",
            "DB_PASS",
            "clientSecret",
            "spring.datasource.password",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "POSTGRES_PASSWORD_FILE",
            "TOKEN_URL",
            "SECRET_NAME",
            "COMPASS",
            "MAX_TOKENS",
            "MYSQL_ALLOW_EMPTY_PASSWORD",
            "PATH",
            "KEYBOARD",
            "TOKENIZERS_PARALLELISM",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn references_are_told_from_values() {
        for value in [
            "${DB}",
            "$DB",
            "{{ x }}",
            "",
            "true",
            "<password>",
            "/run/secrets/db",
            "vault:a",
        ] {
            assert!(!is_literal(value), "{value}");
        }
        for value in ["hunter2", "1234", "p@ss word"] {
            assert!(is_literal(value), "{value}");
        }
    }
}
